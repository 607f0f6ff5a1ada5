"""The grammar of small things: how clock times, lengths, dates and zones are written, in any language.

Each form is a pattern over the letters of `kinds.py` and a function that turns the matched tokens into one. A
form that raises ValueError has met something shaped like a time that cannot be one (13:75); one that returns
None has met something else. Forms are tried from top to bottom, each over the whole row of tokens.
"""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from bot.when import kinds
from bot.when.clocks import Clock, Day, Daypart, Length, clock, month_day
from bot.when.kinds import Token

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bot.when.languages import Language

    Built = tuple[str, object] | None
    PlainBuild = Callable[[Sequence[Token]], "Built"]
    Build = Callable[[Sequence[Token], "Habits"], Built]


@dataclass(frozen=True, slots=True)
class Habits:
    """What differs between languages beside their words."""

    code: str
    day_first: bool
    dotted_dates: bool
    late_hours: bool

    @property
    def latest_hour(self) -> int:
        """The last hour of a day's clock."""
        return 30 if self.late_hours else 24


def habits(language: Language, spoken: Sequence[Language]) -> Habits:
    """The habits of a reader's language, in a text where some languages are spoken."""
    late = any(each.late_hours for each in spoken)
    return Habits(language.code, language.day_first, language.dotted_dates, late)


@dataclass(frozen=True, slots=True)
class HourOrLength:
    """13h or 1h30: which, the words around it decide."""

    hours: int
    minutes: int | None
    written: str = ""
    says_clock: bool = False


class _Form:
    def __init__(self, pattern: str, build: Build) -> None:
        self.pattern = re.compile(pattern)
        self.build = build


_FORMS: list[_Form] = []


def form(pattern: str) -> Callable[[PlainBuild], PlainBuild]:
    """Add a form that every language shares to the grammar."""

    def add(build: PlainBuild) -> PlainBuild:
        _FORMS.append(_Form(pattern, lambda tokens, _of: build(tokens)))
        return build

    return add


def form_by_habit(pattern: str) -> Callable[[Build], Build]:
    """Add a form that depends on the habits of the reader's language."""

    def add(build: Build) -> Build:
        _FORMS.append(_Form(pattern, build))
        return build

    return add


def letters(tokens: Sequence[Token]) -> str:
    """The row of tokens as a string for the patterns."""
    return "".join([token.kind for token in tokens])


def reduce(tokens: list[Token], of: Habits) -> list[Token]:
    """Replace every written-out clock time, length, date and zone by one token."""
    row = letters(tokens)
    for each in _FORMS:
        if each.pattern.search(row):
            tokens = _apply(each, tokens, row, of)
            row = letters(tokens)
    return tokens


def _apply(each: _Form, tokens: list[Token], row: str, of: Habits) -> list[Token]:
    found: list[Token] = []
    done = 0
    for match in each.pattern.finditer(row):
        start, end = match.span()
        built = _built(each, tokens[start:end], of)
        if built:
            found += tokens[done:start]
            found.append(Token(built[0], built[1], tokens[start].start, tokens[end - 1].end))
            done = end
    return found + tokens[done:]


def _built(each: _Form, tokens: Sequence[Token], of: Habits) -> Built:
    try:
        return each.build(tokens, of)
    except (ValueError, ArithmeticError):
        return kinds.BROKEN, None


def _numbers(tokens: Sequence[Token]) -> list[int]:
    return [int(t.value) for t in tokens if t.kind in "n9N"]  # type: ignore[call-overload]


def _of(tokens: Sequence[Token], kind: str) -> Any:
    return next((t.value for t in tokens if t.kind == kind), None)


def _has(tokens: Sequence[Token], wanted: str) -> bool:
    return any(t.kind in wanted for t in tokens)


# --- what only looks like time ---

_NO_RANGE_BEFORE = r"(?<![-~:.Tt])(?<![-~:.TtK] )"
_NO_TIME_AFTER = r"(?! ?[-~:.]? ?[ahHiMojJOY]| ?[-~:./]\S?| ?[-~] ?[nNC])"


