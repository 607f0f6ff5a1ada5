"""Somebody says in which hours direct messages leave them in peace."""

from __future__ import annotations

from dataclasses import replace

from bot import when
from bot.commands import Quiet
from bot.desk import Visit
from bot.views import help as help_view
from bot.views import settings as view
from core import facts, members, organizations


def typed(visit: Visit, wish: Quiet) -> None:
    chosen = visit.member.choices
    match wish.word:
        case "":
            _show(visit, chosen)
            return
        case "off":
            chosen = replace(chosen, quiet_from="00:00", quiet_until="00:00")
        case "lab":
            chosen = replace(chosen, quiet_from=None, quiet_until=None)
        case hours:
            try:
                # Of a day that is whole, so that none of them is over.
                midnight = visit.reader.midnight(visit.now, 1)
                reading = when.read(hours, midnight, visit.member.zone, visit.member.language)
            except when.Unreadable:
                visit.answer(help_view.unclear(hours, "quiet", visit.reader))
                return
            start, end = (visit.reader.clock(instant) for instant in (reading.start, reading.end))
            chosen = replace(chosen, quiet_from=start, quiet_until=end)
    with visit.begin() as work:
        visit.become(members.choose(work, visit.actor, chosen))
    _show(visit, chosen)


def _show(visit: Visit, choices: facts.Choices) -> None:
    with visit.read() as work:
        lab = organizations.of_id(work, visit.organization_id)
    visit.answer(view.quiet_now(lab, choices, visit.reader))
