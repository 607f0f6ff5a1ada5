"""The booking desk: what every listener needs, and one person's one visit to it."""

from __future__ import annotations

import hashlib
import logging
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from slack_sdk import WebClient, WebhookClient
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.http_retry import RetryHandler
from slack_sdk.http_retry.builtin_handlers import (
    ConnectionErrorRetryHandler,
    RateLimitErrorRetryHandler,
    ServerErrorRetryHandler,
)

from bot import people
from bot.reader import Reader
from bot.views import kit
from bot.views.kit import Message
from core import facts
from core.actors import Actor
from core.errors import Busy, Refusal
from core.work import PATIENCE, Database, Work

log = logging.getLogger(__name__)

HURRIED_PATIENCE = timedelta(seconds=2)  # a form is acknowledged with its outcome, within Slack's 3 s


@dataclass(frozen=True)
class Desk:
    """Made once per process, by the composition root."""

    database: Database
    organization: facts.Organization  # as it was at the start; its settings now are in the database
    client: WebClient
    clock: Callable[[], datetime]
    command: str = "/gpu"


@dataclass
class Visit:
    """One person, one request, one instant.

    `key` names the request however often it is delivered. `speak` is how this person is answered: beside their command,
    in place of the message whose button they pressed, in their direct messages, or on their Home.
    """

    desk: Desk
    slack_id: str
    key: str
    now: datetime
    speak: Callable[[Message, bool], Any]
    place: str = ""  # the conversation they are in, by its id; empty on Home and in forms
    trigger_id: str | None = None  # lets a form be opened, for 3 s
    response_url: str = ""
    hurried: bool = False  # Slack must have the outcome within its 3 s
    received_at: float = field(default_factory=time.monotonic)  # seconds, of this process
    story: str = ""  # what it is about, for the log: never what somebody wrote
    has_changed: bool = False  # something was done and committed, whatever fails afterwards
    outcome: str = "done"  # or the refusal, or the number of the incident
    _member: facts.Member | None = None

    @property
    def member(self) -> facts.Member:
        """Who it is; looked up once. (No `cached_property`: before Python 3.12 all visits would share its one lock.)"""
        if self._member is None:
            self._member = people.find(self.desk, self.slack_id, self.now, hurried=self.hurried)
        return self._member

    def become(self, member: facts.Member) -> None:
        """They have just changed what we know of them."""
        self._member = member

    @property
    def organization_id(self) -> int:
        return self.desk.organization.id

    @property
    def actor(self) -> Actor:
        return Actor.of(self.organization_id, self.member)

    @property
    def reader(self) -> Reader:
        return Reader.of(self.member.language, self.member.zone, self.slack_id, self.desk.command)

    @property
    def reader_if_known(self) -> Reader:
        """Without asking the database, which may be what failed."""
        return self.default_reader if self._member is None else self.reader

    @property
    def default_reader(self) -> Reader:
        """For when even the person cannot be looked up."""
        lab = self.desk.organization
        return Reader.of(lab.language, lab.zone, self.slack_id, self.desk.command)

    @property
    def is_zone_known(self) -> bool:
        return self.member.checked_at is not None

    @contextmanager
    def begin(self) -> Iterator[Work]:
        """A change. Who is asking is settled before: Slack may have to be asked, and never inside a transaction."""
        _ = self.member
        try:
            with self.desk.database.begin(self.now, self._patience()) as work:
                yield work
            self.has_changed = True
        except Refusal as refusal:
            self.outcome = type(refusal).__name__
            raise

    def rehearse(self) -> AbstractContextManager[Work]:
        """A change that is taken back at the end, to see what it would lead to."""
        _ = self.member
        return self.desk.database.rehearse(self.now, self._patience())

    def read(self) -> AbstractContextManager[Work]:
        """A question; the same goes for it."""
        _ = self.member
        return self.desk.database.read(self.now)

    def answer(self, message: Message, *, keep: bool = False) -> None:
        """Say it, in place of what was pressed where that was this person's alone; `keep` leaves that standing."""
        self.speak(message, keep)

    def answer_at(self, response_url: str, message: Message, *, replace: bool = False) -> None:
        """Beside their command, or in place of the message they pressed a button of; for their eyes only.

        Where Slack does not take it (the address lasts 30 minutes), the answer goes to their direct messages instead.
        """
        try:
            answer = WebhookClient(response_url, timeout=10, retry_handlers=answer_retries()).send(
                text=message.text, blocks=list(message.blocks), response_type="ephemeral", replace_original=replace
            )
            taken = answer.status_code == 200
        except (SlackClientError, OSError):
            taken = False
        if not taken:
            log.warning("a response_url was not taken; answering in direct messages")
            self.answer_directly(message)

    def answer_directly(self, message: Message) -> None:
        """In the person's direct messages with the bot."""
        client = self.desk.client
        channel = client.conversations_open(users=self.slack_id)["channel"]["id"]
        client.chat_postMessage(channel=channel, **message.as_arguments())

    def open_form(self, form: kit.Block) -> None:
        """Show a form; where Slack has waited too long for it, say so."""
        try:
            self.desk.client.views_open(trigger_id=self.trigger_id or "", view=form)
        except SlackApiError as error:
            if error.response.get("error") not in {"expired_trigger_id", "trigger_expired", "exchanged_trigger_id"}:
                raise
            self.offer_form(self.reader.say("That took too long, and Slack let the form go. Please try again:"))

    def offer_form(self, said: str) -> None:
        """Say it, with the button that opens the form to book."""
        self.answer(kit.message(said, kit.section(said), kit.actions([kit.open_form_button(self.reader)])))

    def _patience(self) -> timedelta:
        """How long a change may take. What is not done when Slack gives up must not be done at all."""
        if not self.hurried:
            return PATIENCE
        left = HURRIED_PATIENCE - timedelta(seconds=time.monotonic() - self.received_at)
        if left <= timedelta(0):
            raise Busy
        return left


def answer_retries() -> list[RetryHandler]:
    """An answer is worth a second try; that it came twice would be better than not at all. Reminders go otherwise."""
    return [ConnectionErrorRetryHandler(), RateLimitErrorRetryHandler(max_retry_count=2), ServerErrorRetryHandler()]


def request_key(*parts: object) -> str:
    """A short name for a request, from whatever makes it itself."""
    return hashlib.sha256("\0".join(map(str, parts)).encode()).hexdigest()[:40]
