"""A lab says what it allows: limits, and special periods in which others hold, of which the channel hears.

Whoever waits for what they were not allowed before is served at once.
"""

from __future__ import annotations

from datetime import timedelta

from core import audit, errors, inventory, members, models, notices, outbox, policy, rulebook, waitlist
from core.actors import Actor, Operator
from core.facts import Action, Period, Rule, Subject
from core.kinds import Kind
from core.policy import Rules
from core.recipients import CHANNEL
from core.timerange import TimeRange
from core.work import Work

_MINUTE, _DAY = timedelta(minutes=1), timedelta(days=1)
_BOUNDS: dict[Rule, tuple[timedelta | int, timedelta | int]] = {
    Rule.SHORTEST: (_MINUTE, 7 * _DAY),
    Rule.LONGEST: (5 * _MINUTE, 366 * _DAY),
    Rule.ROUNDING: (_MINUTE, _DAY),
    Rule.AHEAD: (60 * _MINUTE, 3650 * _DAY),
    Rule.OPEN: (60 * _MINUTE, 36500 * _DAY),
    Rule.WEEK: (60 * _MINUTE, 36500 * _DAY),
    Rule.AT_ONCE: (1, 10_000),
    Rule.USUAL: (_MINUTE, 366 * _DAY),
}


def set_for(work: Work, by: Actor | Operator, scope: Subject, subject_id: int, rules: Rules, *, why: str = "") -> None:
    """Say all that is said of the lab, a GPU or a member, instead of what was said before; nothing takes it back.

    Raises AdminsOnly, BadLimits, UnknownGpu or UnknownMember.
    """
    members.must_be_admin(work, by)
    members.lock_organization(work, by.organization_id)
    check(scope, rules)
    _must_be_ours(work, by.organization_id, scope, subject_id)
    before = _write(work, by.organization_id, scope, subject_id, rules)
    after = policy.written(rules)
    if before != after:
        concerns = subject_id if scope is Subject.MEMBER else None
        audit.record(
            work,
            by,
            Action.LIMITED,
            scope,
            subject_id,
            before={"limits": before},
            after={"limits": after},
            concerns=concerns,
            why=why,
        )
    waitlist.look_again(work, by.organization_id)


def add_period(work: Work, by: Actor | Operator, name: str, time: TimeRange, rules: Rules, *, why: str = "") -> Period:
    """Let other limits hold for a while. Told at once, and when it begins.

    Raises AdminsOnly, BadLimits, InThePast, and NoName.
    """
    members.must_be_admin(work, by)
    name = " ".join(name.split())[:100]
    if not name:
        raise errors.NoName
    policy.check_not_over(time, work.now)
    check(Subject.PERIOD, rules)
    members.lock_organization(work, by.organization_id)
    row = models.Period(organization_id=by.organization_id, name=name, start_at=time.start, end_at=time.end)
    work.session.add(row)
    work.session.flush()
    _write(work, by.organization_id, Subject.PERIOD, row.id, rules)
    period = rulebook.period(row)
    audit.record(
        work,
        by,
        Action.ADDED,
        Subject.PERIOD,
        row.id,
        before=None,
        after=_snapshot(period, rules),
        why=why,
    )
    waitlist.look_again(work, by.organization_id)
    _tell(work, by, Kind.PERIOD_ADDED, period, rules)
    if time.start > work.now:
        notices.owe_by_lab(work, by.organization_id, Kind.PERIOD_BEGINS, CHANNEL, time.start, useful_until=time.end)
    return period


