"""What only looks like time: counts, labels, addresses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.when import kinds
from bot.when.forms.form import Forms, numbers_in

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.when.forms.form import Built
    from bot.when.kinds import Token

FORMS = Forms()

_NO_RANGE_BEFORE = r"(?<![-~:.Tt])(?<![-~:.TtK] )"
_NO_TIME_AFTER = r"(?:(?= - n(?: ?a|:n))|(?!g? ?[-~:.]? ?[ahHiMojJOY]| ?[-~:./]\S?| ?[-~] ?[nNC]))"


@FORMS.add(r"(?<=f )τ(?!,? ?[nNC@Fpm])")
def _for_somebody(_tokens: Sequence[Token]) -> Built:
    """`10-12 for tom`."""
    return kinds.OTHER, None


@FORMS.add(r"τ")
def _short_day(tokens: Sequence[Token]) -> Built:
    return kinds.DAY, tokens[0].value


@FORMS.add(r"Q(?= ?[nN])")
def _about(tokens: Sequence[Token]) -> Built:
    """`unos 30 minutos`, but `unos minutos`."""
    return (kinds.GLUE, "") if tokens[0].value == "about" else None


@FORMS.add(r"(?<=[nd] )(?<![:h]n )N(?! ?[ihMjJ])")
def _month_or_seven(tokens: Sequence[Token]) -> Built:
    """`12 sept` is a date, `de cinq à sept` are hours."""
    return (kinds.MONTH, 9) if tokens[0].value == "7" else None


@FORMS.add(r"s(?= ?n ?[-~] ?n,? (?:@ )?[DW])")
def _where(tokens: Sequence[Token]) -> Built:
    """`conf room 10-12 tmr`: hours, since a day stands beside them."""
    return (kinds.OTHER, None) if tokens[0].value == "place" else None


@FORMS.add(r"(?<![-~:.] )(?<![-~:.])[nN] ?-?[c#](?! ?n)")
def _so_many_times(tokens: Sequence[Token]) -> Built:
    """`10 times`: a count, and in a series its end."""
    return (kinds.TIMES, numbers_in(tokens)[0]) if tokens[-1].value == "times" else None


@FORMS.add(
    r"(?:n(?:(?:[-~KU.]| [-T] )n)+|(?<![-~KU])n(?:,n)+) ?(?:c|#(?! ?n))"  # 10-20 epochs
    rf"|{_NO_RANGE_BEFORE}n ?[c#]|{_NO_RANGE_BEFORE}[nN] ?[sc](?! ?n(?![-~:]))|{_NO_RANGE_BEFORE}N ?#"
)
def _counted(_tokens: Sequence[Token]) -> Built:
    return kinds.OTHER, kinds.COUNTED


#: GPUs are counted from 0, and few machines hold more than eight.
_LAST_GPU, _LAST_HOUR = 8, 24
_MOST_PARTS = 10


@FORMS.add(r"[s#] n [TtU] n" + _NO_TIME_AFTER)
def _labelled_in_words(tokens: Sequence[Token]) -> Built:
    """`chapters 3 to 5`, `Kapitel 3 bis 5`; `run 3 until 5` is an end."""
    joint = tokens[4]
    first, last = numbers_in(tokens)
    is_end = joint.kind == kinds.UNTIL and joint.value != "to"
    return None if is_end or tokens[0].value or first >= last else (kinds.OTHER, None)


@FORMS.add(r"[s#c] ?[:.]? ?n(?:\.n)?(?: ?[-~] ?n(?:\.n)?)*" + _NO_TIME_AFTER)
def _labelled(tokens: Sequence[Token]) -> Built:
    hours = [int(str(t.value)) for t in tokens if t.kind == kinds.NUMBER]
    plural = tokens[0].kind == kinds.COUNTER or tokens[0].value == "gpus"
    if plural and len(hours) == 2 and _LAST_GPU < hours[0] < hours[1] <= _LAST_HOUR:
        return None  # need gpus 13-18, but `epochs 3-5`
    if tokens[0].kind == kinds.COUNTER and len(hours) != 2:
        return None
    return kinds.OTHER, kinds.COUNTED if tokens[0].value in ("gpu", "gpus") else None


@FORMS.add(r"n/nd")
def _tenth(_tokens: Sequence[Token]) -> Built:
    """`1/10th of the data`."""
    return kinds.OTHER, None


@FORMS.add(r"[s#] ?n/n(?![/n])")
def _part_of_all(tokens: Sequence[Token]) -> Built:
    """`run 3/5`, but `task 6/15 10-12`."""
    part, whole = (int(str(t.value)) for t in tokens if t.kind == kinds.NUMBER)
    return (kinds.OTHER, None) if part <= whole <= _MOST_PARTS else None


@FORMS.add(r"(?<![:.])n ?d ?[sc#](?! ?[-~:])")
def _which_one(_tokens: Sequence[Token]) -> Built:
    """`2nd run`, `3rd gpu`."""
    return kinds.OTHER, None


@FORMS.add(r"[cx] ?[nN] ?[hiM]|[nN] ?[hiM] ?c(?: ?n)?")
def _multiplied(tokens: Sequence[Token]) -> Built:
    """`3 runs x 2h`: how long is that?"""
    return (kinds.FEW, None) if any(token.value == "by" for token in tokens) else None


@FORMS.add(r"n(?:\.n){3,}|n(?:-n){3,}|n(?:/n){3,}|n(?::n){3,}|(?<![n.])n\.n\.n(?=x)")
def _address(_tokens: Sequence[Token]) -> Built:
    return kinds.OTHER, None
