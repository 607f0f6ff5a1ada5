"""For the admin's first hour: is everything set up, and if not, what cures it."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError

from bot.run import CannotStart, client, database, seed_lab
from bot.settings import Settings
from core import facts
from core.migrate import revisions, upgrade
from core.work import Database

SCOPES = (
    "app_mentions:read",
    "channels:history",
    "channels:read",
    "chat:write",
    "commands",
    "files:write",
    "groups:history",
    "groups:read",
    "im:history",
    "im:write",
    "users:read",
)


def run(settings: Settings, asked: argparse.Namespace) -> int:
    with database(settings) as opened:
        results = list(_checks(settings, opened, message=asked.message))
    for well, said in results:
        print(f"{'ok  ' if well else 'FAIL'}  {said}")
    return 0 if all(well for well, _ in results) else 1


Result = tuple[bool, str]


def _checks(settings: Settings, opened: Database, *, message: bool) -> Iterator[Result]:
    """In the order in which they stand on each other; the first failure that others need ends it."""
    yield _tried("database", lambda: _database(opened))
    slack = client(settings)
    try:
        lab = seed_lab(settings, opened, slack)
    except CannotStart as reason:
        yield False, str(reason)
        return
    yield True, f"token: for the workspace {lab.name}"
    yield _scopes(slack)
    yield _socket(settings)
    yield _channel(slack, lab)
    if message and lab.channel:
        yield _tried("test message", lambda: _post(slack, lab))


def _database(opened: Database) -> str:
    upgrade(opened)
    return f"migrated to {revisions(opened)[0]}"


def _scopes(slack: WebClient) -> Result:
    granted = set(str(slack.auth_test().headers.get("x-oauth-scopes", "")).replace(" ", "").split(","))
    missing = [scope for scope in SCOPES if scope not in granted]
    if missing:
        return False, f"scopes: {', '.join(missing)} missing; add them under OAuth & Permissions, and reinstall the app"
    return True, "scopes: all granted"


def _socket(settings: Settings) -> Result:
    if settings.slack_app_token is None:
        over_http = settings.slack_signing_secret is not None
        return over_http, "reaching us: HTTP" if over_http else "reaching us: set SLACK_APP_TOKEN for Socket Mode"
    token = settings.slack_app_token.get_secret_value()
    slack = WebClient(base_url=settings.slack_api_url)
    return _tried("reaching us", lambda: _opened(slack, token))


def _opened(slack: WebClient, token: str) -> str:
    slack.apps_connections_open(app_token=token)
    return "Socket Mode"


def _channel(slack: WebClient, lab: facts.Organization) -> Result:
    if lab.channel is None:
        return False, "channel: none; set GPU_CHANNEL to the id of the lab's channel"
    try:
        slack.conversations_history(channel=lab.channel, limit=1)
    except SlackApiError as error:
        code = error.response.get("error")
        cure = "type /invite @gpu there" if code in {"not_in_channel", "channel_not_found"} else "see Slack's word"
        return False, f"channel {lab.channel}: {code}; {cure}"
    return True, f"channel {lab.channel}: joined"


def _post(slack: WebClient, lab: facts.Organization) -> str:
    slack.chat_postMessage(channel=lab.channel or "", text="✓ gpu-slots is set up, and can be heard here.")
    return "posted"


def _tried(name: str, attempt: Callable[[], str]) -> Result:
    try:
        return True, f"{name}: {attempt()}"
    except SlackApiError as error:
        return False, f"{name}: {error.response.get('error')}"
    except (SlackClientError, OSError) as error:
        return False, f"{name}: {error}"
    except Exception as error:  # noqa: BLE001 - an admin wants to read what it is, whatever it is
        return False, f"{name}: {type(error).__name__}: {error}"
