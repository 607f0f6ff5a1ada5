"""Everything this Slack knows: people, conversations, messages, views. It lives in memory.

Only the server's event loop touches it, so nothing here needs a lock; the test driver steps onto
that loop to look (see `server.Workspace.call`).
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from bot.workspace.clock import MovableClock

if TYPE_CHECKING:
    from bot.workspace.manifest import Manifest

Clock = Callable[[], float]
Kind = Literal["channel", "private", "im"]

SLACKBOT = "USLACKBOT"


@dataclass
class Person:
    """Somebody with an account here. The flags are Slack's, under plainer names."""

    name: str
    real_name: str
    tz: str = "UTC"
    locale: str = "en-US"
    admin: bool = False
    guest: bool = False
    bot: bool = False
    deleted: bool = False
    connected: bool = False  # from another workspace, through a shared channel
    hour24: bool | None = None  # None: as is usual in the person's language
    id: str = ""
    color: str = ""


@dataclass(frozen=True)
class AppBot:
    """What speaks for an app: for the one under test, or for another that is installed here, too."""

    id: str
    app_id: str
    account: Person


@dataclass
class File:
    """Something the app uploads."""

    id: str
    name: str
    length: int
    alt: str
    token: str
    data: bytes | None = None
    title: str = ""
    kind: str = ""  # png, jpg or gif; empty for what is no image
    completed_at: float | None = None  # of this process's steady clock: files are looked at in real time


@dataclass
class Message:
    """One message in a conversation; an ephemeral one names the single person who sees it."""

    ts: str
    channel_id: str
    author_id: str
    text: str
    blocks: list[dict[str, Any]] = field(default_factory=list)
    bot: AppBot | None = None  # that wrote it
    username: str = ""  # the name that a webhook gives itself: then Slack names no account
    metadata: dict[str, Any] | None = None
    thread_ts: str | None = None
    broadcast: bool = False  # an answer that is shown in the conversation, too
    visible_to: str | None = None
    edited_ts: str | None = None
    deleted: bool = False
    mrkdwn: bool = True
    files: list[str] = field(default_factory=list)
    notified: frozenset[str] = frozenset()
    # What people chose in this message's own controls: person → (block, action) → chosen
    chosen: dict[str, dict[tuple[str, str], Any]] = field(default_factory=dict)
    trouble: set[str] = field(default_factory=set)  # people whose last press was not acknowledged

    @property
    def by_bot(self) -> bool:
        return self.bot is not None

    @property
    def ephemeral(self) -> bool:
        return self.visible_to is not None

    @property
    def root_ts(self) -> str:
        """The message that the thread of this one begins with: itself, unless it answers another."""
        return self.thread_ts or self.ts

    @property
    def answers(self) -> bool:
        """Whether it stands in a thread below another message."""
        return self.root_ts != self.ts


@dataclass
class Channel:
    """A public or private channel, or a direct message between two accounts."""

    id: str
    name: str
    kind: Kind = "channel"
    topic: str = ""
    archived: bool = False
    created: int = 0
    members: set[str] = field(default_factory=set)
    messages: list[Message] = field(default_factory=list)
    last_read: dict[str, str] = field(default_factory=dict)

    def find(self, ts: str) -> Message | None:
        """The message with that timestamp, searched from the newest."""
        return next((m for m in reversed(self.messages) if m.ts == ts and not m.deleted), None)

    def shown_to(self, person_id: str) -> list[Message]:
        """What that person sees here, oldest first."""
        if person_id not in self.members:
            return []
        return [m for m in self.messages if not m.deleted and m.visible_to in (None, person_id)]

    def thread(self, root_ts: str) -> list[Message]:
        """Everybody's answers below a message, oldest first."""
        return [m for m in self.messages if m.answers and m.root_ts == root_ts and not m.deleted and not m.ephemeral]


@dataclass
class View:
    """A modal or a Home tab, as the app last sent it, for one person."""

    id: str
    person_id: str
    type: str
    payload: dict[str, Any]
    hash: str
    root_id: str
    previous_id: str | None = None
    external_id: str = ""
    # What the person filled in: (block, action) → raw value; survives updates that keep the ids
    filled: dict[tuple[str, str], Any] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    trouble: bool = False


@dataclass(frozen=True)
class Change:
    """Something people may want to redraw. `person_id` limits it to one of them."""

    kind: Literal["message", "view", "home", "people", "channel", "clock"]
    channel_id: str = ""
    ts: str = ""
    person_id: str = ""


class Feed:
    """Tells everyone who listens (pages, waiting tests) that something changed."""

    def __init__(self) -> None:
        self._listeners: set[asyncio.Queue[Change | None]] = set()
        self.count = 0  # how many changes there were; two equal counts mean an equal picture

    def publish(self, change: Change | None) -> None:
        """Tell all listeners; None means that the workspace closes."""
        self.count += 1
        for queue in self._listeners:
            queue.put_nowait(change)

    @contextlib.contextmanager
    def listen(self) -> Iterator[asyncio.Queue[Change | None]]:
        """A queue of changes for as long as the context lasts."""
        queue: asyncio.Queue[Change | None] = asyncio.Queue()
        self._listeners.add(queue)
        try:
            yield queue
        finally:
            self._listeners.discard(queue)


