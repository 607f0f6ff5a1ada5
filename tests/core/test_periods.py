"""Stories of special periods: the channel hears of each, when it is added, when it begins, when it is called off."""

from __future__ import annotations

from datetime import timedelta

import pytest

from core import errors, facts, outbox, rules
from core.actors import Actor
from core.facts import Rule
from core.kinds import Kind
from core.timerange import TimeRange
from tests.core.conftest import Lab

RULES = {Rule.LONGEST: timedelta(hours=4)}


def add(lab: Lab, actor: Actor, name: str, time: TimeRange) -> facts.Period:
    with lab.database.begin(lab.clock.now) as work:
        return rules.add_period(work, actor, name, time, RULES)


def told(lab: Lab) -> list[tuple[Kind, list[str]]]:
    """What the channel is told now, and of which periods."""
    found: list[tuple[Kind, list[str]]] = []
    lab.clock.forward(seconds=2)
    while True:
        with lab.database.begin(lab.clock.now) as work:
            batch = outbox.claim(work, lab.id, timedelta(seconds=20))
            if batch is None:
                return found
            for owed in batch.owed:
                if owed.kind is Kind.PERIOD_BEGINS:
                    names = [period.name for period, _ in rules.beginning(work, lab.id, owed)]
                else:
                    period, said = rules.told(owed)
                    names = [period.name]
                    assert said == (RULES if owed.kind is Kind.PERIOD_ADDED else {})
                found.append((owed.kind, names))
        with lab.database.begin(lab.clock.now) as work:
            outbox.sent(work, batch, batch.ids, "1.0")
        lab.clock.forward(seconds=2)


def test_the_channel_hears_of_it_when_it_is_added_and_when_it_begins(lab: Lab) -> None:
    time = lab.hours(24, 48)
    add(lab, lab.charlie, "ICML", time)
    lab.clock.forward(minutes=1)
    add(lab, lab.charlie, "NeurIPS", TimeRange(time.start, time.start + timedelta(hours=9)))
    assert told(lab) == [(Kind.PERIOD_ADDED, ["ICML"]), (Kind.PERIOD_ADDED, ["NeurIPS"])]
    lab.clock.forward(days=1)
    assert told(lab) == [(Kind.PERIOD_BEGINS, ["ICML", "NeurIPS"])]


def test_one_that_is_on_already_does_not_begin_again(lab: Lab) -> None:
    add(lab, lab.charlie, "ICML", lab.hours(-1, 48))
    assert told(lab) == [(Kind.PERIOD_ADDED, ["ICML"])]
    lab.clock.forward(days=1)
    assert told(lab) == []


def test_one_that_is_called_off_does_not_begin(lab: Lab) -> None:
    period = add(lab, lab.charlie, "ICML", lab.hours(24, 48))
    told(lab)
    with lab.database.begin(lab.clock.now) as work:
        rules.remove_period(work, lab.charlie, period.id)
    assert told(lab) == [(Kind.PERIOD_REMOVED, ["ICML"])]
    lab.clock.forward(days=1)
    assert told(lab) == []


def test_it_stands_in_a_message_of_its_own(lab: Lab) -> None:
    add(lab, lab.charlie, "ICML", lab.hours(24, 48))
    lab.clock.forward(seconds=1)
    lab.reserve(lab.alice, lab.hours(1))
    with lab.database.begin(lab.clock.now) as work:
        batch = outbox.claim(work, lab.id, timedelta(seconds=20))
    assert batch is not None
    assert [owed.kind for owed in batch.owed] == [Kind.PERIOD_ADDED]


def test_another_that_begins_then_is_still_told(lab: Lab) -> None:
    time = lab.hours(24, 48)
    period = add(lab, lab.charlie, "ICML", time)
    add(lab, lab.charlie, "NeurIPS", TimeRange(time.start, time.start + timedelta(hours=9)))
    told(lab)
    with lab.database.begin(lab.clock.now) as work:
        rules.remove_period(work, lab.charlie, period.id)
    told(lab)
    lab.clock.forward(days=1)
    assert told(lab) == [(Kind.PERIOD_BEGINS, ["NeurIPS"])]


def test_only_admins_add_and_remove_them(lab: Lab) -> None:
    with pytest.raises(errors.AdminsOnly):
        add(lab, lab.alice, "ICML", lab.hours(24, 48))
    with lab.database.begin(lab.clock.now) as work, pytest.raises(errors.UnknownPeriod):
        rules.remove_period(work, lab.charlie, 99)
