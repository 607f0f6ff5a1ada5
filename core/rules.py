"""A lab says what it allows: limits, and special periods in which others hold, of which the channel hears.

Whoever waits for what they were not allowed before is served at once.
"""

from __future__ import annotations

from core import facts, limits, notices, outbox, policy, rulebook, waitlist
from core.actors import Actor, Operator
from core.facts import Subject
from core.kinds import Kind
from core.policy import Rules
from core.recipients import CHANNEL
from core.timerange import TimeRange
from core.work import Work


def set_for(work: Work, by: Actor | Operator, scope: Subject, subject_id: int, rules: Rules, *, why: str = "") -> None:
    """Say all that is said of the lab, a GPU or a member. Raises what `limits.set_for` raises."""
    limits.set_for(work, by, scope, subject_id, rules, why=why)
    waitlist.look_again(work, by.organization_id)


def add_period(
    work: Work, by: Actor | Operator, name: str, time: TimeRange, rules: Rules, *, why: str = ""
) -> facts.Period:
    """Let other limits hold for a while. Told at once, and when it begins. Raises what `limits.add_period` raises."""
    period = limits.add_period(work, by, name, time, rules, why=why)
    waitlist.look_again(work, by.organization_id)
    data = _data(period, rules)
    notices.owe_by_lab(work, by.organization_id, Kind.PERIOD_ADDED, CHANNEL, work.now, useful_until=time.end, data=data)
    if time.start > work.now:
        notices.owe_by_lab(work, by.organization_id, Kind.PERIOD_BEGINS, CHANNEL, time.start, useful_until=time.end)
    return period


def remove_period(work: Work, by: Actor | Operator, period_id: int, *, why: str = "") -> facts.Period:
    """Take one back; what was booked in it stays. Raises AdminsOnly and UnknownPeriod."""
    period = limits.remove_period(work, by, period_id, why=why)
    waitlist.look_again(work, by.organization_id)
    others = [each for each, _ in rulebook.periods(work, by.organization_id)]
    if not any(each.range.start == period.range.start for each in others):
        notices.take_back_by_lab(work, by.organization_id, Kind.PERIOD_BEGINS, period.range.start)
    if period.range.end > work.now:
        until = period.range.end
        data = _data(period, {})
        notices.owe_by_lab(
            work, by.organization_id, Kind.PERIOD_REMOVED, CHANNEL, work.now, useful_until=until, data=data
        )
    return period


def beginning(work: Work, organization_id: int, notice: outbox.OwedByLab) -> list[tuple[facts.Period, Rules]]:
    """The periods of whose beginning a notice tells, as they are now."""
    known = rulebook.periods(work, organization_id)
    return [(period, rules) for period, rules in known if period.range.start == notice.due_at]


def told(notice: outbox.OwedByLab) -> tuple[facts.Period, Rules]:
    """The period that a notice tells of, as it was then."""
    period = facts.Period(int(notice.data["id"]), str(notice.data["name"]), TimeRange.read(notice.data["time"]))
    return period, policy.read(notice.data["limits"])


def _data(period: facts.Period, rules: Rules) -> dict[str, object]:
    return {
        "id": period.id,
        "name": period.name,
        "time": period.range.written(),
        "limits": policy.written(rules),
    }
