"""The limits that a lab sets: of the lab, of a GPU, for a while, for one person; and what they come to for one booking.

They are resolved here and nowhere else. A special period goes before the lab, for every booking that touches it; so
does a GPU, and where both speak, the stricter word holds. What is said of a person goes before all of these. Hours
that are said of a GPU are counted on that GPU, beside those of the whole lab. Several GPUs at once take the strictest.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import reduce
from statistics import median
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Row, and_, bindparam, func, or_, select

from core import audit, errors, facts, inventory, members, models, organizations, policy, usage
from core.actors import Actor, Operator
from core.facts import Action, Origin, Period, Rule, Subject
from core.inventory import Wanted
from core.policy import Limits, Rules
from core.timerange import TimeRange
from core.usage import Held
from core.work import Work

FARTHEST = timedelta(days=365)  # that somebody waits where the lab does not say how far ahead one may book
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
class Book:
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


def book(work: Work, organization_id: int, member_id: int) -> Book:
    """What is said of one member's bookings; looked up once in a transaction."""
    key = (book, organization_id, member_id)
    if key not in work.memo:
        asked = {"lab": organization_id, "member": member_id, "now": work.now}
        work.memo[key] = _read(work.connection.execute(SAID, asked).all())
    return work.memo[key]  # type: ignore[return-value]


def keep(work: Work, organization_id: int, member_id: int, rows: Sequence[Row[*tuple[Any, ...]]]) -> None:
    """Rows that have all the columns of SAID are what `book` goes by from now on."""
    work.memo[book, organization_id, member_id] = _read(rows)


def of(
    work: Work,
    organization_id: int,
    member_id: int | None,
    gpus: Collection[facts.Gpu] = (),
    time: TimeRange | None = None,
) -> Limits:
    """What holds for a member's booking of these GPUs at that time; without a time, for one that began now."""
    if member_id is None:
        return policy.UNBOUND
    at = time or TimeRange(work.now, work.now + timedelta(minutes=1))
    return book(work, organization_id, member_id).of(gpus, at)


def allowed(
    work: Work,
    organization_id: int,
    member_id: int | None,
    wanted: Wanted,
    candidates: Sequence[facts.Gpu],
    wish: TimeRange,
    *,
    moving: facts.Reservation | None = None,
) -> tuple[facts.Gpu, ...]:
    """Those of the candidates that the limits let this member hold for this wish.

    None stands for an admin who sees to somebody else's booking, and whom no limit binds.
    Raises the first rule in the way when there are not enough of them: InThePast, or an AgainstRule. What the
    reservation that is `moving` holds does not count, and making it smaller breaks no rule but the shortest length.
    """
    if member_id is None:
        policy.check_not_over(wish, work.now)
        return tuple(candidates)
    said = book(work, organization_id, member_id)
    count = len(candidates) if wanted.names else wanted.count
    if moving is not None and _is_smaller(moving, wish, count):
        _check_smaller(said, moving, wish, work)
        return tuple(candidates)
    found: list[facts.Gpu] = []
    refusal: errors.Invalid | None = None
    for group in _groups(said, wanted, candidates):
        try:
            _check(work, organization_id, member_id, said, group, count, wish, moving)
            found += group
        except errors.Invalid as broken:
            refusal = refusal or broken
    if refusal is not None and (not found or inventory.pick(wanted, found, lambda _gpu: True) is None):
        raise refusal
    return tuple(found)


def last_start(
    work: Work, organization_id: int, member_id: int, wanted: Wanted, candidates: Sequence[facts.Gpu], wish: TimeRange
) -> datetime:
    """Until when such a booking may start for somebody who waits for it; what is too far ahead only has to come near.

    Raises the rule that no waiting gets round: who holds nothing may not have it either, on any choice of these GPUs.
    """
    said = book(work, organization_id, member_id)
    count = len(candidates) if wanted.names else wanted.count
    groups = _groups(said, wanted, candidates)
    reach, farthest = max(
        ((said.of(group, wish).ahead or FARTHEST, group) for group in groups), key=lambda found: found[0]
    )
    if wish.start > work.now + FARTHEST + reach:
        origin = said.of(farthest, wish).origin(Rule.AHEAD)
        raise errors.TooFarAhead(wish.start, reach, wish=wish, origin=origin)
    last = (wish.start if wish.start > work.now + reach else work.now) + reach
    refusal: errors.Invalid | None = None
    for start in [wish.start, *_turns(said, wish, last)]:
        time, found = TimeRange(start, start + wish.length), list[facts.Gpu]()
        for group in groups:
            try:
                _check_ever(work, said, group, count, time)
                found += group
            except errors.AgainstRule as broken:
                refusal = refusal or broken
        if found and inventory.pick(wanted, found, lambda _gpu: True) is not None:
            return last
    assert refusal is not None
    raise refusal


