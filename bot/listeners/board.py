"""Somebody wants the lab's board in a channel, or no board any more."""

from __future__ import annotations

from bot.commands import Board
from bot.desk import Visit
from bot.displays import LEASE, Painter
from bot.views import board as view
from core import displays, organizations


def typed(visit: Visit, wish: Board) -> None:
    if wish.off:
        _take(visit)
        return
    if channel := _here(visit) or _labs_own(visit):
        _put(visit, channel)
    else:
        visit.answer(view.nowhere(visit.reader))


def _here(visit: Visit) -> str | None:
    return visit.place if visit.place and not visit.place.startswith("D") else None


def _labs_own(visit: Visit) -> str | None:
    with visit.read() as work:
        return organizations.of_id(work, visit.organization_id).channel


def _put(visit: Visit, channel: str) -> None:
    """Draw it at once, so that whoever asked hears what Slack refuses; a crash in between leaves it to a sender."""
    painter = Painter(visit.desk)
    with visit.begin() as work:
        display, before = displays.put_board(work, visit.actor, channel, LEASE)
    if before is not None:
        painter.take_back(before)
    code = painter.draw(display)
    if code is None:
        visit.answer(view.stands(channel, visit.reader))
        return
    if code != "ratelimited":
        with visit.begin() as work:
            displays.take_board(work, visit.actor)
    visit.answer(view.refused(code, channel, visit.reader))


def _take(visit: Visit) -> None:
    with visit.begin() as work:
        before = displays.take_board(work, visit.actor)
    if before is not None:
        Painter(visit.desk).take_back(before)
    visit.answer(view.taken(before is not None, visit.reader))
