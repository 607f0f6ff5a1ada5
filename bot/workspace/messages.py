"""Posting, changing and deleting messages: one place for the Web API, response URLs and what people type."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from bot.workspace import blocks as block_kit
from bot.workspace import mrkdwn
from bot.workspace.errors import SlackError
from bot.workspace.state import SLACKBOT, AppBot, Channel, Message, Person, State
from bot.workspace.words import called

if TYPE_CHECKING:
    from bot.workspace.files import Files

Json = dict[str, Any]

MOST_TEXT = 40_000
MOST_UPDATED_TEXT = 4_000
MOST_METADATA = 8_000


def check_content(
    files: Files, text: str, blocks: list[Json] | None, *, most: int = MOST_TEXT, empty: bool = False
) -> list[Json]:
    """Refuse what Slack refuses in a message; returns the blocks with their ids filled in. `empty`: it may be."""
    if len(text) > most:
        raise SlackError("msg_too_long")
    if blocks:
        block_kit.check_message(blocks)
        files.check(blocks)
        return block_kit.with_ids(blocks)
    if not text.strip() and not empty:
        raise SlackError("no_text")
    return []


def check_metadata(metadata: Any) -> Json | None:
    """Message metadata is an event type and a flat payload, and small."""
    if metadata is None:
        return None
    if not isinstance(metadata, dict) or not isinstance(metadata.get("event_payload"), dict):
        raise SlackError("invalid_metadata_format")
    if not metadata.get("event_type") or set(metadata) - {"event_type", "event_payload", "entities"}:
        raise SlackError("invalid_metadata_format")
    if len(json.dumps(metadata)) > MOST_METADATA:
        raise SlackError("metadata_too_large")
    return metadata


class Messages:
    """Writes into conversations."""

    def __init__(self, state: State, files: Files) -> None:
        self._state = state
        self._files = files

    def by_bot(
        self,
        channel: Channel,
        text: str,
        blocks: list[Json] | None,
        *,
        metadata: Json | None = None,
        thread_ts: str | None = None,
        broadcast: bool = False,
        visible_to: str | None = None,
        mrkdwn: bool = True,
    ) -> Message:
        """Post as the app, after checking what it wrote."""
        checked = check_content(self._files, text, blocks)
        return self._add(
            Message(
                self._state.new_ts(),
                channel.id,
                self._state.bot.id,
                text,
                checked,
                bot=self._state.own,
                metadata=metadata,
                thread_ts=thread_ts,
                broadcast=broadcast,
                visible_to=visible_to,
                mrkdwn=mrkdwn,
            )
        )

    def by_bot_with_files(
        self, channel: Channel, text: str, blocks: list[Json], files: list[str], thread_ts: str | None = None
    ) -> Message:
        """Share files as the app; what is said with them was checked before."""
        ts, own = self._state.new_ts(), self._state.own
        said = Message(ts, channel.id, own.account.id, text, blocks, bot=own, thread_ts=thread_ts, files=files)
        return self._add(said)

    def by_other_bot(self, bot: AppBot, channel: Channel, words: str, username: str = "") -> Message:
        """Post as another app."""
        text, author = self.typed(words), bot.account.id
        return self._add(Message(self._state.new_ts(), channel.id, author, text, bot=bot, username=username))

    def by_person(self, person: Person, channel: Channel, words: str, thread_ts: str | None = None) -> Message:
        """Post what a person typed."""
        text = self.typed(words)
        return self._add(Message(self._state.new_ts(), channel.id, person.id, text, thread_ts=thread_ts))

    def by_slackbot(self, person: Person, channel: Channel, text: str, thread_ts: str | None = None) -> Message:
        """A word from Slack itself, to one person."""
        said = Message(self._state.new_ts(), channel.id, SLACKBOT, text, thread_ts=thread_ts, visible_to=person.id)
        return self._add(said)

    def retype(self, message: Message, words: str) -> None:
        """Change what a person typed."""
        self.rewrite(message, self.typed(words), [], mark_edited=True)

    def rewrite(self, message: Message, text: str, blocks: list[Json], *, mark_edited: bool) -> None:
        """Change what a message says, in place."""
        message.text = text
        message.blocks = blocks
        message.chosen.clear()
        message.trouble.clear()
        if mark_edited:
            message.edited_ts = self._state.new_ts()
        self._touch(message)

    def delete(self, message: Message) -> None:
        """Take a message away."""
        message.deleted = True
        self._touch(message)

    def typed(self, words: str) -> str:
        """What people type, as Slack stores it: escaped, with names turned into mentions."""
        return re.sub(r"(?<![\w&])([@#])([\w.\-]+)", self._linked, mrkdwn.escape(words))

    def _linked(self, found: re.Match[str]) -> str:
        mark, name = found[1], found[2]
        if mark == "#":
            channel = next((c for c in self._state.channels.values() if c.kind != "im" and c.name == name), None)
            return f"<#{channel.id}|{channel.name}>" if channel else found[0]
        if name in {"channel", "here", "everyone"}:
            return f"<!{name}>"
        person = next((p for p in self._state.people.values() if p.name == name), None)
        return f"<@{person.id}>" if person else found[0]

    def _add(self, message: Message) -> Message:
        message.notified = self._notified(message)
        self._state.add_message(message)
        self._touch_root(message)
        return message

    def _touch(self, message: Message) -> None:
        self._state.touch(message)
        self._touch_root(message)

    def _touch_root(self, message: Message) -> None:
        """The message above a thread shows how many answers it has."""
        root = self._state.channels[message.channel_id].find(message.root_ts) if message.answers else None
        if root is not None:
            self._state.touch(root)

    def _notified(self, message: Message) -> frozenset[str]:
        """Whom this message wakes."""
        channel = self._state.channels[message.channel_id]
        people = {pid for pid in channel.members if pid != message.author_id and not self._state.people[pid].bot}
        if message.ephemeral:
            return frozenset()
        if channel.kind == "im":
            return frozenset(people)
        woken: set[str] = set()
        for mention in called(message.text, message.blocks):
            woken |= people if mention.kind == "everyone" else {mention.target} & people
        return frozenset(woken)