def turns(work: Work, organization_id: int, member_id: int, wish: TimeRange, last: datetime) -> set[datetime]:
    """When a booking like the wish, starting by `last`, may be let although it was not before: a week or a special
    period is over, or something else of the member's.
    """
    said = book(work, organization_id, member_id)
    found = set(_turns(said, wish, last))
    if _speaks_of(said, Rule.AT_ONCE):
        held = _held(work, organization_id, member_id, said, wish, None)
        found |= {each.range.end for each in held if wish.start < each.range.end <= last}
    return found


def alike(work: Work, organization_id: int, member_id: int, gpus: Collection[facts.Gpu]) -> frozenset[int]:
    """What the same is said of for a member has the same name, whichever of the lab's GPUs it is: let one, let all."""
    said = book(work, organization_id, member_id)
    return frozenset(gpu.id if gpu.id in said.gpus else 0 for gpu in gpus)


def count_anew(work: Work) -> None:
    """Something was booked in this transaction; what comes next is counted with it."""
    for key in [key for key in work.memo if isinstance(key, tuple) and key[0] is _held]:
        del work.memo[key]


def longest_extension(work: Work, held: facts.Reservation, until: timedelta) -> timedelta:
    """How much longer the holder may keep it, at most `until`: to extend it by that, or by less, is allowed."""
    if held.maintenance or until <= timedelta(0):
        return max(until, timedelta(0))
    said, end = book(work, held.organization_id, held.holder.id), held.range.end
    begin = {period.range.start - end for period, _ in said.periods}
    most = timedelta(0)
    # Up to where a special period begins, the same holds throughout: what is allowed for longer is allowed for less.
    for turn in [*sorted(each for each in begin if timedelta(0) < each < until), until]:
        longest = said.of(held.gpus, TimeRange(held.range.start, end + turn)).longest
        fits = turn if longest is None else min(turn, longest - held.range.length)
        if fits > most and not _may_extend(work, said, held, fits):
            return _last_allowed(work, said, held, most, fits)
        most = max(most, fits)
        if most < turn:
            break
    return most


def rounded(
    work: Work, organization_id: int, member_id: int | None, gpus: Collection[facts.Gpu], wish: TimeRange
) -> TimeRange:
    """The wish as the lab rounds it."""
    if member_id is None:
        return wish
    said = book(work, organization_id, member_id)
    return policy.rounded(said.of(gpus, wish), wish, said.lab_zone, work.now)


def fair_use(work: Work, organization_id: int, member_id: int) -> facts.FairUse:
    """A member's GPU time in their week that it is now, beside everybody's."""
    said = book(work, organization_id, member_id)
    week = usage.week_of(work.now, said.zone)
    held = usage.by_member(work, organization_id, week)
    middle = timedelta(seconds=median(each.total_seconds() for each in held.values())) if held else timedelta(0)
    limit = of(work, organization_id, member_id).week
    lab = organizations.of_id(work, organization_id)
    usual = usage.usual_length(work, member_id) if lab.suggests else None
    return facts.FairUse(
        week, held.get(member_id, timedelta(0)), sum(held.values(), timedelta(0)), middle, limit, usual
    )


def set_for(work: Work, by: Actor | Operator, scope: Subject, subject_id: int, rules: Rules, *, why: str = "") -> None:
    """Say all that is said of the lab, a GPU or a member, instead of what was said before; nothing takes it back.

    Raises AdminsOnly, BadLimit, UnknownGpu or UnknownMember.
    """
    members.must_be_admin(work, by)
    members.lock_organization(work, by.organization_id)
    _check_rules(scope, rules)
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


