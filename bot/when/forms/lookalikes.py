"""What only looks like time: counts, labels, addresses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.when import kinds
from bot.when.forms.form import Forms

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.when.forms.form import Built
    from bot.when.kinds import Token

FORMS = Forms()


_NO_RANGE_BEFORE = r"(?<![-~:.Tt])(?<![-~:.TtK] )"
_NO_TIME_AFTER = r"(?! ?[-~:.]? ?[ahHiMojJOY]| ?[-~:./]\S?| ?[-~] ?[nNC])"


@FORMS.add(
    r"n(?:(?:[-~.,]| [-T] )n)+ ?(?:c|#(?! ?n))"  # 10-20 epochs
    rf"|{_NO_RANGE_BEFORE}n ?[c#]|{_NO_RANGE_BEFORE}[nN] ?[sc](?! ?n(?![-~:]))|{_NO_RANGE_BEFORE}N ?#"
)
def _counted(_tokens: Sequence[Token]) -> Built:
    return kinds.OTHER, None


@FORMS.add(r"[s#] ?[:.]? ?n(?:\.n)?(?: ?[-~] ?n(?:\.n)?)*" + _NO_TIME_AFTER)
def _labelled(_tokens: Sequence[Token]) -> Built:
    return kinds.OTHER, None


@FORMS.add(r"n(?:\.n){3,}|n(?:-n){3,}|n(?:/n){3,}|n(?::n){3,}|(?<![n.])n\.n\.n(?=x)")
def _address(_tokens: Sequence[Token]) -> Built:
    return kinds.OTHER, None