@form(
    r"n(?:(?:[-~.,]| [-T] )n)+ ?(?:c|#(?! ?n))"  # 10-20 epochs
    rf"|{_NO_RANGE_BEFORE}n ?[c#]|{_NO_RANGE_BEFORE}[nN] ?[sc](?! ?n(?![-~:]))|{_NO_RANGE_BEFORE}N ?#"
)
def _counted(_tokens: Sequence[Token]) -> Built:
    return kinds.OTHER, None


@form(r"[s#] ?[:.]? ?n(?:\.n)?(?: ?[-~] ?n(?:\.n)?)*" + _NO_TIME_AFTER)
def _labelled(_tokens: Sequence[Token]) -> Built:
    return kinds.OTHER, None


@form(r"n(?:\.n){3,}|n(?:-n){3,}|n(?:/n){3,}|n(?::n){3,}|(?<![n.])n\.n\.n(?=x)")
def _address(_tokens: Sequence[Token]) -> Built:
    return kinds.OTHER, None


@form(r"θ(?! x)|(?<=[dg9F] )θ|(?<=^n )θ")
def _month_not_word(tokens: Sequence[Token]) -> Built:
    """`3-5 may`, not `13-18 may need more`."""
    return kinds.MONTH, tokens[0].value


# --- numbers ---


@form(r"N[ -]?N")
def _compound(tokens: Sequence[Token]) -> Built:
    tens, ones = tokens[0].value, tokens[-1].value
    if tens in (20, 30, 40, 50) and isinstance(ones, int) and 0 < ones < 10:
        return kinds.WORD_NUMBER, int(str(tens)) + ones
    return None


# --- ISO 8601 ---

_PERIOD = re.compile(r"p(?:(\d+)w)?(?:(\d+)d)?(?:t(?:([\d.]+)h)?(?:(\d+)m)?(?:(\d+)s)?)?")


@form("π")
def _period(tokens: Sequence[Token]) -> Built:
    match = _PERIOD.fullmatch(str(tokens[0].value))
    if match is None or not any(match.groups()):
        return kinds.OTHER, None
    weeks, days, hours, minutes, seconds = (float(group or 0) for group in match.groups())
    time = timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds)
    return kinds.LENGTH, Length(time, whole_days=not (hours or minutes or seconds))


# --- clock times ---


@form_by_habit(r"(?<![:.n])[n9]:n(?::n(?:\.n)?)?(?!:[^ ]| ?i)")
def _colon(tokens: Sequence[Token], of: Habits) -> Built:
    hour, minute = str(tokens[0].value), str(tokens[2].value)
    if len(hour) > 2 or len(minute) != 2:
        return None
    if len(tokens) > 4 and int(str(tokens[4].value)) > 59:
        raise ValueError(tokens[4].value)
    return kinds.CLOCK, clock(int(hour), int(minute), written=hour, exact=True, latest=of.latest_hour)


@form(r"n(?=z)")
def _zulu_hours(tokens: Sequence[Token]) -> Built:
    """`1800Z`."""
    written = str(tokens[0].value)
    return (kinds.CLOCK, clock(int(written[:2]), int(written[2:]), written="0")) if len(written) == 4 else None


@form(r"(?<![-.:,n])n,n ?[-~TU] ?n,n(?![-.:,n])")
def _comma_clocks(tokens: Sequence[Token]) -> Built:
    """`14,00-16,00`: two clock times, or three things in a list? Nobody can know."""
    numbers = [str(token.value) for token in tokens if token.kind == kinds.NUMBER]
    if {len(written) for written in numbers[1::2]} == {3}:
        return kinds.OTHER, None  # 1,000-2,000
    return (kinds.BROKEN, None) if {len(written) for written in numbers[1::2]} == {2} else None


@form_by_habit(r"(?<![.n])n\.n ?H")
def _dotted_hour_mark(tokens: Sequence[Token], of: Habits) -> Built:
    """`13.30 Uhr`."""
    hour, minute = _numbers(tokens)
    marked = tokens[-1].value == "24h"
    return kinds.CLOCK, clock(hour, minute, exact=True, marked=marked, latest=of.latest_hour)