def said_of(work: Work, organization_id: int, scope: Subject, subject_id: int) -> dict[Rule, policy.Value]:
    """What is said of the lab, a GPU or a member itself, for a form to begin with."""
    row = _row(work, organization_id, scope, subject_id)
    return policy.read(row.rules) if row else {}


def everything_said(work: Work, organization_id: int) -> dict[tuple[Subject, int], dict[Rule, policy.Value]]:
    """The same of everything of which something is said."""
    rows = work.session.scalars(select(models.Limits).where(models.Limits.organization_id == organization_id))
    return {(Subject(row.scope), row.subject_id): policy.read(row.rules) for row in rows}


def add_period(work: Work, by: Actor | Operator, name: str, time: TimeRange, rules: Rules, *, why: str = "") -> Period:
    """Let other limits hold for a while. Raises AdminsOnly, BadLimit, InThePast, and NoName."""
    members.must_be_admin(work, by)
    name = " ".join(name.split())[:100]
    if not name:
        raise errors.NoName
    policy.check_not_over(time, work.now)
    _check_rules(Subject.PERIOD, rules)
    members.lock_organization(work, by.organization_id)
    row = models.Period(organization_id=by.organization_id, name=name, start_at=time.start, end_at=time.end)
    work.session.add(row)
    work.session.flush()
    _write(work, by.organization_id, Subject.PERIOD, row.id, rules)
    period = _period(row)
    audit.record(
        work,
        by,
        Action.ADDED,
        Subject.PERIOD,
        row.id,
        before=None,
        after=_period_snapshot(period, rules),
        why=why,
    )
    return period


def remove_period(work: Work, by: Actor | Operator, period_id: int, *, why: str = "") -> Period:
    """Take a special period back; what was booked in it stays. Raises AdminsOnly and UnknownPeriod."""
    members.must_be_admin(work, by)
    members.lock_organization(work, by.organization_id)
    row = work.session.get(models.Period, period_id)
    if row is None or row.organization_id != by.organization_id:
        raise errors.UnknownPeriod(period_id)
    period = _period(row)
    said = said_of(work, by.organization_id, Subject.PERIOD, period_id)
    _write(work, by.organization_id, Subject.PERIOD, period_id, {})
    work.session.delete(row)
    audit.record(
        work,
        by,
        Action.REMOVED,
        Subject.PERIOD,
        period_id,
        before=_period_snapshot(period, said),
        after=None,
        why=why,
    )
    return period


def periods(work: Work, organization_id: int) -> tuple[tuple[Period, dict[Rule, policy.Value]], ...]:
    """The special periods that are on or to come, soonest first, with what is said of them."""
    rows = work.session.scalars(
        select(models.Period)
        .where(models.Period.organization_id == organization_id, models.Period.end_at > work.now)
        .order_by(models.Period.start_at, models.Period.id)
    )
    said = everything_said(work, organization_id)
    return tuple((_period(row), said.get((Subject.PERIOD, row.id), {})) for row in rows)


def _check_rules(scope: Subject, rules: Rules) -> None:
    """Raise BadLimit for what would let nobody book at all, or means nothing."""
    for rule, value in rules.items():
        least, most = _BOUNDS[rule]
        if scope is Subject.GPU and rule is Rule.AT_ONCE:
            raise errors.BadLimit(rule, least, most)
        if value is None and rule in {Rule.SHORTEST, Rule.USUAL}:
            raise errors.BadLimit(rule, least, most)
        if value is not None and not least <= value <= most:  # type: ignore[operator]
            raise errors.BadLimit(rule, least, most)
    whole = policy.DEFAULT.but(rules)
    if whole.longest is not None and not whole.shortest <= whole.longest:
        raise errors.BadLimit(Rule.LONGEST, whole.shortest, _BOUNDS[Rule.LONGEST][1])


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


