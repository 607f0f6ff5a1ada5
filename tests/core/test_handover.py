"""Stories of asking for what somebody else holds, and of what a yes makes of it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from core import (
    audit,
    availability,
    errors,
    facts,
    handover,
    inventory,
    maintenance,
    models,
    organizations,
    reservations,
    rules,
)
from core.actors import Operator
from core.facts import Action, HandOver, HandOverState, Rule, State, Subject
from core.kinds import Kind
from core.notices import Outcome
from core.timerange import TimeRange
from tests.core.conftest import Lab


def ask(lab: Lab, held: facts.Reservation, *, by: Any = None, **more: Any) -> HandOver:
    with lab.database.begin(lab.clock.now) as work:
        return handover.ask(work, by or lab.bob, held.id, **more)


def answer(lab: Lab, asked: HandOver, *, yes: bool = True, by: Any = None) -> HandOver:
    with lab.database.begin(lab.clock.now) as work:
        return handover.answer(work, by or lab.alice, asked.id, yes=yes)


def withdraw(lab: Lab, asked: HandOver, *, by: Any = None) -> HandOver:
    with lab.database.begin(lab.clock.now) as work:
        return handover.withdraw(work, by or lab.bob, asked.id)


def seen(lab: Lab, held: facts.Reservation) -> facts.Reservation:
    with lab.database.read(lab.clock.now) as work:
        return reservations.of_id(work, lab.id, held.id)


def holdings(lab: Lab) -> list[tuple[str, str, datetime, datetime]]:
    with lab.database.read(lab.clock.now) as work:
        window = TimeRange(lab.clock.now - timedelta(days=2), lab.clock.now + timedelta(days=30))
        held = availability.holdings(work, lab.id, inventory.gpus(work, lab.id), window)
    return [(each.gpu.label, each.holder.name, each.range.start, each.range.end) for each in held]


def owed(lab: Lab, *kinds: Kind) -> list[tuple[str, str, datetime]]:
    """Kind, whom and when of what is owed still."""
    with lab.database.read(lab.clock.now) as work:
        rows = work.session.execute(
            select(models.Notice.kind, models.Recipient.whom, models.Notice.due_at)
            .join(models.Recipient)
            .where(models.Notice.outcome.is_(None), models.Notice.kind.in_(kinds))
            .order_by(models.Notice.id)
        )
        return [(row.kind, row.whom, row.due_at) for row in rows]


def test_asking_changes_nothing_and_tells_the_holder(lab: Lab) -> None:
    held = lab.reserve(lab.alice, lab.hours(1, 5)).reservation
    asked = ask(lab, held, wish=lab.hours(0, 3), purpose="a demo")

    assert (asked.asker.name, asked.holder.name, asked.state) == ("Bob", "Alice", HandOverState.OPEN)
    assert asked.range == lab.hours(1, 2)
    assert asked.expires_at == lab.clock.now + timedelta(hours=2)
    assert seen(lab, held) == held
    assert owed(lab, Kind.ASKED, Kind.LAPSED) == [
        (Kind.ASKED, f"member:{lab.alice.member_id}", lab.clock.now),
        (Kind.LAPSED, f"member:{lab.bob.member_id}", asked.expires_at),
    ]


def test_a_yes_to_all_of_it_makes_it_theirs(lab: Lab) -> None:
    held = lab.reserve(lab.alice, lab.hours(1, 5), purpose="thesis").reservation
    given = answer(lab, ask(lab, held, purpose="a demo"))

    assert given.state is HandOverState.DONE
    assert given.taken is not None
    assert (given.taken.holder.name, given.taken.range, given.taken.purpose) == ("Bob", held.range, "a demo")
    assert given.kept == ()
    assert seen(lab, held).state is State.CANCELLED
    assert owed(lab, Kind.HANDED_OVER) == [
        (Kind.HANDED_OVER, "channel", lab.clock.now),
        (Kind.HANDED_OVER, f"member:{lab.bob.member_id}", lab.clock.now),
    ]
    assert owed(lab, Kind.LAPSED, Kind.CANCELLED, Kind.BOOKED) == []
    assert owed(lab, Kind.START) == [(Kind.START, "channel", held.range.start)]


def test_a_part_in_the_middle_leaves_two(lab: Lab) -> None:
    held = lab.reserve(lab.alice, lab.hours(1, 6), purpose="thesis").reservation
    given = answer(lab, ask(lab, held, wish=lab.hours(3, 1)))

    assert [each.range for each in given.kept] == [lab.hours(1, 2), lab.hours(4, 3)]
    assert {each.purpose for each in given.kept} == {"thesis"}
    assert given.kept[0].id == held.id
    assert given.kept[0].version == held.version + 1
    assert [name for _, name, _, _ in holdings(lab)] == ["Alice", "Bob", "Alice"]
    # Each moment is told once, of whoever it is.
    assert [due for _, _, due in owed(lab, Kind.START)] == [lab.hours(1).start, lab.hours(4).start, lab.hours(3).start]


def test_the_first_part_moves_the_start_of_the_rest(lab: Lab) -> None:
    held = lab.reserve(lab.alice, lab.hours(1, 6)).reservation
    given = answer(lab, ask(lab, held, wish=lab.hours(1, 2)))
    assert [(each.id, each.range) for each in given.kept] == [(held.id, lab.hours(3, 4))]


def test_one_gpu_of_several_leaves_the_others(lab: Lab) -> None:
    gpus = [lab.add_gpu("lab-node-1", label) for label in ("GPU1", "GPU2")]
    held = lab.reserve(lab.alice, lab.hours(1, 6), "GPU0", "GPU1", "GPU2").reservation
    given = answer(lab, ask(lab, held, gpu_ids=[gpus[0].id], wish=lab.hours(3, 1)))

    assert [(tuple(gpu.name for gpu in each.gpus), each.range) for each in given.kept] == [
        (("GPU0", "GPU2"), lab.hours(1, 6)),
        (("GPU1",), lab.hours(1, 2)),
        (("GPU1",), lab.hours(4, 3)),
    ]
    assert given.taken is not None
    assert given.taken.gpus == (gpus[0],)


def test_of_a_running_one_what_was_used_stays_with_who_used_it(lab: Lab) -> None:
    held = lab.reserve(lab.alice, lab.hours(0, 5)).reservation
    lab.clock.forward(hours=1)
    asked = ask(lab, held)
    lab.clock.forward(minutes=30)
    given = answer(lab, asked)

    assert given.taken is not None
    assert given.taken.range == TimeRange(lab.clock.now, held.range.end)
    assert given.taken.state is State.RUNNING
    mine = seen(lab, held)
    assert (mine.state, mine.range) == (State.OVER, TimeRange(held.range.start, lab.clock.now))
    assert owed(lab, Kind.END) == [(Kind.END, "channel", held.range.end)]  # of the new holder, once
    assert owed(lab, Kind.START) == []  # the hand-over itself tells it


def test_of_a_running_one_a_later_part_can_be_asked_for(lab: Lab) -> None:
    lab.add_gpu("lab-node-1", "GPU1")
    held = lab.reserve(lab.alice, lab.hours(0, 6), "GPU0", "GPU1").reservation
    start = lab.clock.now
    lab.clock.forward(hours=1)
    gpu = held.gpus[1]
    given = answer(lab, ask(lab, held, gpu_ids=[gpu.id], wish=TimeRange(start + timedelta(hours=3), held.range.end)))

    def at(hours: float) -> datetime:
        return start + timedelta(hours=hours)

    assert holdings(lab) == [
        ("GPU0", "Alice", at(0), at(6)),
        ("GPU1", "Alice", at(0), at(1)),
        ("GPU1", "Alice", at(1), at(3)),
        ("GPU1", "Bob", at(3), at(6)),
    ]
    assert [each.state for each in given.kept] == [State.RUNNING, State.RUNNING]
    # That of the first half, which nobody has sent yet, and Bob's; none for what Alice had already.
    assert [due for _, _, due in owed(lab, Kind.START)] == [at(1), at(3)]


def test_of_a_running_one_the_middle_leaves_two(lab: Lab) -> None:
    held = lab.reserve(lab.alice, lab.hours(0, 6)).reservation
    middle, rest = lab.hours(2, 1), lab.hours(3, 3)
    lab.clock.forward(hours=1)
    given = answer(lab, ask(lab, held, wish=middle))
    assert [each.range for each in given.kept] == [TimeRange(held.range.start, middle.start), rest]
    assert given.kept[0].id == held.id


def test_a_no_leaves_everything_and_tells_who_asked(lab: Lab) -> None:
    held = lab.reserve(lab.alice, lab.hours(1)).reservation
    asked = ask(lab, held)
    refused = answer(lab, asked, yes=False)

    assert refused.state is HandOverState.DECLINED
    assert seen(lab, held) == held
    assert owed(lab, Kind.LAPSED) == []
    assert owed(lab, Kind.DECLINED) == [(Kind.DECLINED, f"member:{lab.bob.member_id}", lab.clock.now)]
    assert answer(lab, asked, yes=False).again
    with pytest.raises(errors.AlreadyAnswered):
        answer(lab, asked)


def test_nobody_answers_for_somebody_else(lab: Lab) -> None:
    asked = ask(lab, lab.reserve(lab.alice, lab.hours(1)).reservation)
    for other in (lab.bob, lab.charlie):
        with pytest.raises(errors.NotYours):
            answer(lab, asked, by=other)


def test_an_answer_that_comes_too_late_changes_nothing(lab: Lab) -> None:
    held = lab.reserve(lab.alice, lab.hours(5)).reservation
    asked = ask(lab, held)
    lab.clock.forward(hours=2)
    with pytest.raises(errors.AlreadyAnswered) as refusal:
        answer(lab, asked)
    assert refusal.value.hand_over.state is HandOverState.LAPSED
    assert seen(lab, held).version == held.version
    assert ask(lab, held).id != asked.id
    lab.clock.forward(hours=2)
    lab.act("cancel", lab.alice, held)
    assert owed(lab, Kind.GONE) == []  # both heard already that nobody answered


def test_what_starts_far_ahead_waits_for_its_answer_longer(lab: Lab) -> None:
    asked = ask(lab, lab.reserve(lab.alice, lab.hours(72)).reservation)
    assert asked.expires_at == lab.clock.now + timedelta(days=1)
    soon = ask(lab, lab.reserve(lab.alice, lab.hours(0, 1)).reservation)
    assert soon.expires_at == lab.hours(1).start


def test_a_yes_again_is_the_same_yes(lab: Lab) -> None:
    held = lab.reserve(lab.alice, lab.hours(1)).reservation
    asked = ask(lab, held)
    first, second = answer(lab, asked), answer(lab, asked)
    assert second.again
    assert second.taken == first.taken
    assert len(holdings(lab)) == 1


def test_asking_twice_is_asking_once(lab: Lab) -> None:
    held = lab.reserve(lab.alice, lab.hours(0, 4)).reservation
    first = ask(lab, held)
    lab.clock.forward(minutes=1)
    assert ask(lab, held) == facts.HandOver(**{**vars(first), "again": True})
    assert not ask(lab, held, by=lab.charlie).again
    assert len(owed(lab, Kind.ASKED)) == 2


def test_asking_for_another_gpu_of_it_is_another_question(lab: Lab) -> None:
    lab.add_gpu("lab-node-1", "GPU1")
    held = lab.reserve(lab.alice, lab.hours(1), "GPU0", "GPU1").reservation
    first, second = (ask(lab, held, gpu_ids=[gpu.id]) for gpu in held.gpus)
    assert (first.gpus, second.gpus, second.again) == (held.gpus[:1], held.gpus[1:], False)


def test_who_may_not_hold_it_by_then_does_not_get_it(lab: Lab) -> None:
    held = lab.reserve(lab.alice, lab.hours(1, 5)).reservation
    asked = ask(lab, held)
    with lab.database.begin(lab.clock.now) as work:
        said = {Rule.LONGEST: timedelta(hours=2)}
        rules.set_for(work, lab.charlie, Subject.MEMBER, lab.bob.member_id, said)
    with pytest.raises(errors.CannotTake) as refusal:
        answer(lab, asked)
    assert isinstance(refusal.value.why, errors.TooLong)
    assert seen(lab, held) == held


def test_what_was_changed_meanwhile_is_handed_over_only_if_it_is_still_held(lab: Lab) -> None:
    held = lab.reserve(lab.alice, lab.hours(1, 2)).reservation
    asked = ask(lab, held)
    held = lab.act("extend", lab.alice, held, by=timedelta(hours=1)).reservation
    other = lab.reserve(lab.alice, lab.hours(10)).reservation
    gone = ask(lab, other)
    lab.act("cancel", lab.alice, other)

    assert answer(lab, asked).kept[0].range == lab.hours(3, 1)
    with pytest.raises(errors.NoLongerHeld):
        answer(lab, gone)


def test_the_second_of_two_who_ask_for_the_same_is_told_it_is_gone(lab: Lab) -> None:
    held = lab.reserve(lab.alice, lab.hours(1)).reservation
    first, second = ask(lab, held), ask(lab, held, by=lab.charlie)
    answer(lab, first)
    with pytest.raises(errors.NoLongerHeld):
        answer(lab, second)


def test_one_does_not_ask_oneself_nor_for_what_is_over(lab: Lab) -> None:
    held = lab.reserve(lab.alice, lab.hours(0, 1)).reservation
    with pytest.raises(errors.AlreadyYours):
        ask(lab, held, by=lab.alice)
    with pytest.raises(errors.MayNotBook):
        ask(lab, held, by=lab.dana)
    with pytest.raises(errors.NoLongerHeld):
        ask(lab, held, wish=lab.hours(2))
    with lab.database.begin(lab.clock.now) as work:
        down = maintenance.take_down(work, lab.charlie, ["GPU0"], lab.hours(5), "fan noise").reservation
    assert down is not None
    with pytest.raises(errors.OutOfService):
        ask(lab, down)
    lab.clock.forward(hours=2)
    with pytest.raises(errors.NoLongerHeld):
        ask(lab, held)


def test_both_histories_have_it(lab: Lab) -> None:
    held = lab.reserve(lab.alice, lab.hours(1, 3)).reservation
    given = answer(lab, ask(lab, held, wish=lab.hours(2, 1)))
    with lab.database.read(lab.clock.now) as work:
        told = audit.entries(work, lab.id)
        last = {each.subject_id: each.after for each in reversed(told) if each.subject is facts.Subject.RESERVATION}
        for each in (*given.kept, given.taken):
            assert each is not None
            assert last[each.id] == audit.snapshot(reservations.of_id(work, lab.id, each.id))
    assert [(each.action, each.by, each.concerns) for each in told if each.concerns] == [
        (Action.HANDED_OVER, "Alice", "Bob"),
        (Action.SPLIT, "Alice", "Alice"),
        (Action.HANDED_OVER, "Alice", "Alice"),
        (Action.ASKED, "Bob", "Alice"),
        (Action.RESERVED, "Alice", "Alice"),
    ]


def test_many_answers_at_once_hand_over_once(lab: Lab) -> None:
    held = lab.reserve(lab.alice, lab.hours(1, 4)).reservation
    asked = [ask(lab, held, wish=lab.hours(2, 1), by=who) for who in (lab.bob, lab.charlie)]

    def press(number: int) -> str:
        try:
            return answer(lab, asked[number % 2]).asker.name
        except errors.Refusal as refusal:
            return type(refusal).__name__

    with ThreadPoolExecutor(6) as hands:
        heard = list(hands.map(press, range(6)))
    winners = {name for name in heard if name in {"Bob", "Charlie"}}
    assert len(winners) == 1
    assert set(heard) == winners | {"NoLongerHeld"}
    assert sorted(name for _, name, _, _ in holdings(lab)) == sorted(["Alice", "Alice", *winners])


def test_what_is_owed_about_it_outlives_a_change_of_the_reservation(lab: Lab) -> None:
    held = lab.reserve(lab.alice, lab.hours(1, 2)).reservation
    ask(lab, held)
    lab.act("extend", lab.alice, held, by=timedelta(hours=1))
    assert len(owed(lab, Kind.ASKED, Kind.LAPSED)) == 2
    with lab.database.read(lab.clock.now) as work:
        stale = work.session.scalars(select(models.Notice.kind).where(models.Notice.outcome == Outcome.STALE)).all()
    assert Kind.ASKED not in stale


def test_who_asked_withdraws_it_and_nobody_answers_it_any_more(lab: Lab) -> None:
    held = lab.reserve(lab.alice, lab.hours(1)).reservation
    asked = ask(lab, held)
    with pytest.raises(errors.NotYours):
        withdraw(lab, asked, by=lab.charlie)
    assert withdraw(lab, asked).state is HandOverState.WITHDRAWN
    assert owed(lab, Kind.ASKED, Kind.LAPSED, Kind.DECLINED, Kind.GONE) == []
    assert withdraw(lab, asked).again
    with pytest.raises(errors.AlreadyAnswered) as refusal:
        answer(lab, asked)
    assert refusal.value.hand_over.state is HandOverState.WITHDRAWN
    assert seen(lab, held) == held
    assert ask(lab, held).id != asked.id


def test_of_two_who_ask_one_withdraws_for_themselves_alone(lab: Lab) -> None:
    held = lab.reserve(lab.alice, lab.hours(1)).reservation
    first, second = ask(lab, held), ask(lab, held, by=lab.charlie)
    withdraw(lab, first)
    assert [whom for _, whom, _ in owed(lab, Kind.ASKED, Kind.LAPSED)] == [
        f"member:{lab.alice.member_id}",
        f"member:{lab.charlie.member_id}",
    ]
    assert answer(lab, second).state is HandOverState.DONE


def test_what_was_answered_is_not_withdrawn(lab: Lab) -> None:
    asked = ask(lab, lab.reserve(lab.alice, lab.hours(1)).reservation)
    answer(lab, asked)
    late = withdraw(lab, asked)
    assert (late.state, late.again) == (HandOverState.DONE, True)
    assert late.taken is not None
    assert late.taken.state is State.UPCOMING


def test_who_asked_hears_at_once_when_it_is_no_longer_to_be_had(lab: Lab) -> None:
    lab.add_gpu("lab-node-1", "GPU1")
    gone = [
        (lab.reserve(lab.alice, lab.hours(1), "GPU0").reservation, "cancel", {}),
        (lab.reserve(lab.alice, lab.hours(0, 3), "GPU1").reservation, "release", {}),
        (lab.reserve(lab.alice, lab.hours(5, 2), "GPU0", "GPU1").reservation, "cancel", {"names": ["GPU1"]}),
    ]
    asked = [ask(lab, held) for held, _, _ in gone]
    lab.clock.forward(minutes=1)
    for held, verb, more in gone:
        lab.act(verb, lab.alice, held, **more)
    assert owed(lab, Kind.GONE) == [(Kind.GONE, f"member:{lab.bob.member_id}", lab.clock.now)] * 3
    assert owed(lab, Kind.ASKED, Kind.LAPSED) == []
    for each in asked:
        assert withdraw(lab, each).state is HandOverState.GONE
        with pytest.raises(errors.NoLongerHeld):
            answer(lab, each)


def test_while_all_that_was_asked_for_is_held_a_change_takes_nothing_back(lab: Lab) -> None:
    held = lab.reserve(lab.alice, lab.hours(0, 4)).reservation
    asked = ask(lab, held, wish=lab.hours(1, 1))
    lab.act("extend", lab.alice, held, by=timedelta(hours=1))
    assert owed(lab, Kind.GONE) == []
    assert len(owed(lab, Kind.ASKED, Kind.LAPSED)) == 2
    assert answer(lab, asked).state is HandOverState.DONE


def test_handed_to_somebody_else_the_others_hear_that_it_is_gone(lab: Lab) -> None:
    held = lab.reserve(lab.alice, lab.hours(1)).reservation
    first, _second = ask(lab, held), ask(lab, held, by=lab.charlie)
    answer(lab, first)
    assert owed(lab, Kind.GONE) == [(Kind.GONE, f"member:{lab.charlie.member_id}", lab.clock.now)]
    assert owed(lab, Kind.LAPSED) == []


def test_quiet_hours_do_not_use_up_the_time_to_answer(lab: Lab) -> None:
    held = lab.reserve(lab.alice, lab.hours(5, 12)).reservation  # 23:00 to 11:00 in Tokyo, where it is 18:00
    night = lab.reserve(lab.alice, lab.hours(17, 1)).reservation
    with lab.database.begin(lab.clock.now) as work:
        organizations.change(work, Operator(lab.id), quiet_from="19:00", quiet_until="08:00")
    morning = lab.hours(14).start
    assert ask(lab, held).expires_at == morning + timedelta(hours=2)  # it would be over in the night
    lab.clock.forward(hours=3)
    assert ask(lab, night).expires_at == morning + timedelta(hours=2)  # it is night
    soon = lab.reserve(lab.alice, lab.hours(0, 2)).reservation
    assert ask(lab, soon).expires_at == soon.range.end
    lab.clock.now = morning - timedelta(hours=1)
    assert ask(lab, held, by=lab.charlie).expires_at == morning + timedelta(hours=2)  # it is night for an hour still
