"""The outbox: what is due is claimed, sent outside any transaction, and settled.

A sender claims a recipient with all that is due for them. Until it has settled that, nobody else sends to that
recipient, which keeps the order; a claim that was never settled lapses, so that a crash delays and loses nothing.

What is owed in the first place is for core.notices to say, and core.telling, whether that is still told.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, case, func, or_, select, update

from core import (
    availability,
    facts,
    members,
    models,
    notices,
    organizations,
    placement,
    posts,
    recipients,
    reservations,
    telling,
)
from core.db import UtcDateTime
from core.kinds import Kind
from core.notices import IS_OWED, Outcome
from core.recipients import CHANNEL, to_member
from core.work import Work

BATCH = 20  # notices in one message
_WITH_PICTURE = 3  # times as long does it take to send what comes with one
PACE = timedelta(seconds=1.1)  # between two messages to one recipient: Slack takes about one a second
_Held = Mapping[int, facts.Reservation]  # by number, as they are now
_telling_rank = case({kind.value: rank for rank, kind in enumerate(Kind)}, value=models.Notice.kind)


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


_WAITING_LONGEST = (
    select(models.Recipient)
    .join(models.Notice)
    .join(models.Organization, models.Organization.id == models.Recipient.organization_id)
    .where(or_(models.Organization.free_at.is_(None), models.Organization.free_at <= bindparam("now")))
    .where(IS_OWED, models.Notice.due_at <= bindparam("now"))
    .where(models.Recipient.free_at <= bindparam("now"), models.Recipient.organization_id == bindparam("lab"))
    .order_by(models.Notice.due_at, models.Notice.id)
    .limit(1)
    .with_for_update(of=models.Recipient, skip_locked=True, key_share=True)
)
_DUE_FOR = (
    select(models.Notice)
    .where(IS_OWED, models.Notice.due_at <= bindparam("now"), models.Notice.recipient_id == bindparam("recipient"))
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
    held = reservations.of_ids(work, lab.id, {row.reservation_id for row in rows if row.reservation_id})
    to_tell, post = _together(work, _told_now(work, rows, recipient, lab, member, held))
    if to_tell:
        is_of_lab = to_tell[0].reservation_id is None
        recipient.free_at = work.now + (lease * _WITH_PICTURE if is_of_lab else lease)
    for row in to_tell:
        row.attempts += 1
        row.failure = None
    return _batch(work, recipient, lab, member, to_tell, post, held)


def _told_now(
    work: Work,
    rows: Iterable[models.Notice],
    recipient: models.Recipient,
    lab: facts.Organization,
    member: facts.Member | None,
    held: _Held,
) -> list[models.Notice]:
    """Of what is due, all that is of use. What is not is settled, and what comes in quiet hours put off until after."""
    told_now = []
    for row in rows:
        why_not = telling.why_not(work, row, recipient, lab, member, held)
        if why_not is not None:
            row.outcome, row.settled_at = why_not, work.now
        elif until := telling.waits_until(row, lab, member, work.now):
            row.due_at, row.data = until, {**row.data, "waited": True}  # so that a change meanwhile plans it again
            work.owes(until)
        else:
            told_now.append(row)
    return told_now


def _batch(
    work: Work,
    recipient: models.Recipient,
    lab: facts.Organization,
    member: facts.Member | None,
    rows: Sequence[models.Notice],
    post: posts.Post | None,
    held: _Held,
) -> Batch:
    is_rewritten = post is not None and not post.in_thread and rows[0].reservation_id is not None
    rewritten = posts.lines(work, post, rows) if post and is_rewritten else ()
    others = {row.reservation_id for row in rewritten if row.reservation_id} - set(held)
    held = {**held, **reservations.of_ids(work, lab.id, others)}
    told = [held[row.reservation_id] for row in (*rows, *rewritten) if row.reservation_id]
    rooms = availability.rooms(work, lab.id, told)
    return Batch(
        recipient.id,
        lab,
        member,
        recipients.place_in(recipient.whom) or lab.channel,
        tuple(_owed(work, row, held, rooms) for row in rows),
        post,
        tuple(_line(work, row, held, rooms) for row in rewritten),
        frozenset(row.id for row in rows if telling.is_quiet(row)),
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


def _owed(work: Work, row: models.Notice, held: _Held, rooms: Mapping[int, facts.Room]) -> OwedByLab:
    claimed = OwedByLab(row.id, Kind(row.kind), row.due_at, row.data, row.attempts)
    if row.reservation_id is None:
        return claimed
    mine = held[row.reservation_id]
    is_taken_over = claimed.kind is Kind.START and bool(reservations.last_holders(work, mine))
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
    notices.settle(work, ids, Outcome.SILENT)


def put_off(work: Work, batch: Batch, until: datetime, failure: str, *, is_try: bool = True) -> None:
    """Temporary failure: all of it is owed still, and nothing is sent to this recipient before `until`.

    What Slack never came to look at is no try: it does not count among the `attempts`.
    """
    _lock(work, batch)
    _free(work, batch, until)
    attempts = models.Notice.attempts if is_try else models.Notice.attempts - 1
    work.session.execute(
        update(models.Notice)
        .where(models.Notice.id.in_(batch.ids), IS_OWED)
        .values(failure=failure[:500], attempts=attempts)
    )


def hush(work: Work, organization_id: int, until: datetime) -> None:
    """Nobody in the lab is sent to before, whichever process would."""
    is_sooner = or_(models.Organization.free_at.is_(None), models.Organization.free_at < until)
    work.session.execute(
        update(models.Organization).where(models.Organization.id == organization_id, is_sooner).values(free_at=until)
    )


def failed(work: Work, batch: Batch, failure: str) -> None:
    """Permanent failure: given up, and the lab's admins are told why."""
    _lock(work, batch)
    _free(work, batch, work.now)
    notices.settle(work, batch.ids, Outcome.FAILED, failure=failure[:500])
    whom = CHANNEL if batch.member is None else to_member(batch.member.id)
    for owed in batch.owed:
        if owed.kind not in {Kind.UNDELIVERABLE, Kind.HELLO}:
            _tell_admins(work, batch.organization.id, owed, {"failure": failure, "whom": whom})