def _must_be_ours(work: Work, organization_id: int, scope: Subject, subject_id: int) -> None:
    if scope is Subject.MEMBER:
        members.of_id(work, organization_id, subject_id)
    elif scope is Subject.GPU:
        inventory.named(work, organization_id, f"#{subject_id}")
    elif (scope, subject_id) != (Subject.LAB, organization_id):
        raise ValueError(f"nothing is said of {scope} {subject_id}")


def _row(work: Work, organization_id: int, scope: Subject, subject_id: int) -> models.Limits | None:
    return work.session.scalar(
        select(models.Limits).where(
            models.Limits.organization_id == organization_id,
            models.Limits.scope == scope,
            models.Limits.subject_id == subject_id,
        )
    )


def _write(work: Work, organization_id: int, scope: Subject, subject_id: int, rules: Rules) -> dict[str, int | None]:
    """What was said before, as JSON."""
    row = _row(work, organization_id, scope, subject_id)
    before = dict(row.rules) if row else {}
    if row is None and rules:
        row = models.Limits(organization_id=organization_id, scope=scope, subject_id=subject_id)
        work.session.add(row)
    if row is not None and rules:
        row.rules = policy.written(rules)
    elif row is not None:
        work.session.delete(row)
    work.session.flush()
    for key in [key for key in work.memo if isinstance(key, tuple) and key[0] is book]:
        del work.memo[key]
    return before


def _period(row: models.Period) -> Period:
    return Period(row.id, row.name, TimeRange(row.start_at, row.end_at))


def _period_snapshot(period: Period, rules: Rules) -> audit.Snapshot:
    return {"name": period.name, "time": period.range.written(), "limits": policy.written(rules)}


def _groups(said: Book, wanted: Wanted, candidates: Sequence[facts.Gpu]) -> list[tuple[facts.Gpu, ...]]:
    """What is held all together or not at all, or for what the same is said."""
    if wanted.names:
        return [tuple(candidates)]
    common = tuple(gpu for gpu in candidates if gpu.id not in said.gpus)
    return [*([common] if common else []), *((gpu,) for gpu in candidates if gpu.id in said.gpus)]


def _speaks_of(said: Book, rule: Rule) -> bool:
    everything = (said.lab, said.person, *said.gpus.values(), *(rules for _, rules in said.periods))
    return any(rules.get(rule) is not None for rules in everything)


def _turns(said: Book, wish: TimeRange, last: datetime) -> list[datetime]:
    """Where other limits begin to hold, and weeks: from their start, or with half of the wish in each."""
    found = {instant for period, _ in said.periods for instant in (period.range.start, period.range.end)}
    if _speaks_of(said, Rule.WEEK) and wish.start < last:
        starts = [week.start for week in usage.weeks(TimeRange(wish.start, last), said.zone)]
        found |= {*starts, *(start - wish.length / 2 for start in starts)}
    return sorted(instant for instant in found if wish.start < instant <= last)


def _check_ever(work: Work, said: Book, gpus: Sequence[facts.Gpu], count: int, wish: TimeRange) -> None:
    """Raise the rule that such a booking breaks even where nothing else is held, and it is near enough."""
    limits = said.of(gpus, wish).but({Rule.AHEAD: None})
    policy.check_range(limits, wish, work.now)
    _check_counted(work, said, limits, said.budgets(gpus, wish), (), count, wish)


def _is_smaller(moving: facts.Reservation, wish: TimeRange, count: int) -> bool:
    return wish.clip(moving.range) == wish and count <= len(moving.gpus)


def _check_smaller(said: Book, moving: facts.Reservation, wish: TimeRange, work: Work) -> None:
    policy.check_not_over(wish, work.now)
    shortest = said.of(moving.gpus, wish).shortest
    if wish != moving.range and wish.length < shortest:
        origin = said.of(moving.gpus, wish).origin(Rule.SHORTEST)
        raise errors.TooShort(wish.length, shortest, wish=wish, origin=origin)


