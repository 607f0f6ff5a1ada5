"""Stories of holding GPUs: who gets what, and who is refused with which facts."""

from __future__ import annotations

from datetime import timedelta

import pytest

from core import errors, reservations
from core.facts import Alternative, State
from core.inventory import Wanted
from core.timerange import TimeRange
from tests.core.conftest import Lab


def test_a_lab_starts_with_its_gpu_and_books_it(lab: Lab) -> None:
    receipt = lab.reserve(lab.alice, lab.hours(1, 5), purpose="thesis runs")

    held = receipt.reservation
    assert [gpu.full_name for gpu in held.gpus] == ["lab-node-1/GPU0"]
    assert (held.purpose, held.version, held.state) == ("thesis runs", 1, State.UPCOMING)
    assert held.range == lab.hours(1, 5)
    assert receipt.room.next is None
    assert lab.held_by(lab.alice) == (held,)


def test_back_to_back_is_no_clash_and_the_receipt_tells_who_comes_after(lab: Lab) -> None:
    lab.reserve(lab.bob, lab.hours(2))
    receipt = lab.reserve(lab.alice, lab.hours(1))

    assert receipt.room.next is not None
    assert receipt.room.next.holder.name == "Bob"
    assert receipt.room.next.range == lab.hours(2)


def test_a_clash_names_everybody_in_the_way_and_what_is_left(lab: Lab) -> None:
    lab.reserve(lab.bob, lab.hours(1))
    lab.reserve(lab.charlie, lab.hours(4))

    with pytest.raises(errors.GpuTaken) as refusal:
        lab.reserve(lab.alice, lab.hours(0.5, 6))

    taken = refusal.value
    assert [(clash.holder.name, clash.range) for clash in taken.clashes] == [
        ("Bob", lab.hours(1)),
        ("Charlie", lab.hours(4)),
    ]
    assert taken.free == (lab.hours(0.5, 0.5), lab.hours(2, 2), lab.hours(5, 1.5))
    assert {each.kind: each.range for each in taken.alternatives} == {
        Alternative.Kind.LATER: lab.hours(5, 6),
        Alternative.Kind.SHORTER: lab.hours(2, 2),
    }
    assert lab.held_by(lab.alice) == ()


def test_what_is_left_is_not_offered_where_it_is_too_short_to_be_booked(lab: Lab) -> None:
    lab.reserve(lab.bob, lab.hours(3 / 60))
    held = lab.reserve(lab.alice, lab.hours(5)).reservation
    with pytest.raises(errors.GpuTaken) as refusal:
        lab.reserve(lab.alice, lab.hours(0, 1))
    assert [each.kind for each in refusal.value.alternatives] == [Alternative.Kind.LATER]
    with pytest.raises(errors.GpuTaken) as refusal:  # nor to an admin, whom no limit binds
        lab.act("change", lab.charlie, held, wanted=Wanted(), wish=lab.hours(0, 1), purpose="", why="sooner")
    assert [each.kind for each in refusal.value.alternatives] == [Alternative.Kind.LATER]


def test_the_same_time_on_another_gpu_is_offered_first(lab: Lab) -> None:
    lab.add_gpu("lab-node-1", "GPU1", model="A100")
    lab.add_gpu("lab-node-2", "GPU2")
    lab.reserve(lab.bob, lab.hours(1), "GPU0")

    with pytest.raises(errors.GpuTaken) as refusal:
        lab.reserve(lab.alice, lab.hours(1), "GPU0")

    offers = [(each.kind, each.gpus[0].name) for each in refusal.value.alternatives]
    assert offers == [
        (Alternative.Kind.ELSEWHERE, "GPU2"),  # the same model
        (Alternative.Kind.ELSEWHERE, "GPU1"),
        (Alternative.Kind.LATER, "GPU0"),
    ]


def test_every_alternative_offered_can_be_booked(lab: Lab) -> None:
    for label in ("GPU1", "GPU2", "GPU3"):
        lab.add_gpu("lab-node-1", label)
    lab.reserve(lab.bob, lab.hours(1, 2), "GPU0", "GPU1")
    lab.reserve(lab.bob, lab.hours(3, 1), "GPU2")

    with pytest.raises(errors.GpuTaken) as refusal:
        lab.reserve(lab.alice, lab.hours(0, 4), wanted=Wanted(count=3))

    assert refusal.value.alternatives
    for offer in refusal.value.alternatives:
        receipt = lab.reserve(lab.charlie, offer.range, *(gpu.name for gpu in offer.gpus))
        lab.act(
            "cancel" if receipt.reservation.state is State.UPCOMING else "release", lab.charlie, receipt.reservation
        )


