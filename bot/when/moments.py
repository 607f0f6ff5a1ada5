"""Days, parts of the day, clock times and zones that stand together become moments."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from bot.when import kinds, zones
from bot.when.ask import Moment
from bot.when.clocks import Day, Length
from bot.when.doubts import in_doubt
from bot.when.kinds import Token

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.when.clocks import Clock
    from bot.when.fold import Folded

_NOUNS = (kinds.LABEL, kinds.COUNTER, kinds.COUNTER_OR_LABEL, kinds.WEEKDAY_NUMBER)
_ATOMS = "DCpzI"
_DOUBTED = "Dpzkωψ"
_BETWEEN_ATOMS = " @gt,():F_"


def joined(tokens: Sequence[Token], folded: Folded) -> list[Token]:
    """Join days, parts of the day, clock times and zones that stand together into moments."""
    row: list[Token] = []
    gap: list[Token] = []
    for place, word in enumerate(tokens):
        token = word._replace(kind=_kind_here(tokens, place, row, gap))
        if token.kind in _DOUBTED:
            token = in_doubt(token, tokens[place + 1 : place + 8], row, gap, folded)
        previous = row[-1] if row and isinstance(row[-1].value, Moment) and row[-1].kind != kinds.OTHER else None
        if token.kind in _ATOMS:
            apart = _is_another_day(tokens, place, row, gap) or _is_noted_date(token, row, gap)
            moment = None if apart else _with(moment_of(previous) if previous else None, token, gap)
            if previous and moment:
                row[-1] = Token(_letter(moment), moment, previous.start, token.end)
            else:
                row += gap
                moment = _with(None, token, ())
                assert moment is not None
                row.append(Token(_letter(moment), moment, token.start, token.end))
            gap = []
        elif token.kind in _BETWEEN_ATOMS:
            gap.append(token)
        else:
            row += [*gap, token]
            gap = []
    return row + gap


def _kind_here(tokens: Sequence[Token], place: int, row: Sequence[Token], gap: Sequence[Token]) -> str:
    """What a word is behind what was joined before it: places are zones only there, and nouns that counted nothing
    are words like any other."""
    token = tokens[place]
    if token.kind in _NOUNS:
        return kinds.OTHER
    if token.kind == kinds.ZONE and token.value in zones.ALONE:  # 3pm PT; elsewhere PT is PyTorch
        is_zone = bool(row) and _has_meridiem(row[-1])
    elif token.kind == kinds.PLACE:  # 13-18 in Tokyo, but not `talk in Tokyo`
        is_zone = bool(row) and _is_time(row[-1])
    elif token.kind == kinds.CITY:
        is_zone = bool(row) and row[-1].kind == kinds.MOMENT and _ends_its_side(tokens, place, gap)
    else:
        return token.kind
    return kinds.ZONE if is_zone else kinds.OTHER


def _is_another_day(tokens: Sequence[Token], place: int, row: Sequence[Token], gap: Sequence[Token]) -> bool:
    """`tomorrow 14-16, wed report`: until Wednesday?"""
    value = tokens[place].value
    if tokens[place].kind != kinds.DAY or not isinstance(value, Day):
        return False
    said = "".join(token.kind for token in gap if token.kind != kinds.SPACE)
    text_follows = "".join(token.kind for token in tokens[place + 1 : place + 3]) == " x"
    other_day = value == Day(weekday=value.weekday) and _ends_a_day(row)
    return other_day and ("," in said or (text_follows and not said))


def _ends_a_day(row: Sequence[Token]) -> bool:
    """Whether the last clock time has no day of its own, and one before it has."""
    moments = [token.value for token in row if isinstance(token.value, Moment)]
    return bool(moments) and moments[-1].day is None and any(moment.day for moment in moments[:-1])


_SIDE_ENDS = re.compile(r" ?(?:[-~TU]|$)")


def _ends_its_side(tokens: Sequence[Token], place: int, gap: Sequence[Token]) -> bool:
    """`7am London - 9am London`, `9-11 (Tokyo)`; in `9-11 Tokyo demo` the city is the demo's."""
    said = "".join(token.kind for token in gap)
    following = "".join(token.kind for token in tokens[place + 1 : place + 3])
    if "(" in said:
        return following.startswith(")")
    return said in ("", " ") and bool(_SIDE_ENDS.match(following))


def _is_noted_date(token: Token, row: Sequence[Token], gap: Sequence[Token]) -> bool:
    """`明日9-12 (1/2)`: no date to end on, where a day was said before."""
    if not row or row[-1].kind != kinds.MOMENT or not any(each.kind == "(" for each in gap):
        return False
    has_day = any(isinstance(each.value, Moment) and each.value.day for each in row)
    return has_day and isinstance(token.value, Day) and token.value.day is not None


def _is_time(token: Token) -> bool:
    return token.kind == kinds.MOMENT or isinstance(token.value, Length)


def _has_meridiem(token: Token) -> bool:
    value = token.value
    return isinstance(value, Moment) and value.clock is not None and value.clock.daypart is not None


def _letter(moment: Moment) -> str:
    if moment.clock or moment.instant:
        return kinds.MOMENT
    return kinds.DAY if moment.day else kinds.DAYPART if moment.part else kinds.ZONE


def _with(moment: Moment | None, token: Token, gap: Sequence[Token]) -> Moment | None:
    """The moment with one more word; None where it already has such a word."""
    if moment is None:
        moment = Moment()
    value: Any = token.value
    if token.kind == kinds.INSTANT:
        return None if moment != Moment() else Moment(instant=value)
    if token.kind == kinds.CLOCK:
        return _with_clock(moment, value)
    if token.kind == kinds.DAY:
        return _with_day(moment, value, gap)
    if token.kind == kinds.ZONE:
        return None if moment.zone else replace(moment, zone=value)
    if moment.part and moment.part != value:
        return None
    return replace(moment, part=value, part_after=moment.clock is not None)


def _with_clock(moment: Moment, value: Clock) -> Moment | None:
    return None if moment.clock or moment.instant else replace(moment, clock=value)


def _with_day(moment: Moment, value: Day, gap: Sequence[Token]) -> Moment | None:
    if moment.instant:
        return None
    if moment.day is None:
        part = moment.part or value.part
        after = moment.clock is not None
        part_after = moment.part_after or (after and value.part is not None)
        return replace(moment, day=value, part=part, day_after=after, part_after=part_after)
    day = _same_day(moment.day, value)
    if day is None or any(token.kind in (kinds.FROM, kinds.TO_OR_AT) for token in gap):
        return None
    return replace(moment, day=day, part=moment.part or value.part)


def _same_day(first: Day, second: Day) -> Day | None:
    """`12/3 (Thu)`, `tomorrow, Dec 3`: one day said twice. The weekday is checked against the date later."""
    for a, b in ((first, second), (second, first)):
        if b.weekday is not None and a.weekday is None and (b.week is None or a.day is not None):
            return replace(a, weekday=b.weekday)
        if a.day is not None and b.offset is not None and a.offset is None:
            return replace(a, offset=b.offset)
        if a.week is not None and a.weekday is None and b.weekday is not None:
            return replace(b, week=a.week)
    return None


def moment_of(token: Token) -> Moment:
    """The moment of a token: now, so much later, or what was joined."""
    if token.kind == kinds.NOW:
        return Moment(now=True)
    if isinstance(token.value, Length):
        return Moment(delay=token.value.time)
    assert isinstance(token.value, Moment)
    return token.value
