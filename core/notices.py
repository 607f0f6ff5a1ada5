"""The outbox: what is owed to whom and when, written with the change that causes it.

A notice belongs to one version of its reservation, or to the lab as such. A sender claims a recipient with all that is
due for them, sends it outside any transaction, and settles it. Until then nobody else sends to that recipient, which
keeps the order; a claim that was never settled lapses, so that a crash delays and loses nothing.

What changes about what the channel was told is no message of its own: it rewrites the one that told it (core.posts).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Row, Select, and_, bindparam, case, func, insert, select, update

from core import availability, facts, kinds, members, models, organizations, placement, posts, recipients
from core.db import UtcDateTime, insert_if_new
from core.work import Work

CHANNEL, to_member = recipients.CHANNEL, recipients.to_member
Kind = kinds.Kind

BOOKED_AHEAD = timedelta(minutes=30)  # booked later than so long before the start, nobody is reminded of it
END_STAYS_NEWS = timedelta(days=1)
CHANGE_STAYS_NEWS = timedelta(hours=6)
OVERRULED_STAYS_NEWS = timedelta(days=7)
LONG_RUN = timedelta(days=1)
BATCH = 20  # notices in one message
_SLOWER = 3  # times as long does it take to send what comes with a picture
_MET_AHEAD = 100  # people; Slack says of about as many in a minute who they are
PACE = timedelta(seconds=1.1)  # between two messages to one recipient: Slack takes about one a second


_STANDING = frozenset(
    {
        Kind.UNDELIVERABLE,
        Kind.ASKED,
        Kind.DECLINED,
        Kind.LAPSED,
        Kind.GONE,
        Kind.STILL_BUSY,
        Kind.STOPPED,
        Kind.BUSY_LONGER,
        Kind.OVERRULED,
        Kind.SERIES_BOOKED,
        Kind.SERIES_CANCELLED,
        Kind.SERIES_CHANGED,
        Kind.OFFERED,
        Kind.OFFER_OVER,
        Kind.DETAILS,
    }
)
"""Told whatever becomes of the reservation meanwhile."""

_BEFORE_END_OF_LONG_RUN = {Kind.BEFORE_END_3H: timedelta(hours=3), Kind.BEFORE_END_24H: timedelta(hours=24)}
_BEFORE_END = frozenset({Kind.BEFORE_END, *_BEFORE_END_OF_LONG_RUN})
_URGENT = frozenset({Kind.STILL_BUSY, Kind.STOPPED, Kind.BUSY_LONGER})  # somebody waits for it at this very moment


_Held = Mapping[int, facts.Reservation]  # by number, as they are now
_is_owed = models.Notice.outcome.is_(None)
_telling_rank = case({kind.value: rank for rank, kind in enumerate(Kind)}, value=models.Notice.kind)


class Outcome(StrEnum):
    SENT = "sent"
    STALE = "stale"  # something changed first
    LATE = "late"  # no longer of use to anybody
    FAILED = "failed"  # could not be delivered, ever
    SILENT = "silent"  # the lab has no channel, or nothing was told there that this would add to
    UNWANTED = "unwanted"  # its reader chose not to be reminded


@dataclass(frozen=True)
class OwedByLab:
    """A claimed notice."""

    id: int
    kind: Kind
    due_at: datetime
    data: dict[str, Any]
    attempts: int  # how often it was tried, this time included


@dataclass(frozen=True)
class Owed(OwedByLab):
    """One that belongs to a reservation, with that as it is now."""

    reservation: facts.Reservation
    room: facts.Room  # who comes next on its GPUs, and when
    is_taken_over: bool = False  # it starts on GPUs that somebody else held lately
    told_at: datetime | None = None  # when it was told first, of what is told again in the same message


@dataclass(frozen=True)
class Batch:
    """What is due for one recipient, the lab's channel or one member, and goes into one message: of reservations, or
    one notice of the lab.

    `post` is a message that is there already: to be rewritten, so that it says all of `rewritten`, or to be answered
    under. What is quiet is worth no message of its own, where that cannot be.
    """

    recipient_id: int
    organization: facts.Organization
    member: facts.Member | None
    channel: str | None  # of no member
    owed: tuple[OwedByLab, ...]
    post: posts.Post | None = None
    rewritten: tuple[Owed, ...] = ()
    quiet: frozenset[int] = frozenset()  # notices

    @property
    def of_reservations(self) -> tuple[Owed, ...]:
        return tuple(each for each in self.owed if isinstance(each, Owed))

    @property
    def lines(self) -> tuple[Owed, ...]:
        """What the message is to say."""
        return self.rewritten or self.of_reservations

    def anew(self) -> Batch:
        """The same as a message of its own, without what is worth none."""
        loud = tuple(each for each in self.owed if each.id not in self.quiet)
        return replace(self, owed=loud, post=None, rewritten=())

    @property
    def ids(self) -> tuple[int, ...]:
        return tuple(each.id for each in self.owed)


@dataclass(frozen=True)
class Health:
    """How a lab's outbox stands. `late`: due for over a minute; `failed`: within a day."""

    owed: int
    due: int
    late: int
    failed: int
    next_due: datetime | None