def test_several_gpus_come_from_one_node_unless_asked_otherwise(lab: Lab) -> None:
    for node, label in (("a", "GPU0"), ("a", "GPU1"), ("b", "GPU0"), ("b", "GPU1"), ("b", "GPU2")):
        lab.add_gpu(node, label)
    lab.reserve(lab.bob, lab.hours(0), "a/GPU0")

    two = lab.reserve(lab.alice, lab.hours(0), wanted=Wanted(count=2)).reservation
    assert [gpu.full_name for gpu in two.gpus] == ["b/GPU0", "b/GPU1"]

    with pytest.raises(errors.GpuTaken):
        lab.reserve(lab.alice, lab.hours(0), wanted=Wanted(count=2))
    spread = lab.reserve(lab.alice, lab.hours(0), wanted=Wanted(count=2, spread=True)).reservation
    assert len({gpu.node for gpu in spread.gpus}) == 2


def test_where_any_will_do_the_largest_pieces_stay_whole(lab: Lab) -> None:
    for node, label in (("a", "GPU0"), ("a", "GPU1"), ("z", "GPU0"), ("z", "GPU1"), ("z", "GPU2")):
        lab.add_gpu(node, label)
    one = lab.reserve(lab.alice, lab.hours(0)).reservation
    assert [gpu.node for gpu in one.gpus] == ["lab-node-1"]
    four = lab.reserve(lab.alice, lab.hours(1), wanted=Wanted(count=4, spread=True)).reservation
    assert sorted(gpu.node for gpu in four.gpus) == ["a", "z", "z", "z"], "over as few nodes as can be"


@pytest.mark.parametrize("name", ["gpu0", "GPU0", "0", "LAB-NODE-1/gpu0"])
def test_a_gpu_is_found_by_any_of_its_names(lab: Lab, name: str) -> None:
    assert lab.reserve(lab.alice, lab.hours(1), name).reservation.gpus[0].label == "GPU0"


def test_names_that_do_not_help_are_refused_with_what_there_is(lab: Lab) -> None:
    with pytest.raises(errors.UnknownGpu) as unknown:
        lab.reserve(lab.alice, lab.hours(1), "GPU7")
    assert [gpu.name for gpu in unknown.value.known] == ["GPU0"]

    lab.add_gpu("lab-node-2", "GPU0")
    with pytest.raises(errors.UnclearGpu) as unclear:
        lab.reserve(lab.alice, lab.hours(1), "GPU0")
    assert [gpu.name for gpu in unclear.value.matches] == ["lab-node-1/GPU0", "lab-node-2/GPU0"]


@pytest.mark.parametrize(
    ("wanted", "refusal"),
    [
        (Wanted(count=0), errors.NoneWanted),
        (Wanted(count=999), errors.TooManyGpus),
        (Wanted(model="H100"), errors.NoGpus),
    ],
)
def test_wishes_that_no_node_could_ever_serve(lab: Lab, wanted: Wanted, refusal: type[errors.Refusal]) -> None:
    with pytest.raises(refusal):
        lab.reserve(lab.alice, lab.hours(1), wanted=wanted)


def test_a_model_is_found_as_people_write_it(lab: Lab) -> None:
    lab.add_gpu("lab-node-1", "GPU1", model="A100", memory_gb=80)
    assert lab.reserve(lab.alice, lab.hours(1), wanted=Wanted(model="a100")).reservation.gpus[0].name == "GPU1"
    assert lab.reserve(lab.alice, lab.hours(1), wanted=Wanted(model="rtx5090")).reservation.gpus[0].name == "GPU0"


def test_limits_are_refused_with_their_figures(lab: Lab) -> None:
    with pytest.raises(errors.TooShort) as short:
        lab.reserve(lab.alice, lab.hours(1, 1 / 60))
    assert short.value.limit == timedelta(minutes=5)
    with pytest.raises(errors.TooLong) as long:
        lab.reserve(lab.alice, lab.hours(1, 24 * 8))
    assert long.value.limit == timedelta(days=7)
    with pytest.raises(errors.TooFarAhead):
        lab.reserve(lab.alice, lab.hours(24 * 61))
    with pytest.raises(errors.InThePast):
        lab.reserve(lab.alice, lab.hours(-2, 1))
    with pytest.raises(errors.PurposeTooLong):
        lab.reserve(lab.alice, lab.hours(1), purpose="x" * 201)


