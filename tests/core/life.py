"""A lab of people who book, and what must hold whatever they do: see `test_life`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import combinations
from typing import Any
from uuid import uuid4

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from sqlalchemy import select

from core import (
    audit,
    booking,
    errors,
    facts,
    handover,
    inventory,
    limits,
    maintenance,
    models,
    outbox,
    recipients,
    reservations,
    search,
    series,
    waiting,
    waitlist,
)
from core.actors import Actor, Operator
from core.facts import Action, Hours, Receipt, Recurrence, Repeats, Standing, State
from core.inventory import Wanted
from core.kinds import Kind
from core.recipients import CHANNEL
from core.timerange import TimeRange
from core.work import Database, Work
from tests.conftest import Clock
from tests.core.conftest import found_lab

# Of what one says to another, and of all of a series at once: true when it was written, whatever became of it since.
BETWEEN_PEOPLE = {
    Kind.ASKED,
    Kind.DECLINED,
    Kind.LAPSED,
    Kind.GONE,
    Kind.OVERRULED,
    Kind.DETAILS,
    Kind.STILL_BUSY,
    Kind.STOPPED,
    Kind.BUSY_LONGER,
    Kind.SERIES_BOOKED,
    Kind.SERIES_CANCELLED,
    Kind.SERIES_CHANGED,
}
HOUR = timedelta(hours=1)
QUARTER = timedelta(minutes=15)
LEASE = timedelta(seconds=30)
OFFER_LASTS = timedelta(minutes=10)  # where the lab says nothing else
LIST_ACTIONS = {Action.OFFERED, Action.TAKEN, Action.PASSED, Action.LAPSED, Action.MOVED}

wishes = st.sampled_from(
    [
        Wanted(),
        Wanted(names=("n1/GPU0",)),
        Wanted(names=("n1/GPU1",)),
        Wanted(names=("n1/GPU0", "n2/GPU0")),
        Wanted(model="5090"),
        Wanted(count=2),
        Wanted(count=2, spread=True),
        Wanted(count=3, spread=True),
    ]
)
quarters = st.integers(-2, 40)
lengths = st.integers(1, 24)
numbers = st.integers(0, 99)


@dataclass
class Expected:
    """What a reservation must be, by rules as simple as they can be put."""

    holder: int
    slots: dict[int, TimeRange] = field(default_factory=dict)  # by the number of the GPU, those that happened
    would_have_been: dict[int, TimeRange] = field(default_factory=dict)  # of a cancelled one
    offered_until: datetime | None = None

    @property
    def is_cancelled(self) -> bool:
        return not self.slots

    def is_overdue(self, now: datetime) -> bool:
        return self.offered_until is not None and self.offered_until <= now


class Life(RuleBasedStateMachine):
    """Three people, four GPUs on two nodes, and a clock that only goes forward."""

    url: str

    def __init__(self) -> None:
        super().__init__()
        self.database = Database(self.url)
        self.clock = Clock()
        self.expected: dict[int, Expected] = {}
        self.versions: dict[int, list[int]] = {}
        self.told: Counter[tuple[int, Kind]] = Counter()
        self.leads: dict[Kind, timedelta | None] = {Kind.BEFORE_START: QUARTER * 2 / 3, Kind.BEFORE_END: QUARTER}
        self.reminded: set[tuple[int, Kind, datetime]] = set()  # of which start or end
        self.series: list[tuple[Actor, int]] = []
        self.last: Callable[[], Receipt | facts.Maintenance] | None = None
        self.is_limited = (
            False  # by the lab, now or lately: then nobody knows who could be served, until that is seen to
        )
        self.seen = 0  # the last entry of the audit

    @initialize()
    def found(self) -> None:
        self.lab, (*self.people, _dana) = found_lab(self.database, self.clock.now, slack_id=f"T{uuid4().hex[:12]}")
        with self.database.begin(self.clock.now) as work:
            for node, label, model in (("n1", "GPU0", "RTX 5090"), ("n1", "GPU1", "RTX 5090"), ("n2", "GPU0", "A100")):
                maintenance.put_in_service(work, Operator(self.lab), node=node, label=label, model=model, memory_gb=32)

    # --- what people do ---

    @rule(who=numbers, wanted=wishes, start=quarters, length=lengths)
    def reserve(self, who: int, wanted: Wanted, start: int, length: int) -> None:
        actor, wish = self.people[who % 3], self.hours(start, length)
        receipt = self.ask(actor, lambda work, key: booking.reserve(work, actor, wanted, wish, request_key=key))
        if receipt is None:
            return
        held, time = receipt.reservation, TimeRange(max(wish.start, self.clock.now), wish.end)
        assert len(held.gpus) == len(wanted.names or range(wanted.count))
        assert actor.standing is Standing.MEMBER
        slots = self.as_rounded(receipt, {gpu.id: time for gpu in held.gpus})
        self.expected[held.id] = Expected(actor.member_id, slots)
        self.versions[held.id] = [held.version]
        self.absorb()

    @precondition(lambda self: self.expected)
    @rule(which=numbers, seen=numbers, wanted=wishes, start=quarters, length=lengths, purpose=st.sampled_from("ab"))
    def change(self, which: int, seen: int, wanted: Wanted, start: int, length: int, purpose: str) -> None:
        number, actor, version, why = self.pick(which, seen)
        wish = self.hours(start, length)
        before = self.expected[number]
        receipt = self.ask(
            actor,
            lambda work, key: booking.change(
                work,
                actor,
                number,
                version=version,
                wanted=wanted,
                wish=wish,
                purpose=purpose,
                request_key=key,
                why=why,
            ),
            number,
        )
        if receipt is None:
            return
        gpus, was = {gpu.id for gpu in receipt.reservation.gpus}, next(iter(before.slots.values()))
        if was.start <= self.clock.now:
            time = TimeRange(was.start, wish.end)
            moved = {gpu: time if slot.end > self.clock.now else slot for gpu, slot in before.slots.items()}
        else:
            moved = dict.fromkeys(gpus, TimeRange(max(wish.start, self.clock.now), wish.end))
        self.changed(receipt, self.as_rounded(receipt, moved))

    @precondition(lambda self: self.expected)
    @rule(which=numbers, purpose=st.sampled_from("ab"))
    def rename(self, which: int, purpose: str) -> None:
        """A change of nothing but the purpose."""
        number, actor, *_ = self.pick(which, 0)
        expected = self.expected[number]
        time = TimeRange.hull((expected.slots or expected.would_have_been).values())
        names = tuple(f"#{gpu}" for gpu, slot in expected.slots.items() if slot.end == time.end)
        receipt = self.ask(
            actor,
            lambda work, key: booking.change(
                work, actor, number, version=None, wanted=Wanted(names), wish=time, purpose=purpose, request_key=key
            ),
            number,
        )
        if receipt is not None:
            self.changed(receipt, expected.slots)

    @precondition(lambda self: self.expected)
    @rule(which=numbers, seen=numbers, length=lengths)
    def extend(self, which: int, seen: int, length: int) -> None:
        number, actor, version, why = self.pick(which, seen)
        by, slots = length * QUARTER, self.expected[number].slots
        receipt = self.ask(
            actor,
            lambda work, key: booking.extend(work, actor, number, version=version, by=by, request_key=key, why=why),
            number,
        )
        if receipt is not None:
            longer = {
                gpu: TimeRange(slot.start, slot.end + by) if slot.end > self.clock.now else slot
                for gpu, slot in slots.items()
            }
            self.changed(receipt, self.as_rounded(receipt, longer))

    @precondition(lambda self: self.expected)
    @rule(which=numbers, seen=numbers, some=st.booleans())
    def release(self, which: int, seen: int, some: bool) -> None:
        number, actor, version, why = self.pick(which, seen)
        slots, names = self.expected[number].slots, self.some_names(number) if some else ()
        receipt = self.ask(
            actor,
            lambda work, key: booking.release(
                work, actor, number, version=version, names=names, request_key=key, why=why
            ),
            number,
        )
        if receipt is None:
            return
        freed, now = {gpu.id for gpu in receipt.freed}, self.clock.now
        begun_now = any(slot.start == now for slot in slots.values())
        left = {
            gpu: TimeRange(slot.start, now) if gpu in freed else slot
            for gpu, slot in slots.items()
            if not (begun_now and gpu in freed)
        }
        self.changed(receipt, left)

    @precondition(lambda self: self.expected)
    @rule(which=numbers, seen=numbers, some=st.booleans())
    def cancel(self, which: int, seen: int, some: bool) -> None:
        number, actor, version, why = self.pick(which, seen)
        slots, names = self.expected[number].slots, self.some_names(number) if some else ()
        receipt = self.ask(
            actor,
            lambda work, key: booking.cancel(
                work, actor, number, version=version, names=names, request_key=key, why=why
            ),
            number,
        )
        if receipt is not None:
            freed = {gpu.id for gpu in receipt.freed}
            self.changed(receipt, {gpu: slot for gpu, slot in slots.items() if gpu not in freed})

    @precondition(lambda self: self.expected)
    @rule(
        which=numbers, who=numbers, start=st.integers(0, 8), length=lengths, some=st.booleans(), yes=st.integers(0, 4)
    )
    def hand_over(self, which: int, who: int, start: int, length: int, some: bool, yes: int) -> None:
        """Somebody asks for a part of it: with a yes nothing is lost and nothing doubled, with a no nothing changes."""
        number, holder, *_ = self.pick(which, 0)
        asker, now = self.people[who % 3], self.clock.now
        before = self.expected[number].slots
        begin = max([now, *(slot.start for slot in before.values())]) + start * QUARTER
        wish = TimeRange(begin, begin + length * QUARTER)
        wanted = [min(before)] if some and before else []
        try:
            with self.database.begin(now) as work:
                asked = handover.ask(work, asker, number, gpu_ids=wanted, wish=wish)
            with self.database.begin(now) as work:
                given = handover.answer(work, holder, asked.id, yes=yes > 0)
        except errors.Refusal:
            return
        finally:
            self.last = None
        if given.taken is None:
            return
        assert {slot.gpu.id: slot.range for slot in given.taken.slots} == dict.fromkeys(
            (gpu.id for gpu in asked.gpus), asked.range
        )
        with self.database.read(now) as work:
            old = reservations.of_id(work, self.lab, number)
        left = {} if old.state is State.CANCELLED else {slot.gpu.id: slot.range for slot in old.slots}
        pieces = [each for each in given.kept if each.id != number]
        for gpu, slot in before.items():
            parts = [left[gpu]] if gpu in left else []
            parts += [each.range for each in (*pieces, given.taken) for held in each.slots if held.gpu.id == gpu]
            assert slot.subtract(parts) == []
            assert sum((part.length for part in parts), timedelta(0)) == slot.length
        self.expected[number] = Expected(holder.member_id, left, before)
        self.versions[number].append(old.version)
        for made in (*pieces, given.taken):
            self.made(made)
        self.absorb()

    @rule(who=numbers, wanted=wishes, start=st.integers(0, 20), length=lengths, days=st.integers(1, 4))
    def book_series(self, who: int, wanted: Wanted, start: int, length: int, days: int) -> None:
        """As many of them as are free; and then perhaps none of those that remain."""
        actor, wish = self.people[who % 3], self.hours(start, length)
        repeats = Repeats(
            Recurrence("day", 1),
            wish.start.date(),
            wish.start.date() + timedelta(days=days - 1),
            _hours(wish),
        )
        try:
            with self.database.begin(self.clock.now) as work:
                receipt = series.book(work, actor, wanted, repeats, skip=True)
        except errors.Refusal:
            return
        self.series.append((actor, receipt.series.id))
        for held in receipt.occurrences:
            self.expected[held.id] = Expected(actor.member_id, {slot.gpu.id: slot.range for slot in held.slots})
            self.versions[held.id] = [held.version]
        self.absorb()

    @precondition(lambda self: self.series)
    @rule(
        which=numbers,
        start=st.integers(0, 20),
        length=lengths,
        wanted=st.one_of(st.none(), wishes),
        weekdays=st.one_of(st.none(), st.frozensets(st.integers(0, 6), min_size=1)),
    )
    def change_series(
        self, which: int, start: int, length: int, wanted: Wanted | None, weekdays: frozenset[int] | None
    ) -> None:
        """As many of those that remain as can be had so; the others stay as they were."""
        self.settle()
        actor, number = self.series[which % len(self.series)]
        actor = self.member(actor.member_id)
        hours = _hours(self.hours(start, length))
        try:
            with self.database.begin(self.clock.now) as work:
                receipt = series.change(work, actor, number, hours=hours, weekdays=weekdays, wanted=wanted, skip=True)
        except errors.Refusal:
            return
        for held in receipt.dropped:
            assert weekdays is not None
            assert held.range.start.weekday() not in weekdays or held.range.start.date() == self.clock.now.date()
            was = self.expected[held.id]
            self.expected[held.id] = Expected(was.holder, {}, was.slots)
            self.versions[held.id].append(held.version)
        for held in receipt.occurrences:
            assert weekdays is None or held.range.start.weekday() in weekdays
            if held.id not in self.expected:
                assert weekdays is not None
                self.made(held)
                continue
            was = self.expected[held.id]
            assert all(slot.start > self.clock.now for slot in was.slots.values())
            self.expected[held.id] = Expected(was.holder, {slot.gpu.id: slot.range for slot in held.slots})
            if held.version not in self.versions[held.id]:
                self.versions[held.id].append(held.version)
        self.absorb()

    @precondition(lambda self: self.series)
    @rule(which=numbers)
    def cancel_series(self, which: int) -> None:
        self.settle()
        actor, number = self.series[which % len(self.series)]
        with self.database.begin(self.clock.now) as work:
            receipt = series.cancel(work, actor, number)
        for held in receipt.occurrences:
            was = self.expected[held.id]
            assert all(slot.start > self.clock.now for slot in was.slots.values())
            self.expected[held.id] = Expected(was.holder, {}, was.slots)
            self.versions[held.id].append(held.version)
        self.absorb()

    @rule(who=numbers, wanted=wishes, length=lengths, takes=st.booleans(), until=st.one_of(st.none(), quarters))
    def wish(self, who: int, wanted: Wanted, length: int, takes: bool, until: int | None) -> None:
        actor = self.people[who % 3]
        before = None if until is None else self.hours(until, 1).start
        try:
            with self.database.begin(self.clock.now) as work:
                asked = waiting.ask(work, actor, wanted, length * QUARTER, before=before, takes=takes)
        except errors.MayNotBook:
            assert not self.is_here(actor.member_id)
            return
        except (errors.Conflict, errors.Invalid, errors.NotFound):
            return
        self.last = None
        if asked.receipt is not None:
            held = asked.receipt.reservation
            self.expected[held.id] = Expected(actor.member_id, {slot.gpu.id: slot.range for slot in held.slots})
            self.versions[held.id] = [held.version]
        self.absorb()

    @precondition(lambda self: self.offers())
    @rule(which=numbers, takes=st.booleans())
    def answer_an_offer(self, which: int, takes: bool) -> None:
        offers = self.offers()
        number = offers[which % len(offers)]
        expected = self.expected[number]
        actor = self.member(expected.holder)
        try:
            with self.database.begin(self.clock.now) as work:
                if takes:
                    waiting.take(work, actor, number)
                else:
                    waiting.decline(work, actor, number)
        except errors.MayNotBook:
            assert takes
            assert not self.is_here(actor.member_id)
            return
        except errors.OfferOver:
            assert expected.is_overdue(self.clock.now)
            return
        assert not expected.is_overdue(self.clock.now)
        self.last = None
        self.absorb()

    @rule(who=numbers, which=numbers)
    def wait_no_longer(self, who: int, which: int) -> None:
        actor = self.people[who % 3]
        with self.database.read(self.clock.now) as work:
            wishes = waiting.of_member(work, self.lab, actor.member_id)
        if wishes:
            with self.database.begin(self.clock.now) as work:
                waiting.withdraw(work, actor, wishes[which % len(wishes)].id)
            self.last = None
            self.absorb()

    @precondition(lambda self: self.last is not None)
    @rule()
    def deliver_again(self) -> None:
        """The same request once more: it is answered, and not done again."""
        assert self.last is not None
        assert self.last().again

    # --- what happens to everybody ---

    @rule(minutes=st.integers(1, 24).map(lambda steps: 5 * steps))
    def wait(self, minutes: int) -> None:
        self.clock.forward(minutes=minutes)

    @precondition(lambda self: self.moments())
    @rule(which=numbers)
    def wait_until_something_begins_or_ends(self, which: int) -> None:
        moments = self.moments()
        self.clock.now = moments[which % min(len(moments), 3)]

    @rule()
    def restart(self) -> None:
        self.database.close()
        self.database = Database(self.url)

    @rule()
    def send_what_is_due(self) -> None:
        self.settle()
        assert not any(self.expected[number].is_overdue(self.clock.now) for number in self.offers())
        while True:
            self.clock.forward(seconds=2)  # whoever was sent to just now is paced
            with self.database.begin(self.clock.now) as work:
                batch = outbox.claim(work, self.lab, LEASE)
            if batch is None:
                break
            for owed in batch.of_reservations:
                self.hear(owed)
            with self.database.begin(self.clock.now) as work:
                outbox.sent(work, batch, batch.ids, str(self.clock.now.timestamp()))
        for held in self.held():
            if held.state is State.RUNNING:
                assert self.told[held.id, Kind.START] == 1

    def hear(self, owed: outbox.Owed) -> None:
        """What is told is true as it is told, and the moments of a reservation are told once."""
        held = owed.reservation
        assert owed.due_at <= self.clock.now
        if owed.kind in {Kind.OFFERED, Kind.OFFER_OVER}:
            assert (owed.kind is Kind.OFFERED) == (held.state is State.OFFERED)
            return
        if owed.kind in BETWEEN_PEOPLE:
            return
        assert (held.state is State.CANCELLED) == (owed.kind is Kind.CANCELLED)
        if owed.kind is Kind.START:
            assert held.range.start == owed.due_at or held.range.start <= self.clock.now < held.range.end
        if owed.kind is Kind.BEFORE_START:
            assert held.state is State.UPCOMING
        if owed.kind in self.leads:
            self.reminded.add((held.id, owed.kind, self.of(held, owed.kind)))
        if owed.kind in {Kind.START, Kind.END}:
            self.told[held.id, owed.kind] += 1
            assert self.told[held.id, owed.kind] == 1

    # --- what must hold at any time ---

    @invariant()
    def everything_is_as_it_must_be(self) -> None:
        if not hasattr(self, "lab"):
            return
        with self.database.read(self.clock.now) as work:
            self.reservations_are_as_expected(work)
            self.nobody_holds_what_somebody_holds(work)
            self.the_audit_replays(work)
            self.what_is_owed_is_true(work)
            if not self.is_limited:
                self.nobody_is_passed_over(work)

    def reservations_are_as_expected(self, work: Work) -> None:
        for number, expected in self.expected.items():
            held = reservations.of_id(work, self.lab, number)
            slots = expected.would_have_been if expected.is_cancelled else expected.slots
            assert {slot.gpu.id: slot.range for slot in held.slots} == slots
            assert (held.state is State.CANCELLED) == (expected.is_cancelled or expected.is_overdue(self.clock.now))
            assert held.offered_until == expected.offered_until
            assert held.holder.id == expected.holder
            assert held.version == self.versions[number][-1]

    def nobody_holds_what_somebody_holds(self, work: Work) -> None:
        """No two live slots overlap, on no GPU that is or was in service, and their hours are those of the people."""
        ours = select(models.Slot).join(models.Reservation).where(models.Reservation.organization_id == self.lab)
        rows = work.session.scalars(ours.where(models.Slot.live)).all()
        found = [row for row in rows if row.offered_until is None or row.offered_until > self.clock.now]
        by_gpu: dict[int, list[TimeRange]] = {}
        for row in found:
            by_gpu.setdefault(row.gpu_id, []).append(row.range)
        for held in by_gpu.values():
            assert not any(one.overlaps(other) for one, other in zip(sorted(held), sorted(held)[1:], strict=False))
        hours = sum((row.range.length for row in found), timedelta(0))
        assert hours == sum(
            (
                slot.length
                for expected in self.expected.values()
                if not expected.is_overdue(self.clock.now)
                for slot in expected.slots.values()
            ),
            timedelta(0),
        )

    def the_audit_replays(self, work: Work) -> None:
        replayed: dict[int, dict[str, Any] | None] = {}
        for entry in reversed(audit.entries(work, self.lab, subject=facts.Subject.RESERVATION, limit=10_000)):
            assert entry.before == replayed.get(entry.subject_id)
            replayed[entry.subject_id] = entry.after
        now = {}
        for number, expected in self.expected.items():
            held = reservations.of_id(work, self.lab, number)
            if expected.slots and expected.is_overdue(self.clock.now):
                held = replace(held, state=State.OFFERED)  # nobody has freed it yet
            now[number] = audit.snapshot(held)
        assert replayed == now

    def what_is_owed_is_true(self, work: Work) -> None:
        owed = self.owed(work)
        for number in self.expected:
            held = reservations.of_id(work, self.lab, number)
            mine = [each for each in owed.pop(number, []) if each[0].kind not in BETWEEN_PEOPLE]
            self.an_offer_is_owed_its_end(held, mine)
            mine = [(row, whom) for row, whom in mine if row.kind not in {Kind.OFFERED, Kind.OFFER_OVER}]
            assert {row.version for row, _ in mine} <= {held.version}
            assert len({(row.kind, row.recipient_id) for row, _ in mine}) == len(mine)
            told_when_booked = {Kind.BEFORE_START} if held.range.start - self.clock.now < HOUR / 2 else set()
            to_come = sorted(
                (row.kind, row.due_at, whom)
                for row, whom in mine
                if row.due_at > self.clock.now and row.kind not in told_when_booked
            )
            said = {kind for kind in self.leads if (number, kind, self.of(held, kind)) in self.reminded}
            assert [each for each in to_come if each[0] not in said] == sorted(
                each for each in self.moments_of(held) if each[0] not in said
            )
            if held.state is State.CANCELLED:
                assert {row.kind for row, _ in mine} <= {Kind.CANCELLED}
        assert owed == {}

    def an_offer_is_owed_its_end(self, held: facts.Reservation, owed: list[tuple[models.Notice, str]]) -> None:
        ends = [row.due_at for row, _ in owed if row.kind == Kind.OFFER_OVER and row.due_at > self.clock.now]
        assert ends == ([held.offered_until] if held.state is State.OFFERED else [])

    def nobody_is_passed_over(self, work: Work) -> None:
        """No wish waits for what is free; but for those who have said no to something, by words or by silence."""
        busy = self.busy()
        for row in self.open_wishes(work):
            if row.offer_id is None and not row.passed:
                assert not self.fits(work, row, busy), f"wish {row.id} could be served"

    def the_first_who_fit_was_served(self, row: models.Wish, time: dict[int, TimeRange]) -> None:
        """Had this stayed free, nobody who asked before could have had it."""
        with self.database.read(self.clock.now) as work:
            busy = self.busy()
            without = {gpu: [held for held in busy.get(gpu, []) if held[0] != time.get(gpu)] for gpu in busy}
            for other in self.open_wishes(work):
                if other.id < row.id and other.offer_id is None and not other.passed:
                    assert not self.fits(work, other, without), f"wish {other.id} was before {row.id}"

    def fits(self, work: Work, row: models.Wish, busy: dict[int, list[tuple[TimeRange, int]]]) -> bool:
        """Tried the simple way: every start at which something ends, on every node."""
        gpus = [
            gpu
            for gpu in inventory.gpus(work, self.lab)
            if (gpu.id in row.gpus if row.gpus else inventory.is_model(gpu, row.model))
        ]
        first, length = max(row.earliest_at, self.clock.now), timedelta(seconds=row.seconds)
        starts = {first, *(time.end for gpu in gpus for time, _ in busy.get(gpu.id, []))}
        for start in starts:
            time = TimeRange(start, start + length)
            if first <= start <= row.latest_at:
                free = [
                    gpu
                    for gpu in gpus
                    if not any(held.overlaps(time) and by != row.reservation_id for held, by in busy.get(gpu.id, []))
                ]
                homes = Counter("" if row.spread else gpu.node for gpu in free)
                if max(homes.values(), default=0) >= row.gpu_count and self.may_have(work, row, free, time):
                    return True
        return False

    def may_have(self, work: Work, row: models.Wish, free: list[facts.Gpu], time: TimeRange) -> bool:
        """Whether the limits let its member have some of these at that time."""
        if not self.is_limited:
            return True
        moving = reservations.of_id(work, self.lab, row.reservation_id) if row.reservation_id else None
        for gpus in combinations(free, row.gpu_count):
            if row.spread or len({gpu.node for gpu in gpus}) == 1:
                wanted = Wanted(tuple(gpu.full_name for gpu in gpus))
                with suppress(errors.Invalid):
                    limits.allowed(work, self.lab, row.member_id, wanted, gpus, time, moving=moving)
                    return True
        return False

    def moments_of(self, held: facts.Reservation) -> list[tuple[Kind, Any, str]]:
        """What must be told of it in the time to come, and to whom."""
        if held.state in {State.CANCELLED, State.OVER, State.OFFERED}:
            return []
        holder, time = recipients.to_member(held.holder.id), held.range
        moments = [(Kind.START, time.start, CHANNEL), (Kind.END, time.end, CHANNEL)]
        before_start, before_end = self.leads[Kind.BEFORE_START], self.leads[Kind.BEFORE_END]
        if before_start is not None and time.start - self.clock.now >= HOUR / 2:  # needed by who has just booked it
            moments.append((Kind.BEFORE_START, time.start - before_start, holder))
        if before_end is not None and time.length > before_end:
            moments.append((Kind.BEFORE_END, time.end - before_end, holder))
        if time.length > timedelta(days=1):
            moments += [
                (Kind.BEFORE_END_3H, time.end - 3 * HOUR, holder),
                (Kind.BEFORE_END_24H, time.end - 24 * HOUR, holder),
            ]
        return [moment for moment in moments if moment[1] > self.clock.now]

    def of(self, held: facts.Reservation, kind: Kind) -> datetime:
        return held.range.start if kind is Kind.BEFORE_START else held.range.end

    # --- what the rules are made of ---

    def ask(self, actor: Actor, what: Callable[[Work, str], Receipt], number: int | None = None) -> Receipt | None:
        """The receipt, or None for a refusal that tells the truth; `number` is the reservation that is changed."""
        key = uuid4().hex

        def request() -> Receipt:
            with self.database.begin(self.clock.now) as work:
                return what(work, key)

        try:
            receipt = request()
        except errors.GpuTaken as taken:
            self.check_refusal(taken)
            return None
        except errors.AgainstRule as refusal:
            self.check_what_would_pass(actor, refusal, number)
            return None
        except (errors.Busy, errors.Unwritable):
            raise
        except errors.Refusal:
            return None
        self.last = request
        assert not receipt.again
        if number is not None and self.is_overruled(receipt):
            self.its_holder_is_told(receipt.reservation)
        return receipt

    def is_overruled(self, receipt: Receipt) -> bool:
        with self.database.read(self.clock.now) as work:
            last = next(
                entry
                for entry in audit.entries(work, self.lab, subject=facts.Subject.RESERVATION)
                if entry.subject_id == receipt.reservation.id and entry.surface is not facts.Surface.BOT
            )
        return last.by != receipt.reservation.holder.name

    def its_holder_is_told(self, held: facts.Reservation) -> None:
        """Once for this version, whatever came before."""
        with self.database.read(self.clock.now) as work:
            told = [
                row
                for row, whom in self.owed(work).get(held.id, [])
                if row.kind == Kind.OVERRULED and row.version == held.version
            ]
        assert len(told) == 1
        assert told[0].data["why"]

    def settle(self) -> None:
        """Somebody looks, and what was offered and not taken in time goes to the next."""
        with self.database.begin(self.clock.now) as work:
            waitlist.lock(work, self.lab)
        self.absorb()

    def absorb(self, *, everything: bool = False) -> None:
        """Take over what the waiting list has done: whatever it gave to somebody, nobody before them could have had it.

        With `everything`, also what anybody else has done.
        """
        with self.database.read(self.clock.now) as work:
            entries = audit.entries(work, self.lab, subject=facts.Subject.RESERVATION, limit=10_000)
            wishes = list(self.every_wish(work))
        given = []
        for entry in reversed([entry for entry in entries if entry.id > self.seen]):
            self.seen = entry.id
            is_of_list = entry.action in LIST_ACTIONS or entry.surface is facts.Surface.BOT
            if not (is_of_list or everything):
                continue
            assert entry.after is not None
            if entry.action is Action.SPLIT:
                self.told[entry.subject_id, Kind.START] = 1  # what it was a part of has begun
            self.take_over(entry.subject_id, entry.after)
            if entry.surface is facts.Surface.BOT and entry.action in {Action.OFFERED, Action.MOVED, Action.TAKEN}:
                assert self.is_here(entry.after["holder"])
                given.append(entry.subject_id)
        for number in given if not self.is_limited else ():
            for row in wishes:
                if number in {row.offer_id, row.reservation_id} and self.expected[number].slots:
                    self.the_first_who_fit_was_served(row, self.expected[number].slots)

    def take_over(self, number: int, after: dict[str, Any]) -> None:
        times = {
            int(gpu): TimeRange(*(datetime.fromisoformat(instant) for instant in written))
            for gpu, written in after["slots"].items()
        }
        until = after.get("offered_until")
        if until is not None and number not in self.expected:
            assert datetime.fromisoformat(until) <= self.clock.now + OFFER_LASTS
        self.expected[number] = Expected(
            after["holder"],
            {} if after["cancelled"] else times,
            times,
            datetime.fromisoformat(until) if until else None,
        )
        with self.database.read(self.clock.now) as work:
            self.versions.setdefault(number, []).append(reservations.of_id(work, self.lab, number).version)

    def busy(self) -> dict[int, list[tuple[TimeRange, int]]]:
        found: dict[int, list[tuple[TimeRange, int]]] = {}
        for number, expected in self.expected.items():
            for gpu, time in expected.slots.items():
                found.setdefault(gpu, []).append((time, number))
        return found

    def every_wish(self, work: Work) -> Iterable[models.Wish]:
        return work.session.scalars(select(models.Wish).where(models.Wish.organization_id == self.lab)).all()

    def open_wishes(self, work: Work) -> list[models.Wish]:
        """Those of people who have not left."""
        wishes = [row for row in self.every_wish(work) if self.is_here(row.member_id)]
        return [row for row in wishes if row.outcome is None and row.latest_at >= self.clock.now]

    def offers(self) -> list[int]:
        return [number for number, each in self.expected.items() if each.offered_until is not None and each.slots]

    def check_refusal(self, taken: errors.GpuTaken) -> None:
        """Somebody is in the way, and what is offered instead is free."""
        assert taken.clashes
        assert all(clash.range.overlaps(taken.wish) for clash in taken.clashes)
        moving = taken.moving.id if taken.moving else None
        for offer in taken.alternatives:
            assert not any(
                gpu.id in expected.slots and expected.slots[gpu.id].overlaps(offer.range)
                for gpu in offer.gpus
                for number, expected in self.expected.items()
                if number != moving and not expected.is_overdue(self.clock.now)
            )

    def check_what_would_pass(self, actor: Actor, refusal: errors.AgainstRule, number: int | None) -> None:
        with self.database.read(self.clock.now) as work:
            moving = reservations.of_id(work, self.lab, number) if number else None
            for offer in refusal.alternatives:
                wanted = Wanted(tuple(gpu.full_name for gpu in offer.gpus))
                served = search.serve(work, self.lab, actor.member_id, wanted, offer.range, moving)
                assert served.time.clip(offer.range) == offer.range  # the lab may round it

    def as_rounded(self, receipt: Receipt, slots: dict[int, TimeRange]) -> dict[int, TimeRange]:
        """What it has become where the lab rounds: all that was wished for, and less than an hour more at each end."""
        if not receipt.rounded:
            return slots
        held = {slot.gpu.id: slot.range for slot in receipt.reservation.slots}
        for gpu, time in slots.items():
            assert held[gpu].clip(time) == time
            assert max(time.start - held[gpu].start, held[gpu].end - time.end) < HOUR
        return held

    def made(self, held: facts.Reservation) -> None:
        """Out of a hand-over; what runs already is not told to start, because the hand-over itself was."""
        self.expected[held.id] = Expected(held.holder.id, {slot.gpu.id: slot.range for slot in held.slots})
        self.versions[held.id] = [held.version]
        if held.state is State.RUNNING:
            self.told[held.id, Kind.START] = 1

    def changed(self, receipt: Receipt, slots: dict[int, TimeRange]) -> None:
        held = receipt.reservation
        was = self.expected[held.id]
        self.expected[held.id] = Expected(was.holder, slots, was.slots)
        assert held.version > self.versions[held.id][-1]
        self.versions[held.id].append(held.version)
        self.absorb()

    def pick(self, which: int, seen: int) -> tuple[int, Actor, int | None, str]:
        """A reservation, mostly its holder, mostly the version that is now, and what an admin gives as the reason."""
        self.settle()
        number = sorted(self.expected)[which % len(self.expected)]
        versions = self.versions[number]
        version = [versions[-1], None, versions[-1], versions[seen % len(versions)]][seen % 4]
        if seen >= 90:
            return number, *((self.people[0], version, "") if seen == 98 else (self.admin, version, "power cut"))
        return number, self.member(self.expected[number].holder), version, ""

    def member(self, number: int) -> Actor:
        return next(each for each in self.people if each.member_id == number)

    def is_here(self, number: int) -> bool:
        return self.member(number).standing is Standing.MEMBER

    @property
    def admin(self) -> Actor:
        return self.people[2]

    def some_names(self, number: int) -> tuple[str, ...]:
        held = self.expected[number].slots or self.expected[number].would_have_been
        return (f"#{min(held)}",)

    def hours(self, start: int, length: int) -> TimeRange:
        begin = self.clock.now.replace(minute=self.clock.now.minute // 15 * 15, second=0) + start * QUARTER
        return TimeRange(begin, begin + length * QUARTER)

    def moments(self) -> list[Any]:
        instants = {
            instant
            for expected in self.expected.values()
            for slot in expected.slots.values()
            for instant in (slot.start, slot.end)
        }
        return sorted(instant for instant in instants if instant > self.clock.now)

    def held(self) -> list[facts.Reservation]:
        with self.database.read(self.clock.now) as work:
            return [reservations.of_id(work, self.lab, number) for number in self.expected]

    def owed(self, work: Work) -> dict[int, list[tuple[models.Notice, str]]]:
        asked = (
            select(models.Notice, models.Recipient.whom)
            .join(models.Recipient)
            .where(models.Notice.outcome.is_(None), models.Recipient.organization_id == self.lab)
            .where(models.Notice.reservation_id.is_not(None))
        )
        found: dict[int, list[tuple[models.Notice, str]]] = {}
        for row, whom in work.session.execute(asked):
            assert row.reservation_id is not None
            found.setdefault(row.reservation_id, []).append((row, whom))
        return found

    def teardown(self) -> None:
        self.database.close()


def _hours(time: TimeRange) -> Hours:
    """Its clocks, in UTC."""
    return Hours(time.start.time(), time.end.time(), (time.end.date() - time.start.date()).days, UTC)
