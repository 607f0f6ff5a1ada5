"""Stories of when a lab reminds its people, and of the hours in which it leaves them in peace."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from core import facts, members, models, reminders, telling
from core.inventory import Wanted
from core.kinds import Kind
from tests.core.conftest import Lab
from tests.core.sending import drain, owed

TOKYO = ZoneInfo("Asia/Tokyo")


def settle(lab: Lab, **settings: Any) -> facts.Organization:
    with lab.database.begin(lab.clock.now) as work:
        return reminders.change_lab(work, lab.charlie, **settings)


def at(lab: Lab, hour: int, minute: int = 0) -> None:
    """Move the clock to the next such time in Tokyo."""
    local = lab.clock.now.astimezone(TOKYO)
    then = local.replace(hour=hour, minute=minute)
    lab.clock.now = (then if then > local else then + timedelta(days=1)).astimezone(UTC)


def test_a_lab_says_how_long_before_it_reminds(lab: Lab) -> None:
    settle(lab, before_start=30, before_end=60)
    lab.reserve(lab.alice, lab.hours(2, 3))
    left = owed(lab)
    assert (left[Kind.BEFORE_START], left[Kind.BEFORE_END]) == (1.5, 4)
    settle(lab, before_start=None, before_end=None)
    held = lab.reserve(lab.bob, lab.hours(10, 48)).reservation
    assert Kind.BEFORE_START not in {owed.kind for owed in _of(lab, held)}
    assert Kind.BEFORE_END not in {owed.kind for owed in _of(lab, held)}
    assert Kind.BEFORE_END_3H in {owed.kind for owed in _of(lab, held)}


def test_what_is_booked_already_is_reminded_of_as_the_lab_says_now(lab: Lab) -> None:
    held = lab.reserve(lab.alice, lab.hours(2, 3)).reservation
    settle(lab, before_start=30, before_end=60)
    left = owed(lab)
    assert (left[Kind.BEFORE_START], left[Kind.BEFORE_END]) == (1.5, 4)
    settle(lab, before_start=None, before_end=240)  # longer than it is
    assert not {Kind.BEFORE_START, Kind.BEFORE_END} & set(owed(lab))
    settle(lab, before_start=10, before_end=15)
    left = owed(lab)
    assert (round(left[Kind.BEFORE_START] * 60), left[Kind.BEFORE_END]) == (110, 4.75)
    drain(lab)
    lab.clock.forward(hours=1)
    settle(lab, before_start=90)  # a moment that is past comes at once
    assert drain(lab) == [("Alice", [Kind.BEFORE_START])]
    lab.act("change", lab.alice, held, wanted=Wanted(names=("GPU0",)), wish=held.range, purpose="thesis")
    settle(lab, before_start=10)
    lab.clock.forward(minutes=55)
    assert drain(lab) == [], "nobody is reminded twice"
    assert Kind.BEFORE_END in owed(lab)


def _of(lab: Lab, held: facts.Reservation) -> list[Any]:
    with lab.database.read(lab.clock.now) as work:
        return list(work.session.scalars(select(models.Notice).where(models.Notice.reservation_id == held.id)))


def test_what_is_of_use_after_the_quiet_hours_waits_for_their_end(lab: Lab) -> None:
    settle(lab, quiet_from="22:00", quiet_until="08:00")
    at(lab, 21)
    lab.reserve(lab.alice, lab.hours(11 + 5 / 60, 2))  # from 8:05; the reminder is due at 7:55
    drain(lab)
    at(lab, 7, 56)
    assert drain(lab) == []
    at(lab, 8)
    assert drain(lab) == [("Alice", [Kind.BEFORE_START])]


def test_what_would_be_too_late_then_comes_in_time(lab: Lab) -> None:
    settle(lab, quiet_from="22:00", quiet_until="08:00")
    at(lab, 21)
    lab.reserve(lab.alice, lab.hours(6, 1))  # from 3:00
    drain(lab)
    at(lab, 2, 51)
    assert drain(lab) == [("Alice", [Kind.BEFORE_START])]


def test_the_channel_is_told_at_any_hour(lab: Lab) -> None:
    settle(lab, quiet_from="22:00", quiet_until="08:00")
    at(lab, 23)
    lab.reserve(lab.alice, lab.hours(0, 1))
    assert drain(lab) == [("channel", [Kind.START])]


def test_what_waits_survives_a_change_in_the_quiet_hours(lab: Lab) -> None:
    settle(lab, quiet_from="22:00", quiet_until="08:00")
    at(lab, 21)
    held = lab.reserve(lab.alice, lab.hours(11 + 5 / 60, 2)).reservation
    drain(lab)
    at(lab, 7, 56)
    drain(lab)
    longer = held.range.end + timedelta(hours=1)
    wish = type(held.range)(held.range.start, longer)
    lab.act("change", lab.alice, held, wanted=Wanted(names=("GPU0",)), wish=wish, purpose="")
    drain(lab)
    at(lab, 8)
    assert drain(lab) == [("Alice", [Kind.BEFORE_START])]


@pytest.mark.parametrize(
    ("hours", "local", "end"),
    [
        (("22:00", "08:00"), "23:30", "08:00 +1"),
        (("22:00", "08:00"), "07:59", "08:00"),
        (("22:00", "08:00"), "08:00", None),
        (("12:00", "13:00"), "12:30", "13:00"),
        (("12:00", "13:00"), "13:00", None),
        (("09:00", "09:00"), "09:00", None),
    ],
)
def test_quiet_hours_on_a_persons_own_clock(lab: Lab, hours: tuple[str, str], local: str, end: str | None) -> None:
    settled = settle(lab, quiet_from=hours[0], quiet_until=hours[1])
    now = datetime.fromisoformat(f"2026-12-03T{local}").replace(tzinfo=TOKYO)
    with lab.database.begin(lab.clock.now) as work:
        alice = members.of_id(work, lab.id, lab.alice.member_id)
        own = members.choose(work, lab.alice, facts.Choices(quiet_from=hours[0], quiet_until=hours[1]))
    until = telling.quiet_until(settled, alice, now)
    others = settle(lab, quiet_from="00:00", quiet_until="23:59")
    assert telling.quiet_until(others, own, now) == until, "one's own go before the lab's"
    if end is None:
        assert until is None
    else:
        clock, _, days = end.partition(" +")
        ends = datetime.fromisoformat(f"2026-12-03T{clock}").replace(tzinfo=TOKYO)
        assert until == ends + timedelta(days=int(days or 0))
