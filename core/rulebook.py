"""What is said in a lab of its members' bookings: of the lab, of a GPU, for a while, of one person.

It is read and resolved here and nowhere else. A special period goes before the lab, for every booking that touches it;
so does a GPU, and where both speak, the stricter word holds. What is said of a person goes before all of these. Hours
that are said of a GPU are counted on that GPU, beside those of the whole lab. Several GPUs at once take the strictest.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import reduce
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Row, and_, bindparam, func, or_, select

from core import facts, models, policy, usage
from core.facts import Origin, Period, Rule, Subject
from core.inventory import Wanted
from core.policy import Limits, Rules
from core.timerange import TimeRange
from core.work import Work

_COUNTED = frozenset({Rule.OPEN, Rule.WEEK})  # on a GPU, its own hours


@dataclass(frozen=True)
class Budget:
    """So many GPU hours of one person; on one GPU, or on all."""

    rule: Rule
    limit: timedelta
    origin: Origin

    def counts(self, gpu_id: int) -> bool:
        return self.origin.gpu is None or self.origin.gpu.id == gpu_id


@dataclass(frozen=True)
class Rulebook:
    """Everything that is said in a lab of one member's bookings, and the zones in which it is meant."""

    lab: Rules
    periods: tuple[tuple[Period, Rules], ...]
    gpus: dict[int, Rules]
    person: Rules
    lab_zone: ZoneInfo
    zone: ZoneInfo  # the member's

    def of(self, gpus: Collection[facts.Gpu], time: TimeRange) -> Limits:
        """What holds for these GPUs together at that time."""
        common = policy.DEFAULT.but(self.lab)
        for period, rules in self.periods:
            if period.range.overlaps(time):
                common = common.but(rules, Origin(period=period))
        said = [self._on(gpu, common) for gpu in gpus if gpu.id in self.gpus]
        if len(said) < len(gpus) or not said:
            said.append(common)
        return reduce(Limits.stricter, said).but(self.person, Origin(personal=True))

    def budgets(self, gpus: Collection[facts.Gpu], time: TimeRange) -> list[Budget]:
        """The hours that holding these GPUs is counted against."""
        limits = self.of(gpus, time)
        found = [
            Budget(rule, hours, limits.origin(rule))
            for rule, hours in ((Rule.OPEN, limits.open), (Rule.WEEK, limits.week))
            if hours is not None
        ]
        for gpu in gpus:
            for rule, hours in self.gpus.get(gpu.id, {}).items():
                if rule in _COUNTED - set(self.person) and isinstance(hours, timedelta):
                    found.append(Budget(rule, hours, Origin(gpu=gpu)))
        return found

    def alike(self, gpus: Collection[facts.Gpu]) -> frozenset[int]:
        """What the same is said of has the same name, whichever of the lab's GPUs it is: let one, let all."""
        return frozenset(gpu.id if gpu.id in self.gpus else 0 for gpu in gpus)

    def groups(self, wanted: Wanted, candidates: Sequence[facts.Gpu]) -> list[tuple[facts.Gpu, ...]]:
        """What is held all together or not at all, or for what the same is said."""
        if wanted.names:
            return [tuple(candidates)]
        common = tuple(gpu for gpu in candidates if gpu.id not in self.gpus)
        return [*([common] if common else []), *((gpu,) for gpu in candidates if gpu.id in self.gpus)]

    def speaks_of(self, rule: Rule) -> bool:
        everything = (self.lab, self.person, *self.gpus.values(), *(rules for _, rules in self.periods))
        return any(rules.get(rule) is not None for rules in everything)

    def turns(self, wish: TimeRange, last: datetime) -> list[datetime]:
        """Where other limits begin to hold, and weeks: from their start, or with half of the wish in each."""
        found = {instant for period, _ in self.periods for instant in (period.range.start, period.range.end)}
        if self.speaks_of(Rule.WEEK) and wish.start < last:
            starts = [week.start for week in usage.weeks(TimeRange(wish.start, last), self.zone)]
            found |= {*starts, *(start - wish.length / 2 for start in starts)}
        return sorted(instant for instant in found if wish.start < instant <= last)

    def _on(self, gpu: facts.Gpu, common: Limits) -> Limits:
        rules = {rule: value for rule, value in self.gpus[gpu.id].items() if rule not in _COUNTED}
        alone = common.but(rules, Origin(gpu=gpu))
        for rule in rules:
            if common.origin(rule).period is not None:
                alone = alone.but({rule: getattr(common, rule)}, common.origin(rule)).stricter(alone)
        return alone


