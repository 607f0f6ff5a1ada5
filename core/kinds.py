"""The kinds of notices, and what some of them have in common."""

from __future__ import annotations

from enum import StrEnum


class Kind(StrEnum):
    """What a notice tells. Their order here is the order in which those due together are told."""

    UNDELIVERABLE = "undeliverable"  # to admins: a notice could not be delivered
    ASKED = "asked"  # to a holder: somebody asks for it
    DECLINED = "declined"  # to who asked
    LAPSED = "lapsed"  # to who asked: nobody answered
    GONE = "gone"  # to who asked: its holder does not hold it any more
    HANDED_OVER = "handed_over"  # to the channel, and to who has it now
    STILL_BUSY = "still_busy"  # to the last holder: their work is on it still
    STOPPED = "stopped"  # to who holds it now: it is no more
    BUSY_LONGER = "busy_longer"  # to who holds it now: it needs some minutes more
    OVERRULED = "overruled"  # to the holder: an admin has changed it
    OFFERED = "offered"  # to who waits: it has come free, and is held for them for a while
    OFFER_OVER = "offer_over"  # to the same: they did not answer
    IN_VAIN = "in_vain"  # to who waited: nothing came free in time; of no reservation
    TAKEN = "taken"  # to who waits: it has come free, and is theirs, as they said
    MOVED = "moved"  # the same, for what they had for later
    CANCELLED = "cancelled"
    CHANGED = "changed"
    FREED = "freed"  # some of its GPUs were given back early
    BOOKED = "booked"
    SERIES_BOOKED = "series_booked"  # all of a series at once
    SERIES_CANCELLED = "series_cancelled"
    SERIES_CHANGED = "series_changed"
    BEFORE_END_24H = "before_end_24h"
    BEFORE_END_3H = "before_end_3h"
    BEFORE_END = "before_end"
    END = "end"
    START = "start"
    BEFORE_START = "before_start"
    PERIOD_ADDED = "period_added"  # of the lab, as are the next two: a special period is to come
    PERIOD_BEGINS = "period_begins"
    PERIOD_REMOVED = "period_removed"
    SUMMARY = "summary"  # of the lab: how the last week was used
    HELLO = "hello"  # of the lab: the bot has come to a channel
    DETAILS = "details"  # in the thread of what the channel was told: who changed it that is not its holder, and why


STANDING = frozenset(
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

BEFORE_END = frozenset({Kind.BEFORE_END, Kind.BEFORE_END_3H, Kind.BEFORE_END_24H})
