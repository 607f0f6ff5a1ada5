"""App Home: what is booked now, my reservations with buttons, one big Book button."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.reader import Reader
from bot.views import kit, mine, status
from bot.views.kit import Block, Message
from bot.views.mine import Mine
from core import facts

_BLOCKS = 100
_GPUS_SHOWN = 40


def home(
    stories: Sequence[facts.Occupancy], held: Mine, reader: Reader, now: datetime, *, answer: Message | None = None
) -> Block:
    """The whole tab. `answer` is what a press on it led to, and stands on top."""
    blocks = [
        *_answer(answer),
        kit.actions([kit.open_form_button(reader), kit.button(reader.say("Refresh"), "refresh_home")]),
        kit.header(reader.say("Now")),
        *_now(stories, reader, now),
        kit.header(reader.say("My bookings")),
        *(mine.cards(held, reader) or [kit.section(reader.say("You have nothing booked."))]),
    ]
    return {"type": "home", "blocks": [block for block in blocks if block][:_BLOCKS]}


def _answer(answer: Message | None) -> list[Block]:
    return [*answer.blocks, kit.divider()] if answer else []


def _now(stories: Sequence[facts.Occupancy], reader: Reader, now: datetime) -> list[Block]:
    if not stories:
        return [kit.section(status.no_gpus(reader))]
    lines = [status.line(story, reader, now) for story in stories[:_GPUS_SHOWN]]
    zone = reader.say("Times in {zone}, as of {time}.", zone=reader.zone_name(now), time=reader.clock(now))
    return [*kit.sections(lines), kit.context(zone)]
