"""How lengths are written."""

from __future__ import annotations

import itertools
import re
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.when import kinds
from bot.when.clocks import Length
from bot.when.forms.form import Forms, HourOrLength, has, numbers_in, value_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.when.forms.form import Built, Habits
    from bot.when.kinds import Token

FORMS = Forms()

#: `2-4 hrs` is a length, `13-18 hrs` are two clock times.
_FEW_HOURS = 6


_PERIOD = re.compile(r"p(?:(\d+)w)?(?:(\d+)d)?(?:t(?:([\d.]+)h)?(?:(\d+)m)?(?:(\d+)s)?)?")


@FORMS.add("π")
def _period(tokens: Sequence[Token]) -> Built:
    match = _PERIOD.fullmatch(str(tokens[0].value))
    if match is None or not any(match.groups()):
        return kinds.OTHER, None
    weeks, days, hours, minutes, seconds = (float(group or 0) for group in match.groups())
    time = timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds)
    return kinds.LENGTH, Length(time, whole_days=not (hours or minutes or seconds))


@FORMS.add(r"(?<![nNQ] )j")
def _whole_days(tokens: Sequence[Token]) -> Built:
    """`mon-wed full days`, but `2 full days`."""
    return (kinds.ALL_DAY, "") if tokens[0].value == "full" else None


@FORMS.add(r"(?<![:.nH])(?<!H )n ?[-~T|] ?n ?M(?! ?[bBn]|-)")
def _vague_minutes(_tokens: Sequence[Token]) -> Built:
    """`5-10 minutes`."""
    return kinds.FEW, None


@FORMS.add(r"(?:(?<=n[-~TU]n )|(?<=n [-~TU] n )|(?<=C ))[jJ](?= n|-x)")
def _which_day(_tokens: Sequence[Token]) -> Built:
    """`13-18 day 3 of training`."""
    return kinds.OTHER, None


@FORMS.add(r"l ?g?(?= ?[nN] ?i)")
def _a_day(tokens: Sequence[Token]) -> Built:
    """`하루 3시간`: three hours a day."""
    return (kinds.VAGUE, "") if length_of(tokens[0].value).whole_days else None


@FORMS.add(r"(?:Q|n ?[-~TU|] ?n|N ?[-~TU,|]? ?N) ?g? ?[hiMjJd](?= ?[^bB]|$)|n ?[-~TU|] ?y")
def _vague_length(tokens: Sequence[Token]) -> Built:
    """`a few hours`, `2-3 hours`. (Not `13-18h`, and not `3-5日`, which are no lengths.)"""
    last = tokens[-1].value
    if isinstance(last, HourOrLength):
        few = last.says_length and last.hours <= _FEW_HOURS
        return (kinds.FEW, None) if few else None
    if tokens[0].kind != kinds.FEW and tokens[-1].kind in "hMd":
        return None
    if tokens[0].kind == kinds.WORD_NUMBER and not has(tokens, "-~TU,|"):
        return None
    return kinds.FEW, None


@FORMS.add(r"[nN]g?v ?g?i|[nN] ?&? ?(?:N ?)?v ?g?[ij]|[nN] ?g? ?[ih] ?&? ?(?:N ?)?v(?! ?[iM]|g?[xF])")
def _hours_and_half(tokens: Sequence[Token]) -> Built:
    whole = numbers_in(tokens)[0]
    if has(tokens, kinds.DAYS):
        return kinds.LENGTH, Length(timedelta(days=whole, hours=12))
    return kinds.LENGTH, Length(timedelta(hours=whole, minutes=30))


@FORMS.add(r"(?:(?<=f )|(?<=C )|^)n ?Δ(?! x)")
def _days_letter(tokens: Sequence[Token]) -> Built:
    """`for 2d`."""
    return kinds.LENGTH, Length(timedelta(days=numbers_in(tokens)[0]), whole_days=True)


@FORMS.add(r"n ?Δ")
def _dimensions(_tokens: Sequence[Token]) -> Built:
    """`2d unet`."""
    return kinds.OTHER, None


@FORMS.add(r"(?<![-~:./n])n-[iMjJ](?! ?[nC])")
def _hyphened(tokens: Sequence[Token]) -> Built:
    """`a 3-hour slot`."""
    return kinds.LENGTH, Length(timedelta(**{UNITS[tokens[-1].kind]: numbers_in(tokens)[0]}))