_lab, _member, _said, _period_of = models.Organization, models.Member, models.Limits, models.Period
_not_over = select(models.Period.id).where(models.Period.end_at > bindparam("now")).correlate(None)
SAID = (
    select(
        _lab.zone.label("lab_zone"),
        func.coalesce(_member.own_zone, _member.zone).label("member_zone"),
        _said.scope,
        _said.subject_id,
        _said.rules,
        _period_of.name.label("period_name"),
        _period_of.start_at,
        _period_of.end_at,
    )
    .select_from(_member)
    .join(_lab, _member.organization_id == _lab.id)
    .outerjoin(
        _said,
        and_(
            _said.organization_id == _lab.id,
            or_(_said.scope != Subject.MEMBER, _said.subject_id == _member.id),
            or_(_said.scope != Subject.PERIOD, _said.subject_id.in_(_not_over)),
        ),
    )
    .outerjoin(_period_of, and_(_said.scope == Subject.PERIOD, _said.subject_id == _period_of.id))
    .where(_member.id == bindparam("member"), _lab.id == bindparam("lab"))
    .order_by(_period_of.start_at, _said.id)
)
"""A row for each that something is said of, or one: for queries that ask more of a member and their lab."""


def of(work: Work, organization_id: int, member_id: int) -> Rulebook:
    """What is said of one member's bookings; looked up once in a transaction."""
    key = (of, organization_id, member_id)
    if key not in work.memo:
        asked = {"lab": organization_id, "member": member_id, "now": work.now}
        work.memo[key] = _read(work.connection.execute(SAID, asked).all())
    return work.memo[key]  # type: ignore[return-value]


def keep(work: Work, organization_id: int, member_id: int, rows: Sequence[Row[*tuple[Any, ...]]]) -> None:
    """Rows that have all the columns of SAID are what `of` goes by from now on."""
    work.memo[of, organization_id, member_id] = _read(rows)


def forget(work: Work) -> None:
    """Something else is said from now on in this transaction."""
    for key in [key for key in work.memo if isinstance(key, tuple) and key[0] is of]:
        del work.memo[key]


def _read(rows: Sequence[Row[*tuple[Any, ...]]]) -> Rulebook:
    said: dict[str, Rules] = {}
    gpus: dict[int, Rules] = {}
    periods: list[tuple[Period, Rules]] = []
    for row in rows:
        match row.scope:
            case None:
                continue
            case Subject.GPU:
                gpus[row.subject_id] = policy.read(row.rules)
            case Subject.PERIOD:
                time = TimeRange(row.start_at, row.end_at)
                periods.append((Period(row.subject_id, row.period_name, time), policy.read(row.rules)))
            case scope:
                said[scope] = policy.read(row.rules)
    lab_zone, zone = ZoneInfo(rows[0].lab_zone), ZoneInfo(rows[0].member_zone)
    return Rulebook(said.get(Subject.LAB, {}), tuple(periods), gpus, said.get(Subject.MEMBER, {}), lab_zone, zone)


def said_of(work: Work, organization_id: int, scope: Subject, subject_id: int) -> dict[Rule, policy.Value]:
    """What is said of the lab, a GPU or a member itself, for a form to begin with."""
    row = row_of(work, organization_id, scope, subject_id)
    return policy.read(row.rules) if row else {}


def everything_said(work: Work, organization_id: int) -> dict[tuple[Subject, int], dict[Rule, policy.Value]]:
    """The same of everything of which something is said."""
    rows = work.session.scalars(select(models.Limits).where(models.Limits.organization_id == organization_id))
    return {(Subject(row.scope), row.subject_id): policy.read(row.rules) for row in rows}


def lengths_said(work: Work, organization_id: int, rule: Rule) -> set[timedelta]:
    """All that is said of one rule, of whatever it is."""
    minutes = models.Limits.rules[rule.value].as_integer()
    said = select(minutes).where(models.Limits.organization_id == organization_id, minutes.is_not(None)).distinct()
    return {timedelta(minutes=each) for each in work.session.scalars(said)}


def periods(work: Work, organization_id: int) -> tuple[tuple[Period, dict[Rule, policy.Value]], ...]:
    """The special periods that are on or to come, soonest first, with what is said of them."""
    rows = work.session.scalars(
        select(models.Period)
        .where(models.Period.organization_id == organization_id, models.Period.end_at > work.now)
        .order_by(models.Period.start_at, models.Period.id)
    )
    said = everything_said(work, organization_id)
    return tuple((period(row), said.get((Subject.PERIOD, row.id), {})) for row in rows)


def row_of(work: Work, organization_id: int, scope: Subject, subject_id: int) -> models.Limits | None:
    """The row itself, for core's own use."""
    return work.session.scalar(
        select(models.Limits).where(
            models.Limits.organization_id == organization_id,
            models.Limits.scope == scope,
            models.Limits.subject_id == subject_id,
        )
    )


def period(row: models.Period) -> Period:
    return Period(row.id, row.name, TimeRange(row.start_at, row.end_at))