@dataclass(frozen=True)
class _Plan:
    kind: Kind
    whom: str
    due_at: datetime
    useful_until: datetime
    data: dict[str, Any] = field(default_factory=dict)
    about: int = 0


def plan(work: Work, held: facts.Reservation, *, announce: bool, leads: Row[*tuple[Any, ...]] | None = None) -> None:
    """Owe what a new reservation calls for. `announce` tells the channel that it was booked, unless it starts soon;
    `leads` is a row that has LEADS, where there is one.
    """
    if leads is not None:
        work.memo[_leads, held.organization_id] = leads
    _owe(work, held, _plans(work, held, Kind.BOOKED, set(), {}, announce=announce))


def replan(
    work: Work,
    held: facts.Reservation,
    news: Kind | None,
    data: dict[str, Any] | None = None,
    *,
    announce: bool,
) -> None:
    """After a change, owe what its new version calls for, and nothing of the old one.

    `news` is what to tell the channel at once; None when nothing has changed that is told. A change rewrites what the
    channel was told of it; `announce` makes it a message of its own where that cannot be. What nobody was told of needs
    no correction: its change is an announcement, and once cancelled it is none.
    """
    if news is None:
        _carry_over(work, held)
        return
    unsent = _withdraw(work, held)
    if news not in posts.REWRITING:
        _owe(work, held, _plans(work, held, news, unsent, data or {}, announce=announce))
        return
    data = data or {}
    channel = recipients.number(work, held.organization_id, CHANNEL)
    if posts.has_heard(work, held.id, channel):
        if not announce:
            data, announce = {**data, "quiet": True}, news is Kind.CANCELLED or _is_live(held)
    elif not (announce and posts.has_heard(work, held.id, channel, of_series=True)):
        if news is Kind.CANCELLED:
            news = None
        elif Kind.BOOKED in unsent or held.state is facts.State.UPCOMING:
            news = Kind.BOOKED
    _owe(work, held, _plans(work, held, news, unsent, data, announce=announce))


def _is_live(held: facts.Reservation) -> bool:
    return held.state in {facts.State.UPCOMING, facts.State.RUNNING}


def tell_holder(
    work: Work,
    held: facts.Reservation,
    before: facts.Reservation,
    action: facts.Action,
    by: facts.Member,
    why: str,
    *,
    part_of: Collection[int] = (),
    series: dict[str, Any] | None = None,
) -> None:
    """An admin has changed somebody's reservation: they are owed who it was, what it was before, and why.

    The channel reads so under what told of it, or of the reservations that it was a `part_of`. Where it is the first of
    a `series` that was changed as a whole, they are told of all of it, and the channel in one message of its own.
    """
    data = {
        "by": by.name,
        "by_slack_id": by.slack_id,
        "action": action,
        "why": why[:500],
        "was": before.range.written(),
        "had": [gpu.id for gpu in before.gpus],
        **({"series": series} if series is not None else {}),
    }
    to_holder = _Plan(Kind.OVERRULED, to_member(held.holder.id), work.now, work.now + OVERRULED_STAYS_NEWS, data)
    if series is not None:
        _owe(work, held, [to_holder])
        return
    names = [gpu.name for gpu in before.gpus]
    in_thread = {**data, "gpus": names, "quiet": True, "part_of": list(part_of)}
    _owe(work, held, [to_holder, _Plan(Kind.DETAILS, CHANNEL, work.now, work.now + CHANGE_STAYS_NEWS, in_thread)])


