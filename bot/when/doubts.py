"""Days, zones and parts of the day that may belong to the purpose instead: `14-16 sat solver`, `13-18 2nd attempt`.

Once a whole range has been read, what stands behind it and right before words of the purpose may move it only where
it can be nothing else. What is left in doubt stays a part of the text, with the moment it may be as its value: it may
settle what is open, and what is clear it does not move but offers both ways (`reader.py`).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bot.when import kinds, zones
from bot.when.ask import Moment
from bot.when.clocks import Day, Daypart
from bot.when.languages import LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.when.fold import Folded
    from bot.when.kinds import Token

#: Words of a lab that are days or parts of the day as well: sat, dim, jeu, night.
_WORDS = {word.strip() for language in LANGUAGES.values() for word in language.also_words.split(",")}
#: `1/2 precision`, `3/4 of the data`; `6/15 resnet` is a date.
_FRACTION = re.compile(r"1/(?:[2-9]|10|16)|2/3|3/4")
_CJK = "\u3000"
#: Small words may stand before those of the purpose: 明日までの課題.
_PURPOSE = re.compile(r"(u)(?= |$)|[ gupGE]*([xsc#n])")
_DIRECTLY = re.compile(r"[ .gƒF]*([xsc#n])")
#: `14h-16h SAM 2`
_ONE_NUMBER = re.compile(r" (C)(?! ?[-~TUKu&|])")
#: 来週の発表用; `来週 学習` may be on any day of it.
_ATTACHED = re.compile(r"g*([xsc#])")
_WEEK_OR_MORE = kinds.WEEK + kinds.MONTH_SHIFT + kinds.YEAR_SHIFT
_TIMES = kinds.LENGTH + kinds.MOMENT + kinds.DELAY + kinds.NOW
_MACHINES = ("gpu", "gpus")


def in_doubt(
    token: Token, following: Sequence[Token], row: Sequence[Token], gap: Sequence[Token], folded: Folded
) -> Token:
    """The token, or the same as a part of the text where it may be one.

    `row` is what was joined before it, `gap` what stands between.
    """
    if not _is_doubtful(token, following, row, gap, folded):
        return token
    named = token.kind == kinds.ZONE and not (row and row[-1].kind in _TIMES)  # pose est benchmark
    return token._replace(kind=kinds.OTHER, value=None if named else _moment(token.value))


def _moment(value: object) -> Moment | None:
    """What a doubtful token would say of the range."""
    if isinstance(value, Day):
        return Moment(day=value)
    if isinstance(value, Daypart):
        return Moment(part=value)
    return Moment(zone=value) if isinstance(value, str) else None


def _is_doubtful(
    token: Token, following: Sequence[Token], row: Sequence[Token], gap: Sequence[Token], folded: Folded
) -> bool:
    written = folded.text[token.start : token.end]
    if isinstance(token.value, Day) and _is_over(token.value):
        after_text = bool(row) and row[-1].kind == kinds.OTHER
        return _is_range(row) and (after_text or _text_follows(following, _PURPOSE))
    behind = _is_range(row) and all(each.kind in " ,gu" for each in gap)
    is_cjk = max(written) > _CJK
    if token.kind == kinds.ZONE:
        return _is_doubtful_zone(token, folded, behind=behind) and _text_follows(following, _DIRECTLY)
    if token.kind == kinds.DAYPART:
        return behind and (is_cjk or written in _WORDS) and _text_follows(following, _PURPOSE)
    if token.kind in _WEEK_OR_MORE:
        over = isinstance(token.value, int) and token.value < 0
        apart = over or token.kind == kinds.YEAR_SHIFT  # `내년 과제`: no day of a year is meant
        return behind and (is_cjk or over) and _text_follows(following, _PURPOSE if apart else _ATTACHED)
    if written in _WORDS:
        return _text_follows(following, _DIRECTLY) or (behind and _text_follows(following, _ONE_NUMBER))
    return behind and isinstance(token.value, Day) and _is_doubtful_day(token.value, written, following)


def _is_over(day: Day) -> bool:
    """Nobody books yesterday: `14-16 yesterday run again`, `17-19 same as yesterday`."""
    return day.offset is not None and day.offset < 0


def _is_doubtful_day(day: Day, written: str, following: Sequence[Token]) -> bool:
    """Whether a day behind a range is; in Japanese, Korean and Chinese it comes first."""
    if max(written) > _CJK:
        return _text_follows(following, _PURPOSE)
    is_number = day == Day(day=day.day) or _FRACTION.fullmatch(written)
    return bool(is_number) and _text_follows(following, _DIRECTLY)


def _is_doubtful_zone(token: Token, folded: Folded, *, behind: bool) -> bool:
    """`AST parsing`, `est. runtime 2h`, `in Berlin data`."""
    written = folded.text[token.start : token.end]
    if written in zones.ALSO_WORDS:
        return written not in zones.WORDS_IN_SMALL or not folded.cut(token.start, token.end).isupper()
    return behind and written.startswith("in ")


def _is_range(row: Sequence[Token]) -> bool:
    """Whether a whole range, or a start and a length, has been read."""
    times = sum(token.kind in _TIMES[1:] for token in row)
    return times > 1 or any(token.kind == kinds.LENGTH for token in row)


def _text_follows(following: Sequence[Token], where: re.Pattern[str]) -> bool:
    match = where.match("".join(token.kind for token in following))
    return match is not None and following[match.end() - 1].value not in (kinds.COUNTED, "asks", *_MACHINES)
