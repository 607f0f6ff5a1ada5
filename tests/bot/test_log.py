"""What reaches the log holds no secret, and nothing that people wrote, wherever it came from."""

from __future__ import annotations

import logging

import pytest
from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError
from structlog.contextvars import bound_contextvars

from bot import log
from core import models
from core.work import Database
from tests.conftest import Clock


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


def test_a_statement_that_fails_does_not_tell_what_somebody_wrote(
    database: Database, clock: Clock, capsys: pytest.CaptureFixture[str]
) -> None:
    before = logging.getLogger().handlers[:]
    log.configure()
    written = "a plan\nof mine"  # in a line that no traceback shows
    try:
        with database.begin(clock()) as work:
            work.connection.execute(insert(models.Reservation), {"purpose": written, "member_id": None})
    except IntegrityError:
        logging.getLogger("bot").exception("incident")
    finally:
        logging.getLogger().handlers[:] = before
    said = capsys.readouterr().err
    assert "IntegrityError" in said
    assert "INSERT INTO reservations" in said
    assert "of mine" not in said


def test_a_line_is_keys_and_values_with_the_number_of_its_request(capsys: pytest.CaptureFixture[str]) -> None:
    before = logging.getLogger().handlers[:]
    log.configure()
    try:
        with bound_contextvars(request="5d3f"):
            logging.getLogger("bot.app").info("answered", extra={"story": "book", "outcome": "GpuTaken", "ms": 14})
            logging.getLogger("bot.people").warning("users.info failed: %s", "TimeoutError")
        logging.getLogger("bot.run").info("ready")
    finally:
        logging.getLogger().handlers[:] = before
    answered, failed, ready = (line.split(" ", 1)[1] for line in capsys.readouterr().err.splitlines())
    assert answered == "level=info logger=bot.app event=answered request=5d3f story=book outcome=GpuTaken ms=14"
    assert failed == 'level=warning logger=bot.people event="users.info failed: TimeoutError" request=5d3f'
    assert ready == "level=info logger=bot.run event=ready"