def owe_end(work: Work, held: facts.Reservation, data: dict[str, Any]) -> None:
    """A reservation was ended early: the channel hears so now, and nothing else of it is owed."""
    _withdraw(work, held)
    _owe(work, held, [_Plan(Kind.END, CHANNEL, work.now, work.now + END_STAYS_NEWS, {"early": True, **data})])


def hand_over(work: Work, taken: facts.Reservation, *, giver: facts.Member) -> None:
    """Owe what a reservation calls for that somebody has taken over: they and the channel hear from whom."""
    news = [
        _Plan(Kind.HANDED_OVER, whom, work.now, work.now + CHANGE_STAYS_NEWS, {"giver": giver.name})
        for whom in (CHANNEL, to_member(taken.holder.id))
    ]
    _owe(work, taken, [*news, *_but_start_now(work, taken)])


def go_on(work: Work, held: facts.Reservation) -> None:
    """Owe what a reservation calls for that was a part of another one: what runs in it has begun there."""
    _owe(work, held, list(_but_start_now(work, held)))


def _but_start_now(work: Work, held: facts.Reservation) -> Iterator[_Plan]:
    """Without a start at this very instant, which the hand-over itself tells."""
    return (plan for plan in _reminders(work, held, ()) if plan.kind is not Kind.START or plan.due_at > work.now)


def tell(
    work: Work,
    held: facts.Reservation,
    kind: Kind,
    whom: str,
    data: dict[str, Any],
    *,
    about: int,
    due_at: datetime | None = None,
    useful_until: datetime,
) -> None:
    """Owe CHANNEL or one member a notice that stands whatever becomes of the reservation. Due now, if nothing is said.

    `about` tells it from others of its kind.
    """
    _owe(work, held, [_Plan(kind, whom, due_at or work.now, useful_until, data, about)])


def take_back(work: Work, reservation_id: int, *kinds: Kind, about: int) -> bool:
    """Such notices, if they are still owed, have become untrue; whether any was that nobody can have read."""
    settled = work.session.execute(
        update(models.Notice)
        .where(models.Notice.reservation_id == reservation_id, models.Notice.kind.in_(kinds), _is_owed)
        .where(models.Notice.about == about)
        .values(outcome=Outcome.STALE, settled_at=work.now)
        .returning(models.Notice.attempts, models.Notice.failure)
    )
    return any(attempts == 0 or failure is not None for attempts, failure in settled)


def correct(work: Work, reservation_id: int, kind: Kind, data: dict[str, Any], *, about: int) -> bool:
    """Such a notice, if it is still owed, tells this instead; whether any was."""
    corrected = work.session.execute(
        update(models.Notice)
        .where(models.Notice.reservation_id == reservation_id, models.Notice.kind == kind, _is_owed)
        .where(models.Notice.about == about)
        .values(data=data)
        .returning(models.Notice.id)
    )
    return corrected.first() is not None


def owe_by_lab(
    work: Work,
    organization_id: int,
    kind: Kind,
    whom: str,
    due_at: datetime,
    *,
    useful_until: datetime,
    data: dict[str, Any] | None = None,
) -> None:
    """Owe a notice that belongs to no reservation; once of its kind and moment, however many processes say so."""
    recipient_id = recipients.number(work, organization_id, whom)
    is_new = insert_if_new(
        work.session,
        models.Notice,
        recipient_id=recipient_id,
        version=0,
        kind=kind,
        due_at=due_at,
        useful_until=useful_until,
        data=data or {},
    )
    if not is_new:  # taken back before, perhaps
        work.session.execute(
            update(models.Notice)
            .where(_of_lab(kind), models.Notice.recipient_id == recipient_id, models.Notice.due_at == due_at)
            .where(models.Notice.outcome == Outcome.STALE)
            .values(outcome=None, settled_at=None)
        )
    work.owes(due_at)


def owed_by_lab(work: Work, organization_id: int, kind: Kind) -> frozenset[datetime]:
    """When such notices are owed that are not due yet."""
    owed = _owed_in(organization_id).with_only_columns(models.Notice.due_at)
    return frozenset(work.session.scalars(owed.where(_of_lab(kind), models.Notice.due_at > work.now)))