def _tell_admins(work: Work, organization_id: int, owed: OwedByLab, data: dict[str, Any]) -> None:
    until = work.now + notices.END_STAYS_NEWS
    admins = members.admins(work, organization_id)
    if not isinstance(owed, Owed):
        for admin in admins:
            whom = to_member(admin.id)
            notices.owe_by_lab(work, organization_id, Kind.UNDELIVERABLE, whom, work.now, useful_until=until, data=data)
        return
    held = reservations.of_id(work, organization_id, owed.reservation.id)
    for admin in admins:
        if not _is_told(work, held, admin):
            whom = to_member(admin.id)
            notices.tell(work, held, Kind.UNDELIVERABLE, whom, data, about=0, useful_until=until)


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


def _lock(work: Work, batch: Batch) -> None:
    """The reservations before their notices, as every change of one does. What a claim has noted is written first."""
    work.flush()
    placement.lock_reservations(work, {owed.reservation.id for owed in batch.of_reservations})


def _free(work: Work, batch: Batch, at: datetime) -> None:
    """Let others send to this recipient from then on."""
    work.connection.execute(_FREE, {"recipient": batch.recipient_id, "from_then": at})
    work.frees(at)


def follow_clock(work: Work, organization_id: int, lease: timedelta) -> None:
    """The clock was set back. Who was not to be sent to until an instant of the clock as it was need not wait until it
    comes there again, but for one lease: whoever sends to them at this very moment has done so by then.
    """
    latest = work.now + lease * _WITH_PICTURE
    lab = models.Organization.id == organization_id
    work.session.execute(
        update(models.Organization).where(lab, models.Organization.free_at > latest).values(free_at=None)
    )
    ahead = select(models.Recipient.id).where(
        models.Recipient.organization_id == organization_id,
        models.Recipient.free_at > latest,
    )
    found = work.session.scalars(ahead.order_by(models.Recipient.id).with_for_update(key_share=True)).all()
    work.session.execute(
        update(models.Recipient).where(models.Recipient.id.in_(found)).values(free_at=work.now + lease)
    )
