"""App Home: now, today, the coming week, my reservations with buttons, my settings; one big Book button."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.reader import Reader
from bot.views import booking, kit, mine, nodes, settings, setup, status, waitlist
from bot.views.kit import Block, Message
from bot.views.mine import Mine
from core import facts
from core.setup import Progress
from core.timerange import TimeRange

_BLOCKS = 100
_ANSWER = 25  # blocks of an answer
_ROOM = 9_000  # characters for each of now, today and the week


@dataclass(frozen=True)
class Lab:
    """What a Home shows of the lab and of its reader."""

    stories: Sequence[facts.Occupancy]
    today: Sequence[facts.Timeline]  # what is left of it
    week: Sequence[facts.Timeline]  # the seven days after
    held: Mine
    series: Sequence[facts.Series]  # that these belong to
    wishes: Sequence[facts.Wish]
    choices: facts.Choices
    use: facts.FairUse
    progress: Progress | None = None  # of setting the lab up, for its admins


def home(lab: Lab, reader: Reader, now: datetime, *, answer: Message | None = None) -> Block:
    """The whole tab. `answer` is what a press on it led to, and stands on top."""
    blocks = [
        *_answer(answer),
        kit.actions([kit.open_form_button(reader), kit.button(reader.say("Refresh"), "refresh_home")]),
        *(setup.checklist(lab.progress, reader) if lab.progress else []),
        *_lab(lab, reader, now),
        kit.header(reader.say("My bookings")),
        *(mine.cards(lab.held, reader, lab.series) or [kit.section(reader.say("You have nothing booked."))]),
        *waitlist.cards(lab.wishes, reader),
        kit.context(booking.fair_use(lab.use, reader)),
        kit.header(reader.say("My settings")),
        *settings.summary(lab.choices, reader, now),
    ]
    return {"type": "home", "blocks": [block for block in blocks if block][:_BLOCKS]}


def _answer(answer: Message | None) -> list[Block]:
    return [*answer.blocks[:_ANSWER], kit.divider()] if answer else []


def _lab(lab: Lab, reader: Reader, now: datetime) -> list[Block]:
    heading = kit.header(reader.say("Now"))
    if not lab.stories:
        return [heading, kit.section(status.no_gpus(reader))]
    zone = reader.say("Times in {zone}, as of {time}.", zone=reader.zone_name(now), time=reader.clock(now))
    return [
        heading,
        kit.section(f"*{status.summary(lab.stories, reader, now)}*"),
        *status.overview(lab.stories, reader, now),
        kit.context(zone),
        kit.header(reader.say("Today")),
        *kit.sections(nodes.during(lab.today, reader, room=_ROOM)),
        kit.header(reader.say("The coming week")),
        *kit.sections(kit.fitted(_week(lab.week, reader, now), _ROOM)),
        *_days(reader, now),
    ]


def _days(reader: Reader, now: datetime) -> Iterator[Block]:
    row = kit.actions([*status.day_buttons(reader, now), status.week_button(reader)])
    if row:
        yield row


def _week(timelines: Sequence[facts.Timeline], reader: Reader, now: datetime) -> Iterator[tuple[str, str]]:
    """Each day in numbers, and in full: *Fri 4 Dec* · 3 of 4 free all day · GPU1 09:00–12:00 Alice"""
    for number in range(1, 8):
        day = TimeRange(reader.midnight(now, number), reader.midnight(now, number + 1))
        lines = [_clipped(line, day) for line in timelines]
        free = sum(not line.held for line in lines)
        numbers = reader.say(
            "*{day}* · {free} of {count} free all day", day=reader.day(day.start), free=free, count=len(lines)
        )
        held = [
            reader.say("{gpu}: {held}", gpu=kit.escape(line.gpu.name), held=nodes.booked(line, reader))
            for line in lines
            if line.held
        ]
        full = " · ".join([numbers, *held])
        yield numbers, full if len(full) < kit.SECTION else numbers


def _clipped(line: facts.Timeline, window: TimeRange) -> facts.Timeline:
    return facts.Timeline(line.gpu, window, tuple(_within(line.held, window)))


def _within(held: Sequence[facts.Holding], window: TimeRange) -> Iterator[facts.Holding]:
    for each in held:
        part = each.range.clip(window)
        if part:
            yield replace(each, range=part)
