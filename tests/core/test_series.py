"""Stories of times that come again: booked in one go, the rest cancelled in one go."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from core import audit, errors, facts, models, moves, occurrences, rules, series, waiting
from core.facts import Action, Hours, Recurrence, Repeats, Rule, State, Subject
from core.inventory import Wanted
from core.kinds import Kind
from core.timerange import TimeRange
from tests.core.conftest import Lab

BERLIN = ZoneInfo("Europe/Berlin")
WEEKDAYS = Recurrence("week", 1, (0, 1, 2, 3, 4))
DAILY = Recurrence("day", 1)
DAY = timedelta(days=1)


def repeats(
    recurrence: Recurrence = WEEKDAYS,
    first: date = date(2026, 12, 4),
    last: date = date(2026, 12, 18),
    hours: tuple[int, int] = (9, 12),
    end_days: int = 0,
    zone: Any = BERLIN,
) -> Repeats:
    clocks = Hours(time(hours[0] % 24), time(hours[1] % 24), end_days, zone)
    return Repeats(recurrence, first, last, clocks)


def book(lab: Lab, what: Repeats, **more: Any) -> facts.SeriesReceipt:
    by, wanted = more.pop("by", lab.alice), more.pop("wanted", Wanted())
    with lab.database.begin(lab.clock.now) as work:
        return series.book(work, by, wanted, what, **more)


def cancel(lab: Lab, number: int, *, by: Any = None) -> facts.SeriesReceipt:
    with lab.database.begin(lab.clock.now) as work:
        return series.cancel(work, by or lab.alice, number)


def owed(lab: Lab, *kinds: Kind) -> list[str]:
    with lab.database.read(lab.clock.now) as work:
        return list(
            work.session.scalars(
                select(models.Notice.kind).where(models.Notice.outcome.is_(None), models.Notice.kind.in_(kinds))
            )
        )


def test_every_weekday_until_a_date(lab: Lab) -> None:
    receipt = book(lab, repeats(), purpose="thesis")
    days = [held.range.start.astimezone(BERLIN).date() for held in receipt.occurrences]
    assert len(days) == 11
    assert days[0] == date(2026, 12, 4)
    assert days[-1] == date(2026, 12, 18)
    assert all(day.weekday() < 5 for day in days)
    assert {held.purpose for held in receipt.occurrences} == {"thesis"}
    assert lab.held_by(lab.alice) == receipt.occurrences
    assert owed(lab, Kind.BOOKED, Kind.SERIES_BOOKED) == [Kind.SERIES_BOOKED]
    assert len(owed(lab, Kind.START)) == 11


def test_nine_stays_nine_when_the_clocks_change() -> None:
    times = occurrences.of(repeats(DAILY, date(2027, 3, 27), date(2027, 3, 29)))
    assert [time.start for time in times] == [
        datetime(2027, 3, 27, 8, tzinfo=UTC),
        datetime(2027, 3, 28, 7, tzinfo=UTC),
        datetime(2027, 3, 29, 7, tzinfo=UTC),
    ]


def test_hours_that_the_clocks_skip_or_repeat() -> None:
    spring = occurrences.of(repeats(DAILY, date(2027, 3, 28), date(2027, 3, 28), (2, 4)))
    assert spring == (TimeRange(datetime(2027, 3, 28, 1, tzinfo=UTC), datetime(2027, 3, 28, 2, tzinfo=UTC)),)
    with pytest.raises(errors.NoOccurrence):
        occurrences.of(repeats(DAILY, date(2027, 3, 28), date(2027, 3, 28), (2, 3)))
    autumn = occurrences.of(repeats(DAILY, date(2027, 10, 31), date(2027, 10, 31), (2, 4)))
    assert autumn[0].start == datetime(2027, 10, 31, 0, tzinfo=UTC)


@given(
    unit=st.sampled_from(["day", "week"]),
    interval=st.integers(1, 8),
    weekdays=st.sets(st.integers(0, 6), min_size=1),
    start=st.integers(0, 23),
    length=st.integers(1, 48),
    days=st.integers(0, 60),
    zone=st.sampled_from(["Europe/Berlin", "America/New_York", "Asia/Tokyo", "Australia/Lord_Howe"]),
)
def test_occurrences_come_in_order_at_the_same_clock(
    unit: str, interval: int, weekdays: set[int], start: int, length: int, days: int, zone: str
) -> None:
    recurrence = Recurrence(unit, interval, tuple(sorted(weekdays)) if unit == "week" else ())
    first, tz = date(2027, 3, 1), ZoneInfo(zone)
    end_days, end = divmod(start + length, 24)
    what = repeats(recurrence, first, first + timedelta(days=days), (start, end), end_days, tz)
    try:
        times = occurrences.of(what)
    except errors.NoOccurrence:
        assert unit == "week"
        return
    local = [each.start.astimezone(tz) for each in times]
    assert times == tuple(sorted(times))
    assert all(first <= each.date() <= what.last for each in local)
    assert all(each.hour == start for each in local if start > 3)
    assert unit == "day" or {each.weekday() for each in local} <= weekdays
    if unit == "day" and start > 3:
        assert {(b.date() - a.date()).days for a, b in pairwise(local)} <= {interval}


def test_all_or_nothing(lab: Lab) -> None:
    taken = datetime(2026, 12, 8, 10, tzinfo=BERLIN)
    lab.reserve(lab.bob, TimeRange(taken, taken + timedelta(hours=1)))
    with pytest.raises(errors.SomeTaken) as refusal:
        book(lab, repeats())
    assert len(refusal.value.free) == 10
    skipped = refusal.value.refused[0]
    assert skipped.range.start == datetime(2026, 12, 8, 9, tzinfo=BERLIN)
    assert isinstance(skipped.why, errors.GpuTaken)
    assert [clash.holder.name for clash in skipped.why.clashes] == ["Bob"]
    assert lab.held_by(lab.alice) == ()
    assert owed(lab, Kind.SERIES_BOOKED) == []


def test_or_the_free_ones(lab: Lab) -> None:
    taken = datetime(2026, 12, 8, 10, tzinfo=BERLIN)
    lab.reserve(lab.bob, TimeRange(taken, taken + timedelta(hours=1)))
    receipt = book(lab, repeats(), skip=True)
    assert len(receipt.occurrences) == 10
    assert [each.range.start for each in receipt.skipped] == [datetime(2026, 12, 8, 9, tzinfo=BERLIN)]


def test_limits_apply_to_each_and_hours_add_up(lab: Lab) -> None:
    with lab.database.begin(lab.clock.now) as work:
        rules.set_for(work, lab.charlie, Subject.LAB, lab.id, {Rule.OPEN: timedelta(hours=10)})
    with pytest.raises(errors.SomeTaken) as refusal:
        book(lab, repeats())
    assert len(refusal.value.free) == 3
    assert {type(each.why) for each in refusal.value.refused} == {errors.TooManyHours}
    far = book(lab, repeats(DAILY, date(2027, 1, 31), date(2027, 2, 4)), skip=True)
    assert {type(each.why) for each in far.skipped} == {errors.TooFarAhead}


def test_it_is_bounded(lab: Lab) -> None:
    with pytest.raises(errors.TooManyOccurrences) as refusal:
        book(lab, repeats(DAILY, last=date(2099, 1, 1)))
    assert (refusal.value.limit, refusal.value.last) == (100, date(2027, 3, 13))
    with pytest.raises(errors.NoOccurrence):
        book(lab, repeats(last=date(2026, 12, 1)))


def test_what_has_begun_begins_now_and_what_is_over_is_left_out(lab: Lab) -> None:
    receipt = book(lab, repeats(DAILY, date(2026, 12, 2), date(2026, 12, 4)))  # it is 10:00 on the 3rd
    assert [held.range.start for held in receipt.occurrences] == [
        lab.clock.now,
        datetime(2026, 12, 4, 9, tzinfo=BERLIN),
    ]


def test_the_same_request_again_books_once(lab: Lab) -> None:
    first, second = (book(lab, repeats(), request_key="once") for _ in range(2))
    assert second.again
    assert second.series.id == first.series.id
    assert second.occurrences == first.occurrences


def test_cancelling_all_that_remain_leaves_what_began(lab: Lab) -> None:
    receipt = book(lab, repeats())
    lab.clock.now = datetime(2026, 12, 8, 9, 30, tzinfo=BERLIN)
    gone = cancel(lab, receipt.series.id)
    assert len(gone.occurrences) == 8
    assert {held.state for held in gone.occurrences} == {State.CANCELLED}
    assert [held.state for held in lab.held_by(lab.alice)] == [State.RUNNING]
    assert owed(lab, Kind.START) == [Kind.START] * 3  # those of the past, which nobody has sent here
    assert cancel(lab, receipt.series.id).occurrences == ()


def test_the_channel_is_told_once_and_not_of_what_it_never_heard(lab: Lab) -> None:
    receipt = book(lab, repeats())
    cancel(lab, receipt.series.id)
    assert owed(lab, Kind.SERIES_BOOKED, Kind.SERIES_CANCELLED, Kind.CANCELLED, Kind.BOOKED) == []


def test_nobody_cancels_somebody_elses(lab: Lab) -> None:
    receipt = book(lab, repeats())
    with pytest.raises(errors.NotYours):
        cancel(lab, receipt.series.id, by=lab.bob)
    with pytest.raises(errors.UnknownSeries):
        cancel(lab, 999)
    with pytest.raises(errors.MayNotBook):
        book(lab, repeats(), by=lab.dana)


def test_an_admin_changes_and_cancels_somebodys_series_and_says_why(lab: Lab) -> None:
    number = book(lab, repeats()).series.id
    with pytest.raises(errors.NoReason):
        change(lab, number, by=lab.charlie, hours=Hours(time(10), time(11), 0, BERLIN))
    with pytest.raises(errors.NotYours):
        change(lab, number, by=lab.bob, why="please", hours=Hours(time(10), time(11), 0, BERLIN))
    with lab.database.begin(lab.clock.now) as work:
        rules.set_for(work, lab.charlie, Subject.LAB, lab.id, {Rule.LONGEST: timedelta(minutes=30)})
    changed = change(lab, number, by=lab.charlie, why="cooling", hours=Hours(time(10), time(11), 0, BERLIN))
    assert {held.range.length for held in changed.occurrences} == {timedelta(hours=1)}  # no limit is in the way
    with lab.database.begin(lab.clock.now) as work:
        gone = series.cancel(work, lab.charlie, number, why="power cut")
    assert len(gone.occurrences) == len(changed.occurrences) > 2
    with lab.database.read(lab.clock.now) as work:
        told = [row for row in work.session.scalars(select(models.Notice)) if row.kind == Kind.OVERRULED]
        entries = audit.entries(work, lab.id, of=lab.alice.member_id)
    assert [(row.data["why"], row.data["series"]["count"]) for row in told if row.outcome is None] == [
        ("cooling", len(gone.occurrences)),
        ("power cut", len(gone.occurrences)),
    ]
    assert {(each.by, each.why) for each in entries if each.action is Action.CANCELLED} == {("Charlie", "power cut")}


def test_who_loses_days_of_a_series_to_an_admin_is_told(lab: Lab) -> None:
    booked = book(lab, repeats(first=date(2026, 12, 7), last=date(2026, 12, 11)))
    with lab.database.begin(lab.clock.now) as work:
        series.change(work, lab.charlie, booked.series.id, weekdays=(0, 1, 2), why="cooling")
    with lab.database.read(lab.clock.now) as work:
        (told,) = work.session.scalars(select(models.Notice).where(models.Notice.kind == Kind.OVERRULED))
    assert (told.data["action"], told.data["series"]["count"]) == (Action.CANCELLED, 2)


def test_what_is_cancelled_goes_to_who_waits(lab: Lab) -> None:
    receipt = book(lab, repeats())
    with lab.database.begin(lab.clock.now) as work:
        noon = receipt.occurrences[0].range.end
        waiting.ask(work, lab.bob, Wanted(), timedelta(hours=24), before=noon, holds=False)
    cancel(lab, receipt.series.id)
    with lab.database.read(lab.clock.now) as work:
        (wish,) = waiting.of_member(work, lab.id, lab.bob.member_id)
    assert wish.offer is not None


def test_one_may_go_its_own_way_and_the_rest_stay_a_series(lab: Lab) -> None:
    receipt = book(lab, repeats())
    lab.act("cancel", lab.alice, receipt.occurrences[0])
    with lab.database.read(lab.clock.now) as work:
        found = series.held_by(work, lab.id, lab.held_by(lab.alice))
    assert [each.id for each in found] == [receipt.series.id]
    assert found[0].remaining == receipt.occurrences[1:]
    assert found[0].recurrence == WEEKDAYS


def test_each_occurrence_is_in_the_audit(lab: Lab) -> None:
    receipt = book(lab, repeats(last=date(2026, 12, 8)))
    cancel(lab, receipt.series.id)
    with lab.database.read(lab.clock.now) as work:
        told = [each.action for each in audit.entries(work, lab.id, of=lab.alice.member_id)]
    assert told == [Action.CANCELLED] * 3 + [Action.RESERVED] * 3


def change(lab: Lab, number: int, **more: Any) -> facts.SeriesReceipt:
    with lab.database.begin(lab.clock.now) as work:
        return series.change(work, more.pop("by", lab.alice), number, **more)


def test_all_that_remain_get_other_hours_gpus_and_purpose(lab: Lab) -> None:
    lab.add_gpu("lab-node-1", "GPU1")
    booked = book(lab, repeats(hours=(9, 12)), wanted=Wanted(names=("GPU0",)), purpose="thesis")
    lab.clock.now = datetime(2026, 12, 7, 10, tzinfo=BERLIN)  # two have begun
    hours = Hours(time(22), time(1), 1, BERLIN)
    receipt = change(lab, booked.series.id, hours=hours, wanted=Wanted(names=("GPU1",)), purpose=" evals ")
    assert len(receipt.occurrences) == 9
    for held in receipt.occurrences:
        start, end = (instant.astimezone(BERLIN) for instant in (held.range.start, held.range.end))
        assert (start.hour, end.hour, end.date() - start.date()) == (22, 1, timedelta(days=1))
        assert [gpu.label for gpu in held.gpus] == ["GPU1"]
        assert held.purpose == "evals"
    kept = [held for held in lab.held_by(lab.alice) if held.purpose == "thesis"]
    assert [held.range.start.astimezone(BERLIN).hour for held in kept] == [9]
    assert owed(lab, Kind.SERIES_CHANGED, Kind.CHANGED) == [Kind.SERIES_CHANGED]
    assert change(lab, booked.series.id, purpose="evals").occurrences == receipt.occurrences  # nothing to do


def test_hours_move_over_each_other_in_either_direction(lab: Lab) -> None:
    daily = repeats(DAILY, date(2026, 12, 4), date(2026, 12, 8), (0, 0), end_days=1)
    booked = book(lab, daily, wanted=Wanted(names=("GPU0",)))
    for start in (12, 0):
        receipt = change(lab, booked.series.id, hours=Hours(time(start), time(start), 1, BERLIN))
        assert [held.range.start.astimezone(BERLIN).hour for held in receipt.occurrences] == [start] * 5


def test_changing_a_series_is_all_or_nothing_or_what_can_be_had(lab: Lab) -> None:
    booked = book(lab, repeats(last=date(2026, 12, 9)), wanted=Wanted(names=("GPU0",)))
    taken = datetime(2026, 12, 8, 14, tzinfo=BERLIN)
    lab.reserve(lab.bob, TimeRange(taken, taken + timedelta(hours=1)), wanted=Wanted(names=("GPU0",)))
    hours = Hours(time(13), time(15), 0, BERLIN)
    first = lab.reserve(lab.bob, TimeRange(taken - 4 * DAY, taken - 4 * DAY + timedelta(hours=1)), "GPU0").reservation
    assert len(change(lab, booked.series.id, hours=hours, skip=True).occurrences) == 2  # not its first either
    lab.act("cancel", lab.bob, first)
    change(lab, booked.series.id, hours=Hours(time(9), time(12), 0, BERLIN))
    with pytest.raises(errors.SomeTaken) as refusal:
        change(lab, booked.series.id, hours=hours)
    assert [each.range.start.astimezone(BERLIN).date() for each in refusal.value.refused] == [date(2026, 12, 8)]
    assert len(refusal.value.free) == 3
    assert [held.range for held in lab.held_by(lab.alice)] == [held.range for held in booked.occurrences]
    receipt = change(lab, booked.series.id, hours=hours, skip=True, request_key="k")
    assert len(receipt.occurrences) == 3
    assert change(lab, booked.series.id, hours=hours, skip=True, request_key="k").again
    starts = [held.range.start.astimezone(BERLIN).hour for held in lab.held_by(lab.alice)]
    assert starts == [13, 13, 9, 13]
    assert owed(lab, Kind.SERIES_BOOKED, Kind.SERIES_CHANGED) == [Kind.SERIES_BOOKED]  # told as it has become
    with pytest.raises(errors.NotYours):
        change(lab, booked.series.id, hours=hours, by=lab.bob)
    with pytest.raises(errors.UnknownSeries):
        change(lab, 999, hours=hours)


@pytest.mark.parametrize(
    ("dates", "weekdays", "last", "becomes"),
    [
        ("7 9", "12", 16, "9>9 7>8"),  # what comes on such a day stays
        ("7 9 14 16", "14", 16, "7>8 9>11 14>15 16>18"),  # in its week, though the last moves beyond the end
        ("7", "0123", 9, "7>7 8 9"),  # what is new is not beyond it
        ("7 9 11", "1", 16, "7>8 9> 11>"),
        ("4 7", "0", 16, "4> 7>7"),  # today is Thursday the third: there is no Monday ahead in this week
        ("9 9 14", "2", 16, "9>9 9>9 14>16"),
    ],
)
def test_each_moves_within_its_week(dates: str, weekdays: str, last: int, becomes: str) -> None:
    found = moves.pairs(
        [date(2026, 12, int(each)) for each in dates.split()],
        map(int, weekdays),
        date(2026, 12, last),
        lambda day: day > date(2026, 12, 3),
    )
    said = " ".join(f"{was.day if was else ''}>{day.day if day else ''}".removeprefix(">") for was, day in found)
    assert said == becomes


def test_a_series_on_other_days_moves_cancels_and_is_changed_once(lab: Lab) -> None:
    booked = book(lab, repeats(first=date(2026, 12, 7), last=date(2026, 12, 11)))

    def change(*weekdays: int) -> facts.SeriesReceipt:
        with lab.database.begin(lab.clock.now) as work:
            key = str(weekdays)
            return series.change(work, lab.alice, booked.series.id, weekdays=weekdays, request_key=key)

    receipt = change(0, 1, 5)
    assert [held.range.start.astimezone(BERLIN).day for held in receipt.occurrences] == [7, 8, 12]
    assert len(receipt.dropped) == 2
    assert owed(lab, Kind.SERIES_BOOKED, Kind.SERIES_CHANGED) == [Kind.SERIES_BOOKED]
    again = change(0, 1, 5)
    assert again.again
    assert again.occurrences == receipt.occurrences
    assert len(change(*range(7)).occurrences) == 6  # up to the twelfth, which it has moved to
    assert change(3).series.recurrence == Recurrence("week", 1, (3,))
    with pytest.raises(errors.NoOccurrence):
        change()
    assert len(lab.held_by(lab.alice)) == 1
