"""A text becomes what it asks for: words, forms, moments, and then one of the ways to ask (`ranges.py`)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from bot.when import forms, kinds
from bot.when.ask import Ask, Moment, in_zone, moved_by, on_day, own_day, sharing_day, with_other
from bot.when.clocks import Day, Daypart, Length
from bot.when.hours import hours, lone_hours
from bot.when.lexer import tokens as lex
from bot.when.moments import joined, moment_of
from bot.when.ranges import PATTERNS, SEP, length_in
from bot.when.rest import SAYS_NOTHING, rest_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.when.fold import Folded
    from bot.when.kinds import Token
    from bot.when.lexicon import Lexicon


@dataclass(slots=True)
class Parsed:
    """All that a text says about time."""

    #: More than one: which of them is meant was not said.
    asks: list[Ask] = field(default_factory=list)
    #: The same with what may belong to the purpose: `14-16 sat solver`, on a Saturday.
    perhaps: list[Ask] = field(default_factory=list)
    #: A start without an end, and whatever else was understood of a text that asks for no range.
    start: Moment | None = None
    #: More than one start, and which of them is meant was not said.
    starts: list[Moment] = field(default_factory=list)
    day: Day | None = None
    #: The part of that day.
    part: Daypart | None = None
    length: Length | None = None
    vague: bool = False
    broken: bool = False
    #: A time stands before the range that has no part in it: `move my 2pm slot to 4-6pm`.
    unsure: bool = False
    repeats: bool = False
    question: bool = False
    rest: str = ""
    #: The letters of the words that were not used.
    unused: str = ""

    @property
    def says_something(self) -> bool:
        """Whether there is anything about time in it."""
        return bool(self.asks or self.start or self.day or self.length or self.vague)


def row_of(folded: Folded, words: Lexicon, of: forms.Habits, *, length_only: bool = False) -> list[Token]:
    """The words of a text, with clock times, lengths and days made out. `length_only`: 14h is no clock time here."""
    return lone_hours(hours(forms.reduce(lex(folded, words), of), of), length_only=length_only)


def parse(tokens: Sequence[Token], folded: Folded) -> Parsed:
    """Everything a row of words says about time."""
    row = joined(tokens, folded)
    purpose = _purpose_start(row)
    parsed = _Reader(row, purpose, folded).read()
    if not parsed.asks and purpose < len(row):
        parsed = _Reader(row, len(row), folded).read()
    parsed.question = any(token.kind == kinds.ASKING for token in row) or _begins_asking(row)
    return parsed


def _begins_asking(row: Sequence[Token]) -> bool:
    """`is gpu0 free tomorrow 2-4pm`, without its mark."""
    first = next((token for token in row if token.kind != kinds.SPACE), None)
    return first is not None and first.kind == kinds.TEXT and first.value == "asks"


def _purpose_start(row: Sequence[Token]) -> int:
    """Where a purpose begins: a `for` with no time after it."""
    solid = [i for i, token in enumerate(row) if token.kind not in " @g"]
    for here, following in zip(solid, [*solid[1:], None], strict=True):
        time_follows = following is not None and row[following].kind in "lyXDSLQERAP&Fkωδψ"
        if row[here].kind == kinds.FOR and not time_follows:
            return here
    return len(row)


#: Words about days that no form took.
_DAYS_UNREAD = "OWkωδeYoJψ"
#: Where the purpose begins behind a range, perhaps with the mark of a year or a month: 2025年データ, 月面画像, 周志明.
_PURPOSE = re.compile(f"[oYeJ]?{kinds.OTHER}")
#: What must be done by then: `10-12 before friday`.
_DUE = re.compile("[BVU]F?$")
_ONLY_DAYS = re.compile("(?P<days>D(?:[&+]D)+)x*")
_CHAIN = re.compile(f"X{SEP}X{SEP}X")


@dataclass(slots=True)
class _Match:
    start: int
    end: int
    ask: Ask


class _Reader:
    """Reads one row of tokens; knows which of them were used, so that the rest can be told."""

    def __init__(self, row: Sequence[Token], purpose: int, folded: Folded) -> None:
        self.row = row
        self.folded = folded
        self.places = [i for i in range(purpose) if row[i].kind not in SAYS_NOTHING]
        self.solid = [row[i] for i in self.places]
        self.letters = forms.letters(self.solid)
        self.used: set[int] = set()

    def read(self) -> Parsed:
        """All that the row says."""
        matches = self._matches()
        parsed = Parsed(asks=[match.ask for match in matches])
        parsed.repeats = kinds.EVERY in self.letters and self._has_time()
        parsed.broken = self._is_broken(matches)
        if matches:
            parsed.asks = self._with_loose_days(matches)
            parsed.asks = self._with_loose_length(matches, parsed.asks)
            if self._says_more(matches):
                parsed.asks = []
                parsed.day = self._last_week()
            parsed.vague = not parsed.asks
            parsed.unsure = (
                self._has_unused(kinds.MOMENT, matches[0].start)
                or self._has_other_length(matches[0])
                or self._has_other_day(matches[0])
                or self._has_named_day(matches[0])
            )
            parsed.unsure = parsed.unsure or self._is_denied(matches[0])
            parsed.asks = self._with_other_starts(matches, parsed.asks)
            self._use_loose_zone(parsed)
            parsed.perhaps = self._perhaps(parsed.asks)
        elif days := self._days_apart():
            parsed.asks = days
        else:
            self._read_parts(parsed)
        parsed.rest = rest_of(self.row, {self.places[i] for i in self.used}, self.folded)
        parsed.unused = "".join(letter for i, letter in enumerate(self.letters) if i not in self.used)
        return parsed

    def _has_time(self) -> bool:
        return any(letter in "XDSlRPL" for letter in self.letters)

    def _is_broken(self, matches: list[_Match]) -> bool:
        """Whether something impossible stands where a time should: next to a time, or alone."""
        if kinds.BROKEN not in self.letters:
            return False
        if not matches:
            return True
        last = max(match.end for match in matches)
        return kinds.BROKEN in self.letters[: last + 1] or bool(re.search("[-~TUtK]!|![-~TUtKu]", self.letters))

    def _matches(self) -> list[_Match]:
        for each in PATTERNS:
            found = []
            matches = () if each.unless.search(self.letters) else each.pattern.finditer(self.letters)
            for match in matches:
                ask = each.build(self.solid[match.start() : match.end()])
                if ask:
                    found.append(_Match(match.start(), match.end(), ask))
            if found:
                for used in found:
                    self._use(used.start, used.end)
                return found
        return []

    def _use(self, start: int, end: int) -> None:
        self.used.update(range(start, end))

    # Days that stand apart from the range.

    def _with_loose_days(self, matches: list[_Match]) -> list[Ask]:
        asks = [match.ask for match in matches]
        if len(asks) > 1:
            return sharing_day(self._distinct(asks))
        loose = self._loose_days(matches[0])
        ask = asks[0]
        if not loose:
            return asks
        if self._starts_vaguely(ask, loose):
            return []
        own = own_day(ask)
        if own is None:
            self.used.update(loose)
            moved = [on_day(ask, self.solid[i]) for i in loose]
            return [ask, *moved] if self._is_no_day_of(matches[0], loose) else moved
        beside = [i for i in loose if self._is_alternative(i)]
        self.used.update(beside)
        return asks + [on_day(ask, self.solid[i]) for i in beside]

    def _perhaps(self, asks: list[Ask]) -> list[Ask]:
        """What the text asks for if the days, zones and parts of the day that are in doubt are the range's."""
        doubtful = [
            token.value for token in self.solid if token.kind == kinds.OTHER and isinstance(token.value, Moment)
        ]
        return [moved for ask in asks for moment in doubtful if (moved := moved_by(ask, moment))]

    def _starts_vaguely(self, ask: Ask, loose: list[int]) -> bool:
        """`tomorrow until 6pm`: from when? (`today until 6pm` is from now.)"""
        if ask.start is not None or ask.end is None or ask.end.clock is None or ask.end.day is not None:
            return False
        return any(moment_of(self.solid[i]).day != Day(offset=0) for i in loose)

    @staticmethod
    def _distinct(asks: list[Ask]) -> list[Ask]:
        return list(dict.fromkeys(asks))

    def _loose_days(self, match: _Match) -> list[int]:
        return [
            i
            for i, token in enumerate(self.solid)
            if token.kind == kinds.DAY and not match.start <= i < match.end and isinstance(token.value, Moment)
        ]

    def _is_no_day_of(self, match: _Match, loose: list[int]) -> bool:
        """Whether days that stand apart may belong to something else: a second choice, or the purpose."""
        second_choice = match.end <= loose[0] and self.letters[loose[0] - 1] == kinds.OR
        due = _DUE.search(self.letters[match.end : loose[0]])
        return (
            bool(due)
            or second_choice
            or self._is_behind_text(match.end, loose)
            or self._is_what_for(match.end, loose[0])
        )

    def _is_behind_text(self, end: int, loose: list[int]) -> bool:
        """`10-12 fix the demo for friday`: is it on Friday, or for it?"""
        return all(i >= end and any(_is_text(token) for token in self.solid[end:i]) for i in loose)

    def _is_what_for(self, end: int, place: int) -> bool:
        """`10-12 for the monday demo`: on Monday, or today?"""
        return place >= end and bool(re.match("fDx", self.letters[place - 1 :]))

    def _is_alternative(self, place: int) -> bool:
        """Whether a second day belongs to the range (`mon and wed 9-12`), or to the purpose."""
        beside = self.letters[max(place - 1, 0) : place] + self.letters[place + 1 : place + 2]
        return any(letter in "|&,+/DXlSu" for letter in beside)

    def _with_loose_length(self, matches: list[_Match], asks: list[Ask]) -> list[Ask]:
        """`13-18 for 2h` says two things; `a week from friday 10-12` is not understood."""
        if len(matches) != 1 or len(asks) != 1 or asks[0].end is None or asks[0].start is None:
            return asks
        start, end = matches[0].start, matches[0].end
        after = re.match(r",?f?(l)(?!x)|,?f(l)", self.letters[end:])
        before = re.search(r"l,?$", self.letters[:start])
        if after or before:  # 2時間（13時〜15時）
            place = end + after.end() - 1 if after else before.start() if before else 0
            self._use(min(place, end), max(place + 1, start))
            return [replace(asks[0], length=length_in([self.solid[place]]))]
        return (
            []
            if re.search(r"lF?$", self.letters[:start])
            or (self.letters[start : start + 2] == "FD" and self.letters[start - 1 : start] == "l")
            else asks
        )

    def _says_more(self, matches: list[_Match]) -> bool:
        """Whether a word about days was not understood (`next week 10-12`): the range may be on any of them.

        After the range and a word that is not about time, it belongs to the purpose.
        """
        last = max(match.end for match in matches)
        if matches[0].ask.start is None and self._has_unused(kinds.MOMENT, last):
            return True  # `14時に来て16時まで` does not begin now
        if re.search(r"[^ ,(~-]-$", self._before(matches[0])):
            return True  # mn-fri 9-5
        if matches[0].ask.start is None and kinds.DAYPART in self.letters[: matches[0].start]:
            return True  # `evening until 10pm` does not begin now either
        if len(matches) == 1 and not matches[0].ask.each_day and _CHAIN.search(self.letters):
            return True  # 13:00-15:00-17:00
        purpose = _PURPOSE.search(self.letters, last)
        scope = self.letters[: purpose.start()] if purpose else self.letters
        unread = [self.solid[i] for i, letter in enumerate(scope) if letter in _DAYS_UNREAD and i not in self.used]
        if own_day(matches[0].ask):  # `weekend run: fri 6pm till sun 8am`
            unread = [token for token in unread if token.value != "weekend"]
        return bool(unread)

    def _before(self, match: _Match) -> str:
        """The letters before a match, spaces included."""
        return forms.letters(self.row[: self.places[match.start]])

    def _is_denied(self, match: _Match) -> bool:
        """`13時から15時は使いません`; in `not 10-12`, `except friday` the word stands right before what it denies."""
        places = [i for i, letter in enumerate(self.letters) if letter == kinds.NOT]
        return any(
            self.solid[i].value != "before" or i == match.start - 1 or self.letters[i + 1 : i + 2] == kinds.DAY
            for i in places
        )

    def _has_other_length(self, match: _Match) -> bool:
        """`2h today between 14:00 and 18:00` says how long as well."""
        before = re.search(r"l[DpF,]*$", self.letters[: match.start])
        return before is not None and before.start() not in self.used

    def _has_other_day(self, match: _Match) -> bool:
        """`tomorrow's demo 10-12`: is that today? (`for tomorrow's demo 10-12` is.)"""
        before = [i for i, token in enumerate(self.solid[: match.start]) if token.value == kinds.OF_A_DAY]
        return own_day(match.ask) is None and any(self.letters[max(i - 1, 0)] != kinds.FOR for i in before)

    def _has_named_day(self, match: _Match) -> bool:
        """`sports day 10-12`: which day is that?"""
        return own_day(match.ask) is None and self.letters[: match.start].rstrip(",F").endswith("xj")

    def _has_unused(self, kind: str, end: int) -> bool:
        return any(letter == kind and i not in self.used for i, letter in enumerate(self.letters[:end]))

    def _with_other_starts(self, matches: list[_Match], asks: list[Ask]) -> list[Ask]:
        """`2pm or 3pm for 2h`, `10-12 or 14`: a second start offered beside the range."""
        if len(matches) != 1 or len(asks) != 1 or (asks[0].start is None and asks[0].end is None):
            return asks
        found = list(asks)
        for match in re.finditer(r"X(?=[|])|(?<=[|])X", self.letters):
            if match.start() not in self.used:
                value = self.solid[match.start()].value
                assert isinstance(value, Moment)
                found.append(with_other(asks[0], value))
                self.used.add(match.start())
        return found

    def _use_loose_zone(self, parsed: Parsed) -> None:
        for place, token in enumerate(self.solid):
            if token.kind == kinds.ZONE and isinstance(token.value, Moment) and place not in self.used:
                self.used.add(place)
                parsed.asks = [in_zone(ask, token.value.zone) for ask in parsed.asks]

    def _days_apart(self) -> list[Ask]:
        """`monday + wednesday`: all day on each, and two bookings."""
        match = _ONLY_DAYS.fullmatch(self.letters)
        if match is None:
            return []
        self._use(0, match.end("days"))
        moments = [moment_of(token) for token in self.solid[: match.end("days")] if token.kind == kinds.DAY]
        return [] if any(moment.part for moment in moments) else [Ask(moment, whole="") for moment in moments]

    # What is left to say of a text that asks for no range.

    def _read_parts(self, parsed: Parsed) -> None:
        starts = [i for i, letter in enumerate(self.letters) if letter in "XP"]
        days = [i for i, letter in enumerate(self.letters) if letter == kinds.DAY]
        lengths = [i for i, letter in enumerate(self.letters) if letter == kinds.LENGTH]
        until = re.search(rf"D{SEP}X|VX", self.letters)
        parsed.vague = any(letter in "VQkpGRLδωμψ" for letter in self.letters) or bool(
            until or re.search("U.", self.letters)
        )
        if kinds.NOW in self.letters:
            parsed.start = Moment(now=True)
        if starts and not until:
            parsed.start = moment_of(self.solid[starts[0]])
            if days and parsed.start.day is None:
                parsed.start = replace(parsed.start, day=moment_of(self.solid[days[0]]).day)
        if re.search(r"X\|X", self.letters):
            day = parsed.start.day if parsed.start else None
            parsed.starts = [replace(m, day=m.day or day) for m in map(moment_of, (self.solid[i] for i in starts))]
            self.used.update(starts)
        if days:
            named = moment_of(self.solid[days[0]])
            parsed.day = named.day
            if {kinds.DAYPART, kinds.VAGUE}.isdisjoint(
                self.letters
            ):  # of `tomorrow morning to evening` it would be half
                parsed.part = named.part or (named.day.part if named.day else None)
        else:
            parsed.day = self._last_week()
        parsed.vague = parsed.vague or bool(lengths)
        if lengths and (days or starts):
            parsed.length = length_in([self.solid[lengths[0]]])
        self.used.update(starts[:1], days[:1], lengths[:1])

    def _last_week(self) -> Day | None:
        """The last day of a week that is named by itself and is over."""
        weeks = next((int(str(token.value)) for token in self.solid if token.kind == kinds.WEEK), 0)
        return Day(weekday=6, week=weeks) if weeks < 0 else None


def _is_text(token: Token) -> bool:
    return token.kind == kinds.OTHER and token.value != kinds.COUNTED
