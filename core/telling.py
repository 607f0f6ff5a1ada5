"""Whether what is due is told now: still true and of use, wanted by its reader, and not in their quiet hours.

It only judges; core.outbox acts on it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from core import facts, models, posts
from core.kinds import BEFORE_END, STANDING, Kind
from core.notices import Outcome
from core.recipients import CHANNEL
from core.work import Work

_URGENT = frozenset({Kind.STILL_BUSY, Kind.STOPPED, Kind.BUSY_LONGER})  # somebody waits for it at this very moment


def why_not(
    work: Work,
    row: models.Notice,
    recipient: models.Recipient,
    lab: facts.Organization,
    member: facts.Member | None,
    held: Mapping[int, facts.Reservation],
) -> Outcome | None:
    """Why a due notice is not worth sending any more; None: it is. `held`: its reservation, by number, as it is now."""
    if row.reservation_id is not None and row.kind not in STANDING and row.version != held[row.reservation_id].version:
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
    if not is_quiet(row):
        return True
    post = posts.meant(work, row)
    return post is not None and post.in_thread is (row.kind == Kind.DETAILS)


def is_quiet(row: models.Notice) -> bool:
    """Whether it is worth no message of its own."""
    return bool(row.data.get("quiet"))


def _is_wanted(kind: Kind, member: facts.Member | None) -> bool:
    """People choose of which moments they are reminded; asked when it is due, so that a choice holds at once."""
    if member is None:
        return True
    if kind is Kind.BEFORE_START:
        return member.choices.before_start
    return member.choices.before_end or kind not in BEFORE_END


def waits_until(
    row: models.Notice, lab: facts.Organization, member: facts.Member | None, now: datetime
) -> datetime | None:
    """In somebody's quiet hours what is owed to them waits for the end of these, unless that is too late for it."""
    if member is None or Kind(row.kind) in _URGENT:
        return None
    until = quiet_until(lab, member, now)
    return until if until is not None and until < row.useful_until else None


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
