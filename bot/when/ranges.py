"""The grammar of large things: the ways to ask for a range, each a pattern over moments and lengths."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from bot.when import kinds
from bot.when.ask import Ask, Moment
from bot.when.clocks import Day, Length
from bot.when.forms import length_of
from bot.when.moments import moment_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bot.when.kinds import Token


class Pattern(NamedTuple):
    pattern: re.Pattern[str]
    unless: re.Pattern[str]
    build: Callable[[Sequence[Token]], Ask | None]


SEP = "(?:K?,?[-~/TUt]+,?|K,?)"
_START = "[XDRP]"

PATTERNS: list[Pattern] = []


def _asks(pattern: str, unless: str = "$.") -> Callable[[Any], Any]:
    """Add a way to ask for a range. The first way that is found in a text is the way it asks.

    `unless`: what must not stand anywhere in the text.
    """

    def add(build: Callable[[Sequence[Token]], Ask | None]) -> Any:
        PATTERNS.append(Pattern(re.compile(pattern), re.compile(unless), build))
        return build

    return add


def _moments(tokens: Sequence[Token]) -> list[Moment]:
    return [moment_of(token) for token in tokens if token.kind in "XDRP"]


def _span_days(tokens: Sequence[Token]) -> tuple[Day, Day]:
    value: Any = next(token.value for token in tokens if token.kind == kinds.DAY_SPAN)
    first, last = value
    return first, last


def _worded(tokens: Sequence[Token]) -> bool:
    return any(token.kind in "TUtK" for token in tokens)


@_asks(rf"F?D{SEP}X{SEP}Xu?")
def _days_and_hours(tokens: Sequence[Token]) -> Ask | None:
    """`mon-fri 9-17`: each day, or through? (`Dec 3 - 10:00-12:00` is only a dash.)"""
    day, start, end = _moments(tokens)
    if start.day is None:
        return Ask(replace(start, day=day.day), end, worded=_worded(tokens))
    return Ask(replace(start, day=day.day), replace(end, day=start.day), each_day=True)


@_asks(rf"F?X{SEP}X{SEP}Du?")
def _hours_and_days(tokens: Sequence[Token]) -> Ask | None:
    """`9-17 mon-fri`."""
    start, end, last = _moments(tokens)
    if end.day is None or not end.day_after or start.day:
        return Ask(start, end, worded=_worded(tokens))
    return Ask(replace(start, day=end.day), replace(end, day=last.day), each_day=True)


@_asks(rf"SK?,?F?X{SEP}X|X{SEP}X,?F?S")
def _span_and_hours(tokens: Sequence[Token]) -> Ask | None:
    start, end = _moments(tokens)
    first, last = _span_days(tokens)
    return Ask(replace(start, day=first), replace(end, day=last), each_day=True)


@_asks(r"KX,?uX")
def _labelled_ends(tokens: Sequence[Token]) -> Ask | None:
    """`開始14時 終了17時`."""
    start, end = _moments(tokens)
    return Ask(start, end)


@_asks(rf"F?{_START}{SEP}F?(?:Xu?|D(?!{SEP}X)u?)|m{_START}&[XD]u?|m?D&D(?=m)")
def _range(tokens: Sequence[Token]) -> Ask | None:
    start, end = _moments(tokens)
    if start.day and not start.clock and end.clock and not end.day and not start.part:
        return None  # `friday - 18:00`: from when?
    return Ask(start, end, length=_days_or_date(start, end, tokens), worded=_worded(tokens))


def _days_or_date(start: Moment, end: Moment, tokens: Sequence[Token]) -> Length | None:
    """`明日から3日`: for three days, or until the 3rd? `3日から5日` and `5日まで` are dates."""
    if end.day is None or end.day != Day(day=end.day.day) or end.clock or tokens[-1].kind == kinds.UNTIL_AFTER:
        return None
    dated = start.day is None or start.day.day is not None
    if dated or not any(token.kind == kinds.FROM_AFTER for token in tokens):
        return None
    return Length(timedelta(days=end.day.day or 0), whole_days=True)


@_asks(r"X,?f?l|XG?f?l|XK?[-~,+/]*f?l|[RP]K?[+,]?f?l")
def _start_and_length(tokens: Sequence[Token]) -> Ask | None:
    length, start = length_in(tokens), _moments(tokens)[0]
    if any(token.kind in "-~" for token in tokens) and length.time < timedelta(hours=1):
        return _to_minute(start, length.time // timedelta(minutes=1))
    return Ask(start, length=length)


def _to_minute(start: Moment, minute: int) -> Ask | None:
    """`13時15分〜45分`: to a minute of the same hour."""
    if start.clock is None or start.clock.minutes % 60 >= minute:
        return None
    end = replace(start.clock, minutes=start.clock.minutes // 60 * 60 + minute)
    return Ask(start, Moment(clock=end))


_RESTS = {
    "rest": Day(offset=0),
    "rest of the week": Day(weekday=6, week=0),
    "rest of the month": Day(months=0, month_end=True),
    "rest of the year": Day(month=12, day=31),
}


@_asks(r"X,?fL|[XR]K?L|DKL")
def _start_and_all_of_it(tokens: Sequence[Token]) -> Ask | None:
    """`9am for a full day`, `10時から丸一日`: 24 hours from then; `明日から今週いっぱい`: until its end."""
    start, whole = _moments(tokens)[0], tokens[-1].value
    a_day = whole == "24 hours" or (whole == "" and tokens[-2].kind == kinds.FOR)
    if a_day and tokens[0].kind != kinds.DAY:
        return Ask(start, length=Length(timedelta(days=1)))
    return Ask(start, Moment(day=_RESTS[whole])) if whole in _RESTS and tokens[1].kind == kinds.FROM_AFTER else None


@_asks(r"l,?[UT]X|Xug?l|l/X")
def _length_until(tokens: Sequence[Token]) -> Ask | None:
    end = _moments(tokens)[-1]
    return Ask(end=end, length=length_in(tokens))


@_asks(r"lVX")
def _length_before(tokens: Sequence[Token]) -> Ask | None:
    """`an hour before 6pm`."""
    return Ask(end=_moments(tokens)[0], length=length_in(tokens)) if tokens[1].value == "before" else None


@_asks(r"^F?Xx{1,3}fl|^F?Xx{1,2}l$|^f?N?lx{1,2}F?X$")
def _start_purpose_and_length(tokens: Sequence[Token]) -> Ask | None:
    """`2pm resnet for 3h`, `a 3 hour slot at 2pm`."""
    return Ask(_moments(tokens)[0], length=length_in(tokens))


@_asks(r"f?l[FK,-]*[XRP]K?")
def _length_and_start(tokens: Sequence[Token]) -> Ask | None:
    return Ask(_moments(tokens)[0], length=length_in(tokens))


@_asks(r"F?S[K,F]*L?u?")
def _span(tokens: Sequence[Token]) -> Ask | None:
    first, last = _span_days(tokens)
    return Ask(Moment(day=first), Moment(day=last))


@_asks(r"F?D(?:[&,/+]*D)+(?:[K,F]*L|,?f?l)?", unless=r"[XRPSVu]|(?<![Df,])l")
def _days_in_a_row(tokens: Sequence[Token]) -> Ask | None:
    """`today and tomorrow`, `sat and sun all day`, `明日と明後日の2日間`."""
    moments = _moments(tokens)
    days = [moment.day for moment in moments]
    if tokens[-1].kind == kinds.LENGTH and length_in(tokens) != Length(timedelta(days=len(days)), whole_days=True):
        return None
    if any(moment.part for moment in moments) or not all(map(_follows, days[1:], days)):
        return None
    return Ask(moments[0], moments[-1])


#: Where none was said: a leap year has every date.
_ANY_YEAR = 2028


def _follows(day: Day | None, before: Day | None) -> bool:
    """Whether a day is said to be the one after another."""
    if day is None or before is None:
        return False
    if day.offset is not None and before.offset is not None:
        return day == replace(before, offset=before.offset + 1)
    if day.weekday is not None and before.weekday is not None:
        one_week = day.week is None or before.week is None or day.week == before.week
        return one_week and day.weekday == (before.weekday + 1) % 7
    if day.day is not None and before.day is not None:
        if before.day >= 28 and before.month and day.month not in (None, before.month):
            next_day = date(before.year or _ANY_YEAR, before.month, before.day) + timedelta(days=1)
            return (next_day.month, next_day.day) == (day.month, day.day)
        return day.day == before.day + 1 and day.month in (None, before.month)
    return False


@_asks(r"(?:RK?)?,?U(?:X|D)u?|R?K?,?(?:X|D)u|^T[XD]")
def _until(tokens: Sequence[Token]) -> Ask | None:
    return Ask(end=_moments([token for token in tokens if token.kind != kinds.NOW])[0])


@_asks(r"δ,?L|Lf?δ")
def _all_weekend(tokens: Sequence[Token]) -> Ask | None:
    """`this weekend all day`."""
    weeks = {"weekend": 0, "next weekend": 1}
    week = next((weeks[token.value] for token in tokens if token.value in weeks), None)
    return None if week is None else Ask(Moment(day=Day(weekday=5, week=week)), whole="weekend")


@_asks(r"k[,]*L|L[,]*k")
def _all_week(tokens: Sequence[Token]) -> Ask | None:
    week = next(token.value for token in tokens if token.kind == kinds.WEEK)
    whole = next(str(token.value) for token in tokens if token.kind == kinds.ALL_DAY)
    assert isinstance(week, int)
    if whole == "its end":
        return None  # 来週いっぱい: from when?
    return Ask(Moment(day=Day(weekday=0, week=week)), whole="weekend" if whole == "weekend" else "week")


@_asks(r"D[K,F]*[fF]*L|L[,fF]*D|f?L", unless="V|Lp|[nN]L")
def _all_day(tokens: Sequence[Token]) -> Ask | None:
    moments = _moments(tokens)
    whole = next(str(token.value) for token in tokens if token.kind == kinds.ALL_DAY)
    if any(moment.part for moment in moments):
        return None  # `tomorrow afternoon, all of it`: from when?
    if whole in _RESTS:  # from now on, if no other day is named
        return Ask(end=Moment(day=_RESTS[whole])) if moments in ([], [Moment(day=Day(offset=0))]) else None
    if whole == "its end":
        return Ask(moments[0], whole=whole) if moments else None
    if whole == "all":  # `all tomorrow`, but nothing in `all`, and no day in `明日からずっと`
        on_a_day = moments and not any(token.kind == kinds.FROM_AFTER for token in tokens)
        return Ask(moments[0], whole="") if on_a_day else None
    return Ask(moments[0] if moments else Moment(), whole=whole)


@_asks(r"F?DK?[,/]?f?l|f?l[FK]D")
def _day_and_length(tokens: Sequence[Token]) -> Ask | None:
    """Whole days from a date on. `tomorrow for 3h` lacks a start."""
    length = length_in(tokens)
    if tokens[0].kind == kinds.LENGTH and not length.full and any(token.value == "from" for token in tokens):
        return None  # `a week from friday` is a day
    if not length.whole_days or _moments(tokens)[0].part:
        return None
    return Ask(_moments(tokens)[0], length=length)


@_asks(r"XX(?![-~TUtK|&uf])", unless="[XD]{3}|,X")
def _without_dash(tokens: Sequence[Token]) -> Ask | None:
    """`13:00 18:00`."""
    start, end = _moments(tokens)
    clocks = end.day is None and start.clock and end.clock
    return Ask(start, end) if clocks or (start.instant and end.instant) else None


@_asks(r"flG?|^[^x]*l|lR?u?[^x]*$", unless=r"[XDPpSRVδkωψ]|l\||\|l|l,[nN]|[nN]&l|l[-~KU]+l")
def _length_from_now(tokens: Sequence[Token]) -> Ask | None:
    return Ask(length=length_in(tokens))


@_asks(r"l", unless=r"[XDPpSVδkωψ]|l.*l|l\||\|l|[-~TU]l|l[-~,]?[nN]|^[^υ]*$")
def _length_of_use(tokens: Sequence[Token]) -> Ask | None:
    """`GPUを2時間使いたい`, `今から5090を3時間お願いします`."""
    return Ask(length=length_in(tokens))


def length_in(tokens: Sequence[Token]) -> Length:
    """The length among some tokens."""
    return length_of(next(token.value for token in tokens if token.kind == kinds.LENGTH))
