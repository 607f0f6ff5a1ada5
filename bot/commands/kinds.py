"""What may be asked for: one frozen dataclass per command."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta, tzinfo
from enum import StrEnum

from core.inventory import Wanted
from core.timerange import TimeRange


@dataclass(frozen=True)
class Book:
    """Book, or with no `when` open the form.

    `verb` tells whether the word was typed or is only assumed; `asks` that it is to be answered and not booked;
    `running` that the work began at the start already.
    """

    when: str
    wanted: Wanted
    purpose: str
    verb: bool = True
    asks: bool = False
    running: bool = False


@dataclass(frozen=True)
class Status:
    """Who holds what: now, or on the day that is written in `when`."""

    when: str = ""


@dataclass(frozen=True)
class Who:
    """The same by person."""


class Span(StrEnum):
    """A day or a week that can be looked at."""

    DAY = "day"
    TOMORROW = "tomorrow"
    WEEK = "week"
    NEXT_WEEK = "next week"
    LAST_WEEK = "last week"

    def range(self, today: date, zone: tzinfo) -> TimeRange:
        """From midnight to midnight in that zone; weeks begin on Mondays."""
        if self in {Span.DAY, Span.TOMORROW}:
            return TimeRange.of_days(today + timedelta(days=self is Span.TOMORROW), 1, zone)
        weeks = {Span.WEEK: 0, Span.NEXT_WEEK: 1, Span.LAST_WEEK: -1}[self]
        return TimeRange.of_days(today - timedelta(days=today.weekday()) + timedelta(weeks=weeks), 7, zone)


@dataclass(frozen=True)
class Picture:
    """Of a day or week that has a name, or, where `span` is None, of the day that is written in `when`."""

    span: Span | None
    when: str = ""


@dataclass(frozen=True)
class Board:
    """Let the lab's board stand in this channel, or take it away."""

    off: bool = False


@dataclass(frozen=True)
class Summary:
    """How this week is used, or how the last one was."""

    span: Span


@dataclass(frozen=True)
class Mine:
    pass


@dataclass(frozen=True)
class Extend:
    length: str
    names: tuple[str, ...] = ()


@dataclass(frozen=True)
class End:
    names: tuple[str, ...] = ()


@dataclass(frozen=True)
class Cancel:
    """Drop one of one's own: on these GPUs, at the time that is written in `when`."""

    names: tuple[str, ...] = ()
    when: str = ""


@dataclass(frozen=True)
class Change:
    """Change one of one's own, meant as in `Cancel`, or all of a series; with no `to`, in a form.

    What `to` does not say stays as it is.
    """

    names: tuple[str, ...] = ()
    when: str = ""
    whole: bool = False
    to: Book | None = None


@dataclass(frozen=True)
class Ask:
    """Ask whoever holds it. With no `when` in the wish, for all that is held now."""

    wish: Book


@dataclass(frozen=True)
class Wait:
    """Wait for so much time to come free; with no `length`, see what one waits for, or with `off` be off the list.

    `takes`: without asking; `holds`: have the next free time meanwhile.
    """

    length: str
    wanted: Wanted
    after: str = ""
    before: str = ""
    purpose: str = ""
    takes: bool = False
    holds: bool = True
    off: bool = False


@dataclass(frozen=True)
class StillBusy:
    """The last holder's work is on it still."""

    names: tuple[str, ...] = ()


@dataclass(frozen=True)
class Admin:
    """The lab's settings; or a GPU out of service, `down` for the time that is written, with the reason around it, or
    for good; or a special period, in which other limits hold.
    """

    verb: str = ""  # down, retire, period, or nothing
    names: tuple[str, ...] = ()
    rest: str = ""  # of down: when and why; of retire: why; of period: when, and its name


@dataclass(frozen=True)
class Audit:
    csv: bool = False


@dataclass(frozen=True)
class History:
    pass


@dataclass(frozen=True)
class Quiet:
    """One's quiet hours: with no word, see them; `off`, `lab`, or the hours as they are written."""

    word: str = ""


@dataclass(frozen=True)
class Health:
    pass


@dataclass(frozen=True)
class Help:
    pass


@dataclass(frozen=True)
class Thanks:
    pass


@dataclass(frozen=True)
class Unclear:
    """A command with words behind it that mean nothing there. Nothing is done."""

    verb: str
    rest: str


@dataclass(frozen=True)
class TooMuch:
    """Text of a length nobody types; not read."""

    length: int


Command = (
    Ask
    | Board
    | Book
    | Status
    | Who
    | Picture
    | Summary
    | Mine
    | Extend
    | End
    | Cancel
    | Change
    | StillBusy
    | History
    | Admin
    | Audit
    | Health
    | Quiet
    | Help
    | Thanks
    | TooMuch
    | Unclear
    | Wait
)