@form_by_habit(r"(?<!n\.)(?<!n,)[nN] ?H(?: ?[nN] ?M| ?v| ?q|[nN](?! ?[hHod])| n(?! ?[-~:HhoOiMjdac./]))?")
def _hour_mark(tokens: Sequence[Token], of: Habits) -> Built:
    if tokens[0].kind == kinds.NUMBER and len(str(tokens[0].value)) > 2:
        return None
    hour, *rest = _numbers(tokens)
    minute = rest[0] if rest else _of(tokens, kinds.HALF) or _of(tokens, kinds.QUARTER) or 0
    marked = _of(tokens, kinds.HOUR_MARK) == "24h"
    return kinds.CLOCK, clock(
        hour,
        minute,
        written=str(tokens[0].value),
        exact=bool(rest),
        marked=marked,
        latest=of.latest_hour,
    )


@form(r"(?:[vq] ?g? ?|[nN] ?M? ?)b ?[nNC]")
def _minutes_past(tokens: Sequence[Token]) -> Built:
    return kinds.CLOCK, _shifted(tokens, 1)


@form(r"(?:q ?g? ?|[nN] ?M? ?)B ?[nNC]|q ?g? ?T ?[nNC]")
def _minutes_to(tokens: Sequence[Token]) -> Built:
    return kinds.CLOCK, _shifted(tokens, -1)


def _shifted(tokens: Sequence[Token], sign: int) -> Clock:
    first, last = tokens[0], tokens[-1]
    minutes = int(str(first.value))
    if not 0 < minutes < 60:
        raise ValueError(minutes)
    base = last.value.minutes if isinstance(last.value, Clock) else clock(int(str(last.value))).minutes
    if sign < 0 and base < 13 * 60:
        base = base or 24 * 60
        base += 12 * 60 if base == 60 else 0
    whole = base + sign * minutes
    either_half = isinstance(last.value, int | str) and 60 <= whole < 13 * 60
    return Clock(whole, bare=either_half, open=either_half)


@form(r"w ?[nN]")
def _half_to(tokens: Sequence[Token]) -> Built:
    hour = _numbers(tokens)[0]
    if not 1 <= hour <= 12:
        return None
    minutes = (hour or 12) * 60 + int(str(tokens[0].value))
    return kinds.CLOCK, Clock(minutes + (12 * 60 if minutes < 60 else 0), bare=True, open=True)


@form(
    r"(?<!n\.)(?<!n,)(?:[nN] ?h ?[nN](?! ?[hH:a]| ?[-~]n?)M?|[nN]h[nN]M?|[nN] ?h ?[nN] ?M"
    r"|[nN] ?h(?: ?&? ?[vq](?! ?[iM])| B q)?)"
)
def _hour_letter(tokens: Sequence[Token]) -> Built:
    hours, *minutes = _numbers(tokens)
    written = str(tokens[0].value)
    if len(written) == 4 and tokens[0].kind == kinds.NUMBER:
        return kinds.CLOCK, clock(int(written[:2]), int(written[2:]), written="0")
    if tokens[-1].kind == kinds.MINUTES:
        return kinds.LENGTH, Length(timedelta(hours=hours, minutes=minutes[0]))
    minute = minutes[0] if minutes else _of(tokens, kinds.HALF) or _of(tokens, kinds.QUARTER)
    if _has(tokens, kinds.BEFORE):
        hours, minute = hours - 1, 45
    says_clock = _of(tokens, kinds.HOUR_LETTER) == "clock"
    return kinds.HOUR_OR_LENGTH, HourOrLength(hours, minute, written, says_clock)


@form(r"(?:(?<=[@tFU] )|(?<=m )|(?<=& ))[nN] ?& ?[vq](?! ?i)|[nN] B q")
def _hour_and_half(tokens: Sequence[Token]) -> Built:
    """`las dos y media`, `tres menos cuarto`."""
    hour = _numbers(tokens)[0]
    part = int(str(tokens[-1].value))
    if _has(tokens, kinds.BEFORE):
        hour, part = (hour - 1) or 12, 60 - part
    value = clock(hour, part, written=str(hour))
    return kinds.CLOCK, value


