"""Stories of GPUs out of service: nobody is silently dropped, and what was shown is what is done."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from core import audit, errors, facts, inventory, maintenance, rules, waiting
from core.actors import Actor
from core.facts import Action, Displaced, Rule, State, Subject
from core.inventory import Wanted
from core.kinds import Kind
from core.timerange import TimeRange
from tests.core.conftest import Lab
from tests.core.test_admins import owed_to


def take_down(lab: Lab, actor: Actor, time: TimeRange, *names: str, **more: Any) -> facts.Maintenance:
    with lab.database.begin(lab.clock.now) as work:
        return maintenance.take_down(work, actor, names or ("GPU0",), time, more.pop("why", "fan noise"), **more)


def rehearse(lab: Lab, time: TimeRange, *names: str) -> facts.Maintenance:
    with lab.database.rehearse(lab.clock.now) as work:
        return maintenance.take_down(work, lab.charlie, names or ("GPU0",), time, "fan noise")


def kinds(found: facts.Maintenance) -> list[tuple[str, Displaced.Kind]]:
    return [(each.before.holder.name, each.kind) for each in found.displaced]


def test_what_is_cleared_for_it_goes_to_nobody_who_waits(lab: Lab) -> None:
    lab.reserve(lab.bob, lab.hours(0, 6))
    with lab.database.begin(lab.clock.now) as work:
        waiting.ask(work, lab.alice, Wanted(), timedelta(hours=2), holds=False)
    lab.clock.forward(minutes=5)
    assert kinds(take_down(lab, lab.charlie, lab.hours(0, 9))) == [("Bob", Displaced.Kind.GIVEN_BACK)]
    with lab.database.read(lab.clock.now) as work:
        (wish,) = waiting.of_member(work, lab.id, lab.alice.member_id)
    assert wish.offer is None


def test_nobody_books_a_gpu_that_is_down_and_its_admin_may_extend_or_end_that(lab: Lab) -> None:
    found = take_down(lab, lab.charlie, lab.hours(0, 200 * 24))
    held = found.reservation
    assert held is not None
    assert (held.maintenance, held.purpose, held.state) == (True, "fan noise", State.RUNNING)
    with pytest.raises(errors.GpuTaken) as refusal:
        lab.reserve(lab.alice, lab.hours(1))
    assert refusal.value.clashes[0].maintenance
    with pytest.raises(errors.GpuTaken):
        take_down(lab, lab.charlie, lab.hours(1))
    lab.act("extend", lab.charlie, held, by=timedelta(days=400))
    lab.clock.forward(hours=1)
    lab.act("release", lab.charlie, lab.held_by(lab.charlie)[0])
    lab.reserve(lab.alice, lab.hours(1))


def test_who_is_in_the_way_moves_elsewhere_or_later_or_gives_back_and_reads_why(lab: Lab) -> None:
    lab.add_gpu("lab-node-1", "GPU1", model="A100")
    lab.add_gpu("lab-node-2", "GPU2")
    running = lab.reserve(lab.alice, lab.hours(0, 4), "GPU0").reservation
    moved = lab.reserve(lab.bob, lab.hours(4, 2), "GPU0").reservation
    lab.reserve(lab.alice, lab.hours(6, 30), "GPU1")
    lab.reserve(lab.alice, lab.hours(6, 30), "GPU2")
    later = lab.reserve(lab.bob, lab.hours(7, 2), "GPU0").reservation
    after = lab.reserve(lab.alice, lab.hours(24, 100), "GPU0").reservation
    gone = lab.reserve(lab.bob, lab.hours(9, 2), "GPU0").reservation

    seen = rehearse(lab, lab.hours(1, 23))
    assert lab.held_by(lab.bob)[0] == moved, "a rehearsal changes nothing"
    found = take_down(lab, lab.charlie, lab.hours(1, 23), seen=seen.mark)

    assert (
        kinds(found)
        == kinds(seen)
        == [
            ("Alice", Displaced.Kind.SHORTENED),
            ("Bob", Displaced.Kind.MOVED),
            ("Bob", Displaced.Kind.GIVEN_BACK),
            ("Bob", Displaced.Kind.GIVEN_BACK),
        ]
    )
    assert found.displaced[0].after.range == lab.hours(0, 1)
    assert [gpu.name for gpu in found.displaced[1].after.gpus] == ["GPU2"], "the same model before the same node"
    assert {each.before.id for each in found.displaced} == {running.id, moved.id, later.id, gone.id}
    assert [each.id for each in lab.held_by(lab.bob)] == [moved.id]
    assert after in lab.held_by(lab.alice)
    told = [owed for owed in owed_to(lab, lab.bob.member_id) if owed.kind is Kind.OVERRULED]
    assert [owed.data["why"] for owed in told] == ["fan noise"] * 3


def test_what_finds_no_other_gpu_begins_when_the_maintenance_is_over(lab: Lab) -> None:
    lab.reserve(lab.bob, lab.hours(2, 2))
    found = take_down(lab, lab.charlie, lab.hours(1, 5))
    assert kinds(found) == [("Bob", Displaced.Kind.MOVED)]
    assert found.displaced[0].after.range == lab.hours(6, 2)
    weeks = take_down(lab, lab.charlie, lab.hours(6, 20 * 24))
    assert kinds(weeks) == [("Bob", Displaced.Kind.GIVEN_BACK)]  # so late it serves nobody


def test_of_several_gpus_only_what_is_down_is_replaced(lab: Lab) -> None:
    for node, label in (("lab-node-1", "GPU1"), ("lab-node-1", "GPU2"), ("a-node", "GPU3")):
        lab.add_gpu(node, label)
    lab.reserve(lab.bob, lab.hours(2, 2), "GPU0", "GPU1")
    found = take_down(lab, lab.charlie, lab.hours(1, 5))
    assert [gpu.name for gpu in found.displaced[0].after.gpus] == ["GPU1", "GPU2"], "on the node it is on"


def test_of_several_gpus_that_run_only_what_is_down_is_given_back(lab: Lab) -> None:
    lab.add_gpu("lab-node-1", "GPU1")
    lab.reserve(lab.bob, lab.hours(0, 2), wanted=Wanted(count=2))
    lab.clock.forward(minutes=30)
    found = take_down(lab, lab.charlie, lab.hours(0, 5))
    assert [gpu.name for gpu in found.displaced[0].after.gpus] == ["GPU1"]
    assert found.displaced[0].after.state is State.RUNNING


def test_of_several_gpus_that_run_only_what_goes_down_later_ends_then(lab: Lab) -> None:
    lab.add_gpu("lab-node-1", "GPU1")
    whole, fan_noise = lab.hours(0, 6), lab.hours(2, 5)
    lab.reserve(lab.bob, whole, wanted=Wanted(count=2), purpose="thesis")
    lab.clock.forward(minutes=30)
    seen = rehearse(lab, fan_noise)
    lab.clock.forward(minutes=1)
    found = take_down(lab, lab.charlie, fan_noise, seen=seen.mark)
    assert kinds(found) == [("Bob", Displaced.Kind.SHORTENED)]
    assert [gpu.name for gpu in found.displaced[0].before.gpus] == ["GPU0"]
    ends = {(gpu.name, held.range.end, held.purpose) for held in lab.held_by(lab.bob) for gpu in held.gpus}
    assert ends == {("GPU0", fan_noise.start, "thesis"), ("GPU1", whole.end, "thesis")}
    assert [owed.data["why"] for owed in owed_to(lab, lab.bob.member_id) if owed.kind is Kind.OVERRULED] == [
        "fan noise"
    ]
    stays = next(held for held in lab.held_by(lab.bob) if held.gpus[0].name == "GPU1")
    lab.act("extend", lab.bob, stays, by=timedelta(hours=1))


def test_what_begins_this_very_instant_is_parted_too(lab: Lab) -> None:
    lab.add_gpu("lab-node-1", "GPU1")
    lab.reserve(lab.bob, lab.hours(0, 6), wanted=Wanted(count=2))
    take_down(lab, lab.charlie, lab.hours(2, 5))
    assert {(gpu.name, held.range) for held in lab.held_by(lab.bob) for gpu in held.gpus} == {
        ("GPU0", lab.hours(0, 2)),
        ("GPU1", lab.hours(0, 6)),
    }


def test_what_was_seen_may_be_confirmed_some_seconds_later(lab: Lab) -> None:
    """Of what runs, the very end would be another one at each look."""
    lab.reserve(lab.bob, lab.hours(0, 6))
    lab.clock.forward(minutes=30)
    time = lab.hours(-0.5, 5)
    seen = rehearse(lab, time)
    lab.clock.forward(seconds=20)
    found = take_down(lab, lab.charlie, time, seen=seen.mark)
    assert kinds(found) == [("Bob", Displaced.Kind.GIVEN_BACK)]


def test_what_has_changed_since_it_was_seen_is_seen_again_first(lab: Lab) -> None:
    seen = rehearse(lab, lab.hours(1, 5))
    lab.reserve(lab.bob, lab.hours(2, 2))
    with pytest.raises(errors.NotAsSeen):
        take_down(lab, lab.charlie, lab.hours(1, 5), seen=seen.mark)
    assert [each.range for each in lab.held_by(lab.bob)] == [lab.hours(2, 2)]

    seen = rehearse(lab, lab.hours(1, 500))
    longer = lab.act("extend", lab.bob, seen.displaced[0].before, by=timedelta(hours=9)).reservation
    with pytest.raises(errors.NotAsSeen):
        take_down(lab, lab.charlie, lab.hours(1, 500), seen=seen.mark)
    with pytest.raises(errors.NotAsSeen), lab.database.begin(lab.clock.now) as work:
        maintenance.retire(work, lab.charlie, ["GPU0"], "sold", seen=seen.mark)
    assert lab.held_by(lab.bob) == (longer,)


def test_the_same_request_twice_is_one_maintenance(lab: Lab) -> None:
    first = take_down(lab, lab.charlie, lab.hours(1, 5), request_key="once")
    again = take_down(lab, lab.charlie, lab.hours(1, 5), request_key="once")
    assert again.again
    assert again.reservation == first.reservation
    with lab.database.read(lab.clock.now) as work:
        entry = audit.entries(work, lab.id)[0]
    assert (entry.action, entry.why, entry.by) == (Action.TAKEN_DOWN, "fan noise", "Charlie")


def test_only_admins_take_gpus_down_and_they_say_why(lab: Lab) -> None:
    with pytest.raises(errors.AdminsOnly):
        take_down(lab, lab.alice, lab.hours(1))
    with pytest.raises(errors.NoReason):
        take_down(lab, lab.charlie, lab.hours(1), why=" ")


def test_maintenance_counts_nobodys_hours(lab: Lab) -> None:
    lab.add_gpu("lab-node-1", "GPU1")
    with lab.database.begin(lab.clock.now) as work:
        rules.set_for(work, lab.charlie, Subject.LAB, lab.id, {Rule.OPEN: timedelta(hours=2)})
    take_down(lab, lab.charlie, lab.hours(1, 100))
    lab.reserve(lab.charlie, lab.hours(1, 2), "GPU1")


def test_retiring_twice_is_retiring_once(lab: Lab) -> None:
    lab.add_gpu("lab-node-2", "GPU1")
    for again in (False, True):
        with lab.database.begin(lab.clock.now) as work:
            found = maintenance.retire(work, lab.charlie, ["GPU1"], "sold", request_key="once")
        assert found.again is again
    with pytest.raises(errors.UnknownGpu), lab.database.begin(lab.clock.now) as work:
        maintenance.retire(work, lab.charlie, ["GPU1"], "sold", request_key="another")


def test_a_retired_gpu_leaves_nobody_behind(lab: Lab) -> None:
    lab.add_gpu("lab-node-1", "GPU1")
    lab.reserve(lab.alice, lab.hours(1, 2), "GPU0")
    lab.reserve(lab.bob, lab.hours(1, 2), "GPU1")
    lab.reserve(lab.bob, lab.hours(5, 2), "GPU0")
    down = take_down(lab, lab.charlie, lab.hours(50, 2)).reservation
    with lab.database.begin(lab.clock.now) as work:
        found = maintenance.retire(work, lab.charlie, ["GPU0"], "sold")
    assert kinds(found) == [
        ("Alice", Displaced.Kind.GIVEN_BACK),
        ("Bob", Displaced.Kind.MOVED),
        ("Charlie", Displaced.Kind.GIVEN_BACK),
    ]
    assert down is not None
    assert [gpu.name for gpu in lab.held_by(lab.bob)[1].gpus] == ["GPU1"]
    with pytest.raises(errors.UnknownGpu):
        lab.reserve(lab.bob, lab.hours(9), "GPU0")


def test_an_admins_own_booking_moves_like_any_other_whatever_the_limits(lab: Lab) -> None:
    lab.reserve(lab.charlie, lab.hours(2, 5))
    with lab.database.begin(lab.clock.now) as work:
        rules.set_for(work, lab.charlie, Subject.LAB, lab.id, {Rule.LONGEST: timedelta(hours=1)})
    found = take_down(lab, lab.charlie, lab.hours(1, 5))
    assert kinds(found) == [("Charlie", Displaced.Kind.MOVED)]


def test_a_node_goes_down_and_is_retired_with_all_its_gpus(lab: Lab) -> None:
    for label in ("GPU1", "GPU2"):
        lab.add_gpu("lab-node-2", label)
    lab.reserve(lab.bob, lab.hours(2, 2), "GPU1")
    found = take_down(lab, lab.charlie, lab.hours(1, 5), "LAB-node-2", "GPU1")
    assert found.reservation is not None
    assert [gpu.name for gpu in found.reservation.gpus] == ["GPU1", "GPU2"]
    assert [gpu.name for gpu in found.displaced[0].after.gpus] == ["GPU0"]
    with lab.database.begin(lab.clock.now) as work:
        maintenance.retire(work, lab.charlie, ["lab-node-2"], "sold")
        assert [gpu.name for gpu in inventory.gpus(work, lab.id)] == ["GPU0"]
        assert [node.hostname for node in inventory.nodes(work, lab.id)] == ["lab-node-1"]
    with pytest.raises(errors.UnknownGpu):
        take_down(lab, lab.charlie, lab.hours(1, 5), "lab-node-3")


def test_what_is_known_of_a_node_is_edited_and_kept_in_the_audit(lab: Lab) -> None:
    lab.add_gpu("lab-node-2", "GPU1")
    with lab.database.begin(lab.clock.now) as work:
        first, second = inventory.nodes(work, lab.id)
        with pytest.raises(errors.NameTaken):
            inventory.edit_node(work, lab.charlie, first.id, hostname=second.hostname, cpu="", ram_gb=None)
        with pytest.raises(errors.AdminsOnly):
            inventory.edit_node(work, lab.bob, first.id, hostname="hal", cpu="", ram_gb=None)
        inventory.edit_node(work, lab.charlie, first.id, hostname=" hal ", cpu="EPYC 9554", ram_gb=512)
        assert inventory.gpus(work, lab.id)[0].full_name == "hal/GPU0"
        assert inventory.node(work, lab.id, first.id) == facts.Node(first.id, "hal", "EPYC 9554", 512)
        entry = audit.entries(work, lab.id)[0]
    assert (entry.subject, entry.after) == (Subject.NODE, {"hostname": "hal", "cpu": "EPYC 9554", "ram_gb": 512})
