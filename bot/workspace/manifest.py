"""What the bot's manifest promises: commands, scopes, events and tabs. The workspace allows nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import yaml

DEFAULT_PATH = Path(__file__).resolve().parents[2] / "manifest.yml"


@dataclass(frozen=True)
class Command:
    """One slash command, as people see it while typing."""

    name: str
    description: str
    usage_hint: str
    should_escape: bool


@dataclass(frozen=True)
class Shortcut:
    """One shortcut: `global` ones are offered anywhere, `message` ones at a message."""

    name: str
    kind: Literal["global", "message"]
    callback_id: str
    description: str


@dataclass(frozen=True)
class Manifest:
    """The part of a Slack app manifest that decides what the app may do."""

    app_name: str
    bot_name: str
    description: str
    color: str
    commands: dict[str, Command]
    shortcuts: tuple[Shortcut, ...]
    scopes: tuple[str, ...]
    events: frozenset[str]
    home_tab: bool
    messages_read_only: bool

    @classmethod
    def load(cls, source: Path | str | dict[str, Any] | None = None) -> Manifest:
        """Read a manifest from a file (the repository's own by default) or from parsed data."""
        if isinstance(source, dict):
            return cls.parse(source)
        return cls.parse(yaml.safe_load(Path(source or DEFAULT_PATH).read_text(encoding="utf-8")))

    @classmethod
    def parse(cls, data: dict[str, Any]) -> Manifest:
        """Take what matters from a manifest's parsed YAML or JSON."""
        shown = data.get("display_information", {})
        features = data.get("features", {})
        home = features.get("app_home", {})
        settings = data.get("settings", {})
        commands = [_command(entry) for entry in features.get("slash_commands", [])]
        return cls(
            app_name=shown.get("name", "App"),
            bot_name=features.get("bot_user", {}).get("display_name", "bot"),
            description=shown.get("description", ""),
            color=shown.get("background_color", "#1f3a34"),
            commands={command.name: command for command in commands},
            shortcuts=tuple(map(_shortcut, features.get("shortcuts", []))),
            scopes=tuple(data.get("oauth_config", {}).get("scopes", {}).get("bot", [])),
            events=frozenset(settings.get("event_subscriptions", {}).get("bot_events", [])),
            home_tab=bool(home.get("home_tab_enabled")),
            messages_read_only=bool(home.get("messages_tab_read_only_enabled")),
        )


def _shortcut(entry: dict[str, Any]) -> Shortcut:
    """ValueError where Slack would not take the manifest."""
    name, description = entry["name"], entry["description"]
    if entry["type"] not in {"global", "message"} or not 0 < len(name) <= 24 or not 0 < len(description) <= 150:
        raise ValueError(f"a shortcut is global or message, with a name of 24 letters and 150 of description: {entry}")
    return Shortcut(name, entry["type"], entry["callback_id"], description)


def _command(entry: dict[str, Any]) -> Command:
    return Command(
        name=entry["command"],
        description=entry.get("description", ""),
        usage_hint=entry.get("usage_hint", ""),
        should_escape=bool(entry.get("should_escape")),
    )