def take_back_by_lab(work: Work, organization_id: int, kind: Kind, due_at: datetime) -> None:
    """Such a notice is wanted no longer."""
    meant = _owed_in(organization_id).with_only_columns(models.Notice.id).where(_of_lab(kind))
    ids = work.session.scalars(meant.where(models.Notice.due_at == due_at)).all()
    _settle(work, ids, Outcome.STALE)


def _of_lab(kind: Kind) -> ColumnElement[bool]:
    return and_(models.Notice.reservation_id.is_(None), models.Notice.kind == kind)


_WAITING_LONGEST = (
    select(models.Recipient)
    .join(models.Notice)
    .where(_is_owed, models.Notice.due_at <= bindparam("now"))
    .where(models.Recipient.free_at <= bindparam("now"), models.Recipient.organization_id == bindparam("lab"))
    .order_by(models.Notice.due_at, models.Notice.id)
    .limit(1)
    .with_for_update(of=models.Recipient, skip_locked=True, key_share=True)
)
_DUE_FOR = (
    select(models.Notice)
    .where(_is_owed, models.Notice.due_at <= bindparam("now"), models.Notice.recipient_id == bindparam("recipient"))
    .order_by(models.Notice.due_at, _telling_rank, models.Notice.id)
    .limit(BATCH)
    .with_for_update(skip_locked=True)  # what is being changed is another one in a moment
)


def claim(work: Work, organization_id: int, lease: timedelta) -> Batch | None:
    """Everything due for the recipient who has waited longest, ours for `lease`; None when nobody can be sent to now.

    What is stale or of no more use is settled on the way and not returned, so a batch can come back empty.
    """
    recipient = work.session.scalar(_WAITING_LONGEST, {"lab": organization_id, "now": work.now})
    if recipient is None:
        return None
    rows = work.session.scalars(_DUE_FOR, {"recipient": recipient.id, "now": work.now}).all()
    lab = organizations.of_id(work, organization_id)
    member = _member(work, recipient)
    rows = [row for row in rows if row.kind != Kind.DETAILS] or rows  # which are told under what is told first
    held = availability.reservations(work, lab.id, {row.reservation_id for row in rows if row.reservation_id})
    of_use = [row for row in rows if _is_useful(work, row, recipient, lab, member, held)]
    useful, post = _together(work, [row for row in of_use if not _waits(work, row, lab, member)])
    if useful:
        is_of_lab = useful[0].reservation_id is None
        recipient.free_at = work.now + (lease * _SLOWER if is_of_lab else lease)
    for row in useful:
        row.attempts += 1
        row.failure = None
    is_rewritten = post is not None and not post.in_thread and useful[0].reservation_id is not None
    rewritten = posts.lines(work, post, useful) if post and is_rewritten else ()
    others = {row.reservation_id for row in rewritten if row.reservation_id} - set(held)
    held |= availability.reservations(work, lab.id, others)
    told = [held[row.reservation_id] for row in (*useful, *rewritten) if row.reservation_id]
    rooms = availability.rooms(work, lab.id, told)
    return Batch(
        recipient.id,
        lab,
        member,
        recipients.place_in(recipient.whom) or lab.channel,
        tuple(_owed(work, row, held, rooms) for row in useful),
        post,
        tuple(_line(work, row, held, rooms) for row in rewritten),
        frozenset(row.id for row in useful if _is_quiet(row)),
    )


def _together(work: Work, rows: Sequence[models.Notice]) -> tuple[Sequence[models.Notice], posts.Post | None]:
    """What goes into one message, and the message, where it is there already. What is told anew goes first.

    What belongs to the lab stands alone, and holds up nothing else.
    """
    if rows and rows[0].reservation_id is None:
        return rows[:1], posts.meant(work, rows[0])
    by_post: dict[posts.Post | None, list[models.Notice]] = {}
    for row in rows:
        if row.reservation_id is not None:
            by_post.setdefault(posts.meant(work, row), []).append(row)
    if None in by_post:
        return by_post[None], None
    return next(((several, post) for post, several in by_post.items()), ((), None))


def _is_quiet(row: models.Notice) -> bool:
    return bool(row.data.get("quiet"))


