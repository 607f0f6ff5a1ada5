"""How dates are written."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.when import kinds
from bot.when.clocks import Day, month_day
from bot.when.forms.form import Forms, has, numbers_in, value_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.when.forms.form import Built, Habits
    from bot.when.kinds import Token

FORMS = Forms()


@FORMS.add(r"(?<![-./:n])n(?= )")
def _eight_digits(tokens: Sequence[Token]) -> Built:
    """`20261224 10:00-12:00`."""
    written = str(tokens[0].value)
    if len(written) != 8 or not written.startswith("20"):
        return None
    return kinds.DAY, month_day(int(written[4:6]), int(written[6:]), int(written[:4]))


@FORMS.add(r"(?<![-./:n])9([/.])n\1n ?[-~] ?(?:9\1n\1n|n\1n|n)(?![-./:nHC]| ?[-~:])")
def _span_with_year(tokens: Sequence[Token]) -> Built:
    """`2026/12/3-2026/12/5`, `2026.12.3~12.5`."""
    year, month, day, *last = numbers_in(tokens)
    if len(last) == 3:
        return kinds.DAY_SPAN, (month_day(month, day, year), month_day(last[1], last[2], last[0]))
    end = month_day(last[0] if len(last) == 2 else month, last[-1])
    return kinds.DAY_SPAN, (month_day(month, day, year), end)


@FORMS.add_by_habit(
    r"(?<![-.:n])9-n-n(?![-.n]|:n)|(?<![-./:n])(?:[n9]-n-[n9](?![-./:n])|[n9]/n/[n9](?![-./n]|:n)"
    r"|9\. ?n\. ?n\.?(?!n)|n\. ?n\. ?9|n\.n\.n(?! ?[-~:hHTUt.]))"
)
def _three_numbers(tokens: Sequence[Token], of: Habits) -> Built:
    first, second, third = (str(t.value) for t in tokens if t.kind in "n9")
    a, b, c = int(first), int(second), int(third)
    if len(first) == 4:
        return kinds.DAY, month_day(b, c, a)
    if has(tokens, "-") and len(third) != 4:
        return None
    year_first = of.dotted_dates and not of.day_first and len(third) <= 2 and a >= 20
    if (
        not year_first
        and (len(third) == 4 or len(third) == 2)
        and (of.day_first or of.code == "en" or has(tokens, "."))
    ):
        day_first = of.day_first or has(tokens, ".") or a > 12
        return kinds.DAY, month_day(b, a, c) if day_first else month_day(a, b, c)
    return (kinds.DAY, month_day(b, c, a)) if a >= 20 else None


@FORMS.add(
    r"(?:e ?[nN]|[n9N]) ?Y ?[nN] ?o ?[nN] ?d?"
    r"|[nN] ?o ?[nN] ?[-~K] ?[nN] ?d|[nN] ?o ?[nN](?: ?d|(?! ?[nN:hHM.]))"
)
def _marked_date(tokens: Sequence[Token]) -> Built:
    numbers = numbers_in(tokens)
    if has(tokens, "-~K"):
        month, first, last = numbers
        return kinds.DAY_SPAN, (month_day(month, first), month_day(month, last))
    if len(numbers) == 2:
        return kinds.DAY, month_day(*numbers)
    year, month, day = numbers
    era = value_of(tokens, kinds.ERA)
    return kinds.DAY, month_day(month, day, year + era if era is not None else year)


_OF = r"(?:\.? ?[gƒ]? ?)"
#: Not in `10-12 June 15`, where the month belongs to the 15; but in `15 June 10-12`.
#: Not in `every monday in december 9-12`: those are hours.
_NO_MONTH_OF_DAYS = r"(?<![Wr] [Aƒ@] )"
_NO_DAY_OF_IT = r"(?<!n)(?<!n )(?<!n\. )(?<!nd )(?<!nd g )(?<![nº] [gƒ] )(?<![ºN] )(?<!n-)"
_NO_DAY_NEXT = r"(?! n(?! ?[-~:.TUahH]))"


@FORMS.add(
    rf"(?<![-~TtU])(?<![-~TtU] )n ?d?\.? ?[-~TtU&/] ?(?:@ ?)?n ?d?\.?{_OF}O{_NO_DAY_NEXT}(?:\.?,? ?(?:[gƒ] )?9)?"
    rf"|{_NO_MONTH_OF_DAYS}{_NO_DAY_OF_IT}O\.? ?n ?d? ?[-~TtU] ?n ?d?"
    r"(?!n| ?[-~:ahHiMyTU.]| [nC](?! ?[-~T] ?[nC]))(?: ?,? ?9)?"
)
def _named_span(tokens: Sequence[Token]) -> Built:
    """`3-5 Dec`, `December 3rd to 5th`."""
    first, last, *year = numbers_in(tokens)
    month = value_of(tokens, kinds.MONTH)
    written = year[0] if year else None
    return kinds.DAY_SPAN, (month_day(month, first, written), month_day(month, last, written))


@FORMS.add(
    rf"n[-/]O[-/][9n]|(?<![-./:n])n-O(?= )|O-n(?= )|(?<!x)O/n(?= )|n ?d?{_OF}O n(?= (?:C|n ?[-~T]))"
    rf"|n ?d?{_OF}O{_NO_DAY_NEXT}(?:\.?,? ?(?:[gƒ] )?9(?! ?[-~] ?[n9]))?"
    rf"|{_NO_MONTH_OF_DAYS}O\.? ?(?:g )?[nNº] ?d?(?! ?[ahHMi.]| ?:n)(?:,? ?9(?! ?[-~] ?[n9](?!-)))?"
    rf"|[Nº]{_OF}O(?:,? ?(?:[gƒ] )?9(?! ?[-~] ?[n9]))?"
)
def _named_date(tokens: Sequence[Token]) -> Built:
    day, *year = numbers_in(tokens)
    return kinds.DAY, month_day(value_of(tokens, kinds.MONTH), day, year[0] if year else None)


@FORMS.add(r"º(?! ?[@g]?,? (?:C|n ?[-~TtU:]))|(?<![@g] )º")
def _ordinal(_tokens: Sequence[Token]) -> Built:
    """`first run`."""
    return kinds.OTHER, None


@FORMS.add(r"F ?n ?t ?n(?! ?[-~:.hHOo/n])|F n\. ?[-~U] ?n\.(?! ?[nO])")
def _day_span(tokens: Sequence[Token]) -> Built:
    """`du 3 au 5`, `del 3 al 5`, `vom 3. bis 5.`; `de 3 à 5` are hours."""
    dated = tokens[0].value == "date" and value_of(tokens, kinds.TO_OR_AT) == "date"
    if not dated and not has(tokens, "."):
        return None
    first, last = numbers_in(tokens)
    if not (1 <= first <= 31 and 1 <= last <= 31):
        return None
    return kinds.DAY_SPAN, (Day(day=first), Day(day=last))


@FORMS.add_by_habit(r"(?<![-./:n])n/n ?[-~] ?n/n(?![-./:n])|(?<![-./:n])n/n ?[-~] ?n(?! ?[-~:./ahHiMnyT])")
def _slash_span(tokens: Sequence[Token], of: Habits) -> Built:
    numbers = numbers_in(tokens)
    first = _two_numbers(numbers[0], numbers[1], day_first=of.day_first)
    if len(numbers) == 4:
        return kinds.DAY_SPAN, (first, _two_numbers(numbers[2], numbers[3], day_first=of.day_first))
    assert first.month is not None
    return kinds.DAY_SPAN, (first, month_day(first.month, numbers[2]))


@FORMS.add_by_habit(r"(?<![./:n])(?<!n-)n/n(?![./n]|:n)(?!-n)")
def _slash(tokens: Sequence[Token], of: Habits) -> Built:
    return kinds.DAY, _two_numbers(*numbers_in(tokens)[:2], day_first=of.day_first)


def _two_numbers(first: int, second: int, *, day_first: bool) -> Day:
    if first > 12 or second > 12:
        return month_day(second, first) if first > 12 else month_day(first, second)
    return month_day(second, first) if day_first else month_day(first, second)


_THEN_TIME = r"(?= ?(?:\( ?[Ww] ?\)|W)?[ ,]*(?:[@Fptg] ?)*(?:C|y|n ?[-~T:.]|l| L))"


@FORMS.add_by_habit(
    r"(?<![-.:n/])n\. ?[-~TU] ?n\. ?n\.?(?!n)|(?<![-.:n/])n\.n\. ?[-~TU] ?n\.n\.?(?!n)"
    r"|(?<![-.:n/])n\.? ?/ ?n\. ?n\.(?!n)"
)
def _dotted_span(tokens: Sequence[Token], of: Habits) -> Built:
    numbers = numbers_in(tokens)
    if not (of.dotted_dates and of.day_first) and (of.code != "en" or len(numbers) != 4 or tokens[-1].kind != "."):
        return None
    if len(numbers) == 3:
        if has(tokens, "/") and numbers[1] != numbers[0] + 1:
            return kinds.VAGUE_DAYS, ""  # 24./26.10.
        return kinds.DAY_SPAN, (month_day(numbers[2], numbers[0]), month_day(numbers[2], numbers[1]))
    if len(numbers) != 4:
        return None
    return kinds.DAY_SPAN, (month_day(numbers[1], numbers[0]), month_day(numbers[3], numbers[2]))


@FORMS.add_by_habit(rf"(?<![-.:n/])(?:n\. ?n\.(?!n)(?: ?9)?|n\.n{_THEN_TIME}(?! ?[-~T] ?)|n-n(?= (?:C|y ?[-~TtU])))")
def _two_numbers_date(tokens: Sequence[Token], of: Habits) -> Built:
    """`3.12.`, and `7.20 10:00` or `12-03 10:00` where a clock time follows."""
    first, second, *year = numbers_in(tokens)
    if has(tokens, ".") and not of.dotted_dates and of.code != "en":
        return None
    if not (1 <= first <= 31 and 1 <= second <= 31) or min(first, second) > 12:
        return None  # 14-16 10:00
    day = _two_numbers(first, second, day_first=of.day_first or (of.code == "en" and tokens[-1].kind == "."))
    return kinds.DAY, replace(day, year=year[0]) if year else day


@FORMS.add(r"[εU] ?(?:[gFƒ] ?)*(?:[Oθ](?: ?,? ?9)?|ω|n ?o)|(?:O|ω|(?:9 ?Y ?)?[nN] ?o) ?g?ε|[nN]D")
def _end_of_month(tokens: Sequence[Token]) -> Built:
    """`end of January`, `3月末`, `Ende März`."""
    if tokens[0].kind == kinds.UNTIL and tokens[0].value != "end":
        return None
    if tokens[-1].kind == kinds.DAY and tokens[-1].value != Day(months=0, month_end=True):
        return None  # 3月末 is written with 月末
    if has(tokens, kinds.MONTH_SHIFT):
        return kinds.DAY, Day(months=value_of(tokens, kinds.MONTH_SHIFT), month_end=True)
    numbers = numbers_in([t for t in tokens if t.kind in "nN"])
    month = numbers[-1] if numbers else value_of(tokens, kinds.MONTH) or value_of(tokens, kinds.MONTH_OR_WORD)
    written = numbers_in([t for t in tokens if t.kind == kinds.YEAR])
    month_day(month, 1)  # raises where there is no such month
    return kinds.DAY, Day(year=written[0] if written else None, month=month, month_end=True)


@FORMS.add(r"(?:k|ω|[nN] ?o) ?(?=u)")
def _until_its_end(tokens: Sequence[Token]) -> Built:
    """`今週まで`, `3月まで`: the last day is included."""
    value = tokens[0].value
    if tokens[0].kind == kinds.WEEK:
        return (kinds.DAY, Day(weekday=6, week=0)) if value == 0 else None  # `来週まで`: its start, or its end?
    if tokens[0].kind == kinds.MONTH_SHIFT:
        return (kinds.DAY, Day(months=0, month_end=True)) if value == 0 else None
    month = numbers_in(tokens)[0]
    month_day(month, 1)  # raises where there is no such month
    return kinds.DAY, Day(month=month, month_end=True)


@FORMS.add(r"ω ?g? ?(?:[@g] ?)*[nN] ?d|[nN] ?d ?(?:[gƒ] ?)*ω")
def _day_of_shifted_month(tokens: Sequence[Token]) -> Built:
    """`来月5日`."""
    day = Day(day=numbers_in(tokens)[0], months=value_of(tokens, kinds.MONTH_SHIFT))
    return (kinds.DAY, day) if 1 <= numbers_in(tokens)[0] <= 31 else None


@FORMS.add(r"(?<=D)[nN]d(?! ?[nNCypgK~-])")
def _whole_day(tokens: Sequence[Token]) -> Built:
    """`明日一日`."""
    return (kinds.ALL_DAY, "") if numbers_in(tokens) == [1] else None


@FORMS.add(r"[nN] ?d(?! ?[-~K] ?n ?d ?O)|d ?n(?! ?[:hHo/])|(?:@ [nº]|g º)\.?(?=,? (?:[@FEmt] ?)*(?:C|y|L|n ?[-~TtU:]))")
def _day_of_month(tokens: Sequence[Token]) -> Built:
    if tokens[0].kind == kinds.AT and tokens[0].value != "date" and tokens[-1].kind != ".":
        return None
    day = numbers_in(tokens)[0]
    if not 1 <= day <= 31:
        raise ValueError(day)
    return kinds.DAY, Day(day=day)


@FORMS.add(r"(?<=Υ )n\.?")
def _until_day_of_month(tokens: Sequence[Token]) -> Built:
    """`jusqu'au 25`."""
    return _day_of_month(tokens)


@FORMS.add(r"Υ")
def _until_that_day(_tokens: Sequence[Token]) -> Built:
    return kinds.UNTIL, ""
