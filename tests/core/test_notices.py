"""What is owed after each change, to whom and when."""

from __future__ import annotations

from datetime import timedelta

import pytest

from core import errors, outbox
from core.inventory import Wanted
from core.kinds import Kind
from tests.core.conftest import Lab
from tests.core.sending import claim_for_channel, drain, owed


def test_a_booking_owes_its_announcement_and_its_four_moments(lab: Lab) -> None:
    lab.reserve(lab.alice, lab.hours(2, 3))
    assert owed(lab) == {
        Kind.BOOKED: 0,
        Kind.BEFORE_START: 2 - 10 / 60,
        Kind.START: 2,
        Kind.BEFORE_END: 5 - 0.25,
        Kind.END: 5,
    }


def test_a_long_run_is_reminded_earlier_too(lab: Lab) -> None:
    lab.reserve(lab.alice, lab.hours(0, 48))
    left = owed(lab)
    assert (left[Kind.BEFORE_END_24H], left[Kind.BEFORE_END_3H], left[Kind.BEFORE_END]) == (24, 45, 47.75)


def test_a_day_is_no_long_run(lab: Lab) -> None:
    lab.reserve(lab.alice, lab.hours(2, 24))
    assert set(owed(lab)) == {Kind.BOOKED, Kind.BEFORE_START, Kind.START, Kind.BEFORE_END, Kind.END}


def test_one_that_starts_at_once_is_announced_and_started_in_one_message(lab: Lab) -> None:
    lab.reserve(lab.alice, lab.hours(0, 3))
    assert set(owed(lab)) == {Kind.START, Kind.BEFORE_END, Kind.END}
    assert drain(lab) == [("channel", [Kind.START])]


def test_nothing_is_due_before_it_was_planned(lab: Lab) -> None:
    lab.reserve(lab.alice, lab.hours(1 / 12, 1 / 6))  # in 5 minutes, for 10
    assert set(owed(lab)) == {Kind.START, Kind.END}


def test_nothing_is_told_before_the_start_of_what_is_booked_right_before(lab: Lab) -> None:
    soon = lab.reserve(lab.alice, lab.hours(0.49)).reservation
    lab.reserve(lab.bob, lab.hours(2))
    assert drain(lab) == [("channel", [Kind.BOOKED])]
    soon = lab.act("extend", lab.alice, soon, by=timedelta(minutes=30)).reservation
    assert drain(lab) == []
    lab.act("change", lab.alice, soon, wanted=Wanted(), wish=lab.hours(4), purpose="")
    assert drain(lab) == [("channel", [Kind.BOOKED])], "what was not told is no change"


def test_a_quarter_of_an_hour_needs_no_reminder_of_its_end_at_its_start(lab: Lab) -> None:
    lab.reserve(lab.alice, lab.hours(2, 0.25))
    assert Kind.BEFORE_END not in owed(lab)


def test_who_books_right_before_the_start_is_not_reminded_of_it(lab: Lab) -> None:
    lab.reserve(lab.alice, lab.hours(1 / 3))
    assert set(owed(lab)) == {Kind.START, Kind.BEFORE_END, Kind.END}


def test_a_change_moves_what_is_owed(lab: Lab) -> None:
    mine = lab.reserve(lab.alice, lab.hours(2)).reservation
    drain(lab)
    lab.act("change", lab.alice, mine, wanted=Wanted(), wish=lab.hours(4), purpose="")
    assert owed(lab) == {
        Kind.CHANGED: 0,
        Kind.BEFORE_START: 4 - 10 / 60,
        Kind.START: 4,
        Kind.BEFORE_END: 4.75,
        Kind.END: 5,
    }


def test_what_nobody_was_told_of_needs_no_correction(lab: Lab) -> None:
    mine = lab.reserve(lab.alice, lab.hours(2)).reservation
    moved = lab.act("change", lab.alice, mine, wanted=Wanted(), wish=lab.hours(4), purpose="").reservation
    assert Kind.BOOKED in owed(lab)
    assert Kind.CHANGED not in owed(lab)
    lab.act("cancel", lab.alice, moved)
    assert owed(lab) == {}


def test_a_start_that_is_due_survives_a_change(lab: Lab) -> None:
    mine = lab.reserve(lab.alice, lab.hours(0)).reservation
    lab.clock.forward(minutes=1)
    lab.act("extend", lab.alice, mine, by=timedelta(hours=1))
    assert [kind for _, kinds in drain(lab) for kind in kinds if kind is not Kind.CHANGED] == [Kind.START]


def test_a_start_that_is_just_being_sent_is_not_told_twice(lab: Lab) -> None:
    mine = lab.reserve(lab.alice, lab.hours(0)).reservation
    batch = claim_for_channel(lab)
    lab.clock.forward(seconds=2)
    lab.act("extend", lab.alice, mine, by=timedelta(hours=1))
    with lab.database.begin(lab.clock.now) as work:
        outbox.sent(work, batch, batch.ids, "1.0")
    assert Kind.START not in owed(lab)


def test_one_that_is_moved_to_this_very_instant_starts_like_any_other(lab: Lab) -> None:
    mine = lab.reserve(lab.alice, lab.hours(5)).reservation
    drain(lab)
    lab.act("change", lab.alice, mine, wanted=Wanted(), wish=lab.hours(0), purpose="")
    assert [kind for _, kinds in drain(lab) for kind in kinds] == [Kind.START]


def test_nothing_is_said_of_what_was_cancelled(lab: Lab) -> None:
    mine = lab.reserve(lab.alice, lab.hours(2)).reservation
    drain(lab)
    lab.act("cancel", lab.alice, mine)
    assert drain(lab) == [("channel", [Kind.CANCELLED])]
    lab.clock.forward(hours=4)
    assert drain(lab) == []


def test_of_what_was_cancelled_in_part_the_rest_is_news(lab: Lab) -> None:
    lab.add_gpu("lab-node-1", "GPU1")
    mine = lab.reserve(lab.alice, lab.hours(2), "GPU0", "GPU1").reservation
    drain(lab)
    lab.act("cancel", lab.alice, mine, names=["GPU1"])
    assert drain(lab) == [("channel", [Kind.CHANGED])]


def test_ending_early_is_told_at_once_and_never_again(lab: Lab) -> None:
    mine = lab.reserve(lab.alice, lab.hours(0, 4)).reservation
    drain(lab)
    lab.clock.forward(hours=1)
    lab.act("release", lab.alice, mine)
    assert drain(lab) == [("channel", [Kind.END])]
    lab.clock.forward(hours=5)
    assert drain(lab) == []


def test_a_refused_change_owes_nothing_new(lab: Lab) -> None:
    lab.reserve(lab.alice, lab.hours(1))
    before = owed(lab)
    with pytest.raises(errors.GpuTaken):
        lab.reserve(lab.bob, lab.hours(1))
    assert owed(lab) == before