_is_settled = models.Notice.outcome.is_not(None)
# Where it stands is noted of what became untrue on its way as well: a change of it is to rewrite that message.
_SENT = (
    update(models.Notice)
    .where(models.Notice.id.in_(bindparam("ids", expanding=True)))
    .values(
        outcome=func.coalesce(models.Notice.outcome, Outcome.SENT),
        settled_at=func.coalesce(models.Notice.settled_at, bindparam("now", type_=UtcDateTime)),
        failure=case((_is_settled, models.Notice.failure)),
        slack_ts=bindparam("ts"),
        slack_channel=bindparam("channel"),
        slack_thread=bindparam("thread"),
    )
)
_FREE = (
    update(models.Recipient).where(models.Recipient.id == bindparam("recipient")).values(free_at=bindparam("from_then"))
)


def sent(work: Work, batch: Batch, ids: Iterable[int], slack_ts: str) -> None:
    """These of the batch are in one message of that `ts`; the next message to this recipient waits its turn."""
    _lock(work, batch)
    _free(work, batch, work.now + PACE)
    place = {"ts": slack_ts, "channel": None, "thread": None}
    if batch.post is not None:
        place["channel"] = batch.post.channel
        place["thread"] = batch.post.slack_ts if batch.post.in_thread else None
    elif batch.member is None:
        place["channel"] = batch.channel
    work.connection.execute(_SENT, {"ids": list(ids), "now": work.now, **place})


def unneeded(work: Work, batch: Batch, ids: Iterable[int]) -> None:
    """These of the batch were to rewrite a message that cannot be rewritten any more, and are worth none themselves."""
    _lock(work, batch)
    _free(work, batch, work.now)
    _settle(work, ids, Outcome.SILENT)


def put_off(work: Work, batch: Batch, until: datetime, failure: str) -> None:
    """Temporary failure: all of it is owed still, and nothing is sent to this recipient before `until`."""
    _lock(work, batch)
    _free(work, batch, until)
    work.session.execute(
        update(models.Notice).where(models.Notice.id.in_(batch.ids), _is_owed).values(failure=failure[:500])
    )


def failed(work: Work, batch: Batch, failure: str) -> None:
    """Permanent failure: given up, and the lab's admins are told why."""
    _lock(work, batch)
    _free(work, batch, work.now)
    _settle(work, batch.ids, Outcome.FAILED, failure=failure[:500])
    whom = CHANNEL if batch.member is None else to_member(batch.member.id)
    for owed in batch.owed:
        if owed.kind not in {Kind.UNDELIVERABLE, Kind.HELLO}:
            _tell_admins(work, batch.organization.id, owed, {"failure": failure, "whom": whom})


def _lock(work: Work, batch: Batch) -> None:
    """The reservations before their notices, as every change of one does. What a claim has noted is written first."""
    work.flush()
    placement.lock_reservations(work, {owed.reservation.id for owed in batch.of_reservations})


def next_due(work: Work, organization_id: int) -> datetime | None:
    """When the lab's sender has to wake next; None when nothing is owed."""
    owed = _owed_in(organization_id)
    to_come = work.session.scalar(
        owed.with_only_columns(models.Notice.due_at)
        .where(models.Notice.due_at > work.now)
        .order_by(models.Notice.due_at)
        .limit(1)
    )
    waiting = work.session.scalar(
        owed.with_only_columns(func.min(models.Recipient.free_at)).where(models.Notice.due_at <= work.now)
    )
    return min((instant for instant in (to_come, waiting) if instant), default=None)


def awaiting(work: Work, organization_id: int, latest: datetime) -> tuple[facts.Member, ...]:
    """To whom something falls due until `latest` that is not due yet, soonest first; not more than can be met ahead."""
    soon = work.session.scalars(
        _owed_in(organization_id)
        .with_only_columns(models.Recipient.whom)
        .where(models.Notice.due_at > work.now, models.Notice.due_at <= latest)
        .where(models.Recipient.whom.startswith(recipients.MEMBER))
        .group_by(models.Recipient.whom)
        .order_by(func.min(models.Notice.due_at))
        .limit(_MET_AHEAD)
    ).all()
    return tuple(members.fact(work.session.get_one(models.Member, recipients.member_in(whom))) for whom in soon)