@form(r"N[ -]N(?! ?[ijMJcs#h]| ?N)")
def _hour_and_minutes(tokens: Sequence[Token]) -> Built:
    """`two thirty`."""
    hour, minute = _numbers(tokens)
    if not 1 <= hour <= 12 or minute not in range(10, 60, 5) or isinstance(tokens[0].value, str):
        return None
    return kinds.CLOCK, replace(clock(hour, minute), bare=True)


@form(r"(?<![&nNyC])(?<![&nNyC] )v [nN](?! ?[ijMJhHsdco.:/&]| ?N)")
def _half_hour_of(tokens: Sequence[Token]) -> Built:
    """`half nine`, half past nine in Britain."""
    hour = _numbers(tokens)[0]
    if not 1 <= hour <= 12 or isinstance(tokens[-1].value, float) or tokens[-1].value == "1":
        return None
    return kinds.CLOCK, replace(clock(hour, 30), bare=True)


@form(r"(?<![nNCy])(?<![nNCy] )a(?= ?[nC])")
def _meridiem_before(tokens: Sequence[Token]) -> Built:
    """`PM 1:00`."""
    return kinds.DAYPART, Daypart.PM if tokens[0].value == "p" else Daypart.AM


@form(r"C ?a|y ?a|[nN] ?a|(?<![.n])n\.n ?a")
def _meridiem(tokens: Sequence[Token]) -> Built:
    part = Daypart.PM if tokens[-1].value == "p" else Daypart.AM
    base = _before_meridiem(tokens)
    if base is None or (part is Daypart.AM and base.minutes >= 13 * 60):
        return None
    return kinds.CLOCK, replace(base.in_part(part), bare=False, open=False)


