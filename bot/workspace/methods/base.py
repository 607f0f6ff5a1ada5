"""What every Web API method is made of: a name, the scope it needs, and its arguments."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from bot.workspace.errors import SlackError

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.workspace.faults import Faults
    from bot.workspace.files import Files
    from bot.workspace.messages import Messages
    from bot.workspace.state import Channel, State, View
    from bot.workspace.views import Views

Json = dict[str, Any]


class Api(Protocol):
    """What methods may reach."""

    state: State
    messages: Messages
    views: Views
    files: Files
    faults: Faults
    url: str

    def spend_trigger(self, trigger_id: str) -> str:
        """Trade a trigger id for a person's id."""

    def socket_url(self) -> str:
        """A fresh address for one websocket."""

    def emit(self, event: Json) -> None:
        """Deliver an event to the app, if it subscribed."""


class Args:
    """A call's arguments, from a form or from JSON; both come out alike."""

    def __init__(self, raw: Json) -> None:
        self.raw = raw

    def text(self, name: str, default: str = "") -> str:
        """A string; numbers sent as JSON are taken as they read."""
        value = self.raw.get(name)
        return default if value is None else str(value)

    def need(self, name: str) -> str:
        """A string that must be there."""
        if self.raw.get(name) in (None, ""):
            raise SlackError.arguments(f"missing required field: {name}")
        return self.text(name)

    def flag(self, name: str, *, default: bool = False) -> bool:
        """A boolean, in any of the spellings that clients use."""
        value = self.raw.get(name, default)
        return value if isinstance(value, bool) else str(value).lower() in {"1", "true"}

    def number(self, name: str, default: int, most: int) -> int:
        """A whole number between one and the most that Slack gives at once."""
        try:
            value = int(self.raw.get(name) or default)
        except (TypeError, ValueError):
            raise SlackError.arguments(f"must be an integer [json-pointer:/{name}]") from None
        return min(max(value, 1), most)

    def json(self, name: str, error: str = "invalid_arguments") -> Any:
        """A structure: JSON in a string when it came by form."""
        value = self.raw.get(name)
        if not isinstance(value, str) or not value:
            return value or None
        try:
            return json.loads(value)
        except ValueError:
            raise SlackError(error) from None


@dataclass(frozen=True)
class Method:
    """One Web API method. `scopes` are alternatives; a method with its own rule checks them itself."""

    name: str
    run: Callable[[Api, Args], Json]
    scopes: tuple[str, ...] = ()
    app_token: bool = False


def method(name: str, *scopes: str, app_token: bool = False) -> Callable[[Callable[[Api, Args], Json]], Method]:
    """Register a function as a Web API method."""
    return lambda run: Method(name, run, scopes, app_token)


def check_scope(api: Api, *alternatives: str) -> None:
    """Refuse a call for which the manifest asks no scope."""
    provided = api.state.manifest.scopes
    if not set(alternatives) & set(provided):
        raise SlackError("missing_scope", needed=",".join(alternatives), provided=",".join(provided))


def channel_of(api: Api, channel_id: str) -> Channel:
    """A conversation the app may know of, or `channel_not_found`."""
    channel = api.state.channels.get(channel_id)
    hidden = channel is not None and channel.kind != "channel" and api.state.bot.id not in channel.members
    if channel is None or hidden:
        raise SlackError("channel_not_found")
    return channel


_FAMILY = {"channel": "channels", "private": "groups", "im": "im"}


def family(channel: Channel) -> str:
    """The word that scopes use for this kind of conversation."""
    return _FAMILY[channel.kind]


def page_of(items: list[Any], args: Args, default: int, most: int) -> tuple[list[Any], str]:
    """One page of a list, and the cursor of the next."""
    start = 0
    if cursor := args.text("cursor"):
        if not cursor.startswith("next:") or not cursor[5:].isdigit():
            raise SlackError("invalid_cursor")
        start = int(cursor[5:])
    end = start + args.number("limit", default, most)
    return items[start:end], f"next:{end}" if end < len(items) else ""


def paged(name: str, items: list[Any], cursor: str) -> Json:
    """A page as Slack answers it."""
    return {name: items, "response_metadata": {"next_cursor": cursor}}


def view_answer(api: Api, view: View) -> Json:
    """A view as Slack answers it."""
    return {"view": api.views.as_json(view)}
