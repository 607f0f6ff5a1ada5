"""People for tests: what somebody types, presses and sees, as plain synchronous calls.

Handles are live: `message.words` is what the message says now, not when it was found.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from bot.workspace import by_label, forms
from bot.workspace.delivery import Ack
from bot.workspace.payloads import author_name
from bot.workspace.words import Reader, block_words, controls, text_words

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from bot.workspace.state import AppBot, Channel, Message, Person, View
    from bot.workspace.workspace import Workspace

T = TypeVar("T")
Json = dict[str, Any]

PATIENCE = 30.0
TROUBLE = "We had some trouble connecting. Try again?"


class PersonDriver:
    """One person in front of Slack."""

    def __init__(self, slack: Workspace, person: Person) -> None:
        self.slack = slack
        self.account = person
        self.id = person.id
        self.last_ack: Ack | None = None

    def __repr__(self) -> str:
        return f"<{self.account.name}>"

    # ── doing ───────────────────────────────────────────────────────────────

    def types(self, where: str, words: str, *, thread: MessageHandle | None = None) -> Ack:
        """Type into `#channel` or `@somebody`; returns when the app acknowledged (or was late)."""
        thread_ts = thread.thread_ts if thread else None
        return self.acked(self.slack.interactions.types(self.account, self._channel(where), words, thread_ts))

    def uses_shortcut(self, name: str) -> Ack:
        """Use one of the app's global shortcuts, by the name shown."""
        return self.acked(self.slack.interactions.shortcut(self.account, self.shortcut_named(name, "global")))

    def opens_home(self) -> HomeHandle:
        """Open the app's Home tab; the app publishes it a moment later (`home.waits_for`)."""
        self.acked(self.slack.interactions.opens_tab(self.account, "home"))
        return self.home

    # ── seeing ──────────────────────────────────────────────────────────────

    def sees(self, where: str) -> list[MessageHandle]:
        """Everything in a conversation that this person sees, oldest first."""

        async def look() -> list[MessageHandle]:
            return self.sees_now(where)

        return self.slack.call(look())

    def waits_for(self, where: str, words: str, *, timeout: float = PATIENCE, after: str = "0") -> MessageHandle:
        """The newest message that contains these words, as this person reads it.

        `after` is a timestamp: only messages later than that one count.
        """

        def find() -> MessageHandle | None:
            return next((m for m in reversed(self.sees_now(where)) if m.ts > after and words in m.words), None)

        def describe() -> str:
            seen = "\n".join(f"  {message!r}" for message in self.sees(where)) or "  (nothing)"
            return f"{self.account.name} does not see {words!r} in {where} after {timeout} s, but:\n{seen}"

        return self.wait(find, timeout, describe)

    @property
    def home(self) -> HomeHandle:
        """The app's Home tab, as this person sees it."""
        return HomeHandle(self)

    @property
    def form(self) -> FormHandle | None:
        """The modal in front of this person, if any."""
        view = self.slack.state.top_modal(self.id)
        return FormHandle(self, view) if view else None

    def waits_for_form(self, title: str = "", *, timeout: float = PATIENCE) -> FormHandle:
        """The modal in front of this person, once its title contains these words."""

        def find() -> FormHandle | None:
            form = self.form
            return form if form and title in form.title else None

        def describe() -> str:
            form = self.form
            shown = f"a form titled {form.title!r}" if form else "no form"
            complaints = "".join(f"\n  {complaint}" for complaint in self.slack.complaints)
            return f"{self.account.name} sees {shown}, not {title!r}, after {timeout} s{complaints}"

        return self.wait(find, timeout, describe)

    @property
    def reader(self) -> Reader:
        """This person's eyes."""
        return Reader(self.slack.state, self.account)

    # ── inside ──────────────────────────────────────────────────────────────

    def sees_now(self, where: str) -> list[MessageHandle]:
        """Only on the workspace's loop: a direct message may be made on the way."""
        channel = self.slack.state.conversation(self.account, where)
        return [MessageHandle(self, message) for message in channel.shown_to(self.id)]

    def shortcut_named(self, name: str, kind: str) -> str:
        offered = [each for each in self.slack.state.manifest.shortcuts if each.kind == kind]
        for each in offered:
            if name in {each.name, each.callback_id}:
                return each.callback_id
        raise AssertionError(f"no {kind} shortcut {name!r}; shortcuts: {[each.name for each in offered]}")

    def _channel(self, where: str) -> Channel:
        async def find() -> Channel:
            return self.slack.state.conversation(self.account, where)

        return self.slack.call(find())

    def acked(self, work: Coroutine[Any, Any, Ack | None]) -> Ack:
        self.last_ack = self.slack.call(work) or Ack(0.0)
        return self.last_ack

    def wait(self, find: Callable[[], T | None], timeout: float, describe: Callable[[], str]) -> T:
        """Look after every change until something is found; `find` runs on the workspace's loop."""

        async def wait() -> T | None:
            deadline = time.monotonic() + timeout
            with self.slack.state.feed.listen() as changes:
                while (found := find()) is None and (left := deadline - time.monotonic()) > 0:
                    with contextlib.suppress(TimeoutError):
                        await asyncio.wait_for(changes.get(), left)
            return found

        found = self.slack.call(wait())
        if found is None:
            raise AssertionError(describe())
        return found