@FORMS.add(r"[nN] ?i n(?! ?[-~:./aHhijMJlcs#OoYdn]|g)")
def _hours_and_minutes(tokens: Sequence[Token]) -> Built:
    """`1 hour 30`."""
    hours, minutes = numbers_in(tokens)
    if minutes not in range(10, 60, 5):
        return None
    return kinds.LENGTH, Length(timedelta(hours=hours, minutes=minutes))


@FORMS.add(r"L[nN] ?d")
def _full_days(tokens: Sequence[Token]) -> Built:
    """`丸二日`."""
    if tokens[0].value != "all":
        return None
    return kinds.LENGTH, Length(timedelta(days=numbers_in(tokens)[0]), whole_days=True, full=True)


@FORMS.add(r"[nN] ?g?μ")
def _months(tokens: Sequence[Token]) -> Built:
    """`3 months`, `2ヶ月`, `a year`: no two are equally long, but a series may last so many."""
    return kinds.MONTHS, numbers_in(tokens)[0] * int(value_of(tokens, kinds.MONTHS) or 1)


@FORMS.add(r"v[ -]?g?(?:N ?)?[ih]")
def _half_hour(_tokens: Sequence[Token]) -> Built:
    return kinds.LENGTH, Length(timedelta(minutes=30))


@FORMS.add(r"v ?(?:N ?)?j|q ?(?:g ?)?(?:N ?)?i|[nN] ?q ?(?:g ?)?(?:N ?)?i|(?:n )?n/n ?[ih]")
def _part_of(tokens: Sequence[Token]) -> Built:
    if tokens[-1].kind == kinds.DAYS:
        return kinds.LENGTH, Length(timedelta(hours=12))
    if has(tokens, "/"):
        *whole, upper, lower = numbers_in(tokens)
        if upper >= lower or lower > 4:
            return None
        return kinds.LENGTH, Length(timedelta(hours=sum(whole)) + timedelta(hours=upper) / lower)
    quarters = numbers_in(tokens)[0] if tokens[0].kind in "nN" else 1
    return kinds.LENGTH, Length(timedelta(minutes=15 * quarters))


@FORMS.add(r"(?<![:.n])n:n ?[ih]")
def _colon_length(tokens: Sequence[Token]) -> Built:
    hours, minutes = numbers_in(tokens)
    return kinds.LENGTH, Length(timedelta(hours=hours, minutes=minutes))


@FORMS.add_by_habit(r"(?<![-~:])(?<![-~:] )[nN], [nN] ?g? ?[iMjJ]")
def _one_or_the_next(tokens: Sequence[Token], of: Habits) -> Built:
    """`2、3時間`."""
    few, more = numbers_in(tokens)
    return (kinds.FEW, None) if of.code in ("ja", "ko", "zh") and more == few + 1 else None


UNITS = {
    kinds.HOURS: "hours",
    kinds.HOUR_LETTER: "hours",
    kinds.MINUTES: "minutes",
    kinds.DAYS: "days",
    kinds.WEEKS: "weeks",
}


@FORMS.add_by_habit(
    r"(?<![nN][.,:/])(?:(?<!n)(?:n[.,]n|\.n|n)|N) ?g? ?[iMjJ](?!o|(?<=M) n)"
    r"|(?<!n[.,:])(?<!n)(?:n[.,]n|\.n) ?h"
)
def _length(tokens: Sequence[Token], of: Habits) -> Built:
    if has(tokens, ",") and of.code in ("ja", "ko", "zh"):
        return kinds.FEW, None  # 2、3時間 is two or three hours
    unit = UNITS[tokens[-1].kind]
    amount = _amount(tokens)
    full = tokens[-1].value == "full"
    return kinds.LENGTH, Length(timedelta(**{unit: amount}), whole_days=unit in ("days", "weeks"), full=full)


def _amount(tokens: Sequence[Token]) -> float:
    if tokens[0].kind == kinds.WORD_NUMBER:
        return float(str(tokens[0].value))
    digits = [str(t.value) if t.kind in "n9" else "." for t in tokens if t.kind in "n9.,"]
    return float("".join(digits))


