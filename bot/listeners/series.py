"""Somebody books times that come again, or cancels all of them that remain."""

from __future__ import annotations

import re
from typing import Any

from slack_bolt import App

from bot import commands, errors, when
from bot.commands import Book
from bot.desk import Desk, Visit
from bot.listeners import gpus
from bot.reader import Reader
from bot.views import carried, kit, unread
from bot.views import series as view
from bot.views.booking import keeper_name
from core import series
from core.errors import GpuTaken, Refusal, SomeTaken
from core.facts import Hours, Recurrence, Repeats, Skipped
from core.inventory import Wanted


def register(app: App, _desk: Desk) -> None:
    @app.action(re.compile(r"series:\d+"))
    def taken(visit: Visit, action: dict[str, Any]) -> None:
        pressed = carried.read(action["value"])
        wanted, repeats = carried.wanted_in(pressed), carried.repeats_in(pressed)
        visit.answer(book(visit, wanted, repeats, str(pressed.get("p", "")), skip=bool(pressed.get("k"))))

    @app.action("cancel_series")
    def cancelled(visit: Visit, action: dict[str, Any]) -> None:
        with visit.begin() as work:
            receipt = series.cancel(work, visit.actor, int(carried.read(action["value"])["id"]))
        visit.answer(view.cancelled(receipt, visit.reader))


def typed(visit: Visit, wish: Book) -> None:
    """A text that asks for a series."""
    try:
        read = when.read_series(wish.when, visit.now, visit.member.zone, visit.member.language)
    except when.Unreadable as unreadable:
        purpose = wish.purpose or commands.purpose_in(unreadable.rest)
        meant = [repeats_of(each) for each in unreadable.series if each.last is not None]
        if meant:
            visit.answer(view.which(meant, wish.wanted, purpose, visit.reader))
        else:
            visit.answer(kit.message("✗ " + unread.words(unreadable, wish.when, visit.reader)))
        return
    purpose, repeats = wish.purpose or commands.purpose_in(read.rest), repeats_of(read)
    gpus.refuse_unknown(visit, purpose, wish)
    if read.last is None:
        visit.answer(view.until_when(repeats, wish.wanted, purpose, visit.reader))
    elif read.question or wish.asks or (purpose and not wish.purpose and not wish.verb):
        _look(visit, wish.wanted, repeats, purpose)
    else:
        visit.answer(book(visit, wish.wanted, repeats, purpose))


def book(visit: Visit, wanted: Wanted, repeats: Repeats, purpose: str, *, skip: bool = False) -> kit.Message:
    """All of it, or with `skip` what can be had; the answer."""
    reader = visit.reader.in_zone(repeats.hours.zone)
    try:
        with visit.begin() as work:
            receipt = series.book(work, visit.actor, wanted, repeats, purpose=purpose, skip=skip, request_key=visit.key)
    except SomeTaken as refusal:
        value = carried.series(wanted, repeats, purpose, skip=True)
        return view.some_taken(len(refusal.free), in_words(refusal.refused, reader), value, purpose, reader)
    return view.booked(receipt, in_words(receipt.skipped, reader), reader)


def repeats_of(read: when.Series) -> Repeats:
    """What core makes of it. Where no end was said, the last date is the first, and is to be asked for."""
    recurrence = Recurrence(read.unit, read.interval, read.weekdays)
    hours = Hours(read.start, read.end, read.end_days, read.tz)
    return Repeats(recurrence, read.first, read.last or read.first, hours)


def _look(visit: Visit, wanted: Wanted, repeats: Repeats, purpose: str) -> None:
    """A question is answered, never booked."""
    reader = visit.reader.in_zone(repeats.hours.zone)
    with visit.read() as work:
        free, refused = series.look(work, visit.actor, wanted, repeats)
    value = carried.series(wanted, repeats, purpose, skip=True)
    visit.answer(view.free(len(free), in_words(refused, reader), value, purpose, reader))


def in_words(skipped: tuple[Skipped, ...], reader: Reader) -> view.Why:
    """What cannot be had, and why."""
    return [(each, _why(each.why, reader)) for each in skipped]


def _why(why: Exception, reader: Reader) -> str:
    if isinstance(why, GpuTaken):
        names = dict.fromkeys(keeper_name(clash, reader) for clash in why.clashes)
        return reader.say("taken: {who}", who=reader.listed(list(names)))
    assert isinstance(why, Refusal)
    return errors.words(why, reader)