@dataclass(frozen=True)
class AppDriver:
    """The bot of another app, which talks into channels as well."""

    slack: Workspace
    bot: AppBot

    def posts(self, where: str, words: str, *, username: str = "") -> Ack:
        """As its account; with a name of its own like an incoming webhook, of which Slack names no account."""
        channel = self.slack.state.channel_named(where)
        return self.slack.call(self.slack.interactions.other_bot_says(self.bot, channel, words, username))


@dataclass(frozen=True)
class Picture:
    """An image in a message: the words for whoever does not see it, and its bytes."""

    alt: str
    data: bytes


@dataclass(frozen=True)
class MessageHandle:
    """A message as one person sees it."""

    reader: PersonDriver
    inner: Message

    def __repr__(self) -> str:
        marks = " (only you)" * self.ephemeral + " (edited)" * self.edited
        return f"{self.author}{marks}: {self.words!r} {self.buttons or ''}"

    @property
    def ts(self) -> str:
        return self.inner.ts

    @property
    def thread_ts(self) -> str:
        """The timestamp to answer under."""
        return self.inner.root_ts

    @property
    def thread(self) -> list[MessageHandle]:
        """The answers below it that this person sees, oldest first."""
        seen = self.reader.sees(self.inner.channel_id)
        return [each for each in seen if each.inner.answers and each.thread_ts == self.ts]

    @property
    def text(self) -> str:
        """The fallback text, as the app sent it: what a notification shows."""
        return self.inner.text

    @property
    def blocks(self) -> list[Json]:
        return self.inner.blocks

    @property
    def metadata(self) -> Json | None:
        return self.inner.metadata

    @property
    def pictures(self) -> list[Picture]:
        """The app's own images in it, in order: those of its blocks, and those that were shared with it."""
        files = self.reader.slack.state.files
        blocks = [block for block in self.blocks if block["type"] == "image" and "slack_file" in block]
        shown = [Picture(block["alt_text"], files[block["slack_file"]["id"]].data or b"") for block in blocks]
        shared = [files[file_id] for file_id in self.inner.files if file_id in files]
        return shown + [Picture(file.alt, file.data or b"") for file in shared]

    @property
    def author(self) -> str:
        return author_name(self.reader.slack.state, self.inner)

    @property
    def words(self) -> str:
        """All the words, rendered as this person sees them."""
        eyes = self.reader.reader
        return block_words(self.blocks, eyes) if self.blocks else text_words(self.text, eyes)

    @property
    def buttons(self) -> list[str]:
        """The labels of the buttons, in order."""
        return [label for label, _, _ in by_label.buttons(self.blocks, self.reader.reader)]

    @property
    def menus(self) -> list[str]:
        """The action ids of the menus behind three dots, in order: they have no other names."""
        return by_label.menus(self.blocks)

    @property
    def ephemeral(self) -> bool:
        return self.inner.ephemeral

    @property
    def edited(self) -> bool:
        return self.inner.edited_ts is not None

    @property
    def gone(self) -> bool:
        """Whether it was deleted."""
        return self.inner.deleted

    @property
    def trouble(self) -> bool:
        """Whether this person's last press shows the warning triangle."""
        return self.reader.id in self.inner.trouble

    @property
    def notified(self) -> set[str]:
        """The handles of everyone whom this message woke."""
        people = self.reader.slack.state.people
        return {people[person_id].name for person_id in self.inner.notified}

    def uses_shortcut(self, name: str) -> Ack:
        """Use one of the app's shortcuts at this message, by the name shown."""
        who = self.reader
        return who.acked(who.slack.interactions.shortcut(who.account, who.shortcut_named(name, "message"), self.inner))

    def edit(self, words: str) -> Ack:
        """Change one's own words."""
        return self.reader.acked(self.reader.slack.interactions.edits(self.reader.account, self.inner, words))

    def delete(self) -> Ack:
        """Take away one's own words, or as an admin anybody's."""
        return self.reader.acked(self.reader.slack.interactions.deletes(self.reader.account, self.inner))

    def press(self, label: str) -> Ack:
        """Press a button, by its label or by what a screen reader says of it; returns after the acknowledgement."""
        block, element = by_label.button(self.blocks, label, self.reader.reader)
        return self._press(block, element)

    def choose(self, label: str, *options: str) -> Ack:
        """Choose in a select, menu or picker that stands in this message."""
        block, element = by_label.control(self.blocks, label, self.reader.reader)
        return self._press(block, element, by_label.raw(element, options, self.reader.reader))

    def press_raw(self, action_id: str, value: str = "", as_person: PersonDriver | None = None, **more: Any) -> Ack:
        """Send a forged press on this message: any action, any value, any person."""
        who = as_person or self.reader
        action = {"type": "button", "action_id": action_id, "block_id": "forged", "value": value, **more}
        return who.acked(who.slack.interactions.press_raw(who.account, self.inner, action))

    def _press(self, block: Json, element: Json, raw: Any = None) -> Ack:
        who = self.reader
        return who.acked(who.slack.interactions.press(who.account, self.inner, block, element, raw))


