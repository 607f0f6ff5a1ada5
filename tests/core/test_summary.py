"""How a week was used, and that it is told once, on Monday."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from core import booking, facts, models, organizations, outbox, summary
from core.actors import Operator
from core.facts import Busy
from core.kinds import Kind
from core.timerange import TimeRange
from core.work import Database
from tests.core.conftest import Lab

TOKYO = ZoneInfo("Asia/Tokyo")
WEEK = TimeRange.of_days(date(2026, 11, 30), 7, TOKYO)
MONDAY = datetime(2026, 12, 7, 0, 0, tzinfo=UTC)  # 9:00 in Tokyo


def at(day: int, hour: int) -> datetime:
    return datetime(2026, 12, day, hour, tzinfo=TOKYO)


def looked(lab: Lab) -> facts.Summary:
    with lab.database.read(lab.clock()) as work:
        return summary.look(work, lab.id, WEEK, TOKYO)


def test_a_week_in_hours(lab: Lab) -> None:
    lab.clock.now = at(1, 9)
    kept = lab.reserve(lab.alice, TimeRange(at(1, 10), at(1, 14)))
    early = lab.reserve(lab.bob, TimeRange(at(2, 10), at(2, 20)))
    dropped = lab.reserve(lab.alice, TimeRange(at(3, 10), at(3, 20)))
    lab.reserve(lab.bob, TimeRange(at(6, 22), at(7, 4)))  # two of its hours lie in the week
    with lab.database.begin(at(1, 9)) as work:
        booking.cancel(work, lab.alice, dropped.reservation.id, version=None)
    with lab.database.begin(at(2, 13)) as work:
        booking.release(work, lab.bob, early.reservation.id, version=None)

    lab.clock.now = at(2, 14)
    so_far = looked(lab)
    lab.clock.now = at(7, 9)
    told = looked(lab)

    assert told.used == timedelta(hours=4 + 3 + 2)
    assert told.released == timedelta(hours=7)
    assert told.booked == timedelta(hours=4 + 10 + 2)
    assert told.schedule.capacity == timedelta(hours=7 * 24 * len(told.schedule.rows))
    assert told.busiest[0] == Busy(TimeRange(at(1, 10), at(1, 14)), 1)
    assert (so_far.used, so_far.booked) == (timedelta(hours=7), told.booked)
    assert kept.reservation.holder.name in {member.name for member in told.schedule.held_by()}


def test_given_back_before_the_week_what_would_have_lasted_into_it(lab: Lab) -> None:
    before = datetime(2026, 11, 29, 12, tzinfo=TOKYO)
    lab.clock.now = before
    long = lab.reserve(lab.alice, TimeRange(before, at(1, 12)))
    with lab.database.begin(before + timedelta(hours=2)) as work:
        booking.release(work, lab.alice, long.reservation.id, version=None)
    lab.clock.now = at(7, 9)
    assert looked(lab).released == at(1, 12) - WEEK.start
    assert looked(lab).used == timedelta(0)


def test_an_empty_week(lab: Lab) -> None:
    told = looked(lab)
    assert (told.booked, told.used, told.released, told.busiest) == (timedelta(0),) * 3 + ((),)


def owed(database: Database) -> list[tuple[datetime, str | None]]:
    with database.read(MONDAY) as work:
        rows = work.session.scalars(select(models.Notice).where(models.Notice.kind == Kind.SUMMARY))
        return [(row.due_at, row.outcome) for row in rows]


def plan(lab: Lab, now: datetime | None = None) -> None:
    with lab.database.begin(now or lab.clock()) as work:
        found = organizations.only(work)
        assert found is not None
        summary.plan_summary(work, found)


def setting(lab: Lab, **changes: Any) -> None:
    with lab.database.begin(lab.clock()) as work:
        organizations.change(work, Operator(lab.id), **changes)


@pytest.fixture
def in_tokyo(lab: Lab) -> Lab:
    setting(lab, zone="Asia/Tokyo", channel="C1")
    return lab


def test_it_is_owed_once_however_often_and_by_whomever_it_is_planned(in_tokyo: Lab) -> None:
    with ThreadPoolExecutor(4) as hands:
        list(hands.map(lambda _: plan(in_tokyo), range(8)))
    assert owed(in_tokyo.database) == [(MONDAY, None)]


def test_the_next_one_is_owed_when_its_hour_has_come_and_a_slow_clock_doubles_nothing(in_tokyo: Lab) -> None:
    plan(in_tokyo)
    with in_tokyo.database.begin(MONDAY) as work:
        batch = outbox.claim(work, in_tokyo.id, timedelta(seconds=20))
        assert batch is not None
        assert [each.kind for each in batch.owed] == [Kind.SUMMARY]
        outbox.sent(work, batch, batch.ids, "1.0")
    plan(in_tokyo, MONDAY - timedelta(seconds=3))  # another machine's clock
    plan(in_tokyo, MONDAY)
    assert owed(in_tokyo.database) == [(MONDAY, "sent"), (MONDAY + timedelta(days=7), None)]


def test_another_zone_moves_it_and_back(in_tokyo: Lab) -> None:
    plan(in_tokyo)
    setting(in_tokyo, zone="Europe/Berlin")
    plan(in_tokyo)
    assert owed(in_tokyo.database) == [(MONDAY, "stale"), (datetime(2026, 12, 7, 8, tzinfo=UTC), None)]
    setting(in_tokyo, zone="Asia/Tokyo")
    plan(in_tokyo)
    assert min(owed(in_tokyo.database)) == (MONDAY, None)


def test_a_lab_that_wants_none_gets_none_even_when_it_says_so_late(in_tokyo: Lab) -> None:
    plan(in_tokyo)
    setting(in_tokyo, summary=False)
    with in_tokyo.database.begin(MONDAY) as work:
        batch = outbox.claim(work, in_tokyo.id, timedelta(seconds=20))
        assert batch is not None
        assert batch.owed == ()
    plan(in_tokyo, MONDAY)
    assert owed(in_tokyo.database) == [(MONDAY, "stale")]


def test_too_late_it_is_dropped(in_tokyo: Lab) -> None:
    plan(in_tokyo)
    with in_tokyo.database.begin(MONDAY + timedelta(hours=13)) as work:
        outbox.claim(work, in_tokyo.id, timedelta(seconds=20))
    assert owed(in_tokyo.database) == [(MONDAY, "late")]


def test_it_holds_up_no_reminder(in_tokyo: Lab) -> None:
    in_tokyo.clock.now = MONDAY - timedelta(days=1)
    plan(in_tokyo)
    in_tokyo.reserve(in_tokyo.alice, TimeRange(MONDAY, MONDAY + timedelta(hours=1)))
    kinds = []
    for second in range(0, 12, 2):
        with in_tokyo.database.begin(MONDAY + timedelta(seconds=second)) as work:
            batch = outbox.claim(work, in_tokyo.id, timedelta(seconds=20))
            if batch is not None and batch.owed:
                kinds.append([each.kind for each in batch.owed])
                outbox.sent(work, batch, batch.ids, "1.0")
    assert [Kind.SUMMARY] in kinds
    assert any(Kind.START in each for each in kinds)
    assert all(len(each) == 1 for each in kinds if Kind.SUMMARY in each)


def test_admins_hear_once_that_it_could_not_be_posted(in_tokyo: Lab) -> None:
    with in_tokyo.database.begin(in_tokyo.clock()) as work:
        row = work.session.get_one(models.Member, in_tokyo.alice.member_id)
        row.role = facts.Role.ADMIN
    plan(in_tokyo)
    with in_tokyo.database.begin(MONDAY) as work:
        batch = outbox.claim(work, in_tokyo.id, timedelta(seconds=20))
        assert batch is not None
        outbox.failed(work, batch, "is_archived")
        told = outbox.claim(work, in_tokyo.id, timedelta(seconds=20))
    assert told is not None
    assert told.member is not None
    assert [(each.kind, each.data["failure"]) for each in told.owed] == [(Kind.UNDELIVERABLE, "is_archived")]


@given(
    st.datetimes(datetime(2026, 1, 1), datetime(2028, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001 - what it wants
    st.sampled_from(["Asia/Tokyo", "Europe/Berlin", "America/Santiago", "Pacific/Apia"]),
)
def test_the_next_monday_is_the_next_one_anywhere(now: datetime, name: str) -> None:
    zone = ZoneInfo(name)
    due_at = summary._next_monday(now, zone)
    local = due_at.astimezone(zone)
    assert (local.weekday(), local.hour, local.minute) == (0, 9, 0)
    assert now < due_at <= now + timedelta(days=7, hours=2)
    week = summary.week_told(due_at, zone)
    assert week.end.astimezone(zone).date() == local.date()
    assert week.start.astimezone(zone).weekday() == 0
