"""App Home: now, today, the coming week, my reservations with buttons, my settings; one big Book button."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.reader import Reader
from bot.views import booking, kit, mine, nodes, settings, setup, status, waitlist
from bot.views.kit import Block, Message
from bot.views.mine import Mine
from core import facts
from core.setup import Progress

_BLOCKS = 100
_ANSWER = 25  # blocks of an answer
_BESIDE_NODES = 10  # blocks of the lab that are neither nodes nor days
DAYS = 8  # today, and the week after


@dataclass(frozen=True)
class Lab:
    """What a Home shows of the lab and of its reader."""

    stories: Sequence[facts.Occupancy]
    days: Sequence[facts.Schedule]  # what is left of today, and the seven days after
    held: Mine
    series: Sequence[facts.Series]  # that these belong to
    wishes: Sequence[facts.Wish]
    choices: facts.Choices
    use: facts.FairUse
    progress: Progress | None = None  # of setting the lab up, for its admins


def home(lab: Lab, reader: Reader, now: datetime, *, answer: Message | None = None) -> Block:
    """The whole tab. `answer` is what a press on it led to, and stands on top."""
    above = [
        *_answer(answer),
        kit.actions([kit.open_form_button(reader), kit.button(reader.say("Refresh"), "refresh_home")]),
        *(setup.checklist(lab.progress, reader) if lab.progress else []),
    ]
    below = [
        kit.header(reader.say("My bookings")),
        *(mine.first_cards(lab.held, reader, lab.series) or [kit.section(reader.say("You have nothing booked."))]),
        *waitlist.cards(lab.wishes, reader),
        kit.context(booking.fair_use(lab.use, reader)),
        kit.header(reader.say("My settings")),
        *settings.summary(lab.choices, reader, now),
    ]
    blocks = [*above, *_lab(lab, reader, now, room=_BLOCKS - len(above) - len(below)), *below]
    return {"type": "home", "blocks": [block for block in blocks if block][:_BLOCKS]}


def _answer(answer: Message | None) -> list[Block]:
    return [*answer.blocks[:_ANSWER], kit.divider()] if answer else []


def _lab(lab: Lab, reader: Reader, now: datetime, *, room: int) -> list[Block]:
    """Now, today and the coming week, in at most that many blocks where a section for all nodes is enough for that."""
    heading = kit.header(reader.say("Now"))
    if not lab.stories:
        return [heading, kit.section(status.no_gpus(reader))]
    days = [_day(day, number, reader) for number, day in enumerate(lab.days[:DAYS])]
    _, _, another = status.day_buttons(reader, now)
    is_large = len(lab.stories) > status.FEW
    blocks = [
        heading,
        kit.section(f"*{status.summary(lab.stories, reader, now)}*"),
        *status.overview(lab.stories, reader, now, menus=room - len(days) - _BESIDE_NODES),
        kit.actions(status.book_buttons(lab.stories, reader)) if is_large else None,
        kit.context(reader.say("Times in {zone}, as of {time}.", zone=reader.zone_name(now), time=reader.clock(now))),
        kit.header(reader.say("Today")),
        *days[:1],
        kit.header(reader.say("The coming week")),
        *days[1:],
        kit.actions([another, status.week_button(reader)]),
    ]
    return [block for block in blocks if block]


def _day(day: facts.Schedule, number: int, reader: Reader) -> Block:
    """A day in a line, and its detail behind a button."""
    noon = reader.midnight(day.range.start) + timedelta(hours=12)
    button = kit.button(
        reader.say("Details"),
        f"show_day:{number}",
        reader.local(noon).date().isoformat(),
        spoken=reader.say("Show {day}", day=reader.day(noon)),
    )
    return kit.beside(_told(day, reader), button)


def _told(day: facts.Schedule, reader: Reader) -> str:
    """*Fri 4 Dec* · 9 of 16 free all day, 42 % booked · 2 of them yours; of a few GPUs, each with its bookings"""
    name, held = f"*{reader.day(day.range.start)}*", [row for row in day.rows if row.held]
    if len(day.rows) == 1:
        return " · ".join([name, nodes.booked(held[0], reader) if held else reader.say("free all day")])
    if len(day.rows) <= status.FEW:
        said = [
            reader.say("{gpu}: {held}", gpu=kit.escape(row.gpu.name), held=nodes.booked(row, reader)) for row in held
        ]
        return " · ".join([name, *(said or [reader.say("all free")])])
    return " · ".join([name, *_in_numbers(day, reader)])


def _in_numbers(day: facts.Schedule, reader: Reader) -> list[str]:
    free, percent = sum(not row.held for row in day.rows), round(100 * (day.held / day.capacity))
    said = reader.say(
        "{free} of {count} free all day, {percent} % booked", free=free, count=len(day.rows), percent=percent
    )
    mine = sum(any(nodes.is_mine(each, reader) for each in row.held) for row in day.rows)
    return [said, reader.say_many("{count} GPU yours", "{count} GPUs yours", mine)] if mine else [said]
