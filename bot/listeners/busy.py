"""Somebody finds their GPU still busy, and the last holder says what is going on."""

from __future__ import annotations

import re
from typing import Any

from slack_bolt import App

from bot.commands import StillBusy
from bot.desk import Desk, Visit
from bot.listeners import keep
from bot.views import busy as view
from bot.views import carried
from core import busy, reservations
from core.errors import NotYours
from core.facts import BusyAnswer, State

Pressed = dict[str, Any]


def register(app: App, _desk: Desk) -> None:
    @app.action("still_busy")
    def pressed(visit: Visit, action: Pressed) -> None:
        _call(visit, _theirs(visit, [int(number) for number in carried.read(action["value"])["ids"]]))

    @app.action(re.compile(r"busy:\w+"))
    def answered(visit: Visit, action: Pressed) -> None:
        said = BusyAnswer(action["action_id"].removeprefix("busy:"))
        with visit.begin() as work:
            call = busy.answer(work, visit.actor, int(carried.read(action["value"])["c"]), said)
        visit.answer(view.answered(call, visit.reader))


def typed(visit: Visit, wish: StillBusy) -> None:
    held = keep.meant(visit, wish.names, running_first=True)
    if held is not None:
        _call(visit, [held.id])


def _theirs(visit: Visit, reservation_ids: list[int]) -> list[int]:
    """Which of those that one message speaks of are the visitor's, and run; the others' holders are to press it."""
    with visit.read() as work:
        held = [reservations.of_id(work, visit.organization_id, number) for number in reservation_ids]
    mine = [each.id for each in held if each.holder.id == visit.member.id]
    if not mine:
        raise NotYours(held[0].holder)
    running = [each.id for each in held if each.id in mine and each.state is State.RUNNING]
    return running or mine[:1]


def _call(visit: Visit, reservation_ids: list[int]) -> None:
    with visit.begin() as work:
        calls = busy.call(work, visit.actor, reservation_ids)
    visit.answer(view.called(calls, visit.reader))
