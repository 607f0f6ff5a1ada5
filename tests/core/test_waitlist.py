"""Who waits gets what comes free, in order of asking: moved forward, taken or offered, and truly held."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from core import (
    audit,
    booking,
    errors,
    facts,
    handover,
    inventory,
    maintenance,
    members,
    models,
    organizations,
    outbox,
    policy,
    rules,
    search,
    waiting,
    waitlist,
)
from core.actors import Actor, Operator
from core.facts import HandOverState, Rule, Standing, State, Subject, Waiting, WishState
from core.inventory import Wanted
from core.kinds import Kind
from core.timerange import TimeRange
from core.work import Database
from tests.core.conftest import Lab

HOUR = timedelta(hours=1)


def wait(lab: Lab, actor: Actor, hours: float, *, wanted: Wanted | None = None, **more: Any) -> Waiting:
    with lab.database.begin(lab.clock.now) as work:
        return waiting.ask(work, actor, wanted or Wanted(), hours * HOUR, **more)


def wish_of(lab: Lab, actor: Actor) -> facts.Wish:
    (wish,) = wishes_of(lab, actor)
    return wish


def wishes_of(lab: Lab, actor: Actor) -> tuple[facts.Wish, ...]:
    with lab.database.read(lab.clock.now) as work:
        return waiting.of_member(work, lab.id, actor.member_id)


def offer_to(lab: Lab, actor: Actor) -> facts.Reservation:
    offer = wish_of(lab, actor).offer
    assert offer is not None
    return offer


def take(lab: Lab, actor: Actor, offer: facts.Reservation, key: str | None = None) -> facts.Receipt:
    with lab.database.begin(lab.clock.now) as work:
        return waiting.take(work, actor, offer.id, request_key=key)


def decline(lab: Lab, actor: Actor, offer: facts.Reservation) -> facts.Wish:
    with lab.database.begin(lab.clock.now) as work:
        return waiting.decline(work, actor, offer.id)


def withdraw(lab: Lab, actor: Actor) -> facts.Wish:
    with lab.database.begin(lab.clock.now) as work:
        return waiting.withdraw(work, actor, wish_of(lab, actor).id)


def look(lab: Lab) -> None:
    """Somebody looks under the lock."""
    with lab.database.begin(lab.clock.now) as work:
        waitlist.lock(work, lab.id)


def span(lab: Lab, held: facts.Reservation | TimeRange) -> tuple[float, float]:
    """From when to when, in hours from now."""
    time = held if isinstance(held, TimeRange) else held.range
    return tuple((instant - lab.clock.now) / HOUR for instant in (time.start, time.end))  # type: ignore[return-value]


def told(lab: Lab, actor: Actor) -> list[Kind]:
    """What the member is told by what is due now."""
    found: list[Kind] = []
    lab.clock.forward(seconds=2)
    while True:
        with lab.database.begin(lab.clock.now) as work:
            batch = outbox.claim(work, lab.id, timedelta(seconds=30))
        if batch is None:
            return found
        if batch.member is not None and batch.member.id == actor.member_id:
            found += [owed.kind for owed in batch.owed]
        with lab.database.begin(lab.clock.now) as work:
            outbox.sent(work, batch, batch.ids, "1.0")


def test_what_is_free_now_is_had_at_once(lab: Lab) -> None:
    answer = wait(lab, lab.alice, 4, request_key="k")
    assert answer.wish is None
    assert answer.receipt is not None
    assert span(lab, answer.receipt.reservation) == (0, 4)
    assert wait(lab, lab.alice, 4, request_key="k").again
    assert len(lab.held_by(lab.alice)) == 1


def test_what_is_free_in_a_moment_is_not_waited_for(lab: Lab) -> None:
    lab.reserve(lab.alice, lab.hours(0, 1 / 6))
    answer = wait(lab, lab.bob, 4)
    assert answer.wish is None
    assert answer.receipt is not None
    assert span(lab, answer.receipt.reservation) == (1 / 6, 4 + 1 / 6)


def test_the_next_free_time_is_held_meanwhile_and_moved_forward(lab: Lab) -> None:
    first = lab.reserve(lab.alice, lab.hours(0, 6)).reservation
    answer = wait(lab, lab.bob, 4)
    assert answer.receipt is not None
    assert span(lab, answer.receipt.reservation) == (6, 10)

    lab.clock.forward(hours=1)
    lab.act("release", lab.alice, first)
    wish = wish_of(lab, lab.bob)
    assert wish.offered is not None
    assert span(lab, wish.offered) == (0, 4)
    assert Kind.OFFERED in told(lab, lab.bob)
    with pytest.raises(errors.GpuTaken) as taken:
        lab.reserve(lab.charlie, lab.hours(1, 2))
    assert taken.value.clashes[0].holder.name == "Bob"

    held = take(lab, lab.bob, offer_to(lab, lab.bob)).reservation
    assert held.id == answer.receipt.reservation.id, "the same reservation, earlier"
    assert span(lab, held)[0] == 0
    assert wishes_of(lab, lab.bob) == ()
    lab.reserve(lab.charlie, lab.hours(5, 3))


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


def test_who_has_the_earliest_they_asked_for_waits_no_longer(lab: Lab) -> None:
    first = lab.reserve(lab.alice, lab.hours(1, 4)).reservation
    wait(lab, lab.bob, 4, after=lab.clock.now + HOUR)
    lab.act("cancel", lab.alice, first)
    assert span(lab, take(lab, lab.bob, offer_to(lab, lab.bob)).reservation) == (1, 5)
    assert wishes_of(lab, lab.bob) == ()


def test_who_was_moved_forward_is_offered_nothing_later_than_that(lab: Lab) -> None:
    lab.add_gpu("lab-node-1", "GPU1")
    first = lab.reserve(lab.alice, lab.hours(0, 6), "GPU0").reservation
    second = lab.reserve(lab.charlie, lab.hours(0, 100), "GPU1").reservation
    wait(lab, lab.bob, 4)
    shorter = {"wanted": Wanted(names=("GPU0",)), "wish": lab.hours(0, 4), "purpose": ""}
    lab.act("change", lab.alice, first, **shorter)
    assert span(lab, take(lab, lab.bob, offer_to(lab, lab.bob)).reservation) == (4, 8)
    lab.act("change", lab.charlie, second, wanted=Wanted(names=("GPU1",)), wish=lab.hours(0, 5), purpose="")
    assert wish_of(lab, lab.bob).offer is None


def test_it_goes_in_order_of_asking_to_the_first_whose_wish_fits(lab: Lab) -> None:
    first = lab.reserve(lab.alice, lab.hours(0, 48)).reservation
    wait(lab, lab.bob, 60, holds=False)
    wait(lab, lab.charlie, 3, holds=False)
    wait(lab, lab.alice, 1, holds=False)
    lab.reserve(lab.charlie, lab.hours(48, 100), purpose="in the way of the longest")
    lab.clock.forward(hours=1)
    lab.act("release", lab.alice, first)
    assert wish_of(lab, lab.bob).offer is None
    offered = [wish_of(lab, actor).offered for actor in (lab.charlie, lab.alice)]
    assert [span(lab, time) for time in offered if time] == [(0, 3), (3, 4)]


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


def test_several_gpus_come_together(lab: Lab) -> None:
    for number in (1, 2):
        lab.add_gpu("lab-node-1", f"GPU{number}")
    lab.add_gpu("lab-node-2", "GPU0", model="A100")
    one = lab.reserve(lab.alice, lab.hours(0, 10), "lab-node-1/GPU0").reservation
    two = lab.reserve(lab.alice, lab.hours(0, 10), "GPU1").reservation
    lab.reserve(lab.alice, lab.hours(0, 160), "GPU2")
    wait(lab, lab.bob, 5, wanted=Wanted(count=2), holds=False)
    wait(lab, lab.charlie, 5, wanted=Wanted(model="A100", names=()), holds=False, takes=True)
    lab.clock.forward(hours=1)
    lab.act("release", lab.alice, one)
    assert wish_of(lab, lab.bob).offer is None
    lab.act("release", lab.alice, two)
    assert sorted(slot.gpu.name for slot in offer_to(lab, lab.bob).slots) == ["GPU1", "lab-node-1/GPU0"]


def test_a_chain_moves_up(lab: Lab) -> None:
    first = lab.reserve(lab.alice, lab.hours(0, 4)).reservation
    wait(lab, lab.bob, 4, takes=True)
    wait(lab, lab.charlie, 4, takes=True)
    lab.clock.forward(hours=1)
    lab.act("release", lab.alice, first)
    assert [span(lab, held) for actor in (lab.bob, lab.charlie) for held in lab.held_by(actor)] == [(0, 4), (4, 8)]


def test_bounds_are_kept(lab: Lab) -> None:
    first = lab.reserve(lab.alice, lab.hours(0, 100)).reservation
    with pytest.raises(errors.NoTimeToWait):
        wait(lab, lab.bob, 4, before=lab.clock.now + 3 * HOUR)
    answer = wait(lab, lab.bob, 4, after=lab.clock.now + 10 * HOUR, before=lab.clock.now + 20 * HOUR)
    assert answer.receipt is None
    lab.clock.forward(hours=1)
    lab.act("release", lab.alice, first)
    assert span(lab, offer_to(lab, lab.bob)) == (9, 13)


def test_a_wish_that_can_no_longer_be_served_is_over(lab: Lab) -> None:
    lab.reserve(lab.alice, lab.hours(0, 100))
    wait(lab, lab.bob, 4, before=lab.clock.now + 6 * HOUR)
    lab.clock.forward(hours=3)
    assert wishes_of(lab, lab.bob) == ()


def test_the_same_is_not_waited_for_twice_and_not_for_too_much(lab: Lab) -> None:
    lab.reserve(lab.alice, lab.hours(0, 100))
    wait(lab, lab.bob, 1, holds=False, request_key="once")
    assert wait(lab, lab.bob, 1, holds=False, request_key="once").again
    with pytest.raises(errors.AlreadyWaiting):
        wait(lab, lab.bob, 1)
    for hours in range(2, 6):
        wait(lab, lab.bob, hours, holds=False)
    with pytest.raises(errors.TooManyWishes):
        wait(lab, lab.bob, 9)


def test_withdrawing_passes_on_and_keeps_what_one_has(lab: Lab) -> None:
    first = lab.reserve(lab.alice, lab.hours(0, 6)).reservation
    wait(lab, lab.bob, 4)
    wait(lab, lab.charlie, 4)
    lab.clock.forward(hours=1)
    lab.act("release", lab.alice, first)
    assert withdraw(lab, lab.bob).state is WishState.WITHDRAWN
    assert span(lab, *lab.held_by(lab.bob)) == (5, 9)
    assert span(lab, offer_to(lab, lab.charlie)) == (0, 4)


def test_giving_back_what_one_has_ends_the_waiting(lab: Lab) -> None:
    lab.reserve(lab.alice, lab.hours(0, 6))
    held = wait(lab, lab.bob, 4).receipt
    assert held is not None
    lab.act("cancel", lab.bob, held.reservation)
    assert wishes_of(lab, lab.bob) == ()


def test_extending_what_one_has_asks_for_as_much(lab: Lab) -> None:
    first = lab.reserve(lab.alice, lab.hours(0, 6)).reservation
    held = wait(lab, lab.bob, 4).receipt
    assert held is not None
    lab.act("extend", lab.bob, held.reservation, by=2 * HOUR)
    lab.clock.forward(hours=1)
    lab.act("release", lab.alice, first)
    offered = wish_of(lab, lab.bob).offered
    assert offered is not None
    assert span(lab, offered) == (0, 6)


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


def test_what_one_gave_back_oneself_is_not_offered_to_one(lab: Lab) -> None:
    lab.reserve(lab.alice, lab.hours(0, 6))
    held = wait(lab, lab.bob, 4).receipt
    assert held is not None
    wanted = Wanted(names=("GPU0",))
    lab.act("change", lab.bob, held.reservation, wanted=wanted, wish=lab.hours(8, 4), purpose="")
    assert wish_of(lab, lab.bob).offer is None


def test_a_new_gpu_is_given_to_who_waits(lab: Lab) -> None:
    lab.reserve(lab.alice, lab.hours(0, 100))
    wait(lab, lab.bob, 4, holds=False)
    with (
        pytest.raises(RuntimeError, match="not passed on"),  # it cannot be forgotten
        lab.database.begin(lab.clock.now) as work,
    ):
        inventory.add_gpu(work, Operator(lab.id), node="n", label="GPU9", model="RTX 5090", memory_gb=32)
    lab.add_gpu("lab-node-1", "GPU1")
    assert offer_to(lab, lab.bob).slots[0].gpu.name == "GPU1"


def test_what_is_asked_of_a_booking_that_moves_forward_is_settled(lab: Lab) -> None:
    first = lab.reserve(lab.alice, lab.hours(0, 6)).reservation
    held = wait(lab, lab.bob, 4, takes=True).receipt
    assert held is not None
    with lab.database.begin(lab.clock.now) as work:
        handover.ask(work, lab.charlie, held.reservation.id, wish=lab.hours(8, 2))
    lab.clock.forward(hours=1)
    lab.act("release", lab.alice, first)
    assert span(lab, lab.held_by(lab.bob)[0]) == (0, 4)
    assert told(lab, lab.charlie) == [Kind.GONE]
    with lab.database.read(lab.clock.now) as work:
        assert [row.state for row in work.session.scalars(select(models.HandOver))] == [HandOverState.GONE]


def test_who_left_is_passed_over(lab: Lab) -> None:
    first = lab.reserve(lab.alice, lab.hours(0, 100)).reservation
    wait(lab, lab.bob, 4, holds=False)
    wait(lab, lab.charlie, 4, holds=False)
    with lab.database.begin(lab.clock.now) as work:
        members.save(work, lab.id, "UBob", name="Bob", zone="UTC", language="en", standing=Standing.DEACTIVATED)
    lab.clock.forward(hours=1)
    lab.act("release", lab.alice, first)
    assert wish_of(lab, lab.bob).offer is None
    assert span(lab, offer_to(lab, lab.charlie)) == (0, 4)


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


def test_people_giving_back_taking_and_booking_at_once_do_not_wait_for_each_other_forever(
    lab: Lab, database_url: str
) -> None:
    names = ["GPU0", *(lab.add_gpu("lab-node-1", f"GPU{number}").name for number in range(1, 6))]
    held = [lab.reserve(lab.alice, lab.hours(0, 50), name).reservation for name in names]
    for hours in range(1, 6):
        wait(lab, lab.bob, hours, wanted=Wanted(count=2), takes=hours % 2 == 0, holds=False)
        wait(lab, lab.charlie, hours, holds=hours == 1, takes=True)
    lab.clock.forward(hours=1)
    database = Database(database_url)

    def release(each: facts.Reservation) -> None:
        with database.begin(lab.clock.now) as work:
            booking.release(work, lab.alice, each.id, version=None)

    def book(name: str) -> None:
        with database.begin(lab.clock.now) as work:
            booking.reserve(work, lab.charlie, Wanted(names=(name,)), lab.hours(60, 2))

    def pass_by(_number: int) -> None:
        for wish in wishes_of(lab, lab.bob):
            if wish.offer is not None:
                with database.begin(lab.clock.now) as work:
                    waiting.decline(work, lab.bob, wish.offer.id)

    def attempt(act: Callable[[Any], None], of: Any) -> str:
        try:
            act(of)
        except errors.Conflict as refusal:
            return type(refusal).__name__
        return "done"

    jobs: list[tuple[Callable[[Any], None], Any]] = [
        *((release, each) for each in held),
        *((book, name) for name in reversed(names)),
        *((pass_by, number) for number in range(4)),
    ]
    with ThreadPoolExecutor(8) as pool:
        outcomes = list(pool.map(lambda job: attempt(*job), jobs))
    database.close()
    assert "Busy" not in outcomes
    assert outcomes.count("done") >= 12


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


def test_who_waits_in_vain_and_has_nothing_is_told(lab: Lab) -> None:
    lab.reserve(lab.alice, lab.hours(0, 6))
    wait(lab, lab.bob, 1, before=lab.hours(3).start)
    wait(lab, lab.bob, 2, before=lab.hours(4).start)
    wait(lab, lab.charlie, 1)
    lab.clock.forward(hours=2, minutes=1)
    with lab.database.read(lab.clock.now) as work:
        assert waitlist.has_overdue(work, lab.id)
    look(lab)
    assert told(lab, lab.bob).count(Kind.IN_VAIN) == 1
    look(lab)
    assert Kind.IN_VAIN not in told(lab, lab.bob)
    assert Kind.IN_VAIN not in told(lab, lab.charlie)
    assert wishes_of(lab, lab.bob) == ()


def test_a_gpu_that_an_admin_adds_goes_to_who_waits(lab: Lab) -> None:
    lab.reserve(lab.alice, lab.hours(0, 6))
    wait(lab, lab.bob, 4)
    with lab.database.begin(lab.clock.now) as work:
        gpu = maintenance.put_in_service(work, lab.charlie, node="n9", label="GPU9", model="RTX 5090", memory_gb=32)
    assert [slot.gpu.id for slot in offer_to(lab, lab.bob).slots] == [gpu.id]


def test_a_gpu_that_is_back_before_its_time_goes_to_who_waits(lab: Lab) -> None:
    with lab.database.begin(lab.clock.now) as work:
        down = maintenance.take_down(work, lab.charlie, ["GPU0"], lab.hours(0, 6), "fan")
    wait(lab, lab.bob, 4)
    lab.clock.forward(hours=1)
    assert down.reservation is not None
    lab.act("release", lab.charlie, down.reservation)
    assert span(lab, offer_to(lab, lab.bob)) == (0, 4)


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


def test_a_gpu_that_is_described_anew_goes_to_who_waits_at_once(lab: Lab) -> None:
    other = lab.add_gpu("lab-node-1", "GPU1", "A100", 80)
    lab.reserve(lab.alice, lab.hours(0, 6), "GPU0")
    wait(lab, lab.bob, 4, wanted=Wanted(model="5090"))
    with lab.database.begin(lab.clock.now) as work:
        maintenance.edit(work, lab.charlie, other.id, label="GPU1", model="RTX 5090", memory_gb=32, notes="")
    assert [gpu.id for gpu in offer_to(lab, lab.bob).gpus] == [other.id]


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


def let(lab: Lab, scope: Subject, subject_id: int, said: policy.Rules) -> None:
    with lab.database.begin(lab.clock.now) as work:
        rules.set_for(work, lab.charlie, scope, subject_id, said)


def again(lab: Lab) -> None:
    with lab.database.begin(lab.clock.now) as work:
        waitlist.look_again(work, lab.id)


def settle(lab: Lab, **settings: Any) -> None:
    with lab.database.begin(lab.clock.now) as work:
        organizations.change(work, lab.charlie, **settings)


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
