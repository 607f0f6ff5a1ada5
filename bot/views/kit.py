"""The few blocks we build everything from, within Slack's limits."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import accumulate
from typing import Any

from bot.reader import Reader
from bot.views import carried
from core import facts

Block = dict[str, Any]

MESSAGE = 11_000  # characters in the blocks of one message, buttons aside, of the 13,200 that Slack takes
SECTION = 3_000
BUTTON = 75
LABEL, LABEL_WITH_TIME = (
    25,
    28,
)  # of that, how wide a phone shows; cut behind a clock time, it loses little
OPTIONS = 100  # of a select, and groups of them
OPTION = 75
NAME = 40  # of those, for a machine's name before what else is said
BLOCKS = 50
ALT = 2_000


@dataclass(frozen=True)
class Message:
    """What is said in one go: blocks, and the plain words a notification shows."""

    text: str
    blocks: tuple[Block, ...]

    def as_arguments(self) -> dict[str, Any]:
        """For chat.postMessage, a response_url, …"""
        return {"text": self.text, "blocks": list(self.blocks)}


def message(text: str, *blocks: Block | None) -> Message:
    """A message of these blocks, or of its text alone."""
    present = [block for block in blocks if block is not None]
    return Message(clip_marked(plain(text), SECTION), tuple(_within(MESSAGE, present[:BLOCKS] or [section(text)])))


def done(said: str) -> Message:
    return message(f"✓ {said}")


def _within(room: int, blocks: list[Block]) -> list[Block]:
    """The blocks, their longest texts cut where together they would have more characters than fit."""
    texts = [block["text"]["text"] for block in blocks if block["type"] == "section"]
    beside = sum(len(each["text"]) for block in blocks if block["type"] == "context" for each in block["elements"])
    menus = (block["accessory"].get("options", ()) for block in blocks if "accessory" in block)
    beside += sum(len(option["text"]["text"]) for options in menus for option in options)
    limit = SECTION
    while sum(min(len(text), limit) for text in texts) > room - beside:
        limit = limit * 9 // 10
    if limit == SECTION:
        return blocks
    return [block | section(block["text"]["text"], limit) if block["type"] == "section" else block for block in blocks]


def section(text: str, limit: int = SECTION) -> Block:
    return {"type": "section", "text": {"type": "mrkdwn", "text": clip_marked(text, limit)}}


def beside(text: str, element: Block) -> Block:
    """A section with a button or a menu of its own."""
    return {**section(text), "accessory": element}


def sections(lines: Iterable[str]) -> list[Block]:
    """Lines, gathered into as few sections as hold them."""
    found: list[str] = []
    for line in (part for each in lines for part in each.split("\n")):
        if found and len(found[-1]) + len(line) < SECTION:
            found[-1] = f"{found[-1]}\n{line}"
        else:
            found.append(line)
    return [section(text) for text in found]


def fitted(pairs: Iterable[tuple[str, str]], room: int) -> list[str]:
    """Of each pair of a short line and a long one, the long one as long as all of them together fit into `room`."""
    listed = list(pairs)
    left = room - sum(len(short) for short, _ in listed)
    lines = []
    for short, long in listed:
        left -= len(long) - len(short)
        if left < 0:
            left += len(long) - len(short)
            lines.append(short)
        else:
            lines.append(long)
    return lines


def context(text: str) -> Block:
    return {"type": "context", "elements": [{"type": "mrkdwn", "text": clip_marked(text, SECTION)}]}


def header(text: str) -> Block:
    return {"type": "header", "text": plain_text(text, 150)}


def image(file_id: str, alt: str) -> Block:
    """An image that was uploaded; `alt` is for who does not see it."""
    return {"type": "image", "slack_file": {"id": file_id}, "alt_text": clip(alt, ALT)}


def divider() -> Block:
    return {"type": "divider"}


def actions(buttons: Sequence[Block | None]) -> Block | None:
    """A row of buttons; None when there is none to show."""
    present = [button for button in buttons if button is not None]
    return {"type": "actions", "elements": present[:25]} if present else None


def button(
    label: str,
    action: str,
    value: str = "",
    *,
    style: str | None = None,
    spoken: str = "",
    confirm: Block | None = None,
) -> Block:
    """`action` is unique within its block; `spoken` is what a screen reader says when the label alone is not enough."""
    made: Block = {"type": "button", "text": plain_text(label, BUTTON), "action_id": action}
    if value:
        made["value"] = value
    if style:
        made["style"] = style
    if spoken:
        made["accessibility_label"] = clip(spoken, 75)
    if confirm:
        made["confirm"] = confirm
    return made


def label(around: Callable[[str], str], words: str, shorter: Callable[[str, int], str]) -> str:
    """A button's label: `around` these words, which `shorter` cuts to the room that a phone has for them."""
    rest = around("")
    return around(shorter(words, max((LABEL_WITH_TIME if re.search(r"\d:\d\d", rest) else LABEL) - width(rest), 2)))


def width(text: str) -> int:
    """As wide as on a phone: a Chinese character or a Hangul syllable is two."""
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)


def head(text: str, room: int) -> str:
    """What of it is that wide, from its beginning on: of people's names."""
    ends = list(accumulate(map(width, text)))
    return text if not ends or ends[-1] <= room else f"{text[: bisect_left(ends, room)]}…"


