"""The life of bookings: whatever people and admins do in whatever order, and whenever the bot is restarted, what must
hold holds.

Each run is a lab of its own in one database, so that it is also shown that labs do not touch each other. `make test`
runs some, `make soak` many.
"""

from __future__ import annotations

import os
from contextlib import suppress
from datetime import timedelta
from uuid import uuid4

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule, run_state_machine_as_test

from core import (
    busy,
    errors,
    facts,
    inventory,
    maintenance,
    members,
    reminders,
    reservations,
    rulebook,
    rules,
    waitlist,
)
from core.actors import Actor
from core.facts import BusyAnswer, Displaced, Rule, Standing, State, Subject
from core.kinds import Kind
from core.policy import Rules
from core.timerange import TimeRange
from tests.core.life import HOUR, Life, lengths, numbers

IS_SOAK = bool(os.environ.get("SOAK"))

some_gpus = st.sampled_from([("n1/GPU0",), ("n1/GPU1",), ("n2/GPU0",), ("n1",), ("n1/GPU0", "n2/GPU0")])
some_rules: st.SearchStrategy[Rules] = st.sampled_from(
    [
        {},
        {Rule.LONGEST: 2 * HOUR},
        {Rule.SHORTEST: HOUR},
        {Rule.AHEAD: 3 * HOUR},
        {Rule.AT_ONCE: 1},
        {Rule.ROUNDING: HOUR},
        {Rule.OPEN: 4 * HOUR},
        {Rule.WEEK: 8 * HOUR},
        {Rule.LONGEST: None, Rule.OPEN: None, Rule.WEEK: None},
    ]
)


