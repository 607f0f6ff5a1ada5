"""Hours without a mark: a bare number is a clock time only where the words around it make it one.

`13-18` is a pair of hours, `13 layers` is not; `until 18`, `tomorrow 13 for 2h` and `13から` need the hour.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from bot.when import kinds
from bot.when.clocks import Clock, clock
from bot.when.forms import Habits, HourOrLength, length_of, letters
from bot.when.kinds import Token

if TYPE_CHECKING:
    from collections.abc import Sequence


_SEP = r"(?: ?K? ?(?:[-~TtUm&]|-~) ?(?:[@g] ?)?| ?K ?)"
_END = r"(?![./:]?n)"


def _bare(token: Token, of: Habits) -> Clock:
    written = str(token.value)
    if _is_hhmm(token):
        return clock(int(written[:-2]), int(written[-2:]), written="0")
    if len(written) > 4:
        raise ValueError(written)
    return clock(int(token.value), written=written, latest=of.latest_hour)  # type: ignore[call-overload]


def _as_clock(token: Token, of: Habits) -> Clock:
    if isinstance(token.value, HourOrLength):
        value = token.value
        exact = value.minutes is not None
        face = clock(value.hours, value.minutes or 0, written=value.written, exact=exact, latest=of.latest_hour)
        return replace(face, bare=face.open) if value.spoken else face
    return _bare(token, of)


#: Two hours and what stands between them; the tokens stay apart, so these are not forms.
_PAIR = re.compile(
    rf"(?<![-./:n¤])(?<!(?<![nC])\+)(?P<a>[n9Ny])g?(?: ?p)?(?P<sep>{_SEP})(?:[pD] ?g?)*(?P<b>[n9NyC]){_END}(?![-/][n9])"
    rf"|(?P<c>C ?p?(?P<sep2>{_SEP})(?:[pD] ?g?)*)(?P<d>[n9Ny])(?! ?c){_END}"
)
_SINGLE = re.compile(
    r"(?:(?<=[FUmt@D])|(?<=[FUmt@Dp] )|(?<=R T )|(?<=R-)|(?<=R - )|(?<=p)|(?<=Dg)|(?<=[Dp]g )|(?<=Dp ))"
    r"(?P<e>[nNy])(?![-./:]?[n9])(?! ?[-~cdoOYsx#]| F C)"
    r"|(?<![-./:+n¤])(?<!A )(?P<f>[ny])(?= D ?(?:p ?)?[-~TU]| ?g?[KGu]"
    r"| ?p(?! ?[nC])| ?\+ ?l| ?\| ?[nCy]| (?:f ?)l$)(?<!\+n)"
    r"|(?<=[TU] )(?P<h>n)(?= D)|(?<=\| )(?P<g>[n9y])(?= ?[-~TK]| ?f ?l|$)"
)


def hours(tokens: list[Token], of: Habits) -> list[Token]:
    """Make the numbers into clock times that stand where a clock time must."""
    tokens = _dotted_clocks(tokens)
    row = letters(tokens)
    for pattern in (_PAIR, _SINGLE):
        found = list(tokens)
        for match in _overlapping(pattern, row):
            if match.re is _PAIR and _has_length(match, tokens, of):
                continue
            numbers = [i for i in _numbers_in(match) if match.re is _PAIR or not _is_length(tokens[i])]
            rings = any(_is_no_hhmm(found[index]) for index in numbers) or _are_hundreds(found, numbers)
            for index in numbers:
                found[index] = found[index]._replace(kind=kinds.OTHER) if rings else _hour(found[index], of)
        tokens, row = found, letters(found)
    return tokens


def _overlapping(pattern: re.Pattern[str], row: str) -> list[re.Match[str]]:
    matches, position = [], 0
    while match := pattern.search(row, position):
        matches.append(match)
        position = max(match.end() - 1, match.start() + 1)
    return matches


def _numbers_in(match: re.Match[str]) -> list[int]:
    return [match.start(name) for name, text in match.groupdict().items() if text and len(text) == 1 and text in "n9Ny"]


def _has_length(match: re.Match[str], tokens: Sequence[Token], of: Habits) -> bool:
    """`2h until 18:00` begins with a length where `h` is no clock's, `13時から2h` ends with one."""
    separator = match["sep"] or match["sep2"]
    if match["b"] == kinds.CLOCK and "U" in separator:
        return _is_length(tokens[match.start("a")])
    end = tokens[match.start("b") if match["b"] else match.start("d")]
    if "K" in separator:
        return _is_length(end)
    if match["c"] is None or of.code not in ("ja", "ko", "zh") or not isinstance(end.value, HourOrLength):
        return False
    start = tokens[match.start("c")].value
    return _is_length(end) and isinstance(start, Clock) and end.value.hours * 60 <= start.minutes  # 10時〜6h


