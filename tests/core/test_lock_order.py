"""Everything that locks rows, mixed, by people and by senders: nobody waits for somebody who waits for them."""

from __future__ import annotations

import os
import random
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

import pytest
from sqlalchemy import select

from core import (
    booking,
    busy,
    errors,
    facts,
    handover,
    maintenance,
    models,
    outbox,
    reservations,
    rulebook,
    rules,
    series,
    waiting,
)
from core.actors import Actor
from core.facts import Rule, Subject
from core.inventory import Wanted
from core.policy import Value
from core.work import Database, Work
from tests.core.conftest import Lab

IS_SOAK = bool(os.environ.get("SOAK"))
THREADS, CHANGES = 8, 60 if IS_SOAK else 8


@dataclass
class Turn:
    """What somebody is about to do, by chance."""

    lab: Lab
    now: datetime
    dice: random.Random
    who: Actor
    own: list[facts.Reservation]
    others: list[facts.Reservation]

    @property
    def one(self) -> facts.Reservation:
        return self.dice.choice(self.own or self.others)


def reserve(work: Work, turn: Turn) -> None:
    wanted = Wanted(names=(f"GPU{turn.dice.randrange(4)}",)) if turn.dice.random() < 0.5 else Wanted(count=2)
    booking.reserve(work, turn.who, wanted, turn.lab.hours(turn.dice.randrange(1, 30)))


def extend(work: Work, turn: Turn) -> None:
    booking.extend(work, turn.who, turn.one.id, version=None, by=timedelta(minutes=10))


def give_back(work: Work, turn: Turn) -> None:
    verb = booking.cancel if turn.one.state is facts.State.UPCOMING else booking.release
    verb(work, turn.who, turn.one.id, version=None)


def ask(work: Work, turn: Turn) -> None:
    handover.ask(work, turn.who, turn.dice.choice(turn.others).id)


def answer(work: Work, turn: Turn) -> None:
    asked = work.session.scalars(select(models.HandOver.id)).all()
    handover.answer(work, turn.who, turn.dice.choice(asked or [0]), yes=turn.dice.random() < 0.7)


def repeat(work: Work, turn: Turn) -> None:
    booked = work.session.scalars(select(models.Series.id).where(models.Series.member_id == turn.who.member_id)).all()
    if booked and turn.dice.random() < 0.7:
        which, start = turn.dice.choice(booked), time(turn.dice.randrange(20))
        if turn.dice.random() < 0.3:
            series.cancel(work, turn.who, which)
        else:
            series.change(work, turn.who, which, hours=facts.Hours(start, time(start.hour + 1), 0, UTC), skip=True)
        return
    day = (turn.now + timedelta(days=turn.dice.randrange(1, 9))).date()
    every_day = facts.Recurrence("day", 1, ())
    repeats = facts.Repeats(every_day, day, day + timedelta(days=2), facts.Hours(time(9), time(10), 0, UTC))
    series.book(work, turn.who, Wanted(), repeats, skip=True)


def find_it_busy(work: Work, turn: Turn) -> None:
    busy.call(work, turn.who, [held.id for held in turn.own or turn.others])


def take_down(work: Work, turn: Turn) -> None:
    window = turn.lab.hours(turn.dice.randrange(1, 30), 2)
    maintenance.take_down(work, turn.lab.charlie, (f"GPU{turn.dice.randrange(4)}",), window, "fan noise")


def edit(work: Work, turn: Turn) -> None:
    gpu = turn.one.gpus[0]
    maintenance.edit(work, turn.lab.charlie, gpu.id, label=gpu.label, model=gpu.model, memory_gb=32, notes="warm")


def bring_up_to_date(work: Work, turn: Turn) -> None:
    gpu, memory = turn.one.gpus[0], turn.dice.randrange(24, 96)
    maintenance.put_in_service(
        work, turn.lab.charlie, node=gpu.node, label=gpu.label, model=gpu.model, memory_gb=memory
    )


def limit(work: Work, turn: Turn) -> None:
    said: dict[Rule, Value] = {
        Rule.AT_ONCE: turn.dice.randrange(2, 9),
        Rule.OPEN: timedelta(hours=turn.dice.randrange(50, 300)),
    }
    rules.set_for(work, turn.lab.charlie, Subject.MEMBER, turn.who.member_id, said)


def declare(work: Work, turn: Turn) -> None:
    known = rulebook.periods(work, turn.lab.id)
    if known and turn.dice.random() < 0.5:
        rules.remove_period(work, turn.lab.charlie, turn.dice.choice(known)[0].id)
    else:
        window = turn.lab.hours(turn.dice.randrange(1, 30), 5)
        rules.add_period(work, turn.lab.charlie, "a deadline", window, {Rule.LONGEST: timedelta(hours=3)})


def wait(work: Work, turn: Turn) -> None:
    wanted = Wanted(names=(f"GPU{turn.dice.randrange(4)}",)) if turn.dice.random() < 0.5 else Wanted(count=2)
    waiting.ask(work, turn.who, wanted, timedelta(hours=turn.dice.randrange(1, 4)))


CHANGES_OF_PEOPLE: tuple[Callable[[Work, Turn], None], ...] = (
    reserve, reserve, extend, give_back, ask, answer, repeat, find_it_busy, take_down, edit, bring_up_to_date, limit,
    declare, wait,
)  # fmt: skip


def deliver(database: Database, lab: Lab, now: datetime, slack_ts: str) -> None:
    with database.begin(now) as work:
        batch = outbox.claim(work, lab.id, timedelta(seconds=1))
    if batch is not None and batch.owed:
        with database.begin(now) as work:
            outbox.sent(work, batch, batch.ids, slack_ts)


def go_on(database: Database, lab: Lab, seed: int) -> Counter[str]:
    dice, heard = random.Random(seed), Counter[str]()
    people = [lab.alice, lab.bob, lab.charlie]
    for number in range(CHANGES):
        now = lab.clock.now + timedelta(minutes=1, seconds=2 * number)
        who, change = dice.choice(people), dice.choice(CHANGES_OF_PEOPLE)
        try:
            with database.read(now) as work:
                held = [each for person in people for each in reservations.held_by(work, lab.id, person.member_id)]
            own = [each for each in held if each.holder.id == who.member_id]
            turn = Turn(lab, now, dice, who, own, [each for each in held if each not in own] or held)
            with database.begin(now) as work:
                change(work, turn)
            heard[change.__name__] += 1
            deliver(database, lab, now, f"{seed}.{number}")
        except errors.Refusal as refusal:
            heard[type(refusal).__name__] += 1
    return heard


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)  # SQLite has one writer
def test_many_different_changes_at_once_never_wait_in_a_circle(lab: Lab, database_url: str) -> None:
    """What is refused is refused by a rule: a deadlock would be told as Busy. `make soak` goes on for longer."""
    for number, who in enumerate((lab.alice, lab.bob, lab.charlie, lab.alice)):
        if number:
            lab.add_gpu("lab-node-1", f"GPU{number}")
        lab.reserve(who, lab.hours(0, 3), f"GPU{number}")
    with closing(Database(database_url)) as database, ThreadPoolExecutor(THREADS) as pool:
        heard = sum(pool.map(lambda seed: go_on(database, lab, seed), range(THREADS)), Counter[str]())
    assert "Busy" not in heard, heard
    assert sum(heard[change.__name__] for change in set(CHANGES_OF_PEOPLE)) > THREADS * CHANGES / 4, heard