def remove_period(work: Work, by: Actor | Operator, period_id: int, *, why: str = "") -> Period:
    """Take a special period back; what was booked in it stays. Raises AdminsOnly and UnknownPeriod."""
    members.must_be_admin(work, by)
    members.lock_organization(work, by.organization_id)
    row = work.session.get(models.Period, period_id)
    if row is None or row.organization_id != by.organization_id:
        raise errors.UnknownPeriod(period_id)
    period = rulebook.period(row)
    said = rulebook.said_of(work, by.organization_id, Subject.PERIOD, period_id)
    _write(work, by.organization_id, Subject.PERIOD, period_id, {})
    work.session.delete(row)
    audit.record(
        work,
        by,
        Action.REMOVED,
        Subject.PERIOD,
        period_id,
        before=_snapshot(period, said),
        after=None,
        why=why,
    )
    waitlist.look_again(work, by.organization_id)
    others = [each for each, _ in rulebook.periods(work, by.organization_id)]
    if not any(each.range.start == period.range.start for each in others):
        notices.take_back_by_lab(work, by.organization_id, Kind.PERIOD_BEGINS, period.range.start)
    if period.range.end > work.now:
        _tell(work, by, Kind.PERIOD_REMOVED, period, {})
    return period


def beginning(work: Work, organization_id: int, notice: outbox.OwedByLab) -> list[tuple[Period, Rules]]:
    """The periods of whose beginning a notice tells, as they are now."""
    known = rulebook.periods(work, organization_id)
    return [(period, rules) for period, rules in known if period.range.start == notice.due_at]


def told(notice: outbox.OwedByLab) -> tuple[Period, Rules]:
    """The period that a notice tells of, as it was then."""
    period = Period(int(notice.data["id"]), str(notice.data["name"]), TimeRange.read(notice.data["time"]))
    return period, policy.read(notice.data["limits"])


def check(scope: Subject, rules: Rules) -> None:
    """Raise BadLimits for what would let nobody book at all, or means nothing."""
    bad = {rule: _BOUNDS[rule] for rule, value in rules.items() if not _is_sound(scope, rule, value)}
    whole = policy.DEFAULT.but({rule: value for rule, value in rules.items() if rule not in bad})
    if whole.longest is not None and not whole.shortest <= whole.longest:
        bad[Rule.LONGEST] = whole.shortest, _BOUNDS[Rule.LONGEST][1]
    if bad:
        raise errors.BadLimits(bad)


def _is_sound(scope: Subject, rule: Rule, value: policy.Value) -> bool:
    if scope is Subject.GPU and rule is Rule.AT_ONCE:
        return False
    if value is None:
        return rule not in {Rule.SHORTEST, Rule.USUAL}
    least, most = _BOUNDS[rule]
    return bool(least <= value <= most)  # type: ignore[operator]


def _tell(work: Work, by: Actor | Operator, kind: Kind, period: Period, rules: Rules) -> None:
    """The channel, now."""
    until, data = period.range.end, {"id": period.id, **_snapshot(period, rules)}
    notices.owe_by_lab(work, by.organization_id, kind, CHANNEL, work.now, useful_until=until, data=data)


def _must_be_ours(work: Work, organization_id: int, scope: Subject, subject_id: int) -> None:
    if scope is Subject.MEMBER:
        members.of_id(work, organization_id, subject_id)
    elif scope is Subject.GPU:
        inventory.named(work, organization_id, f"#{subject_id}")
    elif (scope, subject_id) != (Subject.LAB, organization_id):
        raise ValueError(f"nothing is said of {scope} {subject_id}")


def _write(work: Work, organization_id: int, scope: Subject, subject_id: int, rules: Rules) -> dict[str, int | None]:
    """What was said before, as JSON."""
    row = rulebook.row_of(work, organization_id, scope, subject_id)
    before = dict(row.rules) if row else {}
    if row is None and rules:
        row = models.Limits(organization_id=organization_id, scope=scope, subject_id=subject_id)
        work.session.add(row)
    if row is not None and rules:
        row.rules = policy.written(rules)
    elif row is not None:
        work.session.delete(row)
    work.session.flush()
    rulebook.forget(work)
    return before


def _snapshot(period: Period, rules: Rules) -> audit.Snapshot:
    return {"name": period.name, "time": period.range.written(), "limits": policy.written(rules)}
