"""The manifest that people paste into Slack is what the code needs, no more and no less."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml
from slack_bolt import App
from slack_sdk import WebClient

from bot.app import build_app
from bot.check import SCOPES
from bot.desk import Desk
from core.facts import Organization
from core.work import Database

ROOT = Path(__file__).parents[2]


def manifest() -> dict[str, Any]:
    loaded = yaml.safe_load((ROOT / "manifest.yml").read_text())
    assert isinstance(loaded, dict)
    return loaded


def _noting(register: Any, seen: set[str]) -> Any:
    def noted(app: App, name: str, **more: Any) -> Any:
        seen.add(name)
        return register(app, name, **more)

    return noted


def registered(monkeypatch: Any) -> tuple[set[str], set[str], set[str]]:
    commands: set[str] = set()
    events: set[str] = set()
    shortcuts: set[str] = set()
    kinds = {"global_shortcut": shortcuts, "message_shortcut": shortcuts, "command": commands, "event": events}
    for name, seen in kinds.items():
        monkeypatch.setattr(App, name, _noting(getattr(App, name), seen))
    lab = Organization(1, "T1", "Lab", "UTC", "en", None, announce=True)
    build_app(Desk(Database("sqlite:///unused.db"), lab, WebClient("xoxb-1"), clock=lambda: None))  # type: ignore[arg-type, return-value]
    return commands, events, shortcuts


def test_commands_and_events_are_those_that_the_code_registers(monkeypatch: Any) -> None:
    commands, events, shortcuts = registered(monkeypatch)
    features, settings = manifest()["features"], manifest()["settings"]
    assert {each["command"] for each in features["slash_commands"]} == commands
    assert {each["callback_id"] for each in features["shortcuts"]} == shortcuts
    subscribed = {event.partition(".")[0] for event in settings["event_subscriptions"]["bot_events"]}
    assert subscribed == events
    assert settings["interactivity"]["is_enabled"]
    assert features["app_home"]["home_tab_enabled"]
    assert not features["app_home"]["messages_tab_read_only_enabled"]


def test_the_scopes_are_those_that_check_asks_for() -> None:
    assert tuple(sorted(manifest()["oauth_config"]["scopes"]["bot"])) == SCOPES
