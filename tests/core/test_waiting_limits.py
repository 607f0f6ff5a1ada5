"""Waiting for what the limits do not allow yet, and being given only what they do."""

from __future__ import annotations

from datetime import timedelta

import pytest

from core import errors, rules, waitlist
from core.facts import Rule, Subject
from core.inventory import Wanted
from tests.core.conftest import Lab
from tests.core.wishers import HOUR, again, let, offer_to, span, wait, wish_of, withdraw


def test_who_was_passed_over_for_a_limit_is_found_once_it_is_relaxed(lab: Lab) -> None:
    def limit(hours: float) -> None:
        with lab.database.begin(lab.clock.now) as work:
            rules.set_for(work, lab.charlie, Subject.LAB, lab.id, {Rule.WEEK: hours * HOUR})

    first = lab.reserve(lab.alice, lab.hours(0, 6)).reservation
    wait(lab, lab.bob, 4, holds=False)
    limit(1)
    lab.act("release", lab.alice, first)
    again(lab)
    assert wish_of(lab, lab.bob).offer is None
    limit(50)
    again(lab)
    assert span(lab, offer_to(lab, lab.bob)) == (0, 4)


def test_a_wish_is_bound_by_the_limits_of_each_gpu_it_could_be_given(lab: Lab) -> None:
    gpu0, gpu1 = lab.occupancy()[0].gpu, lab.add_gpu("lab-node-1", "GPU1")
    let(lab, Subject.GPU, gpu0.id, {Rule.LONGEST: 2 * HOUR, Rule.AHEAD: 5 * HOUR})
    for gpu in ("GPU0", "GPU1"):
        lab.reserve(lab.alice, lab.hours(0, 2), gpu)
    with pytest.raises(errors.TooLong):
        wait(lab, lab.bob, 4, wanted=Wanted(("GPU0",)))
    held = wait(lab, lab.bob, 4).receipt
    assert held is not None
    assert (held.reservation.gpus, span(lab, held.reservation)) == ((gpu1,), (2, 6))
    with pytest.raises(errors.TooLong):  # the two together are bound by both
        wait(lab, lab.bob, 4, wanted=Wanted(count=2, spread=True))


def test_what_comes_free_is_given_by_the_limits_of_each_gpu(lab: Lab) -> None:
    gpu0 = lab.occupancy()[0].gpu
    gpu1, gpu2 = lab.add_gpu("lab-node-1", "GPU1"), lab.add_gpu("lab-node-1", "GPU2")
    busy = lab.reserve(lab.alice, lab.hours(0, 4), "GPU0", "GPU1", "GPU2").reservation
    let(lab, Subject.GPU, gpu0.id, {Rule.LONGEST: 2 * HOUR})
    wait(lab, lab.bob, 4, holds=False)
    wait(lab, lab.charlie, 4, wanted=Wanted(count=2), holds=False)
    lab.act("release", lab.alice, busy)
    assert offer_to(lab, lab.bob).gpus == (gpu1,)
    assert wish_of(lab, lab.charlie).offer is None
    withdraw(lab, lab.bob)
    assert offer_to(lab, lab.charlie).gpus == (gpu1, gpu2)


def test_hours_a_week_are_waited_for_until_the_next(lab: Lab) -> None:
    let(lab, Subject.LAB, lab.id, {Rule.WEEK: 5 * HOUR})
    lab.reserve(lab.bob, lab.hours(1, 4))
    monday = 6 + 3 * 24 - lab.clock.now.hour + 9  # Thursday 18:00 in Tokyo
    with pytest.raises(errors.TooManyHoursAWeek) as refused:
        lab.reserve(lab.bob, lab.hours(6, 2))
    assert refused.value.waits is not None
    held = wait(lab, lab.bob, 2, after=refused.value.waits.range.start).receipt
    assert held is not None
    assert span(lab, held.reservation) == (monday - 1, monday + 1)  # half of it is this week's
    with pytest.raises(errors.TooManyHoursAWeek) as never:
        lab.reserve(lab.charlie, lab.hours(6, 11))
    assert never.value.waits is None
    with pytest.raises(errors.TooManyHoursAWeek):
        wait(lab, lab.charlie, 11)


def test_hours_still_to_come_are_waited_for_until_they_went_by(lab: Lab) -> None:
    let(lab, Subject.LAB, lab.id, {Rule.OPEN: 5 * HOUR})
    lab.reserve(lab.bob, lab.hours(0, 4))
    with pytest.raises(errors.TooManyHours) as refused:
        lab.reserve(lab.bob, lab.hours(6, 2))
    assert refused.value.waits is not None
    assert wait(lab, lab.bob, 2, after=refused.value.waits.range.start).receipt is None
    lab.clock.forward(hours=1)
    again(lab)
    assert span(lab, offer_to(lab, lab.bob)) == (5, 7)
    with pytest.raises(errors.TooManyHours) as never:
        lab.reserve(lab.charlie, lab.hours(6, 6))
    assert never.value.waits is None


