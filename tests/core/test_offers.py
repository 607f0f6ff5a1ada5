"""What is offered to who waits: for how long, and what becomes of it when they take it, pass, or say nothing."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, timedelta
from zoneinfo import ZoneInfo

import pytest

from core import audit, errors, members, search, waitlist
from core.facts import State, WishState
from core.inventory import Wanted
from core.kinds import Kind
from core.work import Database
from tests.core.conftest import Lab
from tests.core.wishers import HOUR, decline, look, offer_to, settle, span, take, told, wait, wish_of, wishes_of


def test_who_passes_keeps_what_they_have_and_is_not_asked_for_that_again(lab: Lab) -> None:
    first = lab.reserve(lab.alice, lab.hours(1, 4)).reservation
    wait(lab, lab.bob, 4, after=lab.clock.now + HOUR)
    lab.act("cancel", lab.alice, first)
    wish = decline(lab, lab.bob, offer_to(lab, lab.bob))
    assert wish.state is WishState.WAITING
    assert wish.held is not None
    assert span(lab, wish.held) == (5, 9)
    again = lab.reserve(lab.alice, lab.hours(1, 4)).reservation
    lab.act("cancel", lab.alice, again)
    assert wish_of(lab, lab.bob).offer is None
    lab.clock.forward(minutes=15)
    assert Kind.OFFER_OVER not in told(lab, lab.bob), "which is for who did not answer"


def test_what_is_left_of_an_offer_may_be_too_short_to_be_taken(lab: Lab) -> None:
    first = lab.reserve(lab.alice, lab.hours(0, 6)).reservation
    wait(lab, lab.bob, 8 / 60, holds=False)
    lab.clock.forward(minutes=5)
    lab.act("release", lab.alice, first)
    offer = offer_to(lab, lab.bob)
    with lab.database.read(lab.clock.now) as work:
        offered = audit.entries(work, lab.id)[0].after
    assert offered is not None
    assert offered["offered_until"] == (lab.clock.now + timedelta(minutes=4)).isoformat()
    lab.clock.forward(minutes=3.5)
    with pytest.raises(errors.TooShort):
        take(lab, lab.bob, offer)


def test_who_passes_is_offered_what_came_free_meanwhile(lab: Lab) -> None:
    lab.add_gpu("lab-node-1", "GPU1")
    first = lab.reserve(lab.alice, lab.hours(0, 6), "GPU0").reservation
    second = lab.reserve(lab.charlie, lab.hours(0, 6), "GPU1").reservation
    wait(lab, lab.bob, 4, holds=False)
    lab.clock.forward(minutes=5)
    lab.act("release", lab.alice, first)
    offer = offer_to(lab, lab.bob)
    lab.act("release", lab.charlie, second)
    decline(lab, lab.bob, offer)
    assert [gpu.name for gpu in offer_to(lab, lab.bob).gpus] == ["GPU1"]


def test_what_nobody_took_in_time_goes_to_the_next(lab: Lab) -> None:
    first = lab.reserve(lab.alice, lab.hours(0, 4)).reservation
    lab.reserve(lab.alice, lab.hours(4, 100))
    wait(lab, lab.bob, 2, holds=False)
    wait(lab, lab.charlie, 2, holds=False)
    lab.clock.forward(hours=1)
    lab.act("release", lab.alice, first)
    gone = offer_to(lab, lab.bob)
    assert wish_of(lab, lab.charlie).offer is None, "three hours hold one wish of two"

    lab.clock.forward(minutes=10)
    (story,) = lab.occupancy()
    assert story.now is None, "who only looks sees that it is over"
    with pytest.raises(errors.GpuTaken):
        lab.reserve(lab.alice, lab.hours(0, 2))  # whoever books next frees it, and the next in line goes first
    with pytest.raises(errors.GpuTaken):
        lab.reserve(lab.alice, lab.hours(0, 2))
    look(lab)
    assert wish_of(lab, lab.bob).offer is None
    assert span(lab, offer_to(lab, lab.charlie)) == (0, 2)
    with pytest.raises(errors.OfferOver):
        take(lab, lab.bob, gone)
    assert told(lab, lab.bob)[-1] is Kind.OFFER_OVER
    take(lab, lab.charlie, offer_to(lab, lab.charlie))
    assert Kind.OFFER_OVER not in told(lab, lab.charlie)


def test_what_comes_free_is_taken_for_who_said_so(lab: Lab) -> None:
    first = lab.reserve(lab.alice, lab.hours(0, 6)).reservation
    held = wait(lab, lab.bob, 4, takes=True).receipt
    assert held is not None
    lab.clock.forward(hours=1)
    lab.act("release", lab.alice, first)
    (mine,) = lab.held_by(lab.bob)
    assert (mine.id, span(lab, mine)) == (held.reservation.id, (0, 4))
    assert wishes_of(lab, lab.bob) == ()
    assert Kind.MOVED in told(lab, lab.bob)


def test_who_holds_something_else_by_then_is_asked_first(lab: Lab) -> None:
    lab.add_gpu("lab-node-1", "GPU1")
    first = lab.reserve(lab.alice, lab.hours(0, 6), "GPU0").reservation
    wait(lab, lab.bob, 4, wanted=Wanted(names=("GPU0",)), takes=True, holds=False)
    lab.reserve(lab.bob, lab.hours(1, 3), "GPU1")
    lab.clock.forward(minutes=30)
    lab.act("release", lab.alice, first)
    assert offer_to(lab, lab.bob).state is State.OFFERED


def test_changing_what_one_has_ends_an_offer_that_counted_on_it(lab: Lab) -> None:
    first = lab.reserve(lab.alice, lab.hours(0, 6)).reservation
    held = wait(lab, lab.bob, 4).receipt
    assert held is not None
    lab.clock.forward(hours=1)
    lab.act("release", lab.alice, first)
    gone = offer_to(lab, lab.bob)
    lab.act("cancel", lab.bob, held.reservation)
    with pytest.raises(errors.OfferOver):
        take(lab, lab.bob, gone)
    lab.reserve(lab.charlie, lab.hours(0, 10))


def test_what_is_only_offered_is_no_booking_yet(lab: Lab) -> None:
    first = lab.reserve(lab.alice, lab.hours(0, 6)).reservation
    wait(lab, lab.bob, 4, holds=False)
    lab.clock.forward(hours=1)
    lab.act("release", lab.alice, first)
    offer = offer_to(lab, lab.bob)
    assert lab.held_by(lab.bob) == ()
    for verb in ("cancel", "release"):
        with pytest.raises(errors.OnlyOffered):
            lab.act(verb, lab.bob, offer)
    with pytest.raises(errors.AlreadyYours):
        lab.reserve(lab.bob, lab.hours(0, 4))
    with pytest.raises(errors.NotYours):
        take(lab, lab.charlie, offer)


def test_taking_twice_is_taking_once(lab: Lab) -> None:
    first = lab.reserve(lab.alice, lab.hours(0, 6)).reservation
    wait(lab, lab.bob, 4, holds=False)
    lab.clock.forward(hours=1)
    lab.act("release", lab.alice, first)
    offer = offer_to(lab, lab.bob)
    lab.clock.forward(minutes=5)
    held = take(lab, lab.bob, offer, key="press").reservation
    assert span(lab, held) == (0, 4 - 5 / 60), "it begins when it is taken"
    assert take(lab, lab.bob, offer, key="press").again
    with pytest.raises(errors.OfferOver):
        take(lab, lab.bob, offer, key="another press")


def test_offers_outlive_the_process(lab: Lab, database_url: str) -> None:
    first = lab.reserve(lab.alice, lab.hours(0, 6)).reservation
    wait(lab, lab.bob, 4, holds=False)
    lab.clock.forward(hours=1)
    lab.act("release", lab.alice, first)
    with closing(Database(database_url)) as another:
        lab.database = another
        assert take(lab, lab.bob, offer_to(lab, lab.bob)).reservation.state is State.RUNNING


def test_reading_questions_do_not_see_what_is_overdue(lab: Lab) -> None:
    first = lab.reserve(lab.alice, lab.hours(0, 6)).reservation
    lab.reserve(lab.alice, lab.hours(6, 100))
    wait(lab, lab.bob, 4, holds=False)
    lab.clock.forward(hours=1)
    lab.act("release", lab.alice, first)
    lab.clock.forward(minutes=11)
    with lab.database.read(lab.clock.now) as work:
        assert waitlist.has_overdue(work, lab.id)
        free = search.what_if(work, lab.charlie, Wanted(), lab.hours(0, 2))
    assert not isinstance(free, errors.GpuTaken)
    assert len(free) == 1


def test_a_lab_says_how_long_an_offer_stands(lab: Lab) -> None:
    settle(lab, offer_minutes=25)
    first = lab.reserve(lab.alice, lab.hours(0, 6)).reservation
    asked = wait(lab, lab.bob, 4)
    assert asked.wish is not None
    assert asked.wish.offer_lasts == timedelta(minutes=25)
    lab.act("release", lab.alice, first)
    assert offer_to(lab, lab.bob).offered_until == lab.clock.now + timedelta(minutes=25)
    for minutes in (0, 24 * 60 + 1):
        with pytest.raises(errors.BadOfferTime):
            settle(lab, offer_minutes=minutes)


def test_an_offer_stands_until_what_one_has_begins(lab: Lab) -> None:
    settle(lab, offer_minutes=60)
    first = lab.reserve(lab.alice, lab.hours(0, 1)).reservation
    held = wait(lab, lab.bob, 4).receipt
    assert held is not None
    lab.clock.forward(minutes=20)
    lab.act("release", lab.alice, first)
    assert offer_to(lab, lab.bob).offered_until == held.reservation.range.start


@pytest.mark.parametrize(("hours", "left"), [(24, 9 * 60 + 10), (4, 2 * 60)])
def test_who_sleeps_has_until_a_while_after_their_quiet_hours(lab: Lab, hours: int, left: int) -> None:
    """But no longer than until half of it is over."""
    with lab.database.read(lab.clock.now) as work:
        zone = ZoneInfo(members.of_id(work, lab.id, lab.bob.member_id).zone)
    local = lab.clock.now.astimezone(zone)
    ends = local + 9 * HOUR
    settle(lab, quiet_from=f"{local - HOUR:%H:%M}", quiet_until=f"{ends:%H:%M}")
    first = lab.reserve(lab.alice, lab.hours(0, 30)).reservation
    wait(lab, lab.bob, hours)
    lab.clock.forward(minutes=1)
    lab.act("release", lab.alice, first)
    offer = offer_to(lab, lab.bob)
    assert offer.offered_until is not None
    assert offer.offered_until - lab.clock.now == timedelta(minutes=left - (hours == 24))
    if hours == 24:
        assert Kind.OFFERED not in told(lab, lab.bob)
        lab.clock.now = ends.astimezone(UTC)
    assert Kind.OFFERED in told(lab, lab.bob)
    take(lab, lab.bob, offer)
