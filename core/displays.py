"""What Slack goes on showing until we change it: the lab's board, and the Homes that people are looking at.

Each remembers the state that it shows, by name. A sender compares that with the state there is, and redraws what
differs, so that nothing is ever missed: not what another process changed, not what a crash interrupted, not what the
passing of time alone brings about. A claim keeps it to one writer at a time, and its lapse lets another go on.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, delete, select, update

from core import audit, availability, facts, members, models, organizations, recipients
from core.actors import Actor
from core.availability import Outlook
from core.db import insert_if_new
from core.facts import Action, Subject
from core.recipients import BOARD
from core.work import Work

AHEAD = timedelta(days=8)  # how far a display looks
WATCHED = timedelta(minutes=10)  # Slack never tells that a Home was closed
PACE = timedelta(seconds=5)  # between two changes of one display: what happens meanwhile is gathered
HOMES_PER_MINUTE = 80  # of all together; Slack takes about 100
ANSWER_STAYS = timedelta(seconds=20)  # what a press on Home led to can be read in peace

_has_board = (
    select(models.Display.id)
    .join(models.Recipient)
    .where(models.Recipient.organization_id == models.Organization.id, models.Recipient.whom == BOARD)
    .exists()
)
ANNOUNCES = (models.Organization.announce & ~_has_board).label("announce")
"""Whether a lab is told of bookings and changes in posts: with a board it reads of them there. For queries."""


@dataclass(frozen=True)
class Display:
    """A display that is ours to draw for a while. `member` is whose Home it is; None: the lab's board."""

    id: int
    recipient_id: int
    organization: facts.Organization
    member: facts.Member | None
    channel: str
    slack_ts: str | None
    shown: str


def announces(work: Work, organization_id: int) -> bool:
    """Whether this lab is told of bookings and changes in posts."""
    return work.session.scalars(select(ANNOUNCES).where(models.Organization.id == organization_id)).one()


def state(outlook: Outlook, changes: Sequence[facts.AuditEntry] = ()) -> str:
    """Names the state of the lab that displays show: two of the same name look the same, within one hour.

    The board shows `changes` as well.
    """
    until = outlook.now + AHEAD
    told = [
        outlook.now.replace(minute=0, second=0, microsecond=0),
        *outlook.held,
        *(_told(each, outlook.now) for held in outlook.held.values() for each in held if each.range.start < until),
        *(entry.id for entry in changes),
    ]
    return hashlib.sha256(repr(told).encode()).hexdigest()


def _told(held: facts.Holding, now: datetime) -> tuple[object, ...]:
    time, offered_until = held.range, held.offered_until
    return (
        held.gpu.id,
        time.start.timestamp(),
        time.end.timestamp(),
        time.start <= now,
        held.holder.name,
        held.purpose,
        offered_until and offered_until.timestamp(),
    )


def stale(work: Work, organization_id: int) -> list[int]:
    """The displays that show another state than there is, and may be redrawn now."""
    watched = work.session.execute(
        _watched(work, organization_id)
        .with_only_columns(models.Display.id, models.Display.shown, models.Recipient.whom)
        .where(models.Recipient.free_at <= work.now)
        .order_by(models.Recipient.free_at)
    ).all()
    if not watched:
        return []
    outlook = availability.outlook(work, organization_id, AHEAD)
    on_homes = state(outlook)
    has_board = any(row.whom == BOARD for row in watched)
    on_board = state(outlook, audit.lately(work, organization_id)) if has_board else ""
    return [row.id for row in watched if row.shown != (on_board if row.whom == BOARD else on_homes)]


def claim(work: Work, display_id: int, lease: timedelta) -> Display | None:
    """A display, ours for `lease`; None when somebody else is at it, or it is gone."""
    found = work.session.execute(
        select(models.Display, models.Recipient)
        .join(models.Recipient)
        .where(models.Display.id == display_id, models.Recipient.free_at <= work.now)
        .with_for_update(of=models.Recipient, skip_locked=True, key_share=True)
    ).first()
    if found is None:
        return None
    row, recipient = found
    recipient.free_at = work.now + lease
    row.shown = ""  # nobody knows, until it is drawn
    return _fact(work, row, recipient)


def drawn(work: Work, display: Display, shown: str, slack_ts: str | None = None) -> None:
    """It shows the state of that name now, a board in the message `slack_ts`."""
    _free(work, display.recipient_id, work.now + _pace(work, display))
    work.session.execute(
        update(models.Display)
        .where(models.Display.id == display.id)
        .values(shown=shown, slack_ts=slack_ts, failure=None)
    )


def put_off(work: Work, display: Display, until: datetime, failure: str) -> None:
    """It could not be drawn; nobody tries before `until`."""
    _free(work, display.recipient_id, until)
    work.session.execute(update(models.Display).where(models.Display.id == display.id).values(failure=failure[:500]))


