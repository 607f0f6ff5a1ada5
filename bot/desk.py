"""The booking desk: what every listener needs, and one person's one visit to it."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from slack_sdk import WebClient, WebhookClient

from bot import people
from bot.reader import Reader
from bot.views.kit import Message
from core import facts
from core.errors import Refusal
from core.members import Actor
from core.work import PATIENCE, Database, Work

FORM_PATIENCE = timedelta(seconds=2)  # a form must be acknowledged with its outcome within Slack's 3 s


@dataclass(frozen=True)
class Desk:
    """Made once per process, by the composition root."""

    database: Database
    organization: facts.Organization
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
    speak: Callable[[Message], Any]
    trigger_id: str | None = None  # lets a form be opened, for 3 s
    response_url: str = ""
    is_form: bool = False
    story: str = ""  # what it is about, for the log: never what somebody wrote
    outcome: str = "done"  # or the refusal, or the number of the incident
    began: float = field(default_factory=time.monotonic)

    @cached_property
    def member(self) -> facts.Member:
        desk = self.desk
        if self.is_form:
            return people.at_once(desk.database, desk.organization, self.slack_id, self.now)
        return people.find(desk.database, desk.client, desk.organization, self.slack_id, self.now)

    @property
    def organization_id(self) -> int:
        return self.desk.organization.id

    @cached_property
    def actor(self) -> Actor:
        return Actor.of(self.organization_id, self.member)

    @cached_property
    def reader(self) -> Reader:
        return Reader.of(self.member.language, self.member.zone, self.slack_id, self.desk.command)

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
            with self.desk.database.begin(self.now, FORM_PATIENCE if self.is_form else PATIENCE) as work:
                yield work
        except Refusal as refusal:
            self.outcome = type(refusal).__name__
            raise

    def read(self) -> AbstractContextManager[Work]:
        """A question; the same goes for it."""
        _ = self.member
        return self.desk.database.read(self.now)

    def answer(self, message: Message) -> None:
        self.speak(message)

    def answer_at(self, response_url: str, message: Message) -> None:
        """Beside an earlier command or message of theirs, for their eyes only."""
        WebhookClient(response_url).send(
            text=message.text, blocks=list(message.blocks), response_type="ephemeral", replace_original=False
        )


def request_key(*parts: object) -> str:
    """A short name for a request, from whatever makes it itself."""
    return hashlib.sha256("\0".join(map(str, parts)).encode()).hexdigest()[:40]