def health(work: Work, organization_id: int) -> Health:
    def count(*conditions: ColumnElement[bool]) -> int:
        counted = _owed_in(organization_id).with_only_columns(func.count()).where(*conditions)
        return work.session.scalar(counted) or 0

    return Health(
        owed=count(),
        due=count(models.Notice.due_at <= work.now),
        late=count(models.Notice.due_at <= work.now - timedelta(minutes=1)),
        failed=_failed_lately(work, organization_id),
        next_due=next_due(work, organization_id),
    )


def _owed_in(organization_id: int) -> Select[models.Notice]:
    return (
        select(models.Notice)
        .join(models.Recipient)
        .where(_is_owed, models.Recipient.organization_id == organization_id)
    )


def _failed_lately(work: Work, organization_id: int) -> int:
    counted = (
        select(func.count(models.Notice.id))
        .join(models.Recipient)
        .where(models.Notice.outcome == Outcome.FAILED, models.Notice.settled_at > work.now - timedelta(days=1))
        .where(models.Recipient.organization_id == organization_id)
    )
    return work.session.scalar(counted) or 0


def _plans(
    work: Work,
    held: facts.Reservation,
    news: Kind | None,
    unsent: Collection[Kind],
    data: dict[str, Any],
    *,
    announce: bool,
) -> list[_Plan]:
    plans = list(_reminders(work, held, {*unsent, Kind.START} if news is Kind.BOOKED else unsent))
    starts_now = any(plan.kind is Kind.START and plan.due_at <= work.now for plan in plans)
    if news is Kind.CHANGED and starts_now:
        data = {**data, "quiet": True}  # its start tells it
    if news and announce and not (news is Kind.BOOKED and (starts_now or _starts_soon(work, held))):
        plans.append(_Plan(news, CHANNEL, work.now, _stays_news(news, held, work.now), data))
    return plans


def _starts_soon(work: Work, held: facts.Reservation) -> bool:
    """Its start tells of it soon enough; who is in the way of maintenance wants to know before."""
    return held.range.start - work.now < BOOKED_AHEAD and not held.maintenance


def _reminders(work: Work, held: facts.Reservation, unsent: Collection[Kind]) -> Iterator[_Plan]:
    """Every moment of a reservation that is still to come, and those in `unsent` that are due and still true.

    Nothing else is due before it was planned: a short booking gets no reminder before its end. Whoever books right
    before the start needs none of it either.
    """
    if not _is_live(held):
        return
    holder, span = to_member(held.holder.id), held.range
    moments = [_Plan(Kind.START, CHANNEL, span.start, span.end)]
    for kind, lead in _leads(work, held).items():
        due_at = reminder_due(kind, span.start, span.end, lead)
        if due_at is not None and (kind in unsent or not is_needless(kind, span.start, work.now)):
            moments.append(_Plan(kind, holder, due_at, span.start if kind is Kind.BEFORE_START else span.end))
    moments.append(_Plan(Kind.END, CHANNEL, span.end, span.end + END_STAYS_NEWS))
    for plan in moments:
        if plan.due_at >= work.now or (plan.kind in unsent and plan.useful_until > work.now):
            yield replace(plan, due_at=max(plan.due_at, work.now))


def reminder_due(kind: Kind, start: datetime, end: datetime, lead: timedelta | None) -> datetime | None:
    """When a reminder is due that comes so long before the start, or before the end; None: there is none.

    Before the end of what is no longer than that, it would come before the start.
    """
    if lead is None:
        return None
    if kind is Kind.BEFORE_START:
        return start - lead
    return end - lead if lead < end - start else None


def is_needless(kind: Kind, start: datetime, now: datetime) -> bool:
    """Whoever books right before the start needs no reminder of it."""
    return kind is Kind.BEFORE_START and start - now < BOOKED_AHEAD


LEADS = (models.Organization.before_start.label("start_lead"), models.Organization.before_end.label("end_lead"))
"""How many minutes before its start, and before its end, a lab reminds of a reservation. For queries."""

_LEADS = select(*LEADS).where(models.Organization.id == bindparam("lab"))


