"""Somebody looks: the state of the GPUs, or their own bookings."""

from __future__ import annotations

import logging

from slack_bolt import App

from bot.desk import Desk, Visit
from bot.views import health as health_view
from bot.views import mine as mine_view
from bot.views import status as status_view
from bot.views.mine import Mine
from core import availability
from core import health as core_health
from core.work import Work

log = logging.getLogger(__name__)


def register(app: App, _desk: Desk) -> None:
    @app.action("show_mine")
    def pressed(visit: Visit) -> None:
        mine(visit)


def status(visit: Visit) -> None:
    with visit.read() as work:
        stories = availability.occupancy(work, visit.organization_id)
    visit.answer(status_view.status(stories, visit.reader, visit.now))


def mine(visit: Visit) -> None:
    with visit.read() as work:
        held = held_by(work, visit)
    visit.answer(mine_view.mine(held, visit.reader))


def health(visit: Visit) -> None:
    """Answered even when the database does not: then who asks cannot be looked up either."""
    try:
        found = core_health.look(visit.desk.database, visit.now, visit.organization_id)
        message = health_view.health(found, visit.reader)
    except Exception as error:
        log.exception("not well")
        message = health_view.no_database(type(error).__name__, visit.default_reader)
    visit.answer(message)


def held_by(work: Work, visit: Visit) -> Mine:
    """The visitor's reservations, each with the room it has."""
    held = availability.held_by(work, visit.organization_id, visit.member.id)
    return [(each, availability.room(work, visit.organization_id, each)) for each in held]
