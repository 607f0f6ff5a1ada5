"""Settings: all that is wrong at once, in words, and no secret anywhere."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from bot.settings import BadSettings, Settings

SECRET = "hunter2-very-secret"


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in list(os.environ):
        if name.lower() in Settings.model_fields:
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)  # away from anybody's .env


def problems(*, talks: bool = True, listens: bool = True) -> list[str]:
    with pytest.raises(BadSettings) as bad:
        Settings.load(talks=talks, listens=listens)
    return bad.value.problems


def test_everything_wrong_is_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {
        "TIMEZONE": "Mars/Olympus",
        "DATABASE_URL": f"mysql://me:{SECRET}@host/db",
        "SLACK_APP_TOKEN": SECRET,
        "PORT": "99999",
        "GPU_CHANNEL": "#gpu",
        "GPU_COMMAND": "gpu",
        "SLACK_API_URL": "slack.com",
    }.items():
        monkeypatch.setenv(name, value)
    told = problems()
    assert {line.split()[0] for line in told} == {
        "TIMEZONE",
        "DATABASE_URL",
        "SLACK_APP_TOKEN",
        "PORT",
        "GPU_CHANNEL",
        "GPU_COMMAND",
        "SLACK_API_URL",
        "SLACK_BOT_TOKEN",
    }
    assert SECRET not in "\n".join(told)


def test_what_is_missing_depends_on_what_is_started() -> None:
    assert [line.split()[0] for line in problems()] == ["SLACK_BOT_TOKEN", "SLACK_APP_TOKEN"]
    assert [line.split()[0] for line in problems(listens=False)] == ["SLACK_BOT_TOKEN"]
    assert Settings.load().database_url == "sqlite:///gpu-slots.db"


def test_http_needs_a_port(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-1")
    monkeypatch.setenv("SLACK_SIGNING_SECRET", "s")
    assert [line.split()[0] for line in problems()] == ["PORT"]


def test_a_file_is_read_and_the_environment_wins(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("TIMEZONE=Asia/Seoul\nSLACK_BOT_TOKEN=xoxb-1\nSLACK_APP_TOKEN=xapp-1\n")
    assert Settings.load(talks=True, listens=True).timezone == "Asia/Seoul"
    monkeypatch.setenv("TIMEZONE", "Asia/Tokyo")
    assert Settings.load(talks=True, listens=True).timezone == "Asia/Tokyo"


def test_secrets_are_in_no_repr(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLACK_BOT_TOKEN", f"xoxb-{SECRET}")
    monkeypatch.setenv("SLACK_SIGNING_SECRET", SECRET)
    monkeypatch.setenv("DATABASE_URL", f"postgresql+psycopg://me:{SECRET}@host/db")
    assert SECRET not in repr(Settings.load(talks=True))
