"""The words of a series: how often, on which days, from when until when; taken out of a row, they leave the hours."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bot.when import kinds
from bot.when.clocks import Day, Every, Length
from bot.when.forms import letters

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.when.kinds import Token

#: Says nothing between the words of a series.
_GAP = "[ @g,(]*"
_CLOCK_PAIR = rf"C{_GAP}[-~TtUK]"
#: A day, or a month as a whole.
_DAY = "(?:D|O|θ|ω|k|n ?o)"
_END = re.compile(
    rf"(?P<before>[UT]|(?<=D)[-~t]|(?<=D )[-~t]){_GAP}(?P<day>{_DAY})(?!{_GAP}(?!{_CLOCK_PAIR})[CX])(?!{_GAP}p?C?u)"
    rf"|(?P<last>{_DAY})[ g]*u"
)
_WINDOW = re.compile(rf"(?:[@Aƒ] ?)*(?P<window>[Oωk]|n ?o)(?!{_GAP}[nD])")
_TIMES = re.compile("(?:[fg] ?)*(?P<times>×)")
_DURATION = re.compile("(?:f ?)?(?:g ?)*(?:E ?)?(?P<length>[lμ])")
_EVERY_SO_MANY = re.compile("r[ g]*(?P<after>[ljJμdh])|(?P<ahead>[ljJμ])[ g]*r")
_WEEKDAY_RANGE = re.compile(rf"(?P<first>D){_GAP}[-~TtU]{_GAP}(?P<last>D)")
#: `fri 18:00 to mon 9:00`: a weekday that ends each occurrence.
_END_DAY = re.compile(rf"C{_GAP}K?{_GAP}[-~TtU]{_GAP}(?P<day>D){_GAP}C")
#: 毎週月水金: one letter for each day.
_SHORT_DAYS = re.compile(r"[ZodζQD](?:[ ,&/g]*[ZodζQD])*")


@dataclass(slots=True)
class Recurrence:
    """How often a series comes, as it was said."""

    unit: str | None = None
    interval: int = 1
    weekdays: set[int] = field(default_factory=set)
    #: The last day, or the month or week that is the last.
    until: Day | None = None
    #: The month or week in which it all happens.
    window: Day | None = None
    #: How long it goes on: whole days, or months.
    length: Length | None = None
    months: int = 0
    #: How many times it comes.
    times: int | None = None
    #: Something of it was not understood.
    unclear: bool = False


def take(row: Sequence[Token]) -> tuple[Recurrence, list[Token]]:
    """The recurrence a row of words tells, and the row without it."""
    return _Taker(row).take()


class _Taker:
    def __init__(self, row: Sequence[Token]) -> None:
        self.row = list(row)
        self.found = Recurrence()

    def take(self) -> tuple[Recurrence, list[Token]]:
        """Take the words in the order in which they are safest to tell from each other."""
        self._every_so_many()
        self._every()
        self._end()
        self._times()
        self._duration()
        self._window()
        self._weekdays()
        self._joints()
        return self.found, self.row

    @property
    def _letters(self) -> str:
        return letters(self.row)

    def _mark(self, start: int, end: int) -> None:
        for index in range(start, end):
            token = self.row[index]
            if token.kind == kinds.EVERY and isinstance(token.value, Every) and token.value.part:
                self.row[index] = token._replace(kind=kinds.DAYPART, value=token.value.part)
            elif token.kind != kinds.DAYPART:
                self.row[index] = token._replace(kind=kinds.TAKEN)

    def _every_so_many(self) -> None:
        """`every 2 weeks`, `every day`, `3日ごとに`."""
        for match in _EVERY_SO_MANY.finditer(self._letters):
            every = self.row[match.start() if match["after"] else match.end() - 1].value
            place = match.start("after") if match["after"] else match.start("ahead")
            if isinstance(every, Every) and every.unit is None and not every.weekdays:
                self._count(self.row[place], every.interval)
                self._mark(*match.span())

    def _count(self, unit: Token, interval: int) -> None:
        if unit.kind == kinds.LENGTH:
            length = unit.value
            if not isinstance(length, Length) or not length.whole_days or not length.time:
                self.found.unclear = True
                return
            days = length.time.days
            self.found.unit = "week" if days % 7 == 0 else "day"
            self.found.interval = interval * (days // 7 if days % 7 == 0 else days)
        elif unit.kind in (kinds.DAYS, kinds.WEEKS):
            self.found.unit = "day" if unit.kind == kinds.DAYS else "week"
            self.found.interval = interval
        else:
            self.found.unit = "month"

    def _every(self) -> None:
        for index, token in enumerate(self.row):
            if token.kind != kinds.EVERY or not isinstance(token.value, Every):
                continue
            every = token.value
            self.found.weekdays.update(every.weekdays)
            self.found.interval = max(self.found.interval, every.interval)
            if every.unit and self.found.unit in (None, "day"):
                self.found.unit = every.unit
            self._mark(index, index + 1)

    def _end(self) -> None:
        for match in _END.finditer(self._letters):
            place = match.start("day") if match["day"] else match.start("last")
            token = self.row[place]
            if match["before"] not in (None, kinds.UNTIL) and self._is_weekday(place):
                continue  # mon to fri
            self.found.until = _day_or_month(token, self.row[place : match.end()])
            self._mark(*match.span())
            return

    def _times(self) -> None:
        match = _TIMES.search(self._letters)
        if match:
            times = self.row[match.start("times")].value
            assert isinstance(times, int)
            self.found.times = times
            self._mark(*match.span())

    def _duration(self) -> None:
        for match in _DURATION.finditer(self._letters):
            value = self.row[match.start("length")].value
            if isinstance(value, int):
                self.found.months = value
            elif isinstance(value, Length) and value.whole_days and _has_hours(self.row):
                self.found.length = value
            else:
                continue
            self._mark(*match.span())
            return

    def _window(self) -> None:
        match = _WINDOW.search(self._letters)
        if match and self.found.until is None:
            place = match.start("window")
            self.found.window = _day_or_month(self.row[place], self.row[place : match.end()])
            self._mark(*match.span())

    def _weekdays(self) -> None:
        kept = {match.start("day") for match in _END_DAY.finditer(self._letters)}
        for match in _WEEKDAY_RANGE.finditer(self._letters):
            first, last = match.start("first"), match.start("last")
            if self._is_weekday(first) and self._is_weekday(last) and last not in kept:
                days = (self._weekday(last) - self._weekday(first)) % 7
                self.found.weekdays.update((self._weekday(first) + ahead) % 7 for ahead in range(days))
        for match in _SHORT_DAYS.finditer(self._letters):
            for index in range(*match.span()):
                token = self.row[index]
                day = token.value
                if self._is_weekday(index) and index not in kept:
                    day = self._weekday(index)
                elif token.kind not in "ZodζQ" or not self._stands_by_taken(match.start()):
                    continue
                if isinstance(day, int | tuple):
                    self.found.weekdays.update(day if isinstance(day, tuple) else [day])
                    self._mark(index, index + 1)

    def _stands_by_taken(self, start: int) -> bool:
        return self._letters[:start].rstrip(" g,&").endswith((kinds.TAKEN, kinds.DAYPART))

    def _is_weekday(self, index: int) -> bool:
        value = self.row[index].value
        return isinstance(value, Day) and value == Day(weekday=value.weekday) and value.weekday is not None

    def _weekday(self, index: int) -> int:
        value = self.row[index].value
        assert isinstance(value, Day)
        assert value.weekday is not None
        return value.weekday

    def _joints(self) -> None:
        """What stands between words of the series only joins them."""
        for match in re.finditer(r"(?<=_)[ @g,&/(+)|~T-]+(?=_)|(?<=_)[g)]+", self._letters):
            self._mark(*match.span())


def _has_hours(row: Sequence[Token]) -> bool:
    return any(token.kind in "CXL" for token in row)


def _day_or_month(token: Token, tokens: Sequence[Token]) -> Day:
    """The last day that is meant: a day, or the last of a month or a week."""
    if isinstance(token.value, Day):
        return token.value
    if token.kind == kinds.MONTH_SHIFT:
        assert isinstance(token.value, int)
        return Day(months=token.value, month_end=True)
    if token.kind == kinds.WEEK:
        assert isinstance(token.value, int)
        return Day(weekday=6, week=token.value)
    number = token.value if token.kind != kinds.NUMBER else int(str(tokens[0].value))
    assert isinstance(number, int)
    if not 1 <= number <= 12:
        raise ValueError(number)
    return Day(month=number, month_end=True)
