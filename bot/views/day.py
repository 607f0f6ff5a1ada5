"""A day of the lab: who holds what when, and what is free, at one tap where it can be."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.reader import Reader
from bot.views import carried, kit, nodes, status
from bot.views.kit import Block, Message
from core import facts
from core.timerange import TimeRange

_SHORTEST = timedelta(minutes=5)  # a gap that is offered
_LONGEST = timedelta(hours=12)
_OFFERS = 4  # for each GPU
_FEW_OF_NODE = 8  # GPUs that are told one by one, where only one node is asked for


def day(schedule: facts.Schedule, reader: Reader, now: datetime) -> Message:
    """A day where the reader is, or what is left of it; of all nodes or of one."""
    timelines = schedule.rows
    if not timelines:
        return kit.message(status.no_gpus(reader))
    said = summary(schedule, reader)
    if len(timelines) <= (_FEW_OF_NODE if schedule.node else status.FEW):
        blocks = [block for line in timelines for block in _gpu(line, reader, now)]
    else:
        blocks = kit.sections(nodes.during(timelines, reader))
    spoken = [_line(line, reader) for line in timelines[: status.FEW]]
    return kit.message(
        " ".join([said, *(spoken if len(timelines) <= status.FEW else ())]),
        kit.section(f"*{said}*"),
        *blocks,
        kit.context(reader.say("Times in {zone}.", zone=reader.zone_name(schedule.range.start))),
        kit.actions([status.now_button(reader), *status.day_buttons(reader, now)]),
        kit.actions([kit.open_form_button(reader, start=max(schedule.range.start, now))]),
    )


def over(day: datetime, reader: Reader, now: datetime) -> Message:
    """A day that is over, told with its year."""
    said = reader.say("{date} is over. Choose a day that is still to come.", date=reader.date(day))
    return kit.message(said, kit.section(said), kit.actions(status.day_buttons(reader, now)))


def summary(schedule: facts.Schedule, reader: Reader) -> str:
    free = sum(not line.held for line in schedule.rows)
    said = reader.say_many(
        "{day}: {free} of {count} GPU is free all day.",
        "{day}: {free} of {count} GPUs are free all day.",
        len(schedule.rows),
        day=reader.day(schedule.range.start),
        free=free,
    )
    return reader.say("{node} · {days}", node=kit.escape(schedule.node), days=said) if schedule.node else said


def _gpu(line: facts.Timeline, reader: Reader, now: datetime) -> list[Block]:
    offers = [_offer(line, part, reader, now, number) for number, part in enumerate(_offered(line))]
    buttons = kit.actions(offers)
    return [kit.section(_line(line, reader)), *([buttons] if buttons else [])]


def _line(line: facts.Timeline, reader: Reader) -> str:
    """*GPU0* · 09:00–12:00 Alice, 14:00–18:00 you · free 12:00–14:00, 18:00–24:00"""
    name = kit.escape(line.gpu.name)
    if not line.held:
        return reader.say("*{name}* · free all day", name=name)
    held = nodes.booked(line, reader)
    if not line.free:
        return reader.say("*{name}* · {held}", name=name, held=held)
    free = reader.listed([reader.hours(part) for part in line.free])
    return reader.say("*{name}* · {held} · free {free}", name=name, held=held, free=free)


def _offered(line: facts.Timeline) -> list[TimeRange]:
    return [part for part in line.free if part.length >= _SHORTEST][:_OFFERS]


def _offer(line: facts.Timeline, part: TimeRange, reader: Reader, now: datetime, number: int) -> Block:
    """A free part is booked as it is, or where it is long, filled in from its start."""
    if part.length > _LONGEST:
        label = reader.say("From {time}", time=reader.near(part.start, now))
        return kit.open_form_button(reader, label=label, gpus=(line.gpu,), start=part.start, number=number)
    return kit.button(
        reader.hours(part),
        f"take:{number}",
        carried.wish(carried.by_number([line.gpu]), part, ""),
        spoken=reader.say("Book {what}", what=f"{line.gpu.name} {reader.span(part)}"),
    )
