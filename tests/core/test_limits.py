"""Stories of the limits that a lab sets: whose word holds, what is counted, and what would pass instead."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from threading import Barrier
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core import (
    audit,
    availability,
    booking,
    errors,
    facts,
    limits,
    organizations,
    policy,
    rules,
    search,
    summary,
    usage,
)
from core.actors import Actor, Operator
from core.facts import Action, Alternative, Role, Rule, Subject
from core.inventory import Wanted
from core.policy import Value
from core.timerange import TimeRange
from core.work import Database
from tests.core.conftest import Lab

HOUR = timedelta(hours=1)


def limit(lab: Lab, said: Mapping[Rule, Value], scope: Subject = Subject.LAB, subject_id: int | None = None) -> None:
    with lab.database.begin(lab.clock.now) as work:
        rules.set_for(work, Operator(lab.id), scope, lab.id if subject_id is None else subject_id, said)


def refused(lab: Lab, actor: Actor, wish: TimeRange, *names: str, **more: Any) -> errors.AgainstRule:
    """The refusal, once each of its alternatives has been booked and given back."""
    with pytest.raises(errors.AgainstRule) as refusal:
        lab.reserve(actor, wish, *names, **more)
    for offer in refusal.value.alternatives:
        receipt = lab.reserve(actor, offer.range, *(gpu.name for gpu in offer.gpus))
        assert (receipt.reservation.range, receipt.reservation.gpus) == (offer.range, offer.gpus)
        lab.act("cancel", actor, receipt.reservation)
    return refusal.value


def offers(refusal: errors.AgainstRule) -> dict[Alternative.Kind, TimeRange]:
    return {each.kind: each.range for each in refusal.alternatives}


def test_a_lab_sets_its_own_lengths_and_a_refusal_offers_what_would_pass(lab: Lab) -> None:
    limit(lab, {Rule.SHORTEST: HOUR, Rule.LONGEST: 8 * HOUR, Rule.AHEAD: timedelta(days=7)})

    assert offers(refused(lab, lab.alice, lab.hours(1, 0.5))) == {Alternative.Kind.LONGER: lab.hours(1, 1)}
    assert offers(refused(lab, lab.alice, lab.hours(1, 9))) == {Alternative.Kind.SHORTER: lab.hours(1, 8)}
    far = refused(lab, lab.alice, lab.hours(24 * 8, 2))
    assert offers(far) == {Alternative.Kind.SOONER: lab.hours(24 * 7, 2)}
    lab.reserve(lab.alice, lab.hours(1, 8))


def test_what_would_pass_is_looked_for_past_other_bookings_and_other_rules(lab: Lab) -> None:
    limit(lab, {Rule.LONGEST: 8 * HOUR, Rule.OPEN: 6 * HOUR})
    lab.reserve(lab.bob, lab.hours(3, 1))

    refusal = refused(lab, lab.alice, lab.hours(1, 10))

    assert isinstance(refusal, errors.TooLong)
    assert offers(refusal) == {Alternative.Kind.LATER: lab.hours(4, 6), Alternative.Kind.SHORTER: lab.hours(4, 3)}


def test_hours_still_to_come_are_counted_over_all_gpus(lab: Lab) -> None:
    lab.add_gpu("lab-node-1", "GPU1")
    limit(lab, {Rule.OPEN: 10 * HOUR})
    lab.reserve(lab.alice, lab.hours(0, 4))
    lab.clock.forward(hours=1)  # three of the four are still to come

    refusal = refused(lab, lab.alice, lab.hours(10, 4), "GPU0", "GPU1")

    assert isinstance(refusal, errors.TooManyHours)
    assert (refusal.held, refusal.wanted, refusal.limit) == (3 * HOUR, 8 * HOUR, 10 * HOUR)
    assert offers(refusal) == {Alternative.Kind.SHORTER: lab.hours(10, 3.5)}
    lab.reserve(lab.bob, lab.hours(10, 4), "GPU0", "GPU1")  # Bob has hours of his own


def test_a_reminder_that_is_late_finds_room_after_a_reservation_that_is_over(lab: Lab) -> None:
    limit(lab, {Rule.OPEN: 2 * HOUR})
    held = lab.reserve(lab.alice, lab.hours(0, 2)).reservation
    lab.clock.forward(hours=2, seconds=10)

    with lab.database.read(lab.clock.now) as work:
        assert limits.longest_extension(work, held, HOUR) == HOUR


def test_a_week_begins_on_monday_in_the_persons_zone(lab: Lab) -> None:
    limit(lab, {Rule.WEEK: 10 * HOUR})
    with lab.database.begin(lab.clock.now) as work:
        organizations.change(work, Operator(lab.id), zone="America/New_York")
    midnight = datetime(2026, 12, 6, 15, tzinfo=UTC)  # Monday in Tokyo, where she is; the clock says Thursday
    before, after = (TimeRange(midnight - 6 * HOUR, midnight), TimeRange(midnight, midnight + 9 * HOUR))
    lab.reserve(lab.alice, before)
    lab.reserve(lab.alice, after)

    refusal = refused(lab, lab.alice, TimeRange(midnight + 20 * HOUR, midnight + 22 * HOUR))

    assert isinstance(refusal, errors.TooManyHoursAWeek)
    assert (refusal.held, refusal.wanted) == (9 * HOUR, 2 * HOUR)
    assert refusal.week == TimeRange(midnight, midnight + timedelta(days=7))
    assert offers(refusal) == {
        Alternative.Kind.SHORTER: TimeRange(midnight + 20 * HOUR, midnight + 21 * HOUR),
        Alternative.Kind.LATER: TimeRange(midnight + 188 * HOUR, midnight + 190 * HOUR),
    }
    assert isinstance(
        refused(lab, lab.alice, TimeRange(midnight - 11 * HOUR, midnight - 6 * HOUR)), errors.TooManyHoursAWeek
    )


def test_over_the_turn_of_the_week_each_week_counts_its_own_part(lab: Lab) -> None:
    lab.add_gpu("lab-node-1", "GPU1")
    limit(lab, {Rule.WEEK: 10 * HOUR})
    midnight = datetime(2026, 12, 6, 15, tzinfo=UTC)
    lab.reserve(lab.alice, TimeRange(midnight - 6 * HOUR, midnight), "GPU0")
    lab.reserve(lab.alice, TimeRange(midnight, midnight + 9 * HOUR), "GPU0")

    refusal = refused(lab, lab.alice, TimeRange(midnight - 2 * HOUR, midnight + 2 * HOUR), "GPU1")
    assert isinstance(refusal, errors.TooManyHoursAWeek)
    assert (refusal.week.start, refusal.held, refusal.wanted) == (midnight, 9 * HOUR, 2 * HOUR)
    both = lab.reserve(lab.alice, TimeRange(midnight - 3 * HOUR, midnight - HOUR), "GPU1")
    assert both.room.most == 2 * HOUR  # one in each week


def test_so_many_gpus_at_once_however_they_are_booked(lab: Lab) -> None:
    for label in ("GPU1", "GPU2"):
        lab.add_gpu("lab-node-1", label)
    limit(lab, {Rule.AT_ONCE: 2})
    lab.reserve(lab.alice, lab.hours(1, 2), "GPU0")

    refusal = refused(lab, lab.alice, lab.hours(2, 2), wanted=Wanted(count=2))

    assert isinstance(refusal, errors.TooManyAtOnce)
    assert (refusal.held, refusal.wanted, refusal.limit) == (1, 2, 2)
    assert [(each.kind, len(each.gpus)) for each in refusal.alternatives] == [(Alternative.Kind.FEWER, 1)]
    lab.reserve(lab.alice, lab.hours(3, 2), wanted=Wanted(count=2))  # right after is not at once


def test_what_is_said_of_a_gpu_goes_before_the_lab_and_another_gpu_is_taken_where_any_will_do(lab: Lab) -> None:
    debug = lab.add_gpu("lab-node-1", "GPU1")
    large = lab.add_gpu("lab-node-1", "GPU2")
    limit(lab, {Rule.LONGEST: 8 * HOUR})
    limit(lab, {Rule.LONGEST: HOUR, Rule.WEEK: 2 * HOUR}, Subject.GPU, debug.id)
    limit(lab, {Rule.LONGEST: 24 * HOUR}, Subject.GPU, large.id)

    refusal = refused(lab, lab.alice, lab.hours(1, 4), "GPU1")
    assert refusal.origin.gpu == debug
    assert refused(lab, lab.alice, lab.hours(1, 4), "GPU0", "GPU1").origin.gpu == debug
    assert refused(lab, lab.alice, lab.hours(1, 9), "GPU0", "GPU2").origin == policy.LAB  # the strictest of them
    assert [gpu.name for gpu in lab.reserve(lab.alice, lab.hours(1, 4)).reservation.gpus] == ["GPU0"]
    lab.reserve(lab.bob, lab.hours(6, 1), "GPU1")
    lab.reserve(lab.bob, lab.hours(7, 1), "GPU0", "GPU1")  # of which one counts
    assert isinstance(refused(lab, lab.bob, lab.hours(8, 1), "GPU1"), errors.TooManyHoursAWeek)
    lab.reserve(lab.bob, lab.hours(8, 8), "GPU0")  # where nothing is said of hours


def test_what_is_said_of_a_person_goes_before_everything(lab: Lab) -> None:
    limit(lab, {Rule.LONGEST: 2 * HOUR, Rule.OPEN: 4 * HOUR})
    limit(lab, {Rule.LONGEST: HOUR, Rule.OPEN: HOUR}, Subject.GPU, lab.add_gpu("lab-node-1", "GPU1").id)
    limit(lab, {Rule.LONGEST: 24 * HOUR, Rule.OPEN: None}, Subject.MEMBER, lab.alice.member_id)

    lab.reserve(lab.alice, lab.hours(1, 24), "GPU0", "GPU1")
    assert refused(lab, lab.alice, lab.hours(30, 25)).origin.personal
    assert isinstance(refused(lab, lab.bob, lab.hours(30, 3)), errors.TooLong)


def test_a_special_period_changes_limits_for_what_touches_it(lab: Lab) -> None:
    gpu1 = lab.add_gpu("lab-node-1", "GPU1")
    limit(lab, {Rule.LONGEST: HOUR}, Subject.GPU, gpu1.id)
    with lab.database.begin(lab.clock.now) as work:
        said = {Rule.LONGEST: 4 * HOUR}
        period = rules.add_period(work, Operator(lab.id), "  ICML   deadline ", lab.hours(24, 48), said)
    assert period.name == "ICML deadline"

    lab.reserve(lab.alice, lab.hours(1, 23), "GPU0")
    assert refused(lab, lab.alice, lab.hours(23, 6), "GPU0").origin.period == period
    assert refused(lab, lab.alice, lab.hours(30, 6), "GPU1").origin.gpu == gpu1  # the stricter word
    lab.reserve(lab.alice, lab.hours(72, 24), "GPU0")
    with lab.database.begin(lab.clock.now) as work:
        rules.remove_period(work, Operator(lab.id), period.id)
    lab.reserve(lab.alice, lab.hours(30, 6), "GPU0")


def test_times_are_rounded_outwards_where_that_passes_and_nobody_is_refused_for_it(lab: Lab) -> None:
    limit(lab, {Rule.ROUNDING: timedelta(minutes=15), Rule.LONGEST: 4 * HOUR})
    lab.clock.forward(minutes=7)
    minutes = 1 / 60

    now = lab.reserve(lab.bob, lab.hours(0, 1))  # 9:07–10:07
    assert now.rounded
    assert now.reservation.range == lab.hours(0, 68 * minutes)  # from now on, to 10:15
    later = lab.reserve(lab.alice, lab.hours(70 * minutes, 1))  # 10:17–11:17
    assert later.reservation.range == lab.hours(68 * minutes, 75 * minutes)  # 10:15–11:30
    longest = lab.reserve(lab.alice, lab.hours(5, 4))  # rounded it would be too long
    assert (longest.rounded, longest.reservation.range) == (False, lab.hours(5, 4))
    between = lab.reserve(lab.alice, lab.hours(4.5, 0.5))  # 13:37–14:07, up to the booking before
    assert between.reservation.range == lab.hours(4.5, 0.5)
    extended = lab.act("extend", lab.alice, later.reservation, by=timedelta(minutes=20)).reservation
    assert extended.range.end == lab.hours(0, 173 * minutes).end  # 11:50 becomes 12:00
    again = lab.act("extend", lab.alice, extended, by=timedelta(minutes=95))
    assert again.reservation.range.end == lab.hours(0, 268 * minutes).end  # 13:35: to 13:45, it would run into the next


def test_of_two_roundings_the_coarser_holds() -> None:
    limits = [policy.DEFAULT.but({Rule.ROUNDING: timedelta(minutes=minutes)}) for minutes in (15, 60)]
    assert limits[0].stricter(limits[1]).rounding == limits[1].stricter(limits[0]).rounding == HOUR


def test_what_gets_smaller_is_not_measured_by_rules_set_since(lab: Lab) -> None:
    held = lab.reserve(lab.alice, lab.hours(1, 10), purpose="long").reservation
    limit(lab, {Rule.LONGEST: 2 * HOUR, Rule.WEEK: 2 * HOUR, Rule.SHORTEST: HOUR})
    wanted = Wanted(names=("GPU0",))

    held = lab.act("change", lab.alice, held, wanted=wanted, wish=held.range, purpose="longer").reservation
    held = lab.act("change", lab.alice, held, wanted=wanted, wish=lab.hours(2, 6), purpose="").reservation
    with pytest.raises(errors.TooShort):
        lab.act("change", lab.alice, held, wanted=wanted, wish=lab.hours(2, 0.5), purpose="")
    with pytest.raises(errors.TooLong):
        lab.act("change", lab.alice, held, wanted=wanted, wish=lab.hours(3, 6), purpose="")


def test_extending_stops_at_every_rule_and_tells_how_far_it_would_go(lab: Lab) -> None:
    limit(lab, {Rule.LONGEST: 8 * HOUR, Rule.WEEK: 6 * HOUR, Rule.OPEN: 5 * HOUR})
    lab.reserve(lab.alice, lab.hours(20, 1))
    receipt = lab.reserve(lab.alice, lab.hours(0, 2))
    assert receipt.room.most == 2 * HOUR

    with pytest.raises(errors.TooManyHours) as refusal:
        lab.act("extend", lab.alice, receipt.reservation, by=3 * HOUR)
    assert refusal.value.extending is not None
    assert refusal.value.extending[1].most == 2 * HOUR
    longer = lab.act("extend", lab.alice, receipt.reservation, by=2 * HOUR)
    assert longer.room.most == timedelta(0)


def room(lab: Lab, held: facts.Reservation) -> timedelta:
    """What is offered to be taken more, once it was seen that it may be, in whole or in part, and not a minute more."""
    with lab.database.read(lab.clock.now) as work:
        most = availability.room(work, lab.id, held).most
    for by in (most, most / 2) if most else ():
        with lab.database.rehearse(lab.clock.now) as work:
            booking.extend(work, lab.alice, held.id, version=None, by=by)
    with pytest.raises(errors.AgainstRule) as refusal, lab.database.rehearse(lab.clock.now) as work:
        booking.extend(work, lab.alice, held.id, version=None, by=most + timedelta(minutes=1))
    assert refusal.value.extending is not None
    assert refusal.value.extending[1].most == most
    return most


def test_what_is_offered_to_be_taken_more_is_allowed_by_every_rule(lab: Lab) -> None:
    gpu1 = lab.add_gpu("lab-node-1", "GPU1")
    running = lab.reserve(lab.alice, lab.hours(0, 2), "GPU0").reservation
    far = lab.reserve(lab.alice, lab.hours(48, 2), "GPU0").reservation
    lab.reserve(lab.alice, lab.hours(5, 1), "GPU1")
    with lab.database.begin(lab.clock.now) as work:
        rules.add_period(work, Operator(lab.id), "a demo", lab.hours(24, 9), {Rule.LONGEST: 90 * HOUR})
        rules.add_period(work, Operator(lab.id), "exams", lab.hours(53, 9), {Rule.AHEAD: 24 * HOUR, Rule.LONGEST: HOUR})
    limit(lab, {Rule.LONGEST: 4 * HOUR})
    assert room(lab, running) == 2 * HOUR  # although it might be longer again, if it went on into the demo
    limit(lab, {Rule.LONGEST: 30 * HOUR, Rule.AT_ONCE: 1})
    assert room(lab, running) == 3 * HOUR  # until its holder's other GPU begins
    assert room(lab, far) == 3 * HOUR  # until a special period, which is too far ahead

    limit(lab, {Rule.LONGEST: 20 * HOUR, Rule.AHEAD: 24 * HOUR, Rule.SHORTEST: 3 * HOUR})
    assert room(lab, far) == timedelta(0)  # which is farther ahead than may be booked by now
    assert room(lab, running) == 18 * HOUR  # however short it was
    limit(lab, {Rule.WEEK: HOUR}, Subject.GPU, gpu1.id)
    limit(lab, {Rule.WEEK: 9 * HOUR})
    assert room(lab, running) == 4 * HOUR  # what the others leave of the week


def test_what_was_given_back_early_is_not_in_the_way_of_what_is_kept(lab: Lab) -> None:
    lab.add_gpu("lab-node-1", "GPU1")
    held = lab.reserve(lab.alice, lab.hours(0, 4), "GPU0", "GPU1").reservation
    lab.clock.forward(hours=1)
    held = lab.act("release", lab.alice, held, names=["GPU1"]).reservation
    lab.reserve(lab.bob, lab.hours(3, 1), "GPU1")
    after = lab.reserve(lab.charlie, lab.hours(5, 1), "GPU0").reservation
    with lab.database.read(lab.clock.now) as work:
        found = availability.rooms(work, lab.id, [held])[held.id]
        assert found == availability.room(work, lab.id, held)
    assert found.next is not None
    assert (found.next.reservation_id, found.most) == (after.id, 2 * HOUR)


def test_two_bookings_of_one_person_at_once_do_not_both_take_the_last_hours(lab: Lab) -> None:
    for number in range(1, 8):
        lab.add_gpu("lab-node-1", f"GPU{number}")
    limit(lab, {Rule.OPEN: 3 * HOUR})
    barrier = Barrier(8)

    def book(number: int) -> bool:
        barrier.wait()
        try:
            lab.reserve(lab.alice, lab.hours(1, 1), f"GPU{number}")
        except errors.TooManyHours:
            return False
        return True

    with ThreadPoolExecutor(8) as hands:
        assert sum(hands.map(book, range(8))) == 3


def test_what_was_just_said_holds_in_the_same_transaction(lab: Lab) -> None:
    with lab.database.begin(lab.clock.now) as work:
        assert limits.of(work, lab.id, lab.alice.member_id).longest == timedelta(days=7)
        rules.set_for(work, lab.charlie, Subject.LAB, lab.id, {Rule.LONGEST: HOUR})
        assert limits.of(work, lab.id, lab.alice.member_id).longest == HOUR


def test_an_admin_is_bound_like_anybody_but_for_a_reason(lab: Lab) -> None:
    limit(lab, {Rule.LONGEST: 2 * HOUR})
    held = lab.reserve(lab.charlie, lab.hours(1, 2)).reservation
    with pytest.raises(errors.TooLong):
        lab.act("extend", lab.charlie, held, by=HOUR)
    assert lab.act("extend", lab.charlie, held, by=HOUR, why="a demo").reservation.range == lab.hours(1, 3)


def test_only_admins_set_limits_and_each_change_is_in_the_audit(lab: Lab) -> None:
    with lab.database.begin(lab.clock.now) as work, pytest.raises(errors.AdminsOnly) as refusal:
        rules.set_for(work, lab.alice, Subject.LAB, lab.id, {Rule.LONGEST: HOUR})
    assert [admin.name for admin in refusal.value.admins] == ["Charlie"]

    assert lab.charlie.role is Role.ADMIN
    for longest in (HOUR, HOUR, 2 * HOUR):
        with lab.database.begin(lab.clock.now) as work:
            rules.set_for(work, lab.charlie, Subject.LAB, lab.id, {Rule.LONGEST: longest}, why="deadline")
    with lab.database.read(lab.clock.now) as work:
        found = audit.entries(work, lab.id, subject=Subject.LAB)
    assert [(each.by, each.action, each.before, each.after) for each in found] == [
        ("Charlie", Action.LIMITED, {"limits": {"longest": 60}}, {"limits": {"longest": 120}}),
        ("Charlie", Action.LIMITED, {"limits": {}}, {"limits": {"longest": 60}}),
    ]


@pytest.mark.parametrize(
    "said",
    [
        {Rule.SHORTEST: None},
        {Rule.SHORTEST: timedelta(0)},
        {Rule.SHORTEST: timedelta(hours=5), Rule.LONGEST: HOUR},
        {Rule.AT_ONCE: 0},
        {Rule.ROUNDING: timedelta(days=2)},
    ],
)
def test_limits_that_would_let_nobody_book_are_refused(lab: Lab, said: Mapping[Rule, Value]) -> None:
    with pytest.raises(errors.BadLimits):
        limit(lab, said)
    lab.reserve(lab.alice, lab.hours(1))


def test_another_labs_gpus_and_people_are_out_of_reach(lab: Lab) -> None:
    for scope in (Subject.GPU, Subject.MEMBER):
        with pytest.raises(errors.NotFound):
            limit(lab, {Rule.LONGEST: HOUR}, scope, 999)


def test_the_question_what_would_be_free_knows_the_limits(lab: Lab, database: Database) -> None:
    limit(lab, {Rule.LONGEST: 2 * HOUR})
    with database.read(lab.clock.now) as work, pytest.raises(errors.TooLong) as refusal:
        search.what_if(work, lab.alice, Wanted(), lab.hours(1, 3))
    assert offers(refusal.value) == {Alternative.Kind.SHORTER: lab.hours(1, 2)}


def test_rules_survive_being_written_and_unknown_ones_are_left_out() -> None:
    said: dict[Rule, Value] = {Rule.LONGEST: None, Rule.AT_ONCE: 2, Rule.WEEK: 40 * HOUR}
    assert policy.read(policy.written(said)) == said
    assert policy.read({"longest": 60, "from_the_future": 1}) == {Rule.LONGEST: HOUR}


_VALUES: dict[Rule, st.SearchStrategy[Value]] = {
    rule: (st.none() | st.integers(1, 50)) if rule is Rule.AT_ONCE else st.none() | st.timedeltas(HOUR, 90 * HOUR)
    for rule in set(Rule) - {Rule.SHORTEST, Rule.USUAL}
}


@given(st.fixed_dictionaries({}, optional=_VALUES), st.fixed_dictionaries({}, optional=_VALUES))
def test_the_stricter_of_two_forbids_what_either_forbids(one: dict[Rule, Value], other: dict[Rule, Value]) -> None:
    first, second = policy.DEFAULT.but(one), policy.DEFAULT.but(other)
    both = first.stricter(second)
    assert replace(both, origins={}) == replace(second.stricter(first), origins={})
    for rule in _VALUES:
        assert getattr(both, rule) in {getattr(first, rule), getattr(second, rule)}
        assert policy.stricter(rule, getattr(both, rule), getattr(first, rule)) == getattr(both, rule)


_ZONES = st.sampled_from(["Asia/Tokyo", "America/New_York", "Asia/Kathmandu", "Europe/Berlin", "Australia/Lord_Howe"])
_INSTANTS = st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001


@given(_INSTANTS, st.timedeltas(timedelta(minutes=1), timedelta(days=20)), _ZONES)
@settings(max_examples=200)
def test_weeks_cut_time_without_gaps(start: datetime, length: timedelta, zone: str) -> None:
    span = TimeRange(start, start + length)
    found = list(usage.weeks(span, ZoneInfo(zone)))
    assert sum((usage.gpu_time([span], week) for week in found), timedelta(0)) == length
    assert all(one.end == next_one.start for one, next_one in pairwise(found))
    assert {week.start.astimezone(ZoneInfo(zone)).strftime("%a %H:%M") for week in found} == {"Mon 00:00"}


@given(_INSTANTS, st.timedeltas(timedelta(minutes=5), timedelta(days=2)), _ZONES, st.sampled_from([5, 15, 30, 60]))
@settings(max_examples=200)
def test_rounding_covers_the_wish_and_ends_on_the_labs_clock(
    start: datetime, length: timedelta, zone: str, step: int
) -> None:
    wish, rounding = TimeRange(start, start + length), timedelta(minutes=step)
    made = policy.rounded(policy.DEFAULT.but({Rule.ROUNDING: rounding}), wish, ZoneInfo(zone), start - HOUR * 48)
    assert made.start <= wish.start < wish.end <= made.end
    assert wish.start - made.start < rounding
    assert made.end - wish.end < rounding
    # On its own clock: Kathmandu is 15 minutes off, and Lord Howe puts its clocks on by 30.
    if step <= 30:
        assert {instant.astimezone(ZoneInfo(zone)).minute % step for instant in (made.start, made.end)} == {0}


def test_fair_use_is_my_week_beside_everybodys(lab: Lab) -> None:
    lab.add_gpu("lab-node-1", "GPU1")
    lab.reserve(lab.alice, lab.hours(0, 2), wanted=Wanted(count=2))
    lab.reserve(lab.bob, lab.hours(4, 6), "GPU0")
    lab.reserve(lab.charlie, lab.hours(10, 10), "GPU0")
    lab.reserve(lab.alice, lab.hours(24 * 7, 10), "GPU0")  # in another week
    limit(lab, {Rule.WEEK: 40 * HOUR})
    lab.clock.forward(hours=30)  # what is over counts, too
    with lab.database.read(lab.clock.now) as work:
        use = summary.fair_use(work, lab.id, lab.alice.member_id)
    assert (use.mine, use.all, use.median, use.limit) == (4 * HOUR, 20 * HOUR, 6 * HOUR, 40 * HOUR)


def test_what_somebody_really_uses_is_known_where_the_lab_wants_it(lab: Lab) -> None:
    for _ in range(5):
        held = lab.reserve(lab.alice, lab.hours(0, 10)).reservation
        lab.clock.forward(hours=2)
        lab.act("release", lab.alice, held)
    lab.reserve(lab.alice, lab.hours(1, 10))
    found = []
    for suggests in (False, True):
        with lab.database.begin(lab.clock.now) as work:
            organizations.change(work, lab.charlie, suggests=suggests)
        with lab.database.read(lab.clock.now) as work:
            found += [summary.fair_use(work, lab.id, each.member_id).usual for each in (lab.alice, lab.bob)]
    assert found == [None, None, 2 * HOUR, None]
