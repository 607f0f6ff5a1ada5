"""Somebody waits: typed, or from a refusal; takes what they are offered, passes, or waits no longer."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

from slack_bolt import App

from bot import when
from bot.commands import Wait
from bot.desk import Desk, Visit
from bot.views import booking as booking_view
from bot.views import carried, kit, unread
from bot.views import waitlist as view
from core import waiting
from core.inventory import Wanted

Pressed = dict[str, Any]


def register(app: App, _desk: Desk) -> None:
    @app.action(re.compile(r"^wait(:\d+)?$"))
    def wait_pressed(visit: Visit, action: Pressed) -> None:
        pressed = carried.read(action["value"])
        wanted, time, purpose = carried.wanted_in(pressed), carried.time_in(pressed), str(pressed.get("p", ""))
        asked = _asked(visit, wanted, time.length, after=time.start, purpose=purpose)
        visit.answer(asked, keep=bool(pressed.get("k")))

    @app.action("take_offer")
    def take_pressed(visit: Visit, action: Pressed) -> None:
        offer = int(carried.read(action["value"])["id"])
        with visit.begin() as work:
            receipt = waiting.take(work, visit.actor, offer, request_key=visit.key)
        visit.answer(booking_view.booked(receipt, visit.reader, booking_view.Echo()))

    @app.action("pass_offer")
    def pass_pressed(visit: Visit, action: Pressed) -> None:
        offer = int(carried.read(action["value"])["id"])
        with visit.begin() as work:
            wish = waiting.decline(work, visit.actor, offer)
        visit.answer(view.passed(wish, visit.reader))

    @app.action("stop_waiting")
    def withdraw_pressed(visit: Visit, action: Pressed) -> None:
        _withdraw(visit, int(carried.read(action["value"])["w"]))

    @app.action("let_take")
    def let_take_pressed(visit: Visit, action: Pressed) -> None:
        pressed = carried.read(action["value"])
        with visit.begin() as work:
            wish = waiting.let_take(work, visit.actor, int(pressed["w"]), takes=bool(pressed["t"]))
        visit.answer(view.state(wish, visit.reader))


def typed(visit: Visit, wish: Wait) -> None:
    reader = visit.reader
    if not wish.length:
        with visit.read() as work:
            wishes = waiting.of_member(work, visit.organization_id, visit.member.id)
        if wish.off and len(wishes) == 1:
            _withdraw(visit, wishes[0].id)
        else:
            visit.answer(view.waiting(wishes, reader))
        return
    try:
        length = when.read_length(wish.length, reader.language)
    except when.Unreadable:
        visit.answer(view.no_length(wish.length, reader))
        return
    try:
        after, before = (_instant(visit, said) if said else None for said in (wish.after, wish.before))
    except when.Unreadable as unreadable:
        visit.answer(kit.message("✗ " + unread.words(unreadable, wish.after or wish.before, reader)))
        return
    visit.answer(
        _asked(
            visit,
            wish.wanted,
            length,
            after=after,
            before=before,
            purpose=wish.purpose,
            takes=wish.takes,
            holds=wish.holds,
        )
    )


def _withdraw(visit: Visit, wish_id: int) -> None:
    with visit.begin() as work:
        wish = waiting.withdraw(work, visit.actor, wish_id)
    visit.answer(view.withdrawn(wish, visit.reader))


def _asked(visit: Visit, wanted: Wanted, length: timedelta, **more: Any) -> kit.Message:
    with visit.begin() as work:
        asked = waiting.ask(work, visit.actor, wanted, length, request_key=visit.key, **more)
    return view.asked(asked, visit.reader)


def _instant(visit: Visit, said: str) -> datetime:
    """`Friday` is its first moment, and `18:00` the next one."""
    failure = when.Unreadable(when.Kind.NO_RANGE, rest=said)
    for text in (f"{said} 00:00 for 1h", f"{said} for 1h"):
        try:
            reading = when.read(text, visit.now, visit.member.zone, visit.member.language)
        except when.Unreadable as unreadable:
            failure = unreadable
        else:
            if not reading.rest:
                return reading.start.astimezone(UTC)
    raise failure
