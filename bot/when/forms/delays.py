"""How days and times are counted from now: in 2 hours, 3 days ago."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.when import kinds
from bot.when.clocks import Day, Length
from bot.when.forms.form import Forms, numbers_in
from bot.when.forms.lengths import length_of
from bot.when.forms.weekdays import said_day

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.when.forms.form import Built
    from bot.when.kinds import Token

FORMS = Forms()


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
    day, length = said_day(tokens[0]), length_of(tokens[-1].value)
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


@FORMS.add(r"A ?g?μ|μ ?g?[RG]")
def _months_ahead(_tokens: Sequence[Token]) -> Built:
    """`in 6 months`, `2 years from now`: far away, and no day that anybody could mean by it."""
    return kinds.VAGUE_DAYS, ""