def _leads(work: Work, held: facts.Reservation) -> dict[Kind, timedelta | None]:
    """How long before its start, and its end, the lab reminds of a reservation; None: not at all."""
    key = (_leads, held.organization_id)
    if key not in work.memo:
        work.memo[key] = work.connection.execute(_LEADS, {"lab": held.organization_id}).one()
    wanted: Any = work.memo[key]
    leads = {
        kind: None if minutes is None else timedelta(minutes=minutes)
        for kind, minutes in ((Kind.BEFORE_START, wanted.start_lead), (Kind.BEFORE_END, wanted.end_lead))
    }
    return leads | (_BEFORE_END_OF_LONG_RUN if held.range.length > LONG_RUN else {})


def _stays_news(news: Kind, held: facts.Reservation, now: datetime) -> datetime:
    """A booking is news until its start, which is told anyway."""
    return held.range.start if news is Kind.BOOKED else now + CHANGE_STAYS_NEWS


def _carry_over(work: Work, held: facts.Reservation) -> None:
    """What is owed stays owed, for the new version."""
    work.session.execute(
        update(models.Notice)
        .where(models.Notice.reservation_id == held.id, _is_owed, models.Notice.kind.not_in(_STANDING))
        .values(version=held.version)
    )


def _withdraw(work: Work, held: facts.Reservation) -> set[Kind]:
    """Settle as stale what is owed for earlier versions; tells the kinds of those due that nobody has heard yet."""
    unsent = set()
    for notice in work.session.scalars(
        select(models.Notice)
        .where(models.Notice.reservation_id == held.id, _is_owed, models.Notice.kind.not_in(_STANDING))
        .order_by(models.Notice.id)
        .with_for_update()
    ):
        is_being_sent = notice.attempts > 0 and notice.failure is None
        if (notice.due_at <= work.now or notice.data.get("waited")) and not is_being_sent:
            unsent.add(Kind(notice.kind))
        notice.outcome, notice.settled_at = Outcome.STALE, work.now
    return unsent


_ADD = insert(models.Notice).returning(models.Notice.id)  # which makes of all rows one statement


def _owe(work: Work, held: facts.Reservation, plans: Sequence[_Plan]) -> None:
    planned = [
        {
            "recipient_id": recipients.number(work, held.organization_id, plan.whom),
            "reservation_id": held.id,
            "version": held.version,
            "kind": plan.kind,
            "due_at": plan.due_at,
            "useful_until": plan.useful_until,
            "data": plan.data,
            "about": plan.about,
        }
        for plan in plans
    ]
    if planned:  # in one statement: a booking has up to seven
        work.connection.execute(_ADD, planned)
        work.owes(min(plan.due_at for plan in plans))


def _is_useful(
    work: Work,
    row: models.Notice,
    recipient: models.Recipient,
    lab: facts.Organization,
    member: facts.Member | None,
    held: _Held,
) -> bool:
    """Whether to send it still; settles it when not."""
    outcome = _why_not(work, row, recipient, lab, member, held)
    if outcome is None:
        return True
    row.outcome, row.settled_at = outcome, work.now
    return False


def _why_not(
    work: Work,
    row: models.Notice,
    recipient: models.Recipient,
    lab: facts.Organization,
    member: facts.Member | None,
    held: _Held,
) -> Outcome | None:
    if row.reservation_id is not None and row.kind not in _STANDING and row.version != held[row.reservation_id].version:
        return Outcome.STALE
    if row.kind == Kind.SUMMARY and not lab.summary:
        return Outcome.STALE
    if row.useful_until <= work.now:
        return Outcome.LATE
    if recipient.whom == CHANNEL and (lab.channel is None or not _has_place(work, row)):
        return Outcome.SILENT
    if not _is_wanted(Kind(row.kind), member):
        return Outcome.UNWANTED
    return None


def _has_place(work: Work, row: models.Notice) -> bool:
    """Whether what is worth no message of its own can be told: details in a thread, changes where they were told."""
    if not _is_quiet(row):
        return True
    post = posts.meant(work, row)
    return post is not None and post.in_thread is (row.kind == Kind.DETAILS)


def _waits(work: Work, row: models.Notice, lab: facts.Organization, member: facts.Member | None) -> bool:
    """In somebody's quiet hours what is owed to them waits for the end of these, unless that is too late for it."""
    if member is None or Kind(row.kind) in _URGENT:
        return False
    until = quiet_until(lab, member, work.now)
    if until is None or row.useful_until <= until:
        return False
    row.due_at, row.data = until, {**row.data, "waited": True}  # so that a change meanwhile plans it again
    work.owes(until)
    return True


