"""Stories of admins: who is one, what they may do to others' bookings, and that everybody concerned can read of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from core import audit, errors, facts, inventory, maintenance, members, organizations, outbox, reservations
from core.actors import Operator
from core.facts import Action, Role, State, Subject
from core.inventory import Wanted
from core.kinds import Kind
from tests.core.conftest import Lab


def entries(lab: Lab, subject: Subject) -> tuple[facts.AuditEntry, ...]:
    with lab.database.read(lab.clock.now) as work:
        return audit.entries(work, lab.id, subject=subject)


def owed_to(lab: Lab, member_id: int) -> list[outbox.Owed]:
    """What a member is sent now."""
    lab.clock.forward(seconds=2)
    found: list[outbox.Owed] = []
    with lab.database.begin(lab.clock.now) as work:
        while batch := outbox.claim(work, lab.id, timedelta(seconds=20)):
            outbox.sent(work, batch, batch.ids, "1.0")
            if batch.member and batch.member.id == member_id:
                found += batch.of_reservations
    return found


def test_an_admin_names_others_and_the_last_one_stays(lab: Lab) -> None:
    with lab.database.begin(lab.clock.now) as work:
        with pytest.raises(errors.AdminsOnly):
            members.set_role(work, lab.alice, lab.alice.member_id, Role.ADMIN)
        with pytest.raises(errors.LastAdmin):
            members.set_role(work, lab.charlie, lab.charlie.member_id, Role.USER)
        with pytest.raises(errors.MayNotBook):
            members.set_role(work, lab.charlie, lab.dana.member_id, Role.ADMIN)
        members.set_role(work, lab.charlie, lab.bob.member_id, Role.ADMIN)
        members.save(work, lab.id, "UBob", name="Bob", zone="UTC", language="en", standing=facts.Standing.DEACTIVATED)
        with pytest.raises(errors.LastAdmin):  # Bob is one still, and cannot act
            members.set_role(work, lab.charlie, lab.charlie.member_id, Role.USER)
        members.set_role(work, lab.charlie, lab.alice.member_id, Role.ADMIN, why="helps out")
        members.set_role(work, lab.charlie, lab.charlie.member_id, Role.USER)

    assert [(each.by, each.concerns, each.after, each.why) for each in entries(lab, Subject.MEMBER)] == [
        ("Charlie", "Charlie", {"role": "user"}, ""),
        ("Charlie", "Alice", {"role": "admin"}, "helps out"),
        ("Charlie", "Bob", {"role": "admin"}, ""),
    ]


@pytest.mark.parametrize("verb", ["cancel", "change", "extend"])
def test_an_admin_changes_anybodys_booking_for_a_reason_that_its_holder_reads(lab: Lab, verb: str) -> None:
    held = lab.reserve(lab.alice, lab.hours(1, 200 / 60), purpose="thesis").reservation
    ways: dict[str, dict[str, Any]] = {
        "cancel": {},
        "extend": {"by": timedelta(days=30)},  # no limit is in an admin's way
        "change": {"wanted": Wanted(names=("GPU0",)), "wish": lab.hours(5, 1), "purpose": "thesis"},
    }
    more = ways[verb]
    with pytest.raises(errors.NotYours):
        lab.act(verb, lab.bob, held, why="I am in a hurry", **more)
    with pytest.raises(errors.NoReason):
        lab.act(verb, lab.charlie, held, why="  ", **more)
    lab.act(verb, lab.charlie, held, why="power cut", **more)

    told = [owed for owed in owed_to(lab, lab.alice.member_id) if owed.kind is Kind.OVERRULED]
    assert [(owed.data["by"], owed.data["why"]) for owed in told] == [("Charlie", "power cut")]
    entry = entries(lab, Subject.RESERVATION)[0]
    assert (entry.by, entry.concerns, entry.why) == ("Charlie", "Alice", "power cut")


def test_what_slack_says_of_somebody_makes_nobody_an_admin_later(lab: Lab) -> None:
    known: dict[str, Any] = {"zone": "UTC", "language": "en", "standing": facts.Standing.MEMBER}
    with lab.database.begin(lab.clock.now) as work:
        assert members.save(work, lab.id, "UBob", name="Bob", admin=True, **known).role is Role.USER
        assert members.save(work, lab.id, "UCharlie", name="Charlie", admin=False, **known).role is Role.ADMIN


def test_an_admin_whose_account_is_deactivated_is_none_any_more(lab: Lab) -> None:
    held = lab.reserve(lab.alice, lab.hours(1)).reservation
    gone = replace(lab.charlie, standing=facts.Standing.DEACTIVATED)
    with pytest.raises(errors.NotYours):
        lab.act("cancel", gone, held, why="I was one")


def test_what_an_admin_did_is_told_even_when_the_booking_changes_again_before_it_is_sent(lab: Lab) -> None:
    held = lab.reserve(lab.alice, lab.hours(1, 3)).reservation
    wanted = Wanted(names=("GPU0",))
    for number in range(2):
        wish = lab.hours(5 + number, 1)
        held = lab.act(
            "change", lab.charlie, held, wanted=wanted, wish=wish, purpose="", why=f"reason {number}"
        ).reservation
    held = lab.act("change", lab.charlie, held, wanted=wanted, wish=held.range, purpose="x", why="typo").reservation
    lab.act("cancel", lab.alice, held)

    told = [owed.data["why"] for owed in owed_to(lab, lab.alice.member_id) if owed.kind is Kind.OVERRULED]
    assert told == ["reason 0", "reason 1", "typo"]


def test_an_admin_ends_what_runs_and_the_time_used_stays(lab: Lab) -> None:
    held = lab.reserve(lab.alice, lab.hours(0, 3)).reservation
    lab.clock.forward(hours=1)
    ended = lab.act("release", lab.charlie, held, why="fire drill").reservation
    assert (ended.state, ended.range.length) == (State.OVER, timedelta(hours=1))


def test_what_deactivated_people_still_hold_is_there_to_be_released(lab: Lab) -> None:
    held = lab.reserve(lab.bob, lab.hours(5, 2)).reservation
    lab.reserve(lab.alice, lab.hours(1, 2))
    with lab.database.begin(lab.clock.now) as work:
        members.save(work, lab.id, "UBob", name="Bob", zone="UTC", language="en", standing=facts.Standing.DEACTIVATED)
    with lab.database.read(lab.clock.now) as work:
        left = reservations.left_behind(work, lab.id)
        everything = reservations.ahead(work, lab.id)
    assert [each.id for each in left] == [held.id]
    assert [each.holder.name for each in everything] == ["Alice", "Bob"]
    lab.act("cancel", lab.charlie, held, why="has left the lab")


def test_every_change_of_the_lab_and_its_gpus_is_in_the_audit(lab: Lab) -> None:
    with lab.database.begin(lab.clock.now) as work:
        organizations.change(work, lab.charlie, zone="Europe/Berlin", announce=True)
        organizations.change(work, lab.charlie, zone="Europe/Berlin")
        gpu = maintenance.put_in_service(work, lab.charlie, node="lab-node-2", label="GPU0", model="A100", memory_gb=80)
        inventory.edit_gpu(work, lab.charlie, gpu.id, label="GPU7", model="A100", memory_gb=40, notes="loud")
        with pytest.raises(errors.AdminsOnly):
            inventory.retire(work, lab.bob, gpu.id)
        inventory.retire(work, lab.charlie, gpu.id, why="sold")
        maintenance.put_in_service(work, Operator(lab.id), node="lab-node-2", label="GPU7", model="A100", memory_gb=40)

    assert [(each.before, each.after) for each in entries(lab, Subject.LAB)] == [
        ({"zone": "Asia/Tokyo"}, {"zone": "Europe/Berlin"})
    ]
    told = [each for each in entries(lab, Subject.GPU) if each.subject_id == gpu.id]
    assert [each.action for each in told] == [Action.CHANGED, Action.RETIRED, Action.CHANGED, Action.ADDED]
    assert told[1].why == "sold"
    assert told[2].after is not None
    assert (told[2].after["label"], told[2].after["notes"]) == ("GPU7", "loud")


def test_a_gpu_needs_a_name_of_its_own_and_some_memory(lab: Lab) -> None:
    gpu = lab.add_gpu("lab-node-1", "GPU1")
    with lab.database.begin(lab.clock.now) as work:
        for refusal, label, memory_gb in (
            (errors.NameTaken, "GPU0", 32),
            (errors.NoName, " ", 32),
            (errors.BadMemory, "GPU1", 0),
        ):
            with pytest.raises(refusal):
                inventory.edit_gpu(work, lab.charlie, gpu.id, label=label, model="A", memory_gb=memory_gb, notes="")


def test_what_is_held_on_a_retired_gpu_is_still_seen_by_its_holder(lab: Lab) -> None:
    held = lab.reserve(lab.alice, lab.hours(1)).reservation
    with lab.database.begin(lab.clock.now) as work:
        inventory.retire(work, lab.charlie, held.gpus[0].id)
    assert [each.id for each in lab.held_by(lab.alice)] == [held.id]
    lab.act("cancel", lab.alice, held)
