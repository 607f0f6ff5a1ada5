"""Somebody books: typed, or by tapping one of the times they were offered."""

from __future__ import annotations

import re
from datetime import date, timedelta, tzinfo
from typing import Any

from slack_bolt import App

from bot import commands, errors, when
from bot.commands import Book
from bot.desk import Desk, Visit
from bot.listeners import form, gpus, series, show
from bot.reader import Reader
from bot.views import booking as view
from bot.views import carried, kit, refusals, unread
from bot.views import help as help_view
from bot.views.booking import Echo
from core import availability, booking, facts, inventory, search, summary
from core.errors import Busy, GpuTaken, Refusal
from core.inventory import Wanted
from core.timerange import TimeRange


def register(app: App, _desk: Desk) -> None:
    @app.action(re.compile(r"take:\d+"))
    def taken(visit: Visit, action: dict[str, Any]) -> None:
        _take(visit, carried.read(action["value"]))


def typed(visit: Visit, wish: Book, text: str) -> None:
    if not wish.when and (wish.verb or not wish.purpose):
        show.status(visit) if wish.asks else form.open_new(visit, wish.wanted, purpose=wish.purpose)
        return
    try:
        reading = when.read(wish.when, visit.now, visit.member.zone, visit.member.language)
    except when.Unreadable as unreadable:
        if unreadable.repeats and not wish.running:
            series.typed(visit, wish)
        elif unreadable.day and not unreadable.start and (wish.asks or unreadable.question):
            _answer_about(visit, wish, unreadable.day, unreadable)
        elif unreadable.start and unreadable.start <= visit.now and wish.asks:
            show.status(visit)
        else:
            _could_not_read(visit, wish, text, unreadable)
        return
    purpose = wish.purpose or commands.purpose_in(reading.rest)
    gpus.refuse_unknown(visit, purpose, wish)
    is_unclear = is_doubtful(wish, reading, text)
    is_question = reading.question or wish.asks
    if is_unclear and not is_question and commands.nearest(text):
        visit.answer(help_view.unknown(text, commands.nearest(text), visit.reader))
    elif is_question or is_unclear:
        # `remove tomorrow 13-18` is no order to book, and `team meeting 13-18` may be one: a tap tells.
        _answer_question(visit, wish.wanted, reading, purpose)
    elif wish.running and not reading.start_given:
        visit.answer(view.since_when(wish.wanted, TimeRange(visit.now, reading.end), purpose, visit.reader))
    else:
        time = TimeRange(reading.start, reading.end)
        echo, zone = echo_of(visit, reading), reading.start.tzinfo
        book(visit, wish.wanted, time, purpose, echo, zone, running=wish.running)


def _answer_about(visit: Visit, wish: Book, day: date, unreadable: when.Unreadable) -> None:
    """A day as a whole, or the part of it that was named."""
    if unreadable.kind == when.Kind.TOO_VAGUE and unreadable.readings:
        _answer_question(visit, wish.wanted, unreadable.readings[0], wish.purpose)
    else:
        show.day(visit, day)


def is_doubtful(wish: Book, reading: when.Reading, text: str) -> bool:
    """Whether a text without the verb may order something else: it begins with what is no time, what leads to it aside,
    or what would be its purpose names another command.
    """
    purpose = commands.purpose_in(reading.rest)
    said = commands.without_manners(commands.addressed(text)).split()
    begins_otherwise = reading.rest.split()[:1] == said[:1] and bool(purpose)
    names_another = commands.names_another(purpose if reading.start_given else text)  # `18時に終了します`
    return not wish.verb and (begins_otherwise or names_another)


def book(
    visit: Visit,
    wanted: Wanted,
    wish: TimeRange,
    purpose: str,
    echo: Echo,
    zone: tzinfo | None = None,
    *,
    running: bool = False,
) -> None:
    """Reserve, and say so in the zone it was read in."""
    reader = visit.reader.in_zone(zone)
    try:
        with visit.begin() as work:
            receipt = booking.reserve(
                work, visit.actor, wanted, wish, purpose=purpose, running=running, request_key=visit.key
            )
    except Refusal as refusal:
        visit.answer(errors.answer(refusal, reader, purpose=purpose))
        return
    visit.answer(with_fair_use(visit, answer_to(receipt, reader, echo), receipt.reservation.range.length))


def answer_to(receipt: facts.Receipt, reader: Reader, echo: Echo) -> kit.Message:
    if receipt.again:
        return view.booked_already(receipt, reader)
    clipped = Echo(**{**vars(echo), "clipped": receipt.clipped, "rounded": receipt.rounded})
    return view.booked(receipt, reader, clipped)


def with_fair_use(visit: Visit, message: kit.Message, length: timedelta | None = None) -> kit.Message:
    """What was booked, and how much that makes in this week; without that where the database goes away in between."""
    try:
        with visit.read() as work:
            use = summary.fair_use(work, visit.organization_id, visit.member.id)
    except Busy:
        return message
    return view.with_fair_use(message, use, visit.reader, length)


def echo_of(visit: Visit, reading: when.Reading) -> Echo:
    return Echo(
        rolled=reading.end_rolled,
        assumed_zone=not (visit.is_zone_known or reading.zone_given),
        skipped=reading.skipped,
        doubled=reading.doubled,
    )


def _take(visit: Visit, pressed: dict[str, Any]) -> None:
    """A time that was offered: the same GPUs and purpose, one tap."""
    wish = carried.time_in(pressed)
    book(visit, carried.wanted_in(pressed), wish, str(pressed.get("p", "")), Echo(), running=bool(pressed.get("r")))


def _answer_question(visit: Visit, wanted: Wanted, reading: when.Reading, purpose: str) -> None:
    """A question is answered, never booked."""
    reader = visit.reader.in_zone(reading.start.tzinfo)
    wish = TimeRange(reading.start, reading.end)
    with visit.read() as work:
        answer = search.what_if(work, visit.actor, wanted, wish)
        free = availability.free_during(work, visit.organization_id, wanted, wish)
        in_all = len(inventory.gpus(work, visit.organization_id))
        use = summary.fair_use(work, visit.organization_id, visit.member.id)
    if isinstance(answer, GpuTaken):
        visit.answer(refusals.taken(answer, reader, purpose=purpose, asked=True))
    else:
        said = view.free(wish, free, in_all, wanted, reader, purpose=purpose)
        visit.answer(view.with_fair_use(said, use, reader))


def _could_not_read(visit: Visit, wish: Book, text: str, unreadable: when.Unreadable) -> None:
    if unreadable.kind == "no_range" and not wish.verb and not unreadable.repeats:
        visit.answer(help_view.unknown(text, commands.nearest(text), visit.reader))
        return
    if wish.running and unreadable.start is not None and unreadable.start > visit.now:
        unreadable.start -= timedelta(days=1)  # `since 13:00` is the last 13:00, not the next
    purpose = wish.purpose or commands.purpose_in(unreadable.rest)
    visit.answer(unread.unread(unreadable, wish, purpose, visit.reader, visit.now))
