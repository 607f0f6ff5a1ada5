"""What an interaction brings: a trigger id (3 s, once) and a response URL (30 minutes, 5 uses)."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.workspace.errors import SlackError

if TYPE_CHECKING:
    from bot.workspace.state import Clock

TRIGGER_SECONDS = 3.0
RESPONSE_URL_SECONDS = 30 * 60
RESPONSE_URL_USES = 5


@dataclass
class Trigger:
    """The right to open a modal in front of one person, once and soon."""

    person_id: str
    at: float
    spent: bool = False


@dataclass
class ResponseUrl:
    """The right to answer one interaction; `origin_ts` is the message it was pressed on, if any."""

    person_id: str
    channel_id: str
    at: float
    origin_ts: str | None = None
    thread_ts: str | None = None
    uses: int = 0


class Handles:
    """Gives handles out and takes them back, as strictly as Slack does."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._triggers: dict[str, Trigger] = {}
        self._urls: dict[str, ResponseUrl] = {}

    def new_trigger(self, person_id: str) -> str:
        """A trigger id for what this person just did."""
        trigger_id = f"{secrets.randbelow(10**13)}.{secrets.randbelow(10**12)}.{secrets.token_hex(16)}"
        self._triggers[trigger_id] = Trigger(person_id, self._clock())
        return trigger_id

    def spend_trigger(self, trigger_id: str) -> str:
        """Trade a trigger id for the person in front of whom a modal may open."""
        trigger = self._triggers.get(trigger_id)
        if trigger is None:
            raise SlackError("invalid_trigger_id")
        if trigger.spent:
            raise SlackError("exchanged_trigger_id")
        if self._clock() - trigger.at > TRIGGER_SECONDS:
            raise SlackError("expired_trigger_id")
        trigger.spent = True
        return trigger.person_id

    def new_url(self, url: ResponseUrl) -> str:
        """Register a response URL; the secret part of it is returned."""
        token = secrets.token_urlsafe(18)
        self._urls[token] = url
        return token

    def use_url(self, token: str) -> ResponseUrl:
        """Count one use of a response URL."""
        url = self._urls.get(token)
        if url is None:
            raise SlackError("invalid_url")
        if self._clock() - url.at > RESPONSE_URL_SECONDS:
            raise SlackError("expired_url")
        if url.uses >= RESPONSE_URL_USES:
            raise SlackError("used_url")
        url.uses += 1
        return url
