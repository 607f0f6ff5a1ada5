"""What comes free goes to those who wait: to the first whose wish fits, and from there on."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import select

from core import booking, errors, facts, handover, inventory, maintenance, members, models, waiting
from core.actors import Operator
from core.facts import HandOverState, Standing
from core.inventory import Wanted
from core.kinds import Kind
from core.work import Database
from tests.core.conftest import Lab
from tests.core.wishers import HOUR, offer_to, span, take, told, wait, wish_of, wishes_of


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


def test_a_gpu_that_is_described_anew_goes_to_who_waits_at_once(lab: Lab) -> None:
    other = lab.add_gpu("lab-node-1", "GPU1", "A100", 80)
    lab.reserve(lab.alice, lab.hours(0, 6), "GPU0")
    wait(lab, lab.bob, 4, wanted=Wanted(model="5090"))
    with lab.database.begin(lab.clock.now) as work:
        maintenance.edit(work, lab.charlie, other.id, label="GPU1", model="RTX 5090", memory_gb=32, notes="")
    assert [gpu.id for gpu in offer_to(lab, lab.bob).gpus] == [other.id]