@dataclass(frozen=True)
class HomeHandle:
    """The app's Home tab as one person sees it."""

    reader: PersonDriver

    @property
    def view(self) -> View | None:
        return self.reader.slack.state.homes.get(self.reader.id)

    @property
    def blocks(self) -> list[Json]:
        """What the app published, or nothing yet."""
        return self.view.payload["blocks"] if self.view else []

    @property
    def words(self) -> str:
        return block_words(self.blocks, self.reader.reader)

    @property
    def buttons(self) -> list[str]:
        return [label for label, _, _ in by_label.buttons(self.blocks, self.reader.reader)]

    @property
    def menus(self) -> list[str]:
        """The action ids of the menus behind three dots, in order: they have no other names."""
        return by_label.menus(self.blocks)

    def press(self, label: str) -> Ack:
        """Press a button on the Home tab."""
        return self._press(*by_label.button(self.blocks, label, self.reader.reader))

    def choose(self, label: str, *options: str) -> Ack:
        """Choose in a control of the Home tab."""
        block, element = by_label.control(self.blocks, label, self.reader.reader)
        return self._press(block, element, by_label.raw(element, options, self.reader.reader))

    def waits_for(self, words: str, *, timeout: float = PATIENCE) -> HomeHandle:
        """Wait until the tab contains these words."""
        return self.reader.wait(
            lambda: self if words in self.words else None,
            timeout,
            lambda: f"Home does not say {words!r} after {timeout} s, but:\n{self.words}",
        )

    def _press(self, block: Json, element: Json, raw: Any = None) -> Ack:
        who, view = self.reader, self.view
        if view is None:
            raise AssertionError("the app has published no Home tab")
        return who.acked(who.slack.interactions.press_in_view(who.account, view, block, element, raw))


