"""What reaches the log holds no secret, wherever it came from."""

from __future__ import annotations

import logging

import pytest

from bot import log


def fail() -> None:
    raise RuntimeError("postgresql+psycopg://me:hunt/er2@host/db")


def test_tokens_passwords_and_response_urls_are_blotted_out(capsys: pytest.CaptureFixture[str]) -> None:
    before = logging.getLogger().handlers[:]
    log.configure()
    try:
        fail()
    except RuntimeError:
        logging.getLogger("bot").exception("xoxb-12-34-abc and xapp-1-A-b; https://hooks.slack.com/actions/T1/2/KEY")
    finally:
        logging.getLogger().handlers[:] = before
    said = capsys.readouterr().err
    for secret in ("12-34-abc", "1-A-b", "KEY", "er2"):
        assert secret not in said
    assert "RuntimeError" in said