def test_a_wish_that_has_begun_starts_now_and_says_so(lab: Lab) -> None:
    receipt = lab.reserve(lab.alice, lab.hours(-1, 3))
    assert receipt.clipped
    assert receipt.reservation.range == TimeRange(lab.clock.now, lab.hours(-1, 3).end)


def test_guests_may_not_book(lab: Lab) -> None:
    with pytest.raises(errors.MayNotBook):
        lab.reserve(lab.dana, lab.hours(1))


def test_one_is_not_refused_by_oneself(lab: Lab) -> None:
    mine = lab.reserve(lab.alice, lab.hours(1, 4)).reservation
    with pytest.raises(errors.AlreadyYours) as refusal:
        lab.reserve(lab.alice, lab.hours(2, 1))
    assert refusal.value.reservation == mine
    with pytest.raises(errors.GpuTaken) as taken:  # it is not all theirs
        lab.reserve(lab.alice, lab.hours(4, 2))
    assert [clash.holder.name for clash in taken.value.clashes] == ["Alice"]


def test_a_request_delivered_twice_is_done_once(lab: Lab) -> None:
    first = lab.reserve(lab.alice, lab.hours(1), request_key="trigger-1")
    lab.clock.forward(hours=3)  # so late that the wish itself would be refused
    second = lab.reserve(lab.alice, lab.hours(-2), request_key="trigger-1")

    assert second.again
    assert second.reservation.id == first.reservation.id
    longer = lab.reserve(lab.alice, lab.hours(0, 2)).reservation
    for _ in range(2):
        extended = lab.act("extend", lab.alice, longer, version=None, by=timedelta(hours=1), request_key="trigger-2")
    assert extended.reservation.range.length == timedelta(hours=3)
    lab.clock.forward(minutes=5)
    for again in (False, True):  # the second time it is over already, and another version
        ended = lab.act("release", lab.alice, extended.reservation, request_key="trigger-3")
        assert (ended.again, ended.reservation.state) == (again, State.OVER)


def test_extending_goes_up_to_the_next_booking(lab: Lab) -> None:
    mine = lab.reserve(lab.alice, lab.hours(0)).reservation
    lab.reserve(lab.bob, lab.hours(2))

    longer = lab.act("extend", lab.alice, mine, by=timedelta(hours=1)).reservation
    assert longer.range == lab.hours(0, 2)
    assert longer.version == 2
    with pytest.raises(errors.NoRoom) as refusal:
        lab.act("extend", lab.alice, longer, by=timedelta(hours=1))
    assert refusal.value.next.holder.name == "Bob"
    assert refusal.value.most == timedelta(0)
    for nothing in (timedelta(0), -timedelta(hours=1)):
        with pytest.raises(errors.NoTime):
            lab.act("extend", lab.alice, longer, by=nothing)


def test_a_stale_version_does_no_harm(lab: Lab) -> None:
    seen = lab.reserve(lab.alice, lab.hours(0)).reservation
    lab.act("extend", lab.alice, seen, by=timedelta(hours=1))
    with pytest.raises(errors.Stale) as refusal:
        lab.act("extend", lab.alice, seen, by=timedelta(hours=1))
    assert refusal.value.reservation.version == 2


def test_ending_early_frees_the_rest_and_keeps_the_used_time(lab: Lab) -> None:
    mine = lab.reserve(lab.alice, lab.hours(0, 4)).reservation
    lab.clock.forward(hours=1)
    ended = lab.act("release", lab.alice, mine).reservation

    assert ended.range == lab.hours(-1, 1)
    assert ended.state is State.OVER
    assert lab.reserve(lab.bob, lab.hours(0, 3)).reservation.range == lab.hours(0, 3)
    with pytest.raises(errors.AlreadyOver):
        lab.act("release", lab.alice, ended)


