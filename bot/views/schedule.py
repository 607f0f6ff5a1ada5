"""A day or a week in words, and the message that shows its picture."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from bot.commands import Span
from bot.reader import Reader
from bot.views import booking, kit
from bot.views.kit import Block, Message
from core import facts
from core.timerange import TimeRange

ALT = 1_900  # letters; Slack takes 2,000
MOST_ROWS = 120  # in one picture; of more GPUs there are several
_FEW_NODES = 3  # of which a picture shows each well enough


def part(schedule: facts.Schedule, first: int) -> facts.Schedule:
    """What one picture shows, from that row on: as many whole nodes as it has room for."""
    rows, rest = schedule.rows[first : first + MOST_ROWS], schedule.rows[first + MOST_ROWS :]
    whole = tuple(row for row in rows if row.gpu.node != rest[0].gpu.node) if rest else rows
    return facts.Schedule(schedule.range, whole or rows, schedule.node)


def which(schedule: facts.Schedule, first: int, reader: Reader) -> str:
    """GPUs 1–120 of 300; nothing where one picture shows them all."""
    count = len(part(schedule, first).rows)
    if count == len(schedule.rows):
        return ""
    return reader.say("GPUs {first}–{last} of {count}", first=first + 1, last=first + count, count=len(schedule.rows))


def shown(file_id: str, schedule: facts.Schedule, reader: Reader, now: datetime, first: int = 0) -> Message:
    """The picture of that file, with buttons for other days and weeks, other GPUs, and nodes."""
    said = " · ".join(
        filter(None, [heading(schedule, reader), share(schedule, reader), which(schedule, first, reader)])
    )
    gpu_id = str(schedule.rows[0].gpu.id) if schedule.node and schedule.rows else ""
    return kit.message(
        kit.escape(said),
        kit.section(kit.escape(said)),
        kit.image(file_id, describe(schedule, reader, ALT, first)),
        kit.actions(_others(schedule.range, reader, now, gpu_id)),
        kit.actions(_other_gpus(schedule, first, reader, gpu_id)),
    )


def _other_gpus(schedule: facts.Schedule, first: int, reader: Reader, gpu_id: str) -> list[Block]:
    """The other pictures, where one does not show all; one node, or all nodes again."""
    start, end = (int(at.timestamp()) for at in (schedule.range.start, schedule.range.end))
    pages = _pages(schedule)
    found = [
        kit.button(which(schedule, page, reader), f"picture_rows:{start}:{end}:{page}", gpu_id)
        for page in pages
        if page != first and len(pages) > 1
    ]
    nodes = {row.gpu.node: row.gpu for row in schedule.rows}
    if schedule.node:
        found.append(kit.button(reader.say("All nodes"), f"picture_all:{start}:{end}:0"))
    elif len(nodes) > _FEW_NODES:
        options = [
            {"text": kit.plain_text(kit.tail(node, kit.OPTION), kit.OPTION), "value": str(gpu.id)}
            for node, gpu in nodes.items()
        ]
        found.append(
            {
                "type": "static_select",
                "action_id": f"picture_one:{start}:{end}",
                "placeholder": kit.plain_text(reader.say("One node…"), 150),
                **kit.options({reader.say("Nodes"): options}),
            }
        )
    return found


def _pages(schedule: facts.Schedule) -> list[int]:
    """Where each picture of it begins."""
    pages = [0]
    while (after := pages[-1] + len(part(schedule, pages[-1]).rows)) < len(schedule.rows):
        pages.append(after)
    return pages


def sent(reader: Reader) -> Message:
    """Beside a command: pictures cannot be for one person's eyes only in a channel."""
    return kit.message(reader.say("The picture is in your direct messages with me."))


def in_words(schedule: facts.Schedule, failure: str, reader: Reader) -> Message:
    """The same without a picture, when Slack does not take it."""
    cure = reader.say("I could not send a picture; Slack says: `{failure}`.", failure=kit.escape(failure))
    if failure == "missing_scope":
        cure = reader.say(
            "To send pictures I need the scope `files:write`: an admin adds it under OAuth & Permissions,"
            " and reinstalls the app."
        )
    told = kit.escape(describe(schedule, reader, ALT))
    return kit.message(told, kit.section(told), kit.context(cure))


