"""A lab with a standing cast: Alice books, Bob wants the same, Charlie watches, Dana may not book."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest

from core import availability, booking, facts, maintenance, members, organizations, reservations
from core.actors import Actor, Operator
from core.facts import Standing
from core.inventory import Wanted
from core.timerange import TimeRange
from core.work import Database
from tests.conftest import Clock


@dataclass
class Lab:
    """Talks to core as a surface would: one transaction and one instant per call."""

    database: Database
    clock: Clock
    id: int
    alice: Actor
    bob: Actor
    charlie: Actor
    dana: Actor

    def hours(self, start: float, length: float = 1) -> TimeRange:
        """A range that begins `start` hours from now."""
        begin = self.clock.now + timedelta(hours=start)
        return TimeRange(begin, begin + timedelta(hours=length))

    def reserve(self, actor: Actor, wish: TimeRange, *names: str, **more: object) -> facts.Receipt:
        wanted = more.pop("wanted", Wanted(names=names))
        with self.database.begin(self.clock.now) as work:
            return booking.reserve(work, actor, wanted, wish, **more)  # type: ignore[arg-type]

    def act(self, verb: str, actor: Actor, held: facts.Reservation, **more: object) -> facts.Receipt:
        more.setdefault("version", held.version)
        with self.database.begin(self.clock.now) as work:
            receipt = getattr(booking, verb)(work, actor, held.id, **more)
            assert isinstance(receipt, facts.Receipt)
            return receipt

    def add_gpu(self, node: str, label: str, model: str = "RTX 5090", memory_gb: int = 32) -> facts.Gpu:
        with self.database.begin(self.clock.now) as work:
            return maintenance.put_in_service(
                work, Operator(self.id), node=node, label=label, model=model, memory_gb=memory_gb
            )

    def occupancy(self) -> tuple[facts.Occupancy, ...]:
        with self.database.read(self.clock.now) as work:
            return availability.occupancy(work, self.id)

    def held_by(self, actor: Actor) -> tuple[facts.Reservation, ...]:
        with self.database.read(self.clock.now) as work:
            return reservations.held_by(work, self.id, actor.member_id)


def found_lab(database: Database, now: datetime, slack_id: str = "T1") -> tuple[int, list[Actor]]:
    with database.begin(now) as work:
        lab = organizations.seed(work, slack_id=slack_id, name="Vision lab", zone="Asia/Tokyo", channel="C1")
        cast = [
            members.save(
                work,
                lab.id,
                f"U{name}",
                name=name,
                zone="Asia/Tokyo",
                language="en",
                standing=standing,
                admin=name == "Charlie",
            )
            for name, standing in (
                ("Alice", Standing.MEMBER),
                ("Bob", Standing.MEMBER),
                ("Charlie", Standing.MEMBER),
                ("Dana", Standing.GUEST),
            )
        ]
    return lab.id, [Actor.of(lab.id, member) for member in cast]


@pytest.fixture
def lab(database: Database, clock: Clock) -> Lab:
    lab_id, cast = found_lab(database, clock.now)
    return Lab(database, clock, lab_id, *cast)
