"""Somebody looks: the state of the GPUs, or their own bookings."""

from __future__ import annotations

import logging
import re
from datetime import UTC, date, datetime, time
from typing import Any

from slack_bolt import App

from bot import when
from bot.desk import Desk, Visit
from bot.views import day as day_view
from bot.views import health as health_view
from bot.views import help as help_view
from bot.views import mine as mine_view
from bot.views import status as status_view
from bot.views import who as who_view
from bot.views.mine import Mine
from core import availability, facts, reservations, series, waiting
from core import health as core_health
from core.timerange import TimeRange
from core.work import Work

log = logging.getLogger(__name__)


def register(app: App, _desk: Desk) -> None:
    @app.action("show_mine")
    def mine_pressed(visit: Visit) -> None:
        mine(visit)

    @app.action("show_now")
    def now_pressed(visit: Visit) -> None:
        status(visit)

    @app.action(re.compile(r"show_day:\w+"))
    def day_pressed(visit: Visit, action: dict[str, Any]) -> None:
        day(visit, date.fromisoformat(action.get("selected_date") or action["value"]))

    @app.action("book_one")
    def book_one_pressed(visit: Visit) -> None:
        book_one(visit)


def status(visit: Visit) -> None:
    stories = _stories(visit)
    visit.answer(status_view.status(stories, visit.reader, visit.now))


def status_on(visit: Visit, text: str) -> None:
    """On the day that is written, or now."""
    if not text:
        status(visit)
        return
    wanted = day_in(visit, text)
    if wanted is None:
        visit.answer(help_view.unclear(text, "status", visit.reader))
    else:
        day(visit, wanted)


def day(visit: Visit, wanted: date, node: str | None = None) -> None:
    """A day from midnight to midnight where the person is; of today, what is left of it. Of one node, or of all."""
    whole = all_day(visit, wanted)
    if whole.end <= visit.now:
        visit.answer(day_view.over(whole.start, visit.reader, visit.now))
        return
    window = TimeRange(max(whole.start, visit.now), whole.end)
    with visit.read() as work:
        schedule = availability.schedule(work, visit.organization_id, window)
    visit.answer(day_view.day(schedule.of_node(node) if node else schedule, visit.reader, visit.now))


def all_day(visit: Visit, wanted: date) -> TimeRange:
    """From midnight to midnight where the person is."""
    noon = datetime.combine(wanted, time(12), visit.reader.zone)
    return TimeRange(visit.reader.midnight(noon).astimezone(UTC), visit.reader.midnight(noon, 1).astimezone(UTC))


def who(visit: Visit) -> None:
    visit.answer(who_view.who(_stories(visit), visit.reader, visit.now))


def book_one(visit: Visit, node: str | None = None) -> None:
    """Any GPU from now on, of one node or of all: the one that is free for longest, and how long it could be."""
    stories = [story for story in _stories(visit) if node in {None, story.gpu.node}]
    free = [story for story in stories if story.now is None]
    if free:
        message = status_view.lengths(status_view.longest_free(free), visit.reader, visit.now)
    else:
        message = status_view.none_free(stories, visit.reader, visit.now)
    visit.answer(message, keep=True)


def _stories(visit: Visit) -> tuple[facts.Occupancy, ...]:
    with visit.read() as work:
        return availability.occupancy(work, visit.organization_id)


def day_in(visit: Visit, text: str) -> date | None:
    """The day that is written, or None."""
    try:
        reading = when.read(text, visit.now, visit.member.zone, visit.member.language)
    except when.Unreadable as unreadable:
        return unreadable.day or (unreadable.start.date() if unreadable.start else None)
    return reading.start.date()


def mine(visit: Visit) -> None:
    with visit.read() as work:
        held = held_by(work, visit)
        repeated = series.held_by(work, visit.organization_id, (each for each, _ in held))
        wishes = waiting.of_member(work, visit.organization_id, visit.member.id)
    visit.answer(mine_view.mine(held, visit.reader, repeated, wishes))


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
    """The visitor's reservations, those that are running with the room they have."""
    return availability.with_room(work, reservations.held_by(work, visit.organization_id, visit.member.id))