def _before_meridiem(tokens: Sequence[Token]) -> Clock | None:
    value = tokens[0].value
    if isinstance(value, Clock):
        return value
    if isinstance(value, HourOrLength):
        return clock(value.hours, value.minutes or 0)
    numbers = _numbers(tokens)
    if len(numbers) == 1 and len(str(value)) in (3, 4) and tokens[0].kind == kinds.NUMBER:
        numbers = [numbers[0] // 100, numbers[0] % 100]
    return clock(*numbers) if numbers[0] <= 24 else None


# --- lengths ---


@form(r"(?:Q|n ?[-~T|] ?n|N ?[-~T,|]? ?N) ?g? ?[hiMjJd](?= ?[^bB]|$)")
def _vague_length(tokens: Sequence[Token]) -> Built:
    """`a few hours`, `2-3 hours`. (Not `13-18h`, and not `3-5日`, which are no lengths.)"""
    if tokens[0].kind != kinds.FEW and tokens[-1].kind in "hMd":
        return None
    if tokens[0].kind == kinds.WORD_NUMBER and not _has(tokens, "-~T,|"):
        return None
    return kinds.FEW, None


@form(r"[nN]g?v ?g?i|[nN] ?&? ?(?:N ?)?v ?g?[ij]|[nN] ?g? ?[ih] ?&? ?(?:N ?)?v(?! ?[iM])")
def _hours_and_half(tokens: Sequence[Token]) -> Built:
    whole = _numbers(tokens)[0]
    if _has(tokens, kinds.DAYS):
        return kinds.LENGTH, Length(timedelta(days=whole, hours=12))
    return kinds.LENGTH, Length(timedelta(hours=whole, minutes=30))


@form(r"v[ -]?g?(?:N ?)?[ih]")
def _half_hour(_tokens: Sequence[Token]) -> Built:
    return kinds.LENGTH, Length(timedelta(minutes=30))


@form(r"v ?(?:N ?)?j|q ?(?:g ?)?(?:N ?)?i|[nN] ?q ?(?:g ?)?(?:N ?)?i|n n/n ?[ih]")
def _part_of(tokens: Sequence[Token]) -> Built:
    if tokens[-1].kind == kinds.DAYS:
        return kinds.LENGTH, Length(timedelta(hours=12))
    if _has(tokens, "/"):
        whole, upper, lower = _numbers(tokens)
        return kinds.LENGTH, Length(timedelta(hours=whole) + timedelta(hours=upper) / lower)
    quarters = _numbers(tokens)[0] if tokens[0].kind in "nN" else 1
    return kinds.LENGTH, Length(timedelta(minutes=15 * quarters))


@form(r"(?<![:.n])n:n ?i")
def _colon_length(tokens: Sequence[Token]) -> Built:
    hours, minutes = _numbers(tokens)
    return kinds.LENGTH, Length(timedelta(hours=hours, minutes=minutes))


_UNITS = {
    kinds.HOURS: "hours",
    kinds.HOUR_LETTER: "hours",
    kinds.MINUTES: "minutes",
    kinds.DAYS: "days",
    kinds.WEEKS: "weeks",
}


@form_by_habit(r"(?<![nN][.,:])(?<!n)(?:n[.,]n|\.n|[nN]) ?g? ?[iMjJ](?!o)|(?<!n[.,:])(?<!n)(?:n[.,]n|\.n) ?h")
def _length(tokens: Sequence[Token], of: Habits) -> Built:
    if _has(tokens, ",") and of.code in ("ja", "ko", "zh"):
        return kinds.FEW, None  # 2、3時間 is two or three hours
    unit = _UNITS[tokens[-1].kind]
    amount = _amount(tokens)
    return kinds.LENGTH, Length(timedelta(**{unit: amount}), whole_days=unit in ("days", "weeks"))


def _amount(tokens: Sequence[Token]) -> float:
    if tokens[0].kind == kinds.WORD_NUMBER:
        return float(str(tokens[0].value))
    digits = [str(t.value) if t.kind in "n9" else "." for t in tokens if t.kind in "n9.,"]
    return float("".join(digits))


@form(r"(?<=[l])l|l(?: ?[&,+]? ?[ly])+|y ?[&,+]? ?l")
def _longer(tokens: Sequence[Token]) -> Built:
    """`1 hour 30 minutes`. Parts must get smaller: `2h 3h` is not five hours."""
    if any(isinstance(t.value, HourOrLength) and t.value.says_clock for t in tokens[1:]):
        return None  # dans deux jours 8h-10h
    parts = [_length_of(t.value) for t in tokens if t.kind in "ly"]
    if any(a.time <= b.time for a, b in itertools.pairwise(parts)) or parts[-1].time >= timedelta(days=1):
        return None
    return kinds.LENGTH, Length(sum((part.time for part in parts), timedelta()))


def _length_of(value: object) -> Length:
    if isinstance(value, HourOrLength):
        return Length(timedelta(hours=value.hours, minutes=value.minutes or 0))
    assert isinstance(value, Length)
    return value


@form(r"f ?-[ly]|^-[ly]")
def _below_zero(tokens: Sequence[Token]) -> Built:
    """`for -2h`."""
    length = _length_of(tokens[-1].value)
    return kinds.LENGTH, replace(length, time=-length.time)


@form(r"l ?&? ?(?:N ?)?v(?! ?[bn])")
def _and_a_half(tokens: Sequence[Token]) -> Built:
    """`an hour and a half`, `一日半`."""
    whole = _length_of(tokens[0].value)
    if whole.time % timedelta(hours=1):
        return None
    half = timedelta(hours=12) if whole.whole_days else timedelta(minutes=30)
    return kinds.LENGTH, Length(whole.time + half)


@form(r"(?<![WDk])(?<![WDk] )E ?[ihM](?! ?[nC])|(?<![WDk])(?<![WDk] )E ?[ly]|[nN] ?E ?[ihMj]")
def _next_hours(tokens: Sequence[Token]) -> Built:
    shift = _of(tokens, kinds.SHIFT)
    if shift == -1:
        return kinds.BROKEN, None
    if shift != 1 and tokens[-1].kind not in "ly":
        return None
    if tokens[-1].kind in "ly":
        return kinds.LENGTH, _length_of(tokens[-1].value)
    unit = _UNITS[tokens[-1].kind]
    amount = (_numbers(tokens) or [1])[0]
    return kinds.LENGTH, Length(timedelta(**{unit: amount}))


# --- days ---


@form(r"[nN] ?g?α|[αB] ?[ly](?! ?[bB])")
def _ago(tokens: Sequence[Token]) -> Built:
    """`3 days ago`, `3日前`, `vor 3 Tagen`: understood, so that the refusal can say why."""
    unit = tokens[-1].value
    if isinstance(unit, timedelta):
        length = Length(_numbers(tokens)[0] * unit, whole_days=unit >= timedelta(days=1))
    else:
        length = _length_of(unit)
    if length.whole_days:
        return kinds.DAY, Day(offset=-length.time.days)
    return kinds.DELAY, Length(-length.time)


@form(r"(?<![lyd])(?<![lyd] )G")
def _from_now(tokens: Sequence[Token]) -> Built:
    """`from now until 6pm`."""
    return (kinds.NOW, None) if tokens[0].value == "now" else None


@form(r"A ?(?:[ly]|n d)(?: ?g)?|(?<![nN])(?<!f )[ly] ?G|[nN] ?d ?g?G")
def _delay(tokens: Sequence[Token]) -> Built:
    """`in 3 days`, `2時間後`. Whole days lead to a date."""
    if tokens[-1].kind == kinds.LATER and tokens[0].kind in "nN":
        return kinds.DAY, Day(offset=_numbers(tokens)[0])
    length = next((_length_of(t.value) for t in tokens if t.kind in "ly"), None)
    if length is None:
        return None
    if length.whole_days and not length.time % timedelta(days=1):
        return kinds.DAY, Day(offset=length.time.days)
    return kinds.DELAY, length


@form(r"(?<![-./:n])n(?= )")
def _eight_digits(tokens: Sequence[Token]) -> Built:
    """`20261224 10:00-12:00`."""
    written = str(tokens[0].value)
    if len(written) != 8 or not written.startswith("20"):
        return None
    return kinds.DAY, month_day(int(written[4:6]), int(written[6:]), int(written[:4]))


@form_by_habit(
    r"(?<![-.:n])9-n-n(?![-.n]|:n)|(?<![-./:n])(?:[n9]-n-[n9](?![-./:n])|[n9]/n/[n9](?![-./n]|:n)"
    r"|9\. ?n\. ?n\.?(?!n)|n\. ?n\. ?9|n\.n\.n(?! ?[-~:hHTUt.]))"
)
def _three_numbers(tokens: Sequence[Token], of: Habits) -> Built:
    first, second, third = (str(t.value) for t in tokens if t.kind in "n9")
    a, b, c = int(first), int(second), int(third)
    if len(first) == 4:
        return kinds.DAY, month_day(b, c, a)
    if _has(tokens, "-") and len(third) != 4:
        return None
    year_first = of.dotted_dates and not of.day_first and len(third) <= 2 and a >= 20
    if (
        not year_first
        and (len(third) == 4 or len(third) == 2)
        and (of.day_first or of.code == "en" or _has(tokens, "."))
    ):
        day_first = of.day_first or _has(tokens, ".") or a > 12
        return kinds.DAY, month_day(b, a, c) if day_first else month_day(a, b, c)
    return (kinds.DAY, month_day(b, c, a)) if a >= 20 else None


@form(
    r"(?:e ?[nN]|[n9N]) ?Y ?[nN] ?o ?[nN] ?d?"
    r"|[nN] ?o ?[nN] ?[-~K] ?[nN] ?d|[nN] ?o ?[nN](?: ?d|(?! ?[nN:hHM.]))"
)
def _marked_date(tokens: Sequence[Token]) -> Built:
    numbers = _numbers(tokens)
    if _has(tokens, "-~K"):
        month, first, last = numbers
        return kinds.DAY_SPAN, (month_day(month, first), month_day(month, last))
    if len(numbers) == 2:
        return kinds.DAY, month_day(*numbers)
    year, month, day = numbers
    era = _of(tokens, kinds.ERA)
    return kinds.DAY, month_day(month, day, year + era if era is not None else year)


_OF = r"(?:\.? ?[gF]? ?)"
#: Not in `10-12 June 15`, where the month belongs to the 15; but in `15 June 10-12`.
_NO_DAY_NEXT = r"(?! n(?! ?[-~:.TUahH]))"


@form(
    rf"n ?d?\.? ?[-~TtU&] ?(?:@ ?)?n ?d?{_OF}O{_NO_DAY_NEXT}(?:\.?,? ?(?:[gF] )?9)?"
    r"|(?<!n)(?<!n )(?<!nd )(?<!nd g )(?<!n g )(?<!n\. )O\.? ?n ?d? ?[-~TtU] ?n ?d?"
    r"(?! ?[-~:ahHiMyTU.n]| [nC])(?: ?,? ?9)?"
)
def _named_span(tokens: Sequence[Token]) -> Built:
    """`3-5 Dec`, `December 3rd to 5th`."""
    first, last, *year = _numbers(tokens)
    month = _of(tokens, kinds.MONTH)
    written = year[0] if year else None
    return kinds.DAY_SPAN, (month_day(month, first, written), month_day(month, last, written))


@form(
    rf"n[-/]O[-/][9n]|(?<![-./:n])n-O(?= )|O-n(?= )|n ?d?{_OF}O n(?= (?:C|n ?[-~T]))"
    rf"|n ?d?{_OF}O{_NO_DAY_NEXT}(?:\.?,? ?(?:[gF] )?9(?! ?[-~] ?[n9]))?"
    rf"|O\.? ?(?:g )?[nN] ?d?(?! ?[ahHMi.]| ?:n)(?:,? ?9(?! ?[-~] ?[n9](?!-)))?|N{_OF}O"
)
def _named_date(tokens: Sequence[Token]) -> Built:
    day, *year = _numbers(tokens)
    return kinds.DAY, month_day(_of(tokens, kinds.MONTH), day, year[0] if year else None)


@form_by_habit(r"(?<![-./:n])n/n ?[-~] ?n/n(?![-./:n])|(?<![-./:n])n/n ?[-~] ?n(?! ?[-~:./ahHiMnyT])")
def _slash_span(tokens: Sequence[Token], of: Habits) -> Built:
    numbers = _numbers(tokens)
    first = _two_numbers(numbers[0], numbers[1], day_first=of.day_first)
    if len(numbers) == 4:
        return kinds.DAY_SPAN, (first, _two_numbers(numbers[2], numbers[3], day_first=of.day_first))
    assert first.month is not None
    return kinds.DAY_SPAN, (first, month_day(first.month, numbers[2]))


@form_by_habit(r"(?<![./:n])(?<!n-)n/n(?![./n]|:n)(?!-n)")
def _slash(tokens: Sequence[Token], of: Habits) -> Built:
    return kinds.DAY, _two_numbers(*_numbers(tokens)[:2], day_first=of.day_first)


def _two_numbers(first: int, second: int, *, day_first: bool) -> Day:
    if first > 12 or second > 12:
        return month_day(second, first) if first > 12 else month_day(first, second)
    return month_day(second, first) if day_first else month_day(first, second)


_THEN_TIME = r"(?= ?(?:\( ?[Ww] ?\)|W)?[ ,]*(?:[@Fptg] ?)*(?:C|y|n ?[-~T:.]|l| L))"


@form_by_habit(r"(?<![-.:n/])n\. ?[-~TU] ?n\. ?n\.?(?!n)|(?<![-.:n/])n\.n\. ?[-~TU] ?n\.n\.?(?!n)")
def _dotted_span(tokens: Sequence[Token], of: Habits) -> Built:
    if not of.dotted_dates or not of.day_first:
        return None
    numbers = _numbers(tokens)
    if len(numbers) == 3:
        return kinds.DAY_SPAN, (month_day(numbers[2], numbers[0]), month_day(numbers[2], numbers[1]))
    if len(numbers) != 4:
        return None
    return kinds.DAY_SPAN, (month_day(numbers[1], numbers[0]), month_day(numbers[3], numbers[2]))


@form_by_habit(rf"(?<![-.:n/])(?:n\. ?n\.(?!n)(?: ?9)?|n\.n{_THEN_TIME}(?! ?[-~T] ?)|n-n(?= (?:C|y|n:n)))")
def _two_numbers_date(tokens: Sequence[Token], of: Habits) -> Built:
    """`3.12.`, and `7.20 10:00` or `12-03 10:00` where a clock time follows."""
    first, second, *year = _numbers(tokens)
    if _has(tokens, ".") and not of.dotted_dates and of.code != "en":
        return None
    if not (1 <= first <= 31 and 1 <= second <= 31):
        return None
    day = _two_numbers(first, second, day_first=of.day_first or (of.code == "en" and tokens[-1].kind == "."))
    return kinds.DAY, replace(day, year=year[0]) if year else day


@form(r"ω ?g? ?(?:[@g] ?)*[nN] ?d|[nN] ?d ?(?:[gF] ?)*ω")
def _day_of_shifted_month(tokens: Sequence[Token]) -> Built:
    """`来月5日`."""
    day = Day(day=_numbers(tokens)[0], months=_of(tokens, kinds.MONTH_SHIFT))
    return (kinds.DAY, day) if 1 <= _numbers(tokens)[0] <= 31 else None


@form(r"(?<=D)[nN]d(?! ?[nNCypgK-~])")
def _whole_day(tokens: Sequence[Token]) -> Built:
    """`明日一日`."""
    return (kinds.ALL_DAY, "") if _numbers(tokens) == [1] else None


@form(r"[nN] ?d(?! ?[-~K] ?n ?d ?O)|d ?n(?! ?[:hHo/])|@ n\.?(?= (?:[@FEm] ?)*(?:C|y|n ?[-~TtU:]))")
def _day_of_month(tokens: Sequence[Token]) -> Built:
    if tokens[0].kind == kinds.AT and tokens[0].value != "date" and tokens[-1].kind != ".":
        return None
    day = _numbers(tokens)[0]
    if not 1 <= day <= 31:
        raise ValueError(day)
    return kinds.DAY, Day(day=day)


@form(r"\( ?[WZod] ?\)|(?<![xn])Z(?=Z+g?[ n])|(?<![xn])Z\.?(?=$| ?[n(ypH]| ?[-~,@FC&|TUtg]| [DW])")
def _short_weekday(tokens: Sequence[Token]) -> Built:
    """`（水）`, and the one-letter weekdays where nothing else stands beside them."""
    token = next(t for t in tokens if t.kind in "WZod")
    return kinds.WEEKDAY, token.value


@form(r"[Ek]g? ?(?:@ ?)?W|W ?(?:@ ?)?,? ?(?:g ?)?[kE]")
def _weekday_of_week(tokens: Sequence[Token]) -> Built:
    week = next(t.value for t in tokens if t.kind in "Ek")
    return kinds.DAY, Day(weekday=_of(tokens, kinds.WEEKDAY), week=week if isinstance(week, int) else None)


@form(r"W")
def _weekday(tokens: Sequence[Token]) -> Built:
    weekday = tokens[0].value
    return kinds.DAY, Day(weekday=weekday) if isinstance(weekday, int) else weekday


@form(r"D")
def _day_word(tokens: Sequence[Token]) -> Built:
    value = tokens[0].value
    if isinstance(value, tuple):
        return kinds.DAY, Day(offset=value[0], part=value[1])
    return kinds.DAY, Day(offset=value) if isinstance(value, int) else value


@form(r"C ?[Hh](?! ?n?[0-9])")
def _clock_hour(tokens: Sequence[Token]) -> Built:
    """`14:30 Uhr`."""
    marked = tokens[-1].value == "24h"
    value = tokens[0].value
    assert isinstance(value, Clock)
    return kinds.CLOCK, value.literal() if marked else value


@form(r"C ?&? ?v(?! ?[iMhN])|C B q")
def _clock_and_half(tokens: Sequence[Token]) -> Built:
    """`midi et demi`."""
    value = tokens[0].value
    assert isinstance(value, Clock)
    if value.minutes % 60:
        return None
    change = -15 if _has(tokens, kinds.BEFORE) else 30
    return kinds.CLOCK, replace(value, minutes=value.minutes + change, bare=False)


@form(r"\( ?z ?\)")
def _zone(tokens: Sequence[Token]) -> Built:
    return kinds.ZONE, _of(tokens, kinds.ZONE)