def test_what_is_too_far_ahead_is_waited_for_until_it_is_near(lab: Lab) -> None:
    day = 24 * HOUR
    with pytest.raises(errors.TooFarAhead) as refused:
        lab.reserve(lab.bob, lab.hours(61 * 24, 2))
    assert refused.value.waits is not None
    assert wait(lab, lab.bob, 2, after=refused.value.waits.range.start).receipt is None
    again(lab)
    assert wish_of(lab, lab.bob).offer is None
    lab.clock.forward(hours=24)
    again(lab)
    assert span(lab, offer_to(lab, lab.bob)) == (60 * 24, 60 * 24 + 2)
    with pytest.raises(errors.TooFarAhead):
        wait(lab, lab.bob, 2, after=lab.clock.now + 500 * day)


@pytest.mark.parametrize(
    ("scope", "ahead"),
    [
        (None, timedelta(days=60)),
        (Subject.LAB, timedelta(days=5)),
        (Subject.GPU, timedelta(days=3)),
        (Subject.PERIOD, timedelta(days=2)),
        (Subject.MEMBER, timedelta(days=90)),
    ],
)
def test_it_is_seen_at_once_when_what_was_too_far_ahead_is_near(
    lab: Lab, scope: Subject | None, ahead: timedelta
) -> None:
    subjects = {Subject.LAB: lab.id, Subject.GPU: lab.occupancy()[0].gpu.id, Subject.MEMBER: lab.bob.member_id}
    if scope is Subject.PERIOD:
        with lab.database.begin(lab.clock.now) as work:
            rules.add_period(work, lab.charlie, "ICML", lab.hours(24, 900), {Rule.AHEAD: ahead})
    elif scope is not None:
        let(lab, scope, subjects[scope], {Rule.AHEAD: ahead})
    assert wait(lab, lab.bob, 2, after=lab.clock.now + ahead + HOUR).receipt is None
    lab.clock.forward(minutes=59)
    assert not has_opened(lab, since=HOUR)
    lab.clock.forward(minutes=1)
    assert has_opened(lab, since=timedelta(seconds=10))
    assert not has_opened(lab, since=timedelta(0))


def has_opened(lab: Lab, *, since: timedelta) -> bool:
    with lab.database.read(lab.clock.now) as work:
        return waitlist.has_opened(work, lab.id, lab.clock.now - since)


def test_who_holds_too_many_gpus_waits_until_they_hold_fewer(lab: Lab) -> None:
    lab.add_gpu("lab-node-1", "GPU1")
    let(lab, Subject.LAB, lab.id, {Rule.AT_ONCE: 1})
    lab.reserve(lab.bob, lab.hours(0, 3), "GPU0")
    with pytest.raises(errors.TooManyAtOnce) as refused:
        lab.reserve(lab.bob, lab.hours(1, 2), "GPU1")
    assert refused.value.waits is not None
    held = wait(lab, lab.bob, 2, wanted=Wanted(("GPU1",))).receipt
    assert held is not None
    assert span(lab, held.reservation) == (3, 5)
    with pytest.raises(errors.TooManyAtOnce) as never:
        lab.reserve(lab.bob, lab.hours(8, 2), "GPU0", "GPU1")
    assert never.value.waits is None


def test_who_waits_is_served_as_soon_as_the_lab_allows_it(lab: Lab) -> None:
    first = lab.reserve(lab.alice, lab.hours(0, 6)).reservation
    wait(lab, lab.bob, 4, holds=False)
    with lab.database.begin(lab.clock.now) as work:
        period = rules.add_period(work, lab.charlie, "ICML", lab.hours(-1, 900), {Rule.LONGEST: 2 * HOUR})
    lab.act("release", lab.alice, first)
    assert wish_of(lab, lab.bob).offer is None
    with lab.database.begin(lab.clock.now) as work:
        rules.set_for(work, lab.charlie, Subject.MEMBER, lab.bob.member_id, {Rule.LONGEST: 8 * HOUR})
    assert span(lab, offer_to(lab, lab.bob)) == (0, 4)
    wait(lab, lab.charlie, 3, holds=False)
    with lab.database.begin(lab.clock.now) as work:
        rules.remove_period(work, lab.charlie, period.id)
    assert span(lab, offer_to(lab, lab.charlie)) == (4, 7)


def test_what_limits_refuse_of_an_extension_is_waited_for_from_its_end(lab: Lab) -> None:
    lab.add_gpu("lab-node-1", "GPU1")
    first = lab.reserve(lab.bob, lab.hours(0, 2), "GPU0").reservation
    lab.reserve(lab.bob, lab.hours(3, 2), "GPU1")
    let(lab, Subject.LAB, lab.id, {Rule.AT_ONCE: 1})
    with pytest.raises(errors.TooManyAtOnce) as refused:
        lab.act("extend", lab.bob, first, by=2 * HOUR)
    assert refused.value.extending is not None
    assert refused.value.extending[1].most == timedelta(hours=1)  # up to the other one
    assert refused.value.waits is not None
    assert span(lab, refused.value.waits.range) == (3, 4)