class State:
    """The workspace's memory, with the look-ups everyone needs."""

    def __init__(self, *, manifest: Manifest, clock: Clock, team_id: str, team_name: str) -> None:
        self.manifest = manifest
        self.clock = clock
        self.team_id = team_id
        self.team_name = team_name
        self.people: dict[str, Person] = {}
        self.channels: dict[str, Channel] = {}
        self.modals: dict[str, list[View]] = {}  # person → stack, the top one last
        self.homes: dict[str, View] = {}
        self.views: dict[str, View] = {}
        #: When something will happen next, as epoch seconds: whoever knows the app may say so, for the page's clock.
        self.next_moment: Callable[[], float | None] = lambda: None
        self.files: dict[str, File] = {}
        self.file_seconds = 0.2  # how long it takes until an uploaded file can be shown in blocks
        self.answer_seconds = 0.0  # how long it takes until a call is answered, after it was carried out
        self.feed = Feed()
        self._counter = itertools.count(1)
        self._last_ts = 0
        self.bot = self.add_person(Person(manifest.bot_name, manifest.app_name, bot=True))
        self.own = AppBot("B" + team_id[1:], "A" + team_id[1:], self.bot)

    @property
    def is_movable(self) -> bool:
        """Whether the clock can be moved."""
        return isinstance(self.clock, MovableClock)

    def forward(self, seconds: float) -> None:
        """Move a clock that can be moved, and tell everyone who listens; LookupError for one that cannot."""
        if not isinstance(self.clock, MovableClock):
            raise LookupError("this clock cannot be moved")  # noqa: TRY004 - there is none of that kind
        self.clock.forward(seconds)
        self.feed.publish(Change("clock"))

    # ── ids and time ────────────────────────────────────────────────────────

    def new_id(self, prefix: str) -> str:
        """A fresh id that looks like Slack's."""
        return f"{prefix}{next(self._counter):010X}"

    def new_ts(self) -> str:
        """A message timestamp, strictly later than every one before it."""
        self._last_ts = max(int(self.clock() * 1_000_000), self._last_ts + 1)
        return f"{self._last_ts // 1_000_000}.{self._last_ts % 1_000_000:06d}"

    # ── people ──────────────────────────────────────────────────────────────

    def add_person(self, person: Person) -> Person:
        """Give the person an id and an account."""
        if not person.id:
            letters = re.sub(r"[^A-Z0-9]", "", person.name.upper())[:6]
            person.id = f"U{letters}{next(self._counter):04X}"
        self.people[person.id] = person
        return person

    def person_named(self, name: str) -> Person:
        """Look a person up by handle or id."""
        wanted = name.removeprefix("@")
        for person in self.people.values():
            if wanted in {person.name, person.id}:
                return person
        raise LookupError(f"nobody here is called {name!r}; people: {[p.name for p in self.people.values()]}")

    def humans(self) -> list[Person]:
        """Everyone who can sit in front of the page."""
        return [p for p in self.people.values() if not p.bot and not p.deleted]

    # ── conversations ───────────────────────────────────────────────────────

    def add_channel(self, name: str, *, kind: Kind = "channel", topic: str = "", bot_in: bool = True) -> Channel:
        """A channel with everybody in it."""
        channel = Channel(self.new_id("C"), name, kind, topic, created=int(self.clock()))
        channel.members = {p.id for p in self.people.values() if bot_in or p is not self.bot}
        self.channels[channel.id] = channel
        return channel

    def channel_named(self, name: str) -> Channel:
        """Look a channel up by `#name` or id."""
        wanted = name.removeprefix("#")
        for channel in self.channels.values():
            if channel.id == name or (channel.kind != "im" and channel.name == wanted):
                return channel
        raise LookupError(f"no channel {name!r}; channels: {[c.name for c in self.channels.values() if c.name]}")

    def direct(self, one: str, other: str) -> Channel:
        """The direct message between two accounts; made when there is none yet."""
        members = {one, other}
        for channel in self.channels.values():
            if channel.kind == "im" and channel.members == members:
                return channel
        channel = Channel(self.new_id("D"), "", "im", created=int(self.clock()), members=members)
        self.channels[channel.id] = channel
        self.feed.publish(Change("channel", channel.id))
        return channel

    def app_dm(self, person_id: str) -> Channel:
        """The person's conversation with the app: its Messages tab."""
        return self.direct(person_id, self.bot.id)

    def conversation(self, person: Person, name: str) -> Channel:
        """What a person means by `#channel`, `@somebody` or an id."""
        if name.startswith("@"):
            return self.direct(person.id, self.person_named(name).id)
        return self.channel_named(name)

    # ── messages ────────────────────────────────────────────────────────────

    def add_message(self, message: Message) -> Message:
        """Put a message into its conversation and tell everyone who listens."""
        self.channels[message.channel_id].messages.append(message)
        if not message.by_bot and message.author_id != SLACKBOT:
            self.channels[message.channel_id].last_read[message.author_id] = message.ts
        self.touch(message)
        return message

    def touch(self, message: Message) -> None:
        """Tell everyone who listens that this message looks different now."""
        self.feed.publish(Change("message", message.channel_id, message.ts, message.visible_to or ""))

    def unread(self, person_id: str, channel: Channel) -> list[Message]:
        """Messages from others since the person last looked."""
        last = channel.last_read.get(person_id, "0")
        return [m for m in channel.shown_to(person_id) if m.ts > last and m.author_id != person_id]

    # ── views ───────────────────────────────────────────────────────────────

    def top_modal(self, person_id: str) -> View | None:
        """The modal in front of that person, if any."""
        stack = self.modals.get(person_id)
        return stack[-1] if stack else None
