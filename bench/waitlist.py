"""What it costs to find whom to offer a freed slot, with 1,000 wishes waiting on 100 GPUs.

    .venv/bin/python bench/waitlist.py [--quick]

Beside one question for availability ("who holds which of 100 GPUs over the next day") in the same run.
"""

from __future__ import annotations

import argparse
import random
import time
from collections.abc import Callable
from datetime import timedelta

from places import KINDS, MEMBERS, NOW, databases, found_lab, percentile, show
from sqlalchemy import delete, insert, update

from core import availability, facts, inventory, models, waitlist
from core.actors import Actor
from core.timerange import TimeRange
from core.work import Database

HOUR = timedelta(hours=1)
WISHES = 1_000
DAYS = 2  # that are fully booked on every GPU, by hours


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="fewer rounds")
    rounds = 15 if parser.parse_args().quick else 60
    with databases() as new:
        rows = [row for kind in KINDS for row in measured(kind, new(kind), rounds)]
    show(
        f"A freed hour, {WISHES:,} wishes on 100 full GPUs (aim: at most 5 times one question)",
        ("", "p50 ms", "p95 ms", "question p50", "ratio p50"),
        *rows,
    )


def measured(kind: str, database: Database, rounds: int) -> list[tuple[object, ...]]:
    actor, gpus = found_lab(database)
    fill(database, gpus)
    wish(database)
    found: list[tuple[object, ...]] = []
    for name, length in (("the last of all can have it", HOUR), ("nobody can have it", HOUR / 4)):
        passing, asking = [], []
        for number in range(-3, rounds):
            taken = took(lambda number=number, length=length: pass_on(database, actor, gpus[number % 100], length))  # type: ignore[misc]
            asked = took(lambda: ask(database, actor))
            if number >= 0:
                passing.append(taken)
                asking.append(asked)
        one, question = percentile(passing, 50), percentile(asking, 50)
        found.append((f"{kind}, {name}", one, percentile(passing, 95), question, one / question))
    return found


def took(act: Callable[[], object]) -> float:
    begun = time.perf_counter()
    act()
    return time.perf_counter() - begun


def pass_on(database: Database, actor: Actor, gpu: facts.Gpu, length: timedelta) -> None:
    """The first hour of a GPU, or less, is given back; what that leads to is done, and taken back again."""
    with database.rehearse(NOW) as work:
        waitlist.lock(work, actor.organization_id)
        first = (models.Slot.gpu_id == gpu.id, models.Slot.start_at == NOW)
        shorter = update(models.Slot).where(*first).values(start_at=NOW + length)
        work.connection.execute(delete(models.Slot).where(*first) if length == HOUR else shorter)
        work.freed.append((gpu.id, TimeRange(NOW, NOW + length)))
        waitlist.pass_on(work, actor.organization_id)


def ask(database: Database, actor: Actor) -> None:
    with database.read(NOW) as work:
        known = inventory.gpus(work, actor.organization_id)
        day = TimeRange(NOW, NOW + timedelta(days=1))
        assert len(availability.holdings(work, actor.organization_id, known, day)) >= 2_400


def fill(database: Database, gpus: tuple[facts.Gpu, ...]) -> None:
    """Every GPU is held hour by hour."""
    held = [
        {"organization_id": 1, "member_id": 1 + number % MEMBERS, "created_at": NOW}
        for number in range(len(gpus) * 24 * DAYS)
    ]
    slots = [
        {
            "reservation_id": 1 + hour * len(gpus) + number,
            "gpu_id": gpu.id,
            "start_at": NOW + hour * HOUR,
            "end_at": NOW + (hour + 1) * HOUR,
        }
        for hour in range(24 * DAYS)
        for number, gpu in enumerate(gpus)
    ]
    with database.engine.begin() as connection:
        connection.execute(insert(models.Reservation), held)
        connection.execute(insert(models.Slot), slots)


def wish(database: Database) -> None:
    """Wishes of every kind that do not fit into an hour, or not on one GPU; at the end one that does."""
    chance = random.Random(1)  # noqa: S311 - guards nothing
    wishes: list[dict[str, object]] = [
        {
            "organization_id": 1,
            "member_id": 1 + number % MEMBERS,
            "asked_at": NOW,
            "gpus": [],
            "gpu_count": chance.choice((2, 2, 4, 8)) if number % 2 else 1,
            "model": chance.choice((None, "5090", "A100")),
            "spread": False,
            "seconds": 3600 if number % 2 else 3600 * chance.randint(2, 24),
            "earliest_at": NOW,
            "latest_at": NOW + timedelta(days=30),
            "takes": False,
            "passed": [],
        }
        for number in range(WISHES - 1)
    ]
    last = {**wishes[0], "gpu_count": 1, "model": None, "seconds": 3600}
    with database.engine.begin() as connection:
        connection.execute(insert(models.Wish), [*wishes, last])


if __name__ == "__main__":
    main()