def unknown(text: str, reader: Reader, now: datetime) -> Message:
    said = reader.say(
        "“{text}” is no time and no node that I can draw. Try `{command} picture week`, with a node’s name behind it"
        " for that one alone, or choose:",
        text=kit.escape(kit.clip(text, 80)),
    )
    return kit.message(said, kit.section(said), kit.actions(_others(None, reader, now)))


def title(window: TimeRange, reader: Reader) -> str:
    """Thu 3 Dec, or Mon 30 Nov – Sun 6 Dec."""
    first, last = reader.day(window.start), reader.day(window.end - timedelta(microseconds=1))
    return first if first == last else reader.say("{first} – {last}", first=first, last=last)


def heading(schedule: facts.Schedule, reader: Reader) -> str:
    """The same, of one node after its name."""
    days = title(schedule.range, reader)
    return reader.say("{node} · {days}", node=schedule.node, days=days) if schedule.node else days


def share(schedule: facts.Schedule, reader: Reader) -> str:
    """16 GPUs, 82 % booked · times in JST"""
    percent = round(100 * (schedule.held / schedule.capacity)) if schedule.rows else 0
    return reader.say_many(
        "{count} GPU, {percent} % booked · times in {zone}",
        "{count} GPUs, {percent} % booked · times in {zone}",
        len(schedule.rows),
        percent=percent,
        zone=reader.zone_name(schedule.range.start),
    )


def hours(length: timedelta, reader: Reader) -> str:
    """42 h, 2.5 h"""
    count = length / timedelta(hours=1)
    return reader.say("{count} h", count=f"{count:.0f}" if count >= 10 else f"{count:.1f}".removesuffix(".0"))


def describe(schedule: facts.Schedule, reader: Reader, most: int, first: int = 0) -> str:
    """All of it in at most that many letters, for who does not see it: each booking, or each person's hours.

    Where one picture does not show all, what the one from row `first` on shows.
    """
    told = filter(None, [heading(schedule, reader), share(schedule, reader), which(schedule, first, reader)])
    said = " ".join(f"{each}." for each in told)
    schedule = part(schedule, first)
    people = schedule.held_by()
    if not people:
        return " ".join([said, reader.say("Nothing is booked.")])
    by_booking = " ".join([said, *_told_rows(schedule, reader)])
    if len(by_booking) <= most:
        return by_booking
    by_person = [reader.say("{who}: {hours}.", who=who.name, hours=hours(held, reader)) for who, held in people.items()]
    return kit.clip(" ".join([said, *by_person]), most)


def _told_rows(schedule: facts.Schedule, reader: Reader) -> Iterator[str]:
    for row in schedule.rows:
        held = "; ".join(f"{booking.keeper_name(each, reader)} {reader.span(each.range)}" for each in row.held)
        if held:
            yield reader.say("{gpu}: {bookings}.", gpu=row.gpu.name, bookings=held)
        else:
            yield reader.say("{gpu}: free.", gpu=row.gpu.name)


def _others(window: TimeRange | None, reader: Reader, now: datetime, gpu_id: str = "") -> list[Block | None]:
    """A button for each day and week but this one; of the node of that GPU."""
    today = reader.local(now).date()
    labels = {
        Span.DAY: reader.say("Today"),
        Span.TOMORROW: reader.say("Tomorrow"),
        Span.WEEK: reader.say("This week"),
        Span.NEXT_WEEK: reader.say("Next week"),
    }
    others = [(span, label) for span, label in labels.items() if span.range(today, reader.zone) != window]
    return [button(span, label, reader, gpu_id) for span, label in others]


def button(span: Span, label: str, reader: Reader, gpu_id: str = "") -> Block:
    """Asks for the picture of a day or week; stands in any message. Of all nodes, or of the one with that GPU."""
    return kit.button(label, f"picture:{span.name}", gpu_id, spoken=reader.say("Picture: {span}", span=label))