class WholeLife(Life):
    """The same lab with its admin at work."""

    # --- GPUs out of service, and back ---

    @rule(names=some_gpus, start=st.integers(-2, 12), length=lengths)
    def take_down(self, names: tuple[str, ...], start: int, length: int) -> None:
        """First seen, then done: that is the same, and nobody in the way is dropped in silence."""
        self.settle()
        time, key, before = self.hours(start, length), uuid4().hex, self.live()

        def request() -> facts.Maintenance:
            with self.database.begin(self.clock.now) as work:
                return maintenance.take_down(work, self.admin, names, time, "fan", seen=seen.mark, request_key=key)

        try:
            with self.database.rehearse(self.clock.now) as work:
                gpus = inventory.meant(work, self.lab, names)
                seen = maintenance.take_down(work, self.admin, names, time, "fan")
            self.everything_is_as_it_must_be()  # since nothing was done
            found = request()
        except errors.NotAsSeen:
            raise
        except errors.Refusal:
            return
        self.last = request
        held, time = found.reservation, TimeRange(max(time.start, self.clock.now), time.end)
        assert held is not None
        assert {slot.gpu.id: slot.range for slot in held.slots} == {gpu.id: time for gpu in gpus}
        self.displaced(found, before, gpus, time, held.id)

    @rule(names=some_gpus)
    def retire(self, names: tuple[str, ...]) -> None:
        self.settle()
        before, key = self.live(), uuid4().hex

        def request() -> facts.Maintenance:
            with self.database.begin(self.clock.now) as work:
                return maintenance.retire(work, self.admin, names, "sold", request_key=key)

        try:
            with self.database.read(self.clock.now) as work:
                gpus = inventory.meant(work, self.lab, names)
            found = request()
        except errors.Refusal:
            return
        self.last = request
        self.displaced(found, before, gpus, TimeRange(self.clock.now, self.clock.now + timedelta(days=3650)), 0)

    @rule(node=st.sampled_from(["n1", "n2"]), label=st.sampled_from(["GPU0", "GPU1"]))
    def put_in_service(self, node: str, label: str) -> None:
        with suppress(errors.NameTaken), self.database.begin(self.clock.now) as work:
            maintenance.put_in_service(
                work, self.admin, node=node, label=label, model="RTX 5090", memory_gb=32, only_new=True
            )
        self.last = None
        self.absorb()

    @rule(which=numbers, model=st.sampled_from(["RTX 5090", "A100"]))
    def describe_anew(self, which: int, model: str) -> None:
        """Another model in its place: whoever waits for such a one has it at once."""
        with self.database.begin(self.clock.now) as work:
            known = inventory.gpus(work, self.lab)
            for gpu in known[which % 4 : which % 4 + 1]:
                maintenance.edit(work, self.admin, gpu.id, label=gpu.label, model=model, memory_gb=32, notes="")
            waitlist.look_again(work, self.lab)  # perhaps there is none of that number
        self.others_are_served()

    @rule(which=numbers, ram_gb=st.sampled_from([None, 256]))
    def describe_node(self, which: int, ram_gb: int | None) -> None:
        """Which changes nothing of what is booked."""
        with self.database.begin(self.clock.now) as work:
            for node in inventory.nodes(work, self.lab)[which % 2 : which % 2 + 1]:
                inventory.edit_node(work, self.admin, node.id, hostname=node.hostname, cpu="EPYC", ram_gb=ram_gb)

    def live(self) -> dict[int, dict[int, TimeRange]]:
        return {number: dict(each.slots) for number, each in self.expected.items() if each.offered_until is None}

    def displaced(
        self,
        found: facts.Maintenance,
        before: dict[int, dict[int, TimeRange]],
        gpus: tuple[facts.Gpu, ...],
        time: TimeRange,
        keeper: int,
    ) -> None:
        """Everybody who was in the way is listed with what became of theirs, is out of the way, and is told why."""
        down = {gpu.id for gpu in gpus}
        in_the_way = {
            number for number, slots in before.items() if any(slots[gpu].overlaps(time) for gpu in down & set(slots))
        }
        assert [each.before.id for each in found.displaced] == list(
            dict.fromkeys(each.before.id for each in found.displaced)
        )
        assert {each.before.id for each in found.displaced} == in_the_way
        for each in found.displaced:
            if each.after.holder.id != self.admin.member_id:
                self.its_holder_is_told(each.after)
            used = sum((slot.range.length for slot in each.after.slots), timedelta(0))
            was = sum((slot.range.length for slot in each.before.slots), timedelta(0))
            assert (
                (used == was)
                if each.kind is Displaced.Kind.MOVED
                else (each.after.state is State.CANCELLED or used < was)
            )
        self.absorb(everything=True)
        for number, expected in self.expected.items():
            if number != keeper:
                assert not any(expected.slots[gpu].overlaps(time) for gpu in down & set(expected.slots))

    # --- limits ---

    @rule(scope=st.sampled_from([Subject.LAB, Subject.GPU, Subject.MEMBER]), which=numbers, said=some_rules)
    def limit(self, scope: Subject, which: int, said: Rules) -> None:
        """Of the lab, of a GPU, or an exemption of a person. What is booked stays."""
        self.is_limited = True
        with suppress(errors.BadLimits):
            with self.database.begin(self.clock.now) as work:
                known = inventory.gpus(work, self.lab)
                about = {
                    Subject.LAB: self.lab,
                    Subject.GPU: known[which % len(known)].id,
                    Subject.MEMBER: self.people[which % 3].member_id,
                }
                rules.set_for(work, self.admin, scope, about[scope], said)
            self.others_are_served()

    @rule(start=st.integers(-4, 20), length=lengths, said=some_rules)
    def add_period(self, start: int, length: int, said: Rules) -> None:
        self.is_limited = True
        with suppress(errors.Refusal):
            with self.database.begin(self.clock.now) as work:
                rules.add_period(work, self.admin, "deadline", self.hours(start, length), said)
            self.others_are_served()

    @precondition(lambda self: self.is_limited)
    @rule(which=numbers)
    def let_limits_go(self, which: int) -> None:
        with self.database.begin(self.clock.now) as work:
            for period, _ in rulebook.periods(work, self.lab)[: which % 3]:
                rules.remove_period(work, self.admin, period.id)
            for scope, subject_id in rulebook.everything_said(work, self.lab):
                if scope is not Subject.PERIOD and (which % 2 or scope is Subject.MEMBER):
                    with suppress(errors.UnknownGpu):
                        rules.set_for(work, self.admin, scope, subject_id, {})
            waitlist.look_again(work, self.lab)  # perhaps nothing was let go
        self.others_are_served()

    # --- who leaves, and comes back ---

    @rule(who=st.integers(0, 1), standing=st.sampled_from([Standing.MEMBER, Standing.DEACTIVATED]))
    def leave_or_come_back(self, who: int, standing: Standing) -> None:
        """What they hold stays, and admins are shown it; they book nothing and are given nothing."""
        name = ("Alice", "Bob")[who]
        with self.database.begin(self.clock.now) as work:
            known = members.save(
                work, self.lab, f"U{name}", name=name, zone="Asia/Tokyo", language="en", standing=standing
            )
            waitlist.look_again(work, self.lab)
        self.people[who] = Actor.of(self.lab, known)
        self.others_are_served()
        with self.database.read(self.clock.now) as work:
            left = {held.id for held in reservations.left_behind(work, self.lab)}
        now_or_ahead = [held for held in self.held() if held.state in {State.RUNNING, State.UPCOMING}]
        assert left == {held.id for held in now_or_ahead if held.holder.standing is not Standing.MEMBER}

    # --- when people are reminded ---

    @rule(start=st.sampled_from([None, 5, 10, 45]), end=st.sampled_from([None, 15, 60]))
    def remind_at_other_times(self, start: int | None, end: int | None) -> None:
        """Of what is booked already as well."""
        with self.database.begin(self.clock.now) as work:
            reminders.change_lab(work, self.admin, before_start=start, before_end=end)
        self.leads = {
            kind: None if minutes is None else timedelta(minutes=minutes)
            for kind, minutes in ((Kind.BEFORE_START, start), (Kind.BEFORE_END, end))
        }

    @rule()
    def look_after(self) -> None:
        """What the bot does every few minutes: nobody waits any more for what the limits let them have."""
        with self.database.begin(self.clock.now) as work:
            waitlist.look_again(work, self.lab)
        self.others_are_served()
        with self.database.read(self.clock.now) as work:
            self.is_limited = bool(rulebook.everything_said(work, self.lab))

    def others_are_served(self) -> None:
        """What was done lets those who wait have what they could not have before."""
        self.last = None
        self.settle()
        with self.database.read(self.clock.now) as work:
            self.nobody_is_passed_over(work)

    # --- still busy ---

    @precondition(lambda self: self.expected)
    @rule(which=numbers, says=st.sampled_from(BusyAnswer))
    def call_still_busy(self, which: int, says: BusyAnswer) -> None:
        """Who held it last is asked, and nobody else; nothing that is booked changes by it."""
        number, holder, *_ = self.pick(which, 0)
        slots = self.expected[number].slots
        try:
            with self.database.begin(self.clock.now) as work:
                calls = busy.call(work, holder, [number])
        except errors.Refusal:
            return
        for call in calls:
            assert call.asked.id != holder.member_id
            for gpu in call.gpus:
                ended = [
                    (each.slots[gpu.id].end, each.holder)
                    for each in self.expected.values()
                    if gpu.id in each.slots and each.slots[gpu.id].end <= slots[gpu.id].start
                ]
                assert max(ended)[1] == call.asked.id
            with self.database.begin(self.clock.now) as work:
                answered = busy.answer(work, self.member(call.asked.id), call.id, says)
            assert answered.answer in {says, BusyAnswer.STOPPED}


def test_whatever_happens_in_whatever_order(database_url: str) -> None:
    class Here(WholeLife):
        url = database_url

    run_state_machine_as_test(
        Here,
        settings=settings(
            max_examples=20 if IS_SOAK else 6,
            stateful_step_count=40 if IS_SOAK else 25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