def quiet_until(lab: facts.Organization, member: facts.Member, now: datetime) -> datetime | None:
    """When the quiet hours of a member end that it is now, their own or else the lab's; None outside of them."""
    own = member.choices
    quiet_from, until = (own.quiet_from, own.quiet_until) if own.quiet_from else (lab.quiet_from, lab.quiet_until)
    if quiet_from is None or until is None or quiet_from == until:
        return None
    zone = ZoneInfo(member.zone)
    start, end = time.fromisoformat(quiet_from), time.fromisoformat(until)
    local = now.astimezone(zone)
    over_midnight = start > end
    if not (local.time() >= start or local.time() < end if over_midnight else start <= local.time() < end):
        return None
    day = local.date() + timedelta(days=over_midnight and local.time() >= start)
    return datetime.combine(day, end, zone).astimezone(UTC)


def _is_wanted(kind: Kind, member: facts.Member | None) -> bool:
    """People choose of which moments they are reminded; asked when it is due, so that a choice holds at once."""
    if member is None:
        return True
    if kind is Kind.BEFORE_START:
        return member.choices.before_start
    return member.choices.before_end or kind not in _BEFORE_END


def _owed(work: Work, row: models.Notice, held: _Held, rooms: Mapping[int, facts.Room]) -> OwedByLab:
    claimed = OwedByLab(row.id, Kind(row.kind), row.due_at, row.data, row.attempts)
    if row.reservation_id is None:
        return claimed
    mine = held[row.reservation_id]
    is_taken_over = claimed.kind is Kind.START and bool(availability.last_holders(work, mine))
    return Owed(**vars(claimed), reservation=mine, room=rooms[mine.id], is_taken_over=is_taken_over)


def _line(work: Work, row: models.Notice, held: _Held, rooms: Mapping[int, facts.Room]) -> Owed:
    """One line of a message that is rewritten; when it was told first says whether that was late."""
    line = _owed(work, row, held, rooms)
    assert isinstance(line, Owed)
    return replace(line, told_at=row.settled_at or row.due_at)


def _member(work: Work, recipient: models.Recipient) -> facts.Member | None:
    if not recipients.is_member(recipient.whom):
        return None
    return members.fact(work.session.get_one(models.Member, recipients.member_in(recipient.whom)))


def _free(work: Work, batch: Batch, at: datetime) -> None:
    """Let others send to this recipient from then on."""
    work.connection.execute(_FREE, {"recipient": batch.recipient_id, "from_then": at})
    work.frees(at)


def _settle(
    work: Work,
    ids: Iterable[int],
    outcome: Outcome,
    *,
    failure: str | None = None,
) -> None:
    work.session.execute(
        update(models.Notice)
        .where(models.Notice.id.in_(list(ids)), models.Notice.outcome.is_(None))
        .values(outcome=outcome, settled_at=work.now, failure=failure)
    )


def _tell_admins(work: Work, organization_id: int, owed: OwedByLab, data: dict[str, Any]) -> None:
    until = work.now + END_STAYS_NEWS
    admins = members.admins(work, organization_id)
    if not isinstance(owed, Owed):
        for admin in admins:
            whom = to_member(admin.id)
            owe_by_lab(work, organization_id, Kind.UNDELIVERABLE, whom, work.now, useful_until=until, data=data)
        return
    held = availability.reservation(work, organization_id, owed.reservation.id)
    plans = [
        _Plan(Kind.UNDELIVERABLE, to_member(admin.id), work.now, until, data)
        for admin in admins
        if not _is_told(work, held, admin)
    ]
    _owe(work, held, plans)


def _is_told(work: Work, held: facts.Reservation, admin: facts.Member) -> bool:
    return bool(
        work.session.scalar(
            select(models.Notice.id).where(
                models.Notice.reservation_id == held.id,
                models.Notice.version == held.version,
                models.Notice.kind == Kind.UNDELIVERABLE,
                models.Notice.recipient_id == recipients.number(work, held.organization_id, to_member(admin.id)),
            )
        )
    )