@FORMS.add(r"[nN] ?d ?& ?(?=l)")
def _days_and_hours(tokens: Sequence[Token]) -> Built:
    """`2日と3時間`; `2日3時間` may be the second of the month."""
    return kinds.LENGTH, Length(timedelta(days=numbers_in(tokens)[0]))


@FORMS.add(r"(?<=[l])l|l(?:(?: ?[&,+] ?)?[ly]| [ly](?!x))+|(?<![-~])(?<![-~TU] )y ?[&,+]? ?l")
def _longer(tokens: Sequence[Token]) -> Built:
    """`1 hour 30 minutes`. Parts must get smaller: `2h 3h` is not five hours."""
    if any(isinstance(t.value, HourOrLength) and t.value.says_clock for t in tokens[1:]):
        return None  # dans deux jours 8h-10h
    if isinstance(tokens[0].value, HourOrLength) and tokens[0].value.says_clock and has(tokens, ","):
        return None  # 9h, 120 minutes
    parts = [length_of(t.value) for t in tokens if t.kind in "ly"]
    if not all(_adds_to(a.time, b.time) for a, b in itertools.pairwise(parts)):
        return None
    return kinds.LENGTH, Length(sum((part.time for part in parts), timedelta()))


def _adds_to(longer: timedelta, shorter: timedelta) -> bool:
    """Whether a length adds to the one before it: minutes to hours, hours to days."""
    unit = timedelta(days=1) if longer >= timedelta(days=1) else timedelta(hours=1)
    return shorter < min(longer, unit)


def length_of(value: object) -> Length:
    """The length of a token's value."""
    if isinstance(value, HourOrLength):
        return Length(timedelta(hours=value.hours, minutes=value.minutes or 0))
    assert isinstance(value, Length)
    return value


@FORMS.add(r"f ?-[ly]|^-[ly]")
def _below_zero(tokens: Sequence[Token]) -> Built:
    """`for -2h`."""
    length = length_of(tokens[-1].value)
    return kinds.LENGTH, replace(length, time=-length.time)


@FORMS.add(r"(?<![nNvqMC])(?<![nNvqMC] )b ?[ly]")
def _past_hours(tokens: Sequence[Token]) -> Built:
    """`past 2 hours`, but `after 2 hours`."""
    return (kinds.BROKEN, None) if tokens[0].value == "" else None


@FORMS.add(r"(?<![WDk])(?<![WDk] )E ?[ihM](?! ?[nC])|(?<![WDk])(?<![WDk] )E ?[ly]|[nN] ?E ?[ihMj]")
def _next_hours(tokens: Sequence[Token]) -> Built:
    shift = value_of(tokens, kinds.SHIFT)
    if shift == -1:
        return kinds.BROKEN, None
    if shift != 1 and tokens[-1].kind not in "ly":
        return None
    if tokens[-1].kind in "ly":
        return kinds.LENGTH, length_of(tokens[-1].value)
    unit = UNITS[tokens[-1].kind]
    amount = (numbers_in(tokens) or [1])[0]
    return kinds.LENGTH, Length(timedelta(**{unit: amount}))


@FORMS.add(r"l ?& ?(?:N ?)?q(?! ?[iM])|lq")
def _and_a_quarter(tokens: Sequence[Token]) -> Built:
    """`an hour and a quarter`, `an hour and three quarters`, `两小时一刻钟`."""
    quarters, minutes = (numbers_in(tokens) or [1])[0], int(value_of(tokens, kinds.QUARTER))
    return kinds.LENGTH, Length(length_of(tokens[0].value).time + timedelta(minutes=minutes * quarters))


@FORMS.add(r"l ?V")
def _or_more(tokens: Sequence[Token]) -> Built:
    """`3時間以上`."""
    return (kinds.FEW, None) if tokens[-1].value == "or more" else None


@FORMS.add(r"l ?&? ?(?:N ?)?v(?! ?[bn]|g?[xF])")
def _and_a_half(tokens: Sequence[Token]) -> Built:
    """`an hour and a half`, `一日半`."""
    whole = length_of(tokens[0].value)
    if whole.time % timedelta(hours=1):
        return None
    half = timedelta(hours=12) if whole.whole_days else timedelta(minutes=30)
    return kinds.LENGTH, Length(whole.time + half)
