"""Which of its meanings a small word has: what stands beside it tells."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.when import kinds
from bot.when.clocks import Every
from bot.when.forms.form import Forms

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.when.forms.form import Built
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
