"""What stands in the lab's channel: which message told of a reservation, and what it is to say from now on.

A change of what the channel was told is no post of its own: it rewrites the line that told it, in the message where
that stands. What only some need to know is told in the thread of that message. What one person books within a minute
is a line more in the message that told the first of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select

from core import models
from core.kinds import Kind
from core.work import Work

REWRITING = frozenset({Kind.CHANGED, Kind.CANCELLED, Kind.SERIES_CHANGED, Kind.SERIES_CANCELLED})
"""What need not be a post where one can be rewritten."""

TOGETHER = timedelta(minutes=1)
_MOST_LINES = 20  # in one message

# Of several in one message that tell of one reservation, the first of these says how it is now.
_OF_ONE = (Kind.CANCELLED, Kind.START, Kind.HANDED_OVER, Kind.CHANGED, Kind.BOOKED)
_OF_A_SERIES = (Kind.SERIES_CANCELLED, Kind.SERIES_CHANGED, Kind.SERIES_BOOKED)
_ALL_OF_IT = (*_OF_ONE, Kind.END, Kind.FREED)


@dataclass(frozen=True)
class Post:
    """A message in a channel that told something before: to be rewritten, or, `in_thread`, to be answered under."""

    channel: str
    slack_ts: str
    in_thread: bool


def meant(work: Work, notice: models.Notice) -> Post | None:
    """Where to tell it, when not in a message of its own."""
    kind = Kind(notice.kind)
    if kind is Kind.PERIOD_REMOVED:
        return _rewriting(_of_period(work, notice))
    if notice.reservation_id is None:
        return None
    if kind is Kind.DETAILS:
        numbers = [notice.reservation_id, *notice.data.get("part_of", ())]
        return _under(_latest(work, notice, numbers, _ALL_OF_IT) or _of_series(work, notice))
    if kind is Kind.SERIES_CHANGED and notice.data.get("partly"):
        return _under(_of_series(work, notice))
    return _rewriting(_told_before(work, notice)) or _beside(work, notice)


def has_heard(work: Work, reservation_id: int, recipient_id: int, *, of_series: bool = False) -> bool:
    """Whether the channel was told when this reservation is, or is being told so; `of_series`: or of its series."""
    numbers = [reservation_id, *(_siblings(work, reservation_id) if of_series else ())]
    kinds = [*_OF_ONE, *([Kind.SERIES_BOOKED] if of_series else ())]
    found = (
        select(models.Notice.id)
        .where(models.Notice.reservation_id.in_(numbers), models.Notice.recipient_id == recipient_id)
        .where(models.Notice.kind.in_(kinds))
        .where(models.Notice.slack_ts.is_not(None) | ((models.Notice.attempts > 0) & models.Notice.failure.is_(None)))
        .limit(1)
    )
    return work.session.scalar(found) is not None


def lines(work: Work, post: Post, news: Sequence[models.Notice]) -> tuple[models.Notice, ...]:
    """What that message says, in order, once it tells this news as well: the notice that says it, of each line."""
    recipient_id = news[0].recipient_id
    told = work.session.scalars(
        select(models.Notice)
        .where(models.Notice.slack_ts == post.slack_ts, models.Notice.recipient_id == recipient_id)
        .where(models.Notice.slack_channel == post.channel)
        .order_by(models.Notice.settled_at, models.Notice.id)
    ).all()
    by_line: dict[object, list[models.Notice]] = {}
    for notice in (*told, *news):
        by_line.setdefault(_line(notice), []).append(notice)
    return tuple(_valid(several) for several in by_line.values())


def _line(notice: models.Notice) -> object:
    """The same for notices that tell of the same thing, of which one line in a message is enough."""
    kind = Kind(notice.kind)
    if kind in _OF_ONE:
        return notice.reservation_id
    if kind in _OF_A_SERIES:
        return "series", notice.about
    return "alone", notice.id


def _valid(several: Sequence[models.Notice]) -> models.Notice:
    """The latest of the kind that says how it is now."""
    ranks = [*_OF_ONE, *_OF_A_SERIES]
    best = min(several, key=lambda each: ranks.index(Kind(each.kind)) if Kind(each.kind) in ranks else 0)
    return next(each for each in reversed(several) if each.kind == best.kind)


def _latest(
    work: Work,
    notice: models.Notice,
    reservation_ids: Iterable[int],
    kinds: Sequence[Kind],
    *,
    in_threads: bool = True,
) -> models.Notice | None:
    """The last of these kinds that the same recipient was told."""
    told = (
        select(models.Notice)
        .where(models.Notice.reservation_id.in_(reservation_ids), models.Notice.kind.in_(kinds))
        .where(models.Notice.recipient_id == notice.recipient_id, models.Notice.slack_channel.is_not(None))
        .order_by(models.Notice.settled_at.desc(), models.Notice.id.desc())
        .limit(1)
    )
    return work.session.scalar(told if in_threads else told.where(models.Notice.slack_thread.is_(None)))


def _told_before(work: Work, notice: models.Notice) -> models.Notice | None:
    """What told of the same, or of what belongs to it."""
    assert notice.reservation_id is not None
    match Kind(notice.kind):
        case Kind.BOOKED | Kind.SERIES_BOOKED:
            return _booked_just_now(work, notice)
        case Kind.CHANGED | Kind.CANCELLED:
            return _latest(work, notice, [notice.reservation_id], _OF_ONE)
        case Kind.SERIES_CHANGED | Kind.SERIES_CANCELLED:
            return _of_series(work, notice)
        case _:
            return None


def _beside(work: Work, notice: models.Notice) -> Post | None:
    """One of a series, of which the channel was told as a whole."""
    is_change = notice.kind in {Kind.CHANGED, Kind.CANCELLED}
    return _under(_of_series(work, notice)) if is_change else None


def _booked_just_now(work: Work, notice: models.Notice) -> models.Notice | None:
    """What the channel was told within the last minute of something else that the same person has booked."""
    key = (_told_just_now, notice.recipient_id)
    if key not in work.memo:  # which many that are due together have in common
        work.memo[key] = _told_just_now(work, notice.recipient_id)
    told: Any = work.memo[key]
    if not told:
        return None
    holder = work.session.get_one(models.Reservation, notice.reservation_id).member_id
    found: models.Notice | None = told.get(holder)
    return found


def _told_just_now(work: Work, recipient_id: int) -> dict[int, models.Notice]:
    """By the number of who booked: what told of it in the last minute, where there is room for more."""
    told = work.session.execute(
        select(models.Notice, models.Reservation.member_id)
        .join(models.Reservation, models.Notice.reservation_id == models.Reservation.id)
        .where(models.Notice.recipient_id == recipient_id, models.Notice.settled_at > work.now - TOGETHER)
        .where(models.Notice.slack_channel.is_not(None), models.Notice.slack_thread.is_(None))
        .where(models.Notice.kind.in_([Kind.BOOKED, Kind.SERIES_BOOKED]))
        .order_by(models.Notice.settled_at, models.Notice.id)
    ).all()
    counted = (
        select(models.Notice.slack_ts, func.count().label("lines"))
        .where(models.Notice.slack_ts.in_({row.Notice.slack_ts for row in told}))
        .where(models.Notice.recipient_id == recipient_id)
        .group_by(models.Notice.slack_ts)
    )
    lines = {row.slack_ts: row.lines for row in work.session.execute(counted)} if told else {}
    return {row.member_id: row.Notice for row in told if lines[row.Notice.slack_ts] < _MOST_LINES}


def _of_period(work: Work, notice: models.Notice) -> models.Notice | None:
    """What announced the special period, as long as that was still to come: one that holds is called off aloud."""
    start = datetime.fromisoformat(notice.data["time"][0])
    if start <= notice.due_at:
        return None
    announced = work.session.scalars(
        select(models.Notice)
        .where(models.Notice.recipient_id == notice.recipient_id, models.Notice.kind == Kind.PERIOD_ADDED)
        .where(models.Notice.slack_channel.is_not(None))
        .order_by(models.Notice.id.desc())
        .limit(_MOST_LINES)
    )
    return next((each for each in announced if each.data["id"] == notice.data["id"]), None)


def _of_series(work: Work, notice: models.Notice) -> models.Notice | None:
    """What told of the series that its reservation belongs to, in the channel itself."""
    assert notice.reservation_id is not None
    return _latest(work, notice, _siblings(work, notice.reservation_id), _OF_A_SERIES, in_threads=False)


def _siblings(work: Work, reservation_id: int) -> Sequence[int]:
    """The occurrences of its series, itself among them; none where it belongs to none."""
    mine = select(models.Occurrence.series_id).where(models.Occurrence.reservation_id == reservation_id)
    return work.session.scalars(
        select(models.Occurrence.reservation_id).where(models.Occurrence.series_id == mine.scalar_subquery())
    ).all()


def _rewriting(told: models.Notice | None) -> Post | None:
    if told is None or told.slack_channel is None or told.slack_ts is None:
        return None
    return Post(told.slack_channel, told.slack_ts, in_thread=False)


def _under(told: models.Notice | None) -> Post | None:
    if told is None or told.slack_channel is None or told.slack_ts is None:
        return None
    return Post(told.slack_channel, told.slack_thread or told.slack_ts, in_thread=True)
