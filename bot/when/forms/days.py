"""How a day and what stands beside it name one day, or two: monday week, june 15 and 16."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.when import kinds
from bot.when.clocks import Day
from bot.when.forms.form import Forms, has, numbers_in, value_of
from bot.when.forms.lengths import length_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.when.forms.form import Built
    from bot.when.kinds import Token

FORMS = Forms()


@FORMS.add(r"D ?&(?: ?@)? ?n ?d?(?! ?[-~:./aHhiMjlnC])|D ?[,+] ?n ?d?(?=$| ?L)")
def _and_another_day(tokens: Sequence[Token]) -> Built:
    """`june 15 and 16`: two days in a row; `june 15 and 18` are two bookings."""
    first, second = tokens[0].value, numbers_in(tokens)[0]
    if not isinstance(first, Day) or first.day is None or first.weekday is not None or not 1 <= second <= 31:
        return None
    if second != first.day + 1:
        return kinds.VAGUE_DAYS, ""
    return kinds.DAY_SPAN, (first, replace(first, day=second))


@FORMS.add(r"ψ ?(?:[@g,] ?)*D|D ?,? ?ψ")
def _day_of_shifted_year(tokens: Sequence[Token]) -> Built:
    """`来年1月5日`."""
    day = value_of(tokens, kinds.DAY)
    if not isinstance(day, Day) or day.month is None or day.year is not None:
        return None
    return kinds.DAY, replace(day, years=value_of(tokens, kinds.YEAR_SHIFT))


@FORMS.add(r"D(?: ?[,&]? ?[ζQ](?! ?[cxhiMjJl]))+")
def _more_weekdays(tokens: Sequence[Token]) -> Built:
    """`周一、三`: two bookings."""
    first = tokens[0].value
    if not isinstance(first, Day) or first.weekday is None or "" in [t.value for t in tokens[1:]]:
        return None
    return kinds.VAGUE_DAYS, ""


@FORMS.add(r"δ,? ?(?:@ ?)?D")
def _day_of_weekend(tokens: Sequence[Token]) -> Built:
    """`at the weekend, saturday 10-12`."""
    day = tokens[-1].value
    weekend = tokens[0].value == "weekend" and isinstance(day, Day) and day.weekday in (5, 6)
    return (kinds.DAY, day) if weekend else None


_THEN_HOURS = r"(?= ?(?:[@F,g] ?)*(?:C|y|[nN] ?[-~TU]))"


@FORMS.add(rf"(?:l ?F|(?<!r )l(?: @)?) ?D{_THEN_HOURS}|k ?g? ?D|D J(?! ?x)")
def _weeks_after(tokens: Sequence[Token]) -> Built:
    """`a week from tomorrow 10-12`, `monday week`, `来週の今日`."""
    day = value_of(tokens, kinds.DAY)
    if not isinstance(day, Day) or day.week is not None or day.from_start or day.part or day.day:
        return None
    if tokens[0].kind == kinds.WEEK:
        weeks = int(str(tokens[0].value))
        return (kinds.DAY, replace(day, weeks_after=weeks)) if day.offset is not None else None
    if tokens[-1].kind == kinds.WEEKS:
        weeks = int(str(tokens[-1].value or 1))
        return (kinds.DAY, replace(day, weeks_after=weeks)) if day.weekday is not None or day.offset else None
    length = length_of(tokens[0].value)
    if length.time % timedelta(weeks=1) or value_of(tokens, kinds.FROM) not in ("from", None):
        return None
    if not has(tokens, kinds.FROM + kinds.AT) and day.offset is None:
        return None  # `a week today`, but `a week monday` may begin there
    return kinds.DAY, replace(day, weeks_after=length.time // timedelta(weeks=1))


@FORMS.add(r"(?<=D)g(?= ?p? ?(?:C|n) ?u)")
def _topic(tokens: Sequence[Token]) -> Built:
    """`明日は18時まで` leaves open from when; `明日の18時まで` is from now."""
    return (kinds.OTHER, "topic") if tokens[0].value == "topic" else None