def test_some_gpus_can_be_given_back_and_the_rest_kept(lab: Lab) -> None:
    lab.add_gpu("lab-node-1", "GPU1")
    mine = lab.reserve(lab.alice, lab.hours(0, 4), "GPU0", "GPU1").reservation
    lab.clock.forward(hours=1)

    receipt = lab.act("release", lab.alice, mine, names=["GPU1"])
    kept = receipt.reservation
    assert [gpu.name for gpu in receipt.freed] == ["GPU1"]
    assert [gpu.name for gpu in kept.gpus] == ["GPU0"]
    assert kept.range.end == mine.range.end
    with pytest.raises(errors.NotHeld):
        lab.act("release", lab.alice, kept, names=["GPU1"])
    # What is given back is not taken along when the rest is extended.
    longer = lab.act("extend", lab.alice, kept, by=timedelta(hours=1)).reservation
    assert [slot.range.end for slot in longer.slots] == [lab.hours(0, 4).end, lab.clock.now]


def test_cancelling_before_the_start_means_it_never_happened(lab: Lab) -> None:
    mine = lab.reserve(lab.alice, lab.hours(1)).reservation
    cancelled = lab.act("cancel", lab.alice, mine).reservation
    assert cancelled.state is State.CANCELLED
    assert lab.held_by(lab.alice) == ()
    assert lab.reserve(lab.bob, lab.hours(1)).reservation.holder.name == "Bob"


def test_running_ones_are_ended_and_upcoming_ones_cancelled(lab: Lab) -> None:
    running = lab.reserve(lab.alice, lab.hours(0)).reservation
    upcoming = lab.reserve(lab.alice, lab.hours(2)).reservation
    with pytest.raises(errors.AlreadyStarted):
        lab.act("cancel", lab.alice, running)
    with pytest.raises(errors.NotStarted):
        lab.act("release", lab.alice, upcoming)


def test_ending_in_the_very_instant_it_began_is_cancelling(lab: Lab) -> None:
    mine = lab.reserve(lab.alice, lab.hours(0)).reservation
    assert lab.act("release", lab.alice, mine).reservation.state is State.CANCELLED


def test_others_hands_off(lab: Lab) -> None:
    mine = lab.reserve(lab.alice, lab.hours(1)).reservation
    for verb, more in (("cancel", {}), ("release", {}), ("extend", {"by": timedelta(hours=1)})):
        with pytest.raises(errors.NotYours):
            lab.act(verb, lab.bob, mine, **more)
    with lab.database.read(lab.clock.now) as work, pytest.raises(errors.NotYours):
        reservations.changeable(work, lab.bob, mine.id, mine.version)


def test_changing_moves_time_gpus_and_purpose(lab: Lab) -> None:
    lab.add_gpu("lab-node-1", "GPU1")
    mine = lab.reserve(lab.alice, lab.hours(1, 2), "GPU0").reservation
    receipt = lab.act("change", lab.alice, mine, wanted=Wanted(names=("GPU1",)), wish=lab.hours(2, 2), purpose="moved")
    moved = receipt.reservation
    assert ([gpu.name for gpu in moved.gpus], moved.range, moved.purpose) == (["GPU1"], lab.hours(2, 2), "moved")
    assert receipt.before == mine
    assert lab.reserve(lab.bob, lab.hours(1, 2), "GPU0").reservation.range == lab.hours(1, 2)


def test_changing_within_its_own_time_is_no_clash_with_itself(lab: Lab) -> None:
    mine = lab.reserve(lab.alice, lab.hours(1, 2)).reservation
    wider = lab.act("change", lab.alice, mine, wanted=Wanted(names=("GPU0",)), wish=lab.hours(0.5, 3), purpose="")
    assert wider.reservation.range == lab.hours(0.5, 3)


def test_a_change_that_clashes_leaves_everything_as_it_was(lab: Lab) -> None:
    mine = lab.reserve(lab.alice, lab.hours(1)).reservation
    lab.reserve(lab.bob, lab.hours(2))
    with pytest.raises(errors.GpuTaken):
        lab.act("change", lab.alice, mine, wanted=Wanted(names=("GPU0",)), wish=lab.hours(1, 2), purpose="")
    assert lab.held_by(lab.alice) == (mine,)


