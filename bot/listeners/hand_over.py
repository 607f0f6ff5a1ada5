"""Somebody asks for what somebody else holds, and the holder says yes or no."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any

from slack_bolt import App

from bot import commands, when
from bot.commands import Ask, Book
from bot.desk import Desk, Visit
from bot.views import carried, kit, unread
from bot.views import hand_over as view
from core import availability, facts, handover, inventory, limits
from core.timerange import TimeRange

Pressed = dict[str, Any]


def register(app: App, _desk: Desk) -> None:
    @app.action(re.compile(r"ask:\d+"))
    def ask_pressed(visit: Visit, action: Pressed) -> None:
        pressed = carried.read(action["value"])
        wish = carried.time_in(pressed) if "s" in pressed else None
        _ask(visit, int(pressed["id"]), [int(number) for number in pressed["g"]], wish, str(pressed.get("p", "")))

    @app.action("hand_over")
    def yes(visit: Visit, action: Pressed) -> None:
        visit.answer(view.given(_answer(visit, action, yes=True), visit.reader))

    @app.action("keep")
    def no(visit: Visit, action: Pressed) -> None:
        visit.answer(view.kept(_answer(visit, action, yes=False), visit.reader))

    @app.action("withdraw")
    def withdrawn(visit: Visit, action: Pressed) -> None:
        with visit.begin() as work:
            asked = handover.withdraw(work, visit.actor, int(carried.read(action["value"])["h"]))
        visit.answer(view.withdrawn(asked, visit.reader))


def typed(visit: Visit, asked: Ask) -> None:
    """Who holds it then, or now where no time is said; when that is one reservation, its holder is asked at once."""
    wish = asked.wish
    tells_time = wish.when and not _is_only_addressed(wish)
    try:
        reading = when.read(wish.when, visit.now, visit.member.zone, visit.member.language) if tells_time else None
    except when.Unreadable as unreadable:
        if unreadable.start is not None and unreadable.kind is when.Kind.TOO_VAGUE:
            _from_then_on(visit, asked, unreadable.start, wish.purpose or commands.purpose_in(unreadable.rest))
        else:
            visit.answer(kit.message("✗ " + unread.words(unreadable, wish.when, visit.reader)))
        return
    time = TimeRange(reading.start, reading.end) if reading else None
    purpose = wish.purpose or (commands.purpose_in(reading.rest) if reading else "")
    there = _with_others(visit, asked, time or TimeRange(visit.now, visit.now + timedelta(minutes=1)))
    held = [each for each in there if each.can_be_asked_for]
    if not held:
        visit.answer(_nobody_to_ask(visit, asked, there, time, purpose))
    elif len({each.reservation_id for each in held}) > 1:
        visit.answer(view.whom(held, time, visit.reader, purpose, _shortest(visit, held, time)))
    else:
        _ask(visit, held[0].reservation_id, [each.gpu.id for each in held], time, purpose)


def _is_only_addressed(wish: Book) -> bool:
    """`ask Minjun for GPU0`: it is asked of whoever holds it, whatever they are called."""
    says_nothing = when.flaw_in(wish.when) == when.Kind.NO_RANGE
    return bool(wish.wanted.names) and says_nothing and not any(letter.isdigit() for letter in wish.when)


def _from_then_on(visit: Visit, asked: Ask, start: datetime, purpose: str) -> None:
    """No end was said: a tap asks for all that is held from then on."""
    there = _with_others(visit, asked, TimeRange(start, start + timedelta(minutes=1)))
    held = [each for each in there if each.can_be_asked_for]
    if held:
        time = TimeRange(start, max(each.range.end for each in held))
        visit.answer(view.whom(held, time, visit.reader, purpose, _shortest(visit, held, time)))
    else:
        visit.answer(_nobody_to_ask(visit, asked, there, None, purpose))


def _with_others(visit: Visit, asked: Ask, window: TimeRange) -> list[facts.Holding]:
    """What others hold then, or are offered; or nobody has, as it is out of service."""
    with visit.read() as work:
        meant = inventory.candidates(work, visit.organization_id, asked.wish.wanted)
        held = availability.holdings(work, visit.organization_id, meant, window)
    return [each for each in held if each.holder.id != visit.member.id or each.maintenance]


def _shortest(visit: Visit, held: list[facts.Holding], time: TimeRange | None) -> timedelta:
    """What is shorter they may not hold, whoever gives it."""
    with visit.read() as work:
        return limits.of(work, visit.organization_id, visit.member.id, [each.gpu for each in held], time).shortest


def _nobody_to_ask(
    visit: Visit, asked: Ask, there: list[facts.Holding], time: TimeRange | None, purpose: str
) -> kit.Message:
    """Nobody has it to give: it is free, or on offer, or out of service; the last two can be waited for."""
    if not there:
        return view.nobody(visit.reader)
    start = max(visit.now, min(each.range.start for each in there))
    wish = time or TimeRange(start, max(each.range.end for each in there))
    return view.not_theirs_to_give(there, facts.ToWaitFor(asked.wish.wanted, wish), purpose, visit.reader)


def _ask(visit: Visit, reservation_id: int, gpu_ids: list[int], wish: TimeRange | None, purpose: str) -> None:
    with visit.begin() as work:
        asked = handover.ask(work, visit.actor, reservation_id, gpu_ids=gpu_ids, wish=wish, purpose=purpose)
    visit.answer(view.asked(asked, visit.reader), keep=True)  # what else would work may stand beside it


def _answer(visit: Visit, action: Pressed, *, yes: bool) -> facts.HandOver:
    pressed = carried.read(action["value"])
    with visit.begin() as work:
        return handover.answer(work, visit.actor, int(pressed["h"]), yes=yes)