@dataclass(frozen=True)
class FormHandle:
    """A modal in front of one person."""

    reader: PersonDriver
    inner: View

    @property
    def title(self) -> str:
        return text_words(self.inner.payload["title"], self.reader.reader)

    @property
    def blocks(self) -> list[Json]:
        return list(self.inner.payload["blocks"])

    @property
    def words(self) -> str:
        return block_words(self.blocks, self.reader.reader)

    @property
    def buttons(self) -> list[str]:
        return [label for label, _, _ in by_label.buttons(self.blocks, self.reader.reader)]

    @property
    def labels(self) -> list[str]:
        """The labels of the inputs, in order."""
        inputs = [block for block in self.blocks if block["type"] == "input"]
        return [text_words(block["label"], self.reader.reader) for block in inputs]

    @property
    def values(self) -> dict[str, Any]:
        """What the controls hold now, by label; choices by the words shown."""
        eyes = self.reader.reader
        return {
            by_label.label_of(block, element, eyes): by_label.shown(
                element, forms.current(block, element, self.inner.filled), eyes
            )
            for block, element in controls(self.blocks)
            if forms.has_state(element)
        }

    @property
    def errors(self) -> dict[str, str]:
        """The errors at the fields, by label."""
        eyes = self.reader.reader
        labels = {
            block["block_id"]: by_label.label_of(block, element, eyes) for block, element in controls(self.blocks)
        }
        return {labels.get(block_id, block_id): error for block_id, error in self.inner.errors.items()}

    @property
    def trouble(self) -> str:
        """The vague sentence Slack shows when the app did not answer properly; empty when all is well."""
        return TROUBLE if self.inner.trouble else ""

    @property
    def open(self) -> bool:
        return self.inner.id in self.reader.slack.state.views

    def fill(self, label: str, words: str) -> None:
        """Type into a field, or set a picker to `YYYY-MM-DD` / `HH:MM` / epoch seconds."""
        self._fill(label, (words,))

    def choose(self, label: str, *options: str) -> None:
        """Choose options by the words shown; none clears the choice."""
        self._fill(label, options)

    def press(self, label: str) -> Ack:
        """Press a button inside the form."""
        return self._press(*by_label.button(self.blocks, label, self.reader.reader))

    def submit(self) -> dict[str, str]:
        """Submit; returns the errors by label, empty when the app accepted."""
        who = self.reader
        who.acked(who.slack.interactions.submit(who.account, self.inner))
        return self.errors

    def submit_twice(self) -> dict[str, str]:
        """Submit twice in the same instant, as an impatient finger does."""
        who, interactions = self.reader, self.reader.slack.interactions

        async def both() -> Ack | None:
            work = (
                interactions.submit(who.account, self.inner),
                interactions.submit(who.account, self.inner),
            )
            return (await asyncio.gather(*work))[-1]

        who.acked(both())
        return self.errors

    def close(self) -> None:
        """Close without submitting."""
        who = self.reader
        who.slack.call(who.slack.interactions.close(who.account, self.inner))

    def _fill(self, label: str, said: tuple[str, ...]) -> None:
        block, element = by_label.control(self.blocks, label, self.reader.reader)
        raw = by_label.raw(element, said, self.reader.reader)
        self.inner.filled[block["block_id"], element["action_id"]] = raw
        dispatches = block["type"] != "input" or block.get("dispatch_action")
        if dispatches and element["type"] != "plain_text_input":
            self._press(block, element, raw)

    def _press(self, block: Json, element: Json, raw: Any = None) -> Ack:
        who = self.reader
        return who.acked(who.slack.interactions.press_in_view(who.account, self.inner, block, element, raw))


__all__ = ["FormHandle", "HomeHandle", "MessageHandle", "PersonDriver"]
