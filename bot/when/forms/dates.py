"""How dates, weekdays and delays are written."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.when import kinds
from bot.when.clocks import Day, Every, Length, month_day
from bot.when.forms.form import Forms, has, numbers_in, value_of
from bot.when.forms.lengths import length_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.when.forms.form import Built, Habits
    from bot.when.kinds import Token

FORMS = Forms()

#: Behind a word such as `jusqu'au` a number is a day of the month.
_A_DAY_FOLLOWS = r"(?= n\.?(?! ?[-~:./hHaiMjJOo]|n))"


@FORMS.add(rf"(?<=n )Υ|(?<=n\. )Υ|Υ(?!{_A_DAY_FOLLOWS})")
def _until(_tokens: Sequence[Token]) -> Built:
    """`jusqu'au lundi`, `vom 1. bis zum 3.`."""
    return kinds.UNTIL, ""


@FORMS.add(r"θ(?! (?:g )*[xsc#])|(?<=[dg9F] )θ|(?<=^n )θ")
def _month_not_word(tokens: Sequence[Token]) -> Built:
    """`3-5 may`, not `13-18 may need more`."""
    return kinds.MONTH, tokens[0].value


@FORMS.add(r"(?<=[nNºdWr] )F(?= [Oω])|(?<=[Oω] )F(?= 9)")
def _of(tokens: Sequence[Token]) -> Built:
    """`12 de diciembre`, `lunes de diciembre`, but `9-12 from december`."""
    return (kinds.OF, "") if tokens[0].value in ("of", "date") else None


@FORMS.add(r"(?<![WDljJμd])(?<![WDljJμd] )r(?! ?[gd]? ?(?:[WDZjJlμpko]|n ?[jJdo]))")
def _each(tokens: Sequence[Token]) -> Built:
    """`2 gpus each` repeats nothing; `each monday` does, and so does `weekly` by itself."""
    return (kinds.OTHER, None) if tokens[0].value == Every() else None


@FORMS.add(r"r(?= x)")
def _adjective(tokens: Sequence[Token]) -> Built:
    """`hourly data`, `monthly report`: too often or too seldom for a series."""
    return (kinds.OTHER, None) if tokens[0].value == Every("month") else None


@FORMS.add(r"δ[ -]?[Oωθ]")
def _part_of_month(tokens: Sequence[Token]) -> Built:
    """`mid july 9-11`."""
    return (kinds.VAGUE_DAYS, "") if tokens[0].value == "part" else None


@FORMS.add(r"δ")
def _part_of_nothing(tokens: Sequence[Token]) -> Built:
    """`late fusion`."""
    return (kinds.OTHER, None) if tokens[0].value == "part" else None


@FORMS.add(r"b(?= ?[ly])")
def _after_so_much(tokens: Sequence[Token]) -> Built:
    """`after 1 hour for 2h`."""
    return (kinds.IN, "") if tokens[0].value == "after" else None


@FORMS.add(r"V(?= ?[ly])")
def _by_so_much(tokens: Sequence[Token]) -> Built:
    """`extend by 2 hours`, `ちょっと2時間だけ`; `done by 5pm` is no start."""
    return (kinds.GLUE, "") if tokens[0].value in ("by", "a bit") else None


@FORMS.add(r"A n(?= f)")
def _in_so_many(_tokens: Sequence[Token]) -> Built:
    """`in 15 for 2h`: 15 of what?"""
    return kinds.VAGUE, ""


@FORMS.add(r"[nN] ?g?α|[αB] ?[ly](?! ?[bB])")
def _ago(tokens: Sequence[Token]) -> Built:
    """`3 days ago`, `3日前`, `vor 3 Tagen`: understood, so that the refusal can say why."""
    unit = tokens[-1].value
    if tokens[0].kind == kinds.BEFORE and tokens[0].value != "ago":
        return None  # au moins 4 heures
    if isinstance(unit, timedelta):
        length = Length(numbers_in(tokens)[0] * unit, whole_days=unit >= timedelta(days=1))
    else:
        length = length_of(unit)
    if length.whole_days:
        return kinds.DAY, Day(offset=-length.time.days)
    return kinds.DELAY, Length(-length.time)


@FORMS.add(r"(?<![lyd])(?<![lyd] )G")
def _from_now(tokens: Sequence[Token]) -> Built:
    """`from now until 6pm`."""
    return (kinds.NOW, None) if tokens[0].value == "now" else None


@FORMS.add(r"[WD] A ?l")
def _weeks_after_a_day(tokens: Sequence[Token]) -> Built:
    """`Montag in einer Woche`."""
    day, length = _said(tokens[0]), length_of(tokens[-1].value)
    if not length.whole_days or length.time % timedelta(weeks=1) or (day.weekday is None and day.offset is None):
        return None
    return kinds.DAY, replace(day, weeks_after=length.time // timedelta(weeks=1))


@FORMS.add(r"A ?(?:[ly]|n d)(?: ?g)?|(?<![nN])(?<!f )[ly] ?G|[nN] ?d ?g?G")
def _delay(tokens: Sequence[Token]) -> Built:
    """`in 3 days`, `2時間後`. Whole days lead to a date."""
    if tokens[-1].kind == kinds.LATER and tokens[0].kind in "nN":
        return kinds.DAY, Day(offset=numbers_in(tokens)[0])
    length = next((length_of(t.value) for t in tokens if t.kind in "ly"), None)
    if length is None:
        return None
    if tokens[0].value == "within":
        return kinds.LENGTH, length
    if length.whole_days and not length.time % timedelta(days=1):
        return kinds.DAY, Day(offset=length.time.days)
    return kinds.DELAY, length


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
    if not (1 <= first <= 31 and 1 <= second <= 31):
        return None
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
def _until_that_day(tokens: Sequence[Token]) -> Built:
    return _until(tokens)


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
    return kinds.DAY, _said(tokens[0])


def _said(token: Token) -> Day:
    """The day of a weekday's token, or of a word such as `tomorrow` or `tonight`."""
    value = token.value
    if isinstance(value, Day):
        return value
    if isinstance(value, tuple):
        return Day(offset=value[0], part=value[1])
    assert isinstance(value, int)
    return Day(weekday=value) if token.kind == kinds.WEEKDAY else Day(offset=value)


@FORMS.add(r"\( ?z ?\)")
def _zone(tokens: Sequence[Token]) -> Built:
    return kinds.ZONE, value_of(tokens, kinds.ZONE)


@FORMS.add(r"A ?g?μ|μ ?g?[RG]")
def _months_ahead(_tokens: Sequence[Token]) -> Built:
    """`in 6 months`, `2 years from now`: far away, and no day that anybody could mean by it."""
    return kinds.VAGUE_DAYS, ""


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