def tail(text: str, room: int) -> str:
    """The same up to its end, where machines' names differ; from the beginning of a part on, where one fits."""
    if width(text) <= room:
        return text
    near = max(len(text) - room - 1, 0)  # what begins before that is too wide: a hundred GPUs are a long text
    parts = (text[near + match.end() :] for match in re.finditer(r"[-_./ ]", text[near:-1]))
    return next((f"…{part}" for part in parts if width(part) < room), head(text[::-1], room)[::-1])


def of_gpu(gpu: facts.Gpu, *more: str) -> str:
    """A GPU as a choice: its name, however long, leaves room for what else is said."""
    return " · ".join([tail(gpu.name, NAME), *more])


def field(block: str, label: str, element: Block, *, optional: bool = False, hint: str = "") -> Block:
    """One question of a form, whose answer is found under `block`."""
    made: Block = {
        "type": "input",
        "block_id": block,
        "label": plain_text(label, 2_000),
        "optional": optional,
        "element": {**element, "action_id": block},
    }
    return {**made, "hint": plain_text(hint, 2_000)} if hint else made


def clock_field(block: str, label: str, at: str | None, hint: str = "") -> Block:
    """A time of day, like 22:00, or none."""
    element: Block = {"type": "timepicker", **({"initial_time": at} if at else {})}
    return field(block, label, element, optional=True, hint=hint)


def option(label: str, value: str) -> Block:
    return {"text": plain_text(label, OPTION), "value": value}


def overflow(action: str, choices: Mapping[str, str]) -> Block:
    """A menu behind three dots, of up to five: what each sends when it is chosen, and how it reads."""
    options = [option(label, value) for value, label in choices.items()]
    return {"type": "overflow", "action_id": action, "options": options[:5]}


def confirm(title: str, text: str, yes: str, no: str) -> Block:
    return {
        "title": plain_text(title, 100),
        "text": plain_text(text, 300),
        "confirm": plain_text(yes, 30),
        "deny": plain_text(no, 30),
    }


def plain_text(text: str, limit: int) -> Block:
    return {"type": "plain_text", "text": clip(text, limit), "emoji": True}


def clip(text: str, limit: int) -> str:
    return text if len(text) <= limit else f"{text[: limit - 1]}…"


def clip_marked(text: str, limit: int) -> str:
    """The same for text that is escaped already: no `&amp;`, mention or date is cut in two."""
    return text if len(text) <= limit else re.sub(r"(?:&\w*|<[^<>]*)$", "", text[: limit - 1]) + "…"


# Marks that turn the direction of what follows them; letters of any script have their own without.
_DIRECTIONS = dict.fromkeys((*range(0x202A, 0x202F), *range(0x2066, 0x206A)))


def escape(text: str) -> str:
    """Text from people is data: it must not become a mention, a link or a shout, nor turn its neighbours round."""
    return text.translate(_DIRECTIONS).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def quoted(purpose: str) -> str:
    return f' · "{escape(purpose)}"' if purpose else ""


def mention(member: facts.Member) -> str:
    """Wakes that person, in a channel."""
    return f"<@{member.slack_id}>"


def plain(text: str) -> str:
    """Without the marks that only a rendered message understands."""
    return text.replace("*", "").replace("`", "")


def token(instant: datetime, form: str, fallback: str) -> str:
    """An instant that Slack shows each reader in their own zone; never write a zone name beside it."""
    return f"<!date^{int(instant.timestamp())}^{form}|{fallback}>"


def open_form_button(
    reader: Reader,
    *,
    label: str | None = None,
    gpus: Iterable[facts.Gpu] = (),
    count: int = 1,
    start: datetime | None = None,
    number: int = 0,
) -> Block:
    """Opens the form, filled in so far; `number` tells several in one row apart."""
    asked = carried.written(
        g=[f"#{gpu.id}" for gpu in gpus], n=count, **({"s": start.timestamp()} if start is not None else {})
    )
    return button(
        label or reader.say("Book a GPU"),
        f"open_form:{number}",
        asked,
        style=None if label else "primary",
        spoken=reader.say("Open the booking form"),
    )


def options(by_group: Mapping[str, Sequence[Block]], first: Block | None = None) -> Block:
    """Of a select: one list while Slack takes it; beyond, in groups, of which it takes a hundred as well."""
    every = [*([first] if first else []), *(option for several in by_group.values() for option in several)]
    if len(every) <= OPTIONS:
        return {"options": every}
    named = [(name, part) for name, several in by_group.items() for part in _parts(several)]
    if len(named) >= OPTIONS:  # so many groups that Slack takes: a hundred options in each, whatever their own was
        named = [(f"{part[0]['text']['text']} …", part) for part in _parts(every[1 if first else 0 :])]
    groups = [{"label": plain_text(name, OPTION), "options": list(part)} for name, part in named]
    return {"option_groups": [*([{"label": first["text"], "options": [first]}] if first else []), *groups][:OPTIONS]}


def _parts(several: Sequence[Block]) -> list[Sequence[Block]]:
    return [several[start : start + OPTIONS] for start in range(0, len(several), OPTIONS)]
