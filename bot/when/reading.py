"""What reading a time range gives: a Reading, or Unreadable with the reason."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date, datetime, timedelta


class Kind(StrEnum):
    """Why a text could not be read as one range."""

    NO_RANGE = "no_range"
    INVERTED = "inverted"
    AMBIGUOUS = "ambiguous"
    PAST = "past"
    TOO_VAGUE = "too_vague"


@dataclass(frozen=True, slots=True)
class Reading:
    """A range as it was understood, with what an echo should mention."""

    start: datetime
    end: datetime
    #: What was not time: the purpose, in its own spelling.
    rest: str = ""
    #: The zone it was read in, by name or abbreviation, and whether the text named it.
    zone: str = "UTC"
    zone_given: bool = False
    #: No day was written.
    day_assumed: bool = False
    #: The end is on a later day than the start because it would otherwise come before it.
    end_rolled: bool = False
    #: False where the start is now, as in `for 3h`.
    start_given: bool = True
    #: A written clock time does not exist on that day; it was moved on by the hour that clocks skip.
    skipped: bool = False
    #: A written clock time happens twice on that day; the first was taken.
    doubled: bool = False
    #: The text asks rather than orders: answer, do not book.
    question: bool = False

    @property
    def length(self) -> timedelta:
        """How long it takes. (`end - start` would count wall time: both are in one zone.)"""
        return self.end.astimezone(UTC) - self.start.astimezone(UTC)


class Unreadable(ValueError):  # noqa: N818 - a person reads "unreadable: too vague", not "unreadable error"
    """The text is no bookable range; `kind` says why, the rest what would work."""

    def __init__(
        self,
        kind: Kind,
        *,
        readings: tuple[Reading, ...] = (),
        start: datetime | None = None,
        day: date | None = None,
        length: timedelta | None = None,
        rest: str = "",
        question: bool = False,
        repeats: bool = False,
    ) -> None:
        """Name the reason; everything else is what was understood all the same."""
        super().__init__(kind.value)
        self.kind = kind
        #: For `ambiguous`: what it may mean, each bookable as it is.
        self.readings = readings
        #: For `too_vague`: the start that was said, or at least its day, or the length.
        self.start = start
        self.day = day
        self.length = length
        self.rest = rest
        self.question = question
        #: The text asks for a series (`every monday`), which is not one range.
        self.repeats = repeats