def test_a_running_one_keeps_its_start_and_its_gpus(lab: Lab) -> None:
    lab.add_gpu("lab-node-1", "GPU1")
    mine = lab.reserve(lab.alice, lab.hours(0, 4), "GPU0").reservation
    lab.clock.forward(hours=1)
    shorter = lab.act(
        "change",
        lab.alice,
        mine,
        wanted=Wanted(names=("GPU0",)),
        wish=TimeRange(mine.range.start, lab.hours(1).end),
        purpose="",
    ).reservation
    assert shorter.range == TimeRange(mine.range.start, lab.hours(1).end)
    with pytest.raises(errors.AlreadyStarted):
        lab.act("change", lab.alice, shorter, wanted=Wanted(names=("GPU0",)), wish=lab.hours(1), purpose="")
    for names in (("GPU1",), ("GPU0", "GPU1")):
        with pytest.raises(errors.AlreadyStarted):
            lab.act("change", lab.alice, shorter, wanted=Wanted(names=names), wish=shorter.range, purpose="")


def test_status_tells_the_story_of_each_gpu(lab: Lab) -> None:
    lab.reserve(lab.alice, lab.hours(0, 2))
    lab.reserve(lab.bob, lab.hours(3))
    (story,) = lab.occupancy()
    assert story.now is not None
    assert story.now.holder.name == "Alice"
    assert [holding.holder.name for holding in story.upcoming] == ["Bob"]
    assert story.free_until == lab.hours(3).start


def test_what_runs_already_is_booked_from_where_it_began(lab: Lab) -> None:
    begun = lab.hours(-0.5, 3)
    receipt = lab.reserve(lab.alice, begun, running=True)
    assert receipt.reservation.range == begun
    assert receipt.reservation.state is State.RUNNING
    assert not receipt.clipped
    assert lab.reserve(lab.bob, lab.hours(2.5)).reservation.range == lab.hours(2.5)


def test_the_past_is_booked_only_when_that_is_said(lab: Lab) -> None:
    assert lab.reserve(lab.alice, lab.hours(-0.5, 3)).reservation.range.start == lab.clock.now


def test_what_began_too_long_ago_or_not_yet_is_refused(lab: Lab) -> None:
    with pytest.raises(errors.TooFarBack) as refusal:
        lab.reserve(lab.alice, lab.hours(-0.6, 3), running=True)
    assert refusal.value.limit == timedelta(minutes=30)
    with pytest.raises(errors.NotBegun):
        lab.reserve(lab.alice, lab.hours(1), running=True)
    assert lab.held_by(lab.alice) == ()
    start = lab.clock.now
    lab.clock.forward(minutes=30, seconds=45)  # people say it to the minute
    assert lab.reserve(lab.alice, TimeRange(start, lab.hours(1).end), running=True).reservation.range.start == start


def test_what_somebody_held_meanwhile_can_be_had_from_now_on(lab: Lab) -> None:
    theirs = lab.reserve(lab.bob, lab.hours(0, 1)).reservation
    lab.clock.forward(minutes=20)
    lab.act("release", lab.bob, theirs)
    lab.clock.forward(minutes=5)

    with pytest.raises(errors.GpuTaken) as refusal:
        lab.reserve(lab.alice, lab.hours(-0.25, 3), running=True)

    assert [clash.holder.name for clash in refusal.value.clashes] == ["Bob"]
    ahead = TimeRange(lab.clock.now, lab.clock.now + timedelta(hours=2.75))
    assert [offer.range for offer in refusal.value.alternatives] == [ahead]
    assert lab.reserve(lab.alice, ahead).reservation.range == ahead


def test_what_runs_already_is_offered_other_times_where_nothing_is_free(lab: Lab) -> None:
    lab.reserve(lab.bob, lab.hours(1))
    with pytest.raises(errors.GpuTaken) as refusal:
        lab.reserve(lab.alice, lab.hours(-0.25, 3), running=True)
    assert {each.kind: each.range for each in refusal.value.alternatives} == {
        Alternative.Kind.LATER: lab.hours(2, 2.75),
        Alternative.Kind.SHORTER: lab.hours(0, 1),
    }


def test_what_was_given_back_before_is_not_cancelled_again(lab: Lab) -> None:
    lab.add_gpu("lab-node-1", "GPU1")
    held = lab.reserve(lab.alice, lab.hours(1), "GPU0", "GPU1").reservation
    held = lab.act("cancel", lab.alice, held, names=["GPU0"]).reservation
    gone = lab.act("cancel", lab.alice, held).reservation
    assert [slot.gpu.name for slot in gone.slots] == ["GPU1"]
