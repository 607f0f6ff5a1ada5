"""An admin sees to the lab: one file for each thing that they see to, as in `bot.views.admin`."""

from __future__ import annotations

from slack_bolt import App

from bot.commands import Admin
from bot.desk import Desk, Visit
from bot.listeners.admin import bookings, down, gpus, lab, limits, people, periods


def register(app: App, desk: Desk) -> None:
    for each in (lab, limits, periods, gpus, people, bookings, down):
        each.register(app, desk)


def typed(visit: Visit, wish: Admin) -> None:
    match wish.verb:
        case "down":
            down.typed(visit, wish)
        case "retire":
            down.retirement_typed(visit, wish)
        case "period":
            periods.typed(visit, wish)
        case _:
            lab.typed(visit)
