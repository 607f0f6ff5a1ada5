"""What the page shows one person: sidebar, conversation, messages with their day lines and groups."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.workspace.payloads import author_name
from bot.workspace.words import Reader, block_words, text_words

if TYPE_CHECKING:
    from bot.workspace.manifest import Manifest
    from bot.workspace.state import Channel, Message, Person, State

GROUPED_SECONDS = 5 * 60
_OPTIONAL = re.compile(r"\s*\[[^\]]*\]")


@dataclass(frozen=True)
class Line:
    """One message as it stands in the list."""

    message: Message
    author: str
    time: str
    full_time: str
    compact: bool  # continues the message above: no face, no name
    divider: str  # the day, when it begins here
    replies_to: str
    answers: int  # how many stand in the thread below it
    answered_at: str  # when the last of them came
    trouble: bool


@dataclass(frozen=True)
class Entry:
    """One row of the sidebar."""

    key: str
    channel: Channel
    title: str
    account_id: str
    note: str
    unread: bool
    badge: int
    current: bool


def lines(channel: Channel, me: Reader) -> list[Line]:
    """The conversation as this person sees it; what is answered in threads stands there."""
    return _after_each_other(_shown(channel, me), me)


def thread(channel: Channel, root_ts: str, me: Reader) -> list[Line]:
    """A message and the answers below it; nothing when it is gone."""
    seen = channel.shown_to(me.person.id)
    within = [message for message in seen if message.root_ts == root_ts]
    return _after_each_other(within, me) if within and not within[0].answers else []


def _after_each_other(shown: list[Message], me: Reader) -> list[Line]:
    return [line_of(message, before, me) for before, message in zip([None, *shown], shown, strict=False)]


def _shown(channel: Channel, me: Reader) -> list[Message]:
    return [message for message in channel.shown_to(me.person.id) if message.broadcast or not message.answers]


def line_at(channel: Channel, ts: str, me: Reader) -> Line | None:
    """One message in its place, or None when it is gone, in a thread, or not for this person."""
    before = None
    for message in _shown(channel, me):
        if message.ts == ts:
            return line_of(message, before, me)
        before = message
    return None


def line_of(message: Message, before: Message | None, me: Reader) -> Line:
    """One message after another."""
    at, dates = float(message.ts), me.dates
    new_day = before is None or dates.local(float(before.ts)).date() != dates.local(at).date()
    same_hand = before is not None and (before.author_id, before.ephemeral) == (
        message.author_id,
        message.ephemeral,
    )
    close = before is not None and at - float(before.ts) < GROUPED_SECONDS
    compact = same_hand and close and not new_day and not message.ephemeral and not message.broadcast
    below = me.state.channels[message.channel_id].thread(message.ts)
    return Line(
        message,
        author_name(me.state, message),
        dates.time(at),
        dates.token(int(at), "{date_long} {time}"),
        compact,
        dates.day(at) if new_day else "",
        _parent(message, me) if message.broadcast else "",
        len(below),
        dates.time(float(below[-1].ts)) if below else "",
        me.person.id in message.trouble,
    )


def _parent(message: Message, me: Reader) -> str:
    """The first words of the message that this one answers."""
    parent = me.state.channels[message.channel_id].find(message.root_ts)
    if parent is None:
        return ""
    words = block_words(parent.blocks, me) if parent.blocks else text_words(parent.text, me)
    return words.split("\n")[0][:60]


# ── the sidebar ─────────────────────────────────────────────────────────────


def key_of(channel: Channel, me: Reader) -> str:
    """How the page's address names a conversation."""
    if channel.kind != "im":
        return f"#{channel.name}"
    return "@" + me.state.people[_other(channel, me.person.id)].name


def title_of(channel: Channel, me: Reader) -> str:
    """What people call a conversation."""
    if channel.kind != "im":
        return channel.name
    return me.name_of(_other(channel, me.person.id)) or ""


def _other(channel: Channel, person_id: str) -> str:
    return next((member for member in channel.members if member != person_id), person_id)


def sidebar(me: Reader, current: str, tab: str = "messages") -> dict[str, list[Entry]]:
    """Channels, people and the app, with what is unread; the Home tab shows no messages, so it reads none."""
    state, person = me.state, me.person
    rooms = [c for c in state.channels.values() if c.kind != "im" and person.id in c.members]
    people = [other for other in state.humans() if other is not person]
    return {
        "Channels": [_entry(channel, me, current) for channel in rooms],
        "Direct messages": [_entry(state.direct(person.id, other.id), me, current, other) for other in people],
        "Apps": [_entry(state.app_dm(person.id), me, current, state.bot, read=tab != "home")],
    }


def _entry(channel: Channel, me: Reader, current: str, other: Person | None = None, *, read: bool = True) -> Entry:
    unread = me.state.unread(me.person.id, channel)
    key = key_of(channel, me)
    calls = sum(me.person.id in message.notified or message.ephemeral for message in unread)
    note = "" if other is None or other.bot else me.dates.elsewhere(other.tz).time(me.state.clock())
    looked_at = read and key == current
    badge = 0 if looked_at else calls
    account = other.id if other else ""
    return Entry(
        key,
        channel,
        title_of(channel, me),
        account,
        note,
        bool(unread) and not looked_at,
        badge,
        key == current,
    )


# ── words from the manifest ─────────────────────────────────────────────────


@dataclass(frozen=True)
class Hint:
    """One command as the composer offers it: whole usages, and the plainest form of each to type."""

    name: str
    description: str
    usage: str
    examples: list[dict[str, str]]


def hints(manifest: Manifest) -> list[Hint]:
    """What people may type after a slash."""
    return [
        Hint(
            command.name,
            command.description,
            command.usage_hint,
            [
                {
                    "usage": f"{command.name} {usage}",
                    "plain": f"{command.name} {_OPTIONAL.sub('', usage)}".strip(),
                }
                for usage in command.usage_hint.split(" · ")
                if usage.strip()
            ],
        )
        for command in manifest.commands.values()
    ]


def default_person(state: State) -> Person:
    """Who sits there when the address names nobody."""
    return state.humans()[0]