def _is_length(token: Token) -> bool:
    value = token.value
    return isinstance(value, HourOrLength) and not value.says_clock and value.hours <= 12


def _is_hhmm(token: Token) -> bool:
    return token.kind in "n9" and len(str(token.value)) in (3, 4)


def _are_hundreds(tokens: Sequence[Token], places: Sequence[int]) -> bool:
    """100-200 counts something; 0100-0200 is a night."""
    written = [str(tokens[place].value) for place in places]
    return len(written) == 2 and all(len(each) == 3 and each.endswith("00") for each in written)


def _is_no_hhmm(token: Token) -> bool:
    """555-1234 rings, it does not book."""
    return _is_hhmm(token) and int(str(token.value)) % 5 > 0


def _hour(token: Token, of: Habits) -> Token:
    try:
        return token._replace(kind=kinds.CLOCK, value=_as_clock(token, of))
    except ValueError:
        if _is_hhmm(token):
            return token._replace(kind=kinds.OTHER)  # 5090 is a card
        return token if token.kind == kinds.CLOCK else token._replace(kind=kinds.BROKEN)


def _dotted_clocks(tokens: list[Token]) -> list[Token]:
    """`9.30-11.00`: dots are colons where two such stand in a range, or the word says clock."""
    row = letters(tokens)
    found = list(tokens)
    starts = [match.start() for match in _DOTTED.finditer(row)]
    if not all(_is_dotted(tokens[start], tokens[start + 2]) for start in starts):
        return tokens
    for start in reversed(starts):
        hour, minute = int(str(tokens[start].value)), int(str(tokens[start + 2].value))
        found[start : start + 3] = [_dotted(tokens[start], hour, minute, tokens[start + 2].end)]
    return found


def _is_dotted(hour: Token, minute: Token) -> bool:
    """9.30 is a clock time; 3.11 counts versions."""
    written, minutes = str(hour.value), str(minute.value)
    return len(minutes) == 2 and int(minutes) % 5 == 0 and len(written) <= 2 and written != "0"


_DOTTED = re.compile(
    r"(?<![-./:+n])n\.n(?= ?K?[-~TUt&] ?(?:@ ?)?(?:[pD] ?)*n(?:\.n|(?! ?[ijMJ]))(?![./:]n)"
    r"| ?K?[-~TUt] ?(?:@ ?)?(?:[pD] ?)*C| ?H)"
    r"|(?:(?<=[-~TUtK])|(?<=[-~TUtK@] )|(?<=[F@] ))n\.n(?![-./:]n| ?[ijMJ])"
)


def _dotted(token: Token, hour: int, minute: int, end: int) -> Token:
    try:
        value = clock(hour, minute, exact=True)
    except ValueError:
        return Token(kinds.BROKEN, None, token.start, end)
    return Token(kinds.CLOCK, value, token.start, end)


def lone_hours(tokens: list[Token], *, length_only: bool) -> list[Token]:
    """Decide what each `13h` or `2h` is that no range decided."""
    decided = list(tokens)
    solid = [i for i, token in enumerate(tokens) if token.kind not in " g"]
    for place, index in enumerate(solid):
        value = tokens[index].value
        if isinstance(value, HourOrLength):
            before = "f" if length_only else tokens[solid[place - 1]].kind if place else ""
            after = "".join(tokens[i].kind for i in solid[place + 1 : place + 3])
            decided[index] = _decided(tokens[index], value, before, after)
    return decided


def _decided(token: Token, value: HourOrLength, before: str, following: str) -> Token:
    after = following[:1]
    is_clock = (
        before != "f"
        and following != "FC"  # morgen 2h ab 13 Uhr
        and (value.says_clock or (value.hours > 6 and following in ("fl", "fy")))  # 15h for 2h
        and ((before in "@FUtDpK" and before) or after == "f" or value.hours > 6)
    )
    if (is_clock or (after in "uK" and after)) and before not in ("C", "f"):
        if value.hours > 24 or (value.minutes or 0) > 59:
            return token._replace(kind=kinds.BROKEN)
        face = clock(value.hours, value.minutes or 0, written=value.written)
        return token._replace(kind=kinds.CLOCK, value=face)
    return token._replace(kind=kinds.LENGTH, value=length_of(value))