def _check(
    work: Work,
    organization_id: int,
    member_id: int,
    said: Book,
    gpus: Sequence[facts.Gpu],
    count: int,
    wish: TimeRange,
    moving: facts.Reservation | None,
    *,
    is_question: bool = False,
) -> None:
    limits = said.of(gpus, wish)
    if moving is not None and moving.range.clip(wish) == moving.range:
        limits = limits.but({Rule.SHORTEST: timedelta(0)})  # what was too short before is less so by now
    policy.check_range(limits, wish, work.now)
    budgets = said.budgets(gpus, wish)
    if limits.at_once is None and not budgets:
        return
    held = _held(work, organization_id, member_id, said, wish, moving, is_question=is_question)
    _check_counted(work, said, limits, budgets, held, count, wish)


def _may_extend(work: Work, said: Book, held: facts.Reservation, by: timedelta) -> bool:
    longer, count = TimeRange(held.range.start, held.range.end + by), len(held.gpus)
    try:
        _check(work, held.organization_id, held.holder.id, said, held.gpus, count, longer, held, is_question=True)
    except errors.Invalid:
        return False
    return True


def _last_allowed(work: Work, said: Book, held: facts.Reservation, least: timedelta, most: timedelta) -> timedelta:
    """Between an extension that is allowed and one that is not, to the minute."""
    minutes = range(1, (most - least) // _MINUTE + 1)
    more = bisect_left(minutes, True, key=lambda by: not _may_extend(work, said, held, least + by * _MINUTE))
    return least + more * _MINUTE


def _check_counted(
    work: Work,
    said: Book,
    limits: Limits,
    budgets: Iterable[Budget],
    held: Collection[Held],
    count: int,
    wish: TimeRange,
) -> None:
    if limits.at_once is not None:
        before = usage.most_at_once((each.range for each in held), wish)
        if before + count > limits.at_once:
            origin = limits.origin(Rule.AT_ONCE)
            raise errors.TooManyAtOnce(before, count, limits.at_once, wish=wish, origin=origin)
    for budget in budgets:
        _check_budget(work, said, budget, held, count if budget.origin.gpu is None else 1, wish)


def _check_budget(work: Work, said: Book, budget: Budget, held: Collection[Held], count: int, wish: TimeRange) -> None:
    counted = [each.range for each in held if budget.counts(each.gpu_id)]
    if budget.rule is Rule.OPEN:
        ahead = TimeRange(work.now, max([wish.end, *(each.end for each in counted)]))
        before, more = usage.gpu_time(counted, ahead), usage.gpu_time([wish] * count, ahead)
        if before + more > budget.limit:
            raise errors.TooManyHours(before, more, budget.limit, wish=wish, origin=budget.origin)
        return
    for week in usage.weeks(wish, said.zone):
        before, more = usage.gpu_time(counted, week), usage.gpu_time([wish] * count, week)
        if before + more > budget.limit:
            raise errors.TooManyHoursAWeek(week, before, more, budget.limit, wish=wish, origin=budget.origin)


def _held(
    work: Work,
    organization_id: int,
    member_id: int,
    said: Book,
    wish: TimeRange,
    moving: facts.Reservation | None,
    *,
    is_question: bool = False,
) -> tuple[Held, ...]:
    """What the member holds from the week of the wish on, what is moving left out. Nobody changes it meanwhile, unless
    it is only a question: what is asked while a notice is sent may not wait for a member.
    """
    since = usage.week_of(min(wish.start, work.now), said.zone).start
    waits = work.is_change and not is_question
    locked_key = (_held, member_id, since, True)
    key = locked_key if waits or locked_key in work.memo else (_held, member_id, since, False)
    if key not in work.memo:
        # Two bookings of one person on different GPUs do not wait for each other's GPUs. Questions lock nothing.
        if waits:
            locked = select(models.Member.id).where(models.Member.id == member_id)
            work.session.execute(locked.with_for_update(key_share=True))
        work.memo[key] = usage.held_since(work, organization_id, member_id, since)
    found: tuple[Held, ...] = work.memo[key]  # type: ignore[assignment]
    return tuple(each for each in found if moving is None or each.reservation_id != moving.id)


def _read(rows: Sequence[Row[*tuple[Any, ...]]]) -> Book:
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
    return Book(said.get(Subject.LAB, {}), tuple(periods), gpus, said.get(Subject.MEMBER, {}), lab_zone, zone)
