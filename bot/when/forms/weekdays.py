"""How weekdays are written, and the week they are of."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.when import kinds
from bot.when.clocks import Day
from bot.when.forms.form import Forms, numbers_in, value_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.when.forms.form import Built
    from bot.when.kinds import Token

FORMS = Forms()


_THEN_RANGE = r"(?=,? (?:(?:[@F] ?)*[CynN] ?[-~TtU] ?[nNCy]|L))"


_LETTER_FIRST = "(?<![nNxO])(?<![nNxO] )"
_LETTER_LATER = "(?:(?<=[Zod])|(?<=[Zod][,&/])|(?<=[Zod][,&/] ))"
_MORE_LETTERS = "[,&/]? ?[Zod]"
_THEN_HOURS_OR_END = r"(?: ?g? ?(?:[nNCylLpK(]|$))"


@FORMS.add(
    rf"{_LETTER_FIRST}[Zod](?=(?:{_MORE_LETTERS})+{_THEN_HOURS_OR_END})"
    rf"|(?<=[Dk])[od](?={_THEN_HOURS_OR_END})"
    rf"|{_LETTER_LATER}[Zod](?=(?:{_MORE_LETTERS})*{_THEN_HOURS_OR_END})"
)
def _days_by_letter(tokens: Sequence[Token]) -> Built:
    """月水金, 月・水: the 月 of a month stands after its number."""
    return None if tokens[0].value == "" else (kinds.WEEKDAY, tokens[0].value)  # the rd of 3rd is no day


@FORMS.add(rf"{_LETTER_FIRST}[od] ?[-~] ?[Zod]|(?<![xn])Z ?[-~] ?[Zod](?=$|[ uK])")
def _days_from_letter_to_letter(tokens: Sequence[Token]) -> Built:
    """月〜水."""
    first, last = tokens[0].value, tokens[-1].value
    assert isinstance(first, int)
    assert isinstance(last, int)
    return kinds.DAY_SPAN, (Day(weekday=first), Day(weekday=last))


@FORMS.add(r"k ?g? ?S")
def _days_of_week(tokens: Sequence[Token]) -> Built:
    """`来週月〜水`."""
    week, days = tokens[0].value, tokens[-1].value
    assert isinstance(week, int)
    assert isinstance(days, tuple)
    if any(day.weekday is None or day.week is not None for day in days):
        return None
    return kinds.DAY_SPAN, tuple(replace(day, week=week) for day in days)


@FORMS.add(r"\( ?[WZod] ?\)|(?<![xn])Z(?=Z+(?:g?[ nL]|$))|(?<![xn])Z\.?(?=$| ?[n(ypHL]| ?g ?L| ?[-~,@FC&|TUtg]| [DW])")
def _short_weekday(tokens: Sequence[Token]) -> Built:
    """`（水）`, and the one-letter weekdays where nothing else stands beside them."""
    token = next(t for t in tokens if t.kind in "WZod")
    return None if token.value == "" else (kinds.WEEKDAY, token.value)


@FORMS.add(rf"W,? ?n{_THEN_RANGE}")
def _weekday_and_day(tokens: Sequence[Token]) -> Built:
    """`fri 12 14-16`."""
    weekday, day = tokens[0].value, numbers_in(tokens)[0]
    if not isinstance(weekday, int) or not 1 <= day <= 31:
        return None
    return kinds.DAY, Day(weekday=weekday, day=day)


@FORMS.add(r"[Ek] ?g?,? ?(?:[@V] ?)?W|W ?(?:@ ?)?,? ?(?:g ?)?[kE]")
def _weekday_of_week(tokens: Sequence[Token]) -> Built:
    week = next(t.value for t in tokens if t.kind in "Ek")
    return kinds.DAY, Day(weekday=value_of(tokens, kinds.WEEKDAY), week=week if isinstance(week, int) else None)


@FORMS.add(r"δ ?g?,? ?W")
def _weekday_of_weekend(tokens: Sequence[Token]) -> Built:
    """`this weekend, saturday`."""
    weekday, week = tokens[-1].value, {"weekend": 0, "next weekend": 1}.get(str(tokens[0].value))
    if not isinstance(weekday, int) or week is None:
        return None
    return kinds.DAY, Day(weekday=weekday, week=week)


@FORMS.add(r"[WD]")
def _day(tokens: Sequence[Token]) -> Built:
    return kinds.DAY, said_day(tokens[0])


def said_day(token: Token) -> Day:
    """The day of a weekday's token, or of a word such as `tomorrow` or `tonight`."""
    value = token.value
    if isinstance(value, Day):
        return value
    if isinstance(value, tuple):
        return Day(offset=value[0], part=value[1])
    assert isinstance(value, int)
    return Day(weekday=value) if token.kind == kinds.WEEKDAY else Day(offset=value)