def drop(work: Work, display: Display) -> None:
    """It cannot be drawn any more, ever."""
    work.session.execute(delete(models.Display).where(models.Display.id == display.id))


def watch_home(work: Work, organization_id: int, member_id: int, shown: str, *, answered: bool = False) -> None:
    """Somebody opens their Home, which is about to show the state of that name; `answered`: under an answer to them.

    Call it before the Home is published.
    """
    recipient_id = recipients.number(work, organization_id, recipients.to_home(member_id))
    is_new = insert_if_new(work.session, models.Display, recipient_id=recipient_id)
    row = work.session.scalars(select(models.Display).where(models.Display.recipient_id == recipient_id)).one()
    recipient = work.session.get_one(models.Recipient, recipient_id, with_for_update={"key_share": True})
    if row.shown or is_new:  # else somebody is drawing it, who began earlier and may come later: it is drawn again
        row.shown = shown
    row.watched_until = work.now + WATCHED
    _free(work, recipient_id, max(recipient.free_at, work.now + (ANSWER_STAYS if answered else PACE)))


def outdate_home(work: Work, organization_id: int, member_id: int) -> None:
    """What somebody's Home shows is not how they read any more; if they look at it, it is drawn anew."""
    theirs = select(models.Recipient.id).where(
        models.Recipient.organization_id == organization_id, models.Recipient.whom == recipients.to_home(member_id)
    )
    watched = models.Display.recipient_id == theirs.scalar_subquery()
    work.session.execute(update(models.Display).where(watched, _is_watched(work.now)).values(shown=""))
    work.owes(work.now)


def put_board(work: Work, actor: Actor, channel: str, lease: timedelta) -> tuple[Display, Display | None]:
    """Let the lab have its board in that channel, posted anew; ours for `lease`, with what it was before, if any.

    MayNotBook for those who are not of the lab.
    """
    actor.must_be_member()
    before = board(work, actor.organization_id)
    recipient_id = recipients.number(work, actor.organization_id, BOARD)
    insert_if_new(work.session, models.Display, recipient_id=recipient_id)
    row = work.session.scalars(select(models.Display).where(models.Display.recipient_id == recipient_id)).one()
    recipient = work.session.get_one(models.Recipient, recipient_id, with_for_update={"key_share": True})
    row.channel, row.slack_ts, row.shown, row.failure = channel, None, "", None
    recipient.free_at = work.now + lease
    _record(work, actor, Action.BOARD_PUT, before.channel if before else None, channel)
    return _fact(work, row, recipient), before


def take_board(work: Work, actor: Actor) -> Display | None:
    """The lab has no board any more; what it was."""
    actor.must_be_member()
    before = board(work, actor.organization_id)
    if before is not None:
        drop(work, before)
        _record(work, actor, Action.BOARD_TAKEN, before.channel, None)
    return before


def board(work: Work, organization_id: int) -> Display | None:
    """The lab's board, if it has one."""
    found = work.session.execute(
        select(models.Display, models.Recipient)
        .join(models.Recipient)
        .where(models.Recipient.organization_id == organization_id, models.Recipient.whom == BOARD)
    ).first()
    return _fact(work, *found) if found else None


def _watched(work: Work, organization_id: int) -> Select[models.Display]:
    return (
        select(models.Display)
        .join(models.Recipient)
        .where(models.Recipient.organization_id == organization_id, _is_watched(work.now))
    )


def _is_watched(now: datetime) -> ColumnElement[bool]:
    return models.Display.watched_until.is_(None) | (models.Display.watched_until > now)


def _pace(work: Work, display: Display) -> timedelta:
    """Many who watch share what Slack takes in a minute."""
    if display.member is None:
        return PACE
    watchers = len(work.session.execute(_watched(work, display.organization.id)).all())
    return max(PACE, timedelta(minutes=watchers / HOMES_PER_MINUTE))


def _free(work: Work, recipient_id: int, at: datetime) -> None:
    work.session.execute(update(models.Recipient).where(models.Recipient.id == recipient_id).values(free_at=at))
    work.frees(at)


def _record(work: Work, actor: Actor, action: Action, before: str | None, after: str | None) -> None:
    audit.record(
        work,
        actor,
        action,
        Subject.LAB,
        actor.organization_id,
        before={"board": before} if before else None,
        after={"board": after} if after else None,
    )


def _fact(work: Work, row: models.Display, recipient: models.Recipient) -> Display:
    lab = organizations.fact(work.session.get_one(models.Organization, recipient.organization_id))
    member = None
    if recipient.whom != BOARD:
        member = members.fact(work.session.get_one(models.Member, recipients.member_in(recipient.whom)))
    return Display(row.id, row.recipient_id, lab, member, row.channel or "", row.slack_ts, row.shown)
