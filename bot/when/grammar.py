"""The grammar of large things: a row of clock times, days and lengths becomes what is asked for, an `Ask`.

Nothing here knows the date: `resolve.py` does.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from bot.when import forms, kinds, zones
from bot.when.clocks import Clock, Day, Daypart, Length, clock
from bot.when.forms import HourOrLength
from bot.when.hours import hours
from bot.when.kinds import Token
from bot.when.lexer import tokens as lex

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bot.when.fold import Folded
    from bot.when.lexer import Lexicon


@dataclass(frozen=True, slots=True)
class Moment:
    """One side of a range, as it was said."""

    day: Day | None = None
    clock: Clock | None = None
    part: Daypart | None = None
    zone: str | None = None
    instant: str | None = None
    delay: timedelta | None = None
    now: bool = False
    part_after: bool = False
    day_after: bool = False


@dataclass(frozen=True, slots=True)
class Ask:
    """What one text asks for. An end or a length without a start begins now."""

    start: Moment | None = None
    end: Moment | None = None
    length: Length | None = None
    #: "" for whole days; "weekend", "week".
    whole: str | None = None
    #: The range was written with a word (`10pm to 6am`), not with a dash.
    worded: bool = False
    #: The day and hours say "each day", or the whole stretch: `3-5 Dec 10:00-12:00`.
    each_day: bool = False


@dataclass(slots=True)
class Parsed:
    """All that a text says about time."""

    #: More than one: which of them is meant was not said.
    asks: list[Ask] = field(default_factory=list)
    #: A start without an end, and whatever else was understood of a text that asks for no range.
    start: Moment | None = None
    day: Day | None = None
    length: Length | None = None
    vague: bool = False
    broken: bool = False
    repeats: bool = False
    question: bool = False
    rest: str = ""

    @property
    def says_something(self) -> bool:
        """Whether there is anything about time in it."""
        return bool(self.asks or self.start or self.day or self.length or self.vague)


def parse(folded: Folded, words: Lexicon, of: forms.Habits, *, length_only: bool = False) -> Parsed:
    """Everything a text says about time. `length_only`: 14h is no clock time here."""
    row = hours(forms.reduce(lex(folded, words), of), of)
    row = _joined(_lone_hours(row, length_only=length_only))
    purpose = _purpose_start(row)
    parsed = _Reader(row, purpose, folded).read()
    if not parsed.asks and purpose < len(row):
        parsed = _Reader(row, len(row), folded).read()
    parsed.question = any(token.kind == kinds.ASKING for token in row)
    return parsed


def _purpose_start(row: Sequence[Token]) -> int:
    """Where a purpose begins: a `for` with no time after it."""
    solid = [i for i, token in enumerate(row) if token.kind not in " @g"]
    for here, following in zip(solid, [*solid[1:], None], strict=True):
        time_follows = following is not None and row[following].kind in "lyXDSLQERAP&F"
        if row[here].kind == kinds.FOR and not time_follows:
            return here
    return len(row)


def _lone_hours(tokens: list[Token], *, length_only: bool) -> list[Token]:
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
        and (value.says_clock or (value.hours > 6 and following in ("fl", "fy")))  # 15h for 2h
        and ((before in "@FUtDpK" and before) or after == "f" or value.hours > 6)
    )
    if (is_clock or (after in "uK" and after)) and before not in ("C", "f"):
        if value.hours > 24 or (value.minutes or 0) > 59:
            return token._replace(kind=kinds.BROKEN)
        face = clock(value.hours, value.minutes or 0, written=value.written)
        return token._replace(kind=kinds.CLOCK, value=face)
    return token._replace(kind=kinds.LENGTH, value=Length(_time(value)))


def _time(value: HourOrLength) -> timedelta:
    return timedelta(hours=value.hours, minutes=value.minutes or 0)


# --- moments ---

_NOUNS = (kinds.LABEL, kinds.COUNTER, kinds.COUNTER_OR_LABEL)
_ATOMS = "DCpzI"
_BETWEEN_ATOMS = " @gt,():F"


def _joined(tokens: Sequence[Token]) -> list[Token]:
    """Join days, parts of the day, clock times and zones that stand together into moments."""
    row: list[Token] = []
    gap: list[Token] = []
    for token in tokens:
        if token.kind == kinds.ZONE and token.value in zones.ALONE and not (row and _has_meridiem(row[-1])):
            token = token._replace(kind=kinds.OTHER)  # noqa: PLW2901 - PT is a zone in `3pm PT` only
        if token.kind in _NOUNS:
            token = token._replace(kind=kinds.OTHER)  # noqa: PLW2901 - it counted nothing: a word like any other
        previous = row[-1] if row and isinstance(row[-1].value, Moment) else None
        if token.kind in _ATOMS:
            moment = _with(_moment(previous) if previous else None, token, gap)
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
        return None if moment.zone or (moment == Moment() and False) else replace(moment, zone=value)
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
    if day is None or any(token.kind == kinds.FROM for token in gap):
        return None
    return replace(moment, day=day, part=moment.part or value.part)


def _same_day(first: Day, second: Day) -> Day | None:
    """`12/3 (Thu)`, `tomorrow, Dec 3`: one day said twice. The weekday is checked against the date later."""
    for a, b in ((first, second), (second, first)):
        if b.weekday is not None and a.weekday is None and b.week is None:
            return replace(a, weekday=b.weekday)
        if a.day is not None and b.offset is not None and a.offset is None:
            return replace(a, offset=b.offset)
        if a.week is not None and a.weekday is None and b.weekday is not None:
            return replace(b, week=a.week)
    return None


# --- ranges ---


class _Pattern(NamedTuple):
    pattern: re.Pattern[str]
    unless: re.Pattern[str]
    build: Callable[[Sequence[Token]], Ask | None]


#: Words about days that no form took.
_DAYS_UNREAD = "OWkωδeYoJ"
#: Says nothing between two times.
_DROPPED = " @g():?"
_SEP = "(?:K?,?[-~/TUt]+,?|K,?)"
_START = "[XDRP]"
_CHAIN = re.compile(f"X{_SEP}X{_SEP}X")

_PATTERNS: list[_Pattern] = []


def _asks(pattern: str, unless: str = "$.") -> Callable[[Any], Any]:
    """Add a way to ask for a range. The first way that is found in a text is the way it asks.

    `unless`: what must not stand anywhere in the text.
    """

    def add(build: Callable[[Sequence[Token]], Ask | None]) -> Any:
        _PATTERNS.append(_Pattern(re.compile(pattern), re.compile(unless), build))
        return build

    return add


def _moments(tokens: Sequence[Token]) -> list[Moment]:
    return [_moment(token) for token in tokens if token.kind in "XDRP"]


def _moment(token: Token) -> Moment:
    if token.kind == kinds.NOW:
        return Moment(now=True)
    if isinstance(token.value, Length):
        return Moment(delay=token.value.time)
    assert isinstance(token.value, Moment)
    return token.value


def _span_days(tokens: Sequence[Token]) -> tuple[Day, Day]:
    value: Any = next(token.value for token in tokens if token.kind == kinds.DAY_SPAN)
    first, last = value
    return first, last


def _worded(tokens: Sequence[Token]) -> bool:
    return any(token.kind in "TUtK" for token in tokens)


@_asks(rf"F?D{_SEP}X{_SEP}Xu?")
def _days_and_hours(tokens: Sequence[Token]) -> Ask | None:
    """`mon-fri 9-17`: each day, or through? (`Dec 3 - 10:00-12:00` is only a dash.)"""
    day, start, end = _moments(tokens)
    if start.day is None:
        return Ask(replace(start, day=day.day), end, worded=_worded(tokens))
    return Ask(replace(start, day=day.day), replace(end, day=start.day), each_day=True)


@_asks(rf"F?X{_SEP}X{_SEP}Du?")
def _hours_and_days(tokens: Sequence[Token]) -> Ask | None:
    """`9-17 mon-fri`."""
    start, end, last = _moments(tokens)
    if end.day is None or not end.day_after or start.day:
        return Ask(start, end, worded=_worded(tokens))
    return Ask(replace(start, day=end.day), replace(end, day=last.day), each_day=True)


@_asks(rf"SK?,?F?X{_SEP}X|X{_SEP}X,?F?S")
def _span_and_hours(tokens: Sequence[Token]) -> Ask | None:
    start, end = _moments(tokens)
    first, last = _span_days(tokens)
    return Ask(replace(start, day=first), replace(end, day=last), each_day=True)


@_asks(r"KX,?uX")
def _labelled_ends(tokens: Sequence[Token]) -> Ask | None:
    """`開始14時 終了17時`."""
    start, end = _moments(tokens)
    return Ask(start, end)


@_asks(rf"F?{_START}{_SEP}F?(?:Xu?|D(?!{_SEP}X)u?)|m{_START}&[XD]u?|m?D&D(?=m)")
def _range(tokens: Sequence[Token]) -> Ask | None:
    start, end = _moments(tokens)
    if start.day and not start.clock and end.clock and not end.day and not start.part:
        return None  # `friday - 18:00`: from when?
    return Ask(start, end, worded=_worded(tokens))


@_asks(r"X,?f?l|Xf?l|XK?[-~,+/]*f?l|[RP]K?[+,]?f?l")
def _start_and_length(tokens: Sequence[Token]) -> Ask | None:
    length = _length(tokens)
    if any(token.kind in "-~" for token in tokens) and length.time < timedelta(hours=1):
        return None  # 13時15分〜45分 is no length
    return Ask(_moments(tokens)[0], length=length)


@_asks(r"l,?[UT]X|Xug?l|l/X")
def _length_until(tokens: Sequence[Token]) -> Ask | None:
    end = _moments(tokens)[-1]
    return Ask(end=end, length=_length(tokens))


@_asks(r"f?l[FK,-]*[XRP]K?")
def _length_and_start(tokens: Sequence[Token]) -> Ask | None:
    return Ask(_moments(tokens)[0], length=_length(tokens))


@_asks(r"F?Su?")
def _span(tokens: Sequence[Token]) -> Ask | None:
    first, last = _span_days(tokens)
    return Ask(Moment(day=first), Moment(day=last))


@_asks(r"(?:RK?)?,?U(?:X|D)u?|R?K?,?(?:X|D)u|^T[XD]")
def _until(tokens: Sequence[Token]) -> Ask | None:
    return Ask(end=_moments([token for token in tokens if token.kind != kinds.NOW])[0])


@_asks(r"k[,]*L|L[,]*k")
def _all_week(tokens: Sequence[Token]) -> Ask | None:
    week = next(token.value for token in tokens if token.kind == kinds.WEEK)
    whole = next(str(token.value) for token in tokens if token.kind == kinds.ALL_DAY)
    assert isinstance(week, int)
    return Ask(Moment(day=Day(weekday=0, week=week)), whole="weekend" if whole == "weekend" else "week")


@_asks(r"D[K,F]*[fF]*L|L[,fF]*D|L", unless="V|Lp")
def _all_day(tokens: Sequence[Token]) -> Ask | None:
    moments = _moments(tokens)
    whole = next(str(token.value) for token in tokens if token.kind == kinds.ALL_DAY)
    if whole == "all":  # `all tomorrow`, but nothing in `all`
        return Ask(moments[0], whole="") if moments else None
    return Ask(moments[0] if moments else Moment(), whole=whole)


@_asks(r"F?DK?[,/]?f?l|f?l[FK]D")
def _day_and_length(tokens: Sequence[Token]) -> Ask | None:
    """Whole days from a date on. `tomorrow for 3h` lacks a start."""
    length = _length(tokens)
    if tokens[0].kind == kinds.LENGTH and any(token.value == "from" for token in tokens):
        return None  # `a week from friday` is a day
    if not length.whole_days or _moments(tokens)[0].part:
        return None
    return Ask(_moments(tokens)[0], length=length)


@_asks(r"XX(?![-~TUtK|&uf])", unless="[XD]{3}|,X")
def _without_dash(tokens: Sequence[Token]) -> Ask | None:
    """`13:00 18:00`."""
    start, end = _moments(tokens)
    clocks = end.day is None and start.clock and end.clock
    return Ask(start, end) if clocks or (start.instant and end.instant) else None


@_asks(r"flG?|^[^x]*l|lR?u?[^x]*$", unless=r"[XDPpSRVδkω]|l\||\|l")
def _length_from_now(tokens: Sequence[Token]) -> Ask | None:
    return Ask(length=_length(tokens))


def _length(tokens: Sequence[Token]) -> Length:
    value = next(token.value for token in tokens if token.kind == kinds.LENGTH)
    return value if isinstance(value, Length) else Length(_time_of(value))


def _time_of(value: object) -> timedelta:
    assert isinstance(value, HourOrLength)
    return _time(value)


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
        self.places = [i for i in range(purpose) if row[i].kind not in _DROPPED]
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
            parsed.vague = not parsed.asks
            parsed.asks = self._with_other_starts(matches, parsed.asks)
            self._use_loose_zone(parsed)
        else:
            self._read_parts(parsed)
        parsed.rest = self._rest()
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
        for each in _PATTERNS:
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
            return _sharing_day(self._distinct(asks))
        loose = self._loose_days(matches[0])
        ask = asks[0]
        if not loose or self._starts_vaguely(ask, loose):
            return asks if not loose else []
        own = _own_day(ask)
        if own is None:
            self.used.update(loose)
            moved = [_on_day(ask, self.solid[i]) for i in loose]
            return [ask, *moved] if self._is_behind_text(matches[0].end, loose) else moved
        beside = [i for i in loose if self._is_alternative(i)]
        self.used.update(beside)
        return asks + [_on_day(ask, self.solid[i]) for i in beside]

    def _starts_vaguely(self, ask: Ask, loose: list[int]) -> bool:
        """`tomorrow until 6pm`: from when? (`today until 6pm` is from now.)"""
        if ask.start is not None or ask.end is None or ask.end.clock is None or ask.end.day is not None:
            return False
        return any(_moment(self.solid[i]).day != Day(offset=0) for i in loose)

    @staticmethod
    def _distinct(asks: list[Ask]) -> list[Ask]:
        return list(dict.fromkeys(asks))

    def _loose_days(self, match: _Match) -> list[int]:
        return [
            i
            for i, token in enumerate(self.solid)
            if token.kind == kinds.DAY and not match.start <= i < match.end and isinstance(token.value, Moment)
        ]

    def _is_behind_text(self, end: int, loose: list[int]) -> bool:
        """`10-12 fix the demo for friday`: is it on Friday, or for it?"""
        return all(i >= end and kinds.OTHER in self.letters[end:i] for i in loose)

    def _is_alternative(self, place: int) -> bool:
        """Whether a second day belongs to the range (`mon and wed 9-12`), or to the purpose."""
        beside = self.letters[max(place - 1, 0) : place] + self.letters[place + 1 : place + 2]
        return any(letter in "|&,DXlSu" for letter in beside)

    def _with_loose_length(self, matches: list[_Match], asks: list[Ask]) -> list[Ask]:
        """`13-18 for 2h` says two things; `a week from friday 10-12` is not understood."""
        if len(matches) != 1 or len(asks) != 1 or asks[0].end is None or asks[0].start is None:
            return asks
        start, end = matches[0].start, matches[0].end
        after = re.match(r",?f?(l)(?!x)|,?f(l)", self.letters[end:])
        if after:
            place = end + after.end() - 1
            self.used.update(range(end, place + 1))
            return [replace(asks[0], length=_length([self.solid[place]]))]
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
        if matches[0].ask.start is None and kinds.DAYPART in self.letters[: matches[0].start]:
            return True  # `evening until 10pm` does not begin now either
        if len(matches) == 1 and not matches[0].ask.each_day and _CHAIN.search(self.letters):
            return True  # 13:00-15:00-17:00
        end = self.letters.find(kinds.OTHER, last)
        scope = self.letters if end < 0 else self.letters[:end]
        return any(letter in _DAYS_UNREAD and i not in self.used for i, letter in enumerate(scope))

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
                found.append(_with_other(asks[0], value))
                self.used.add(match.start())
        return found

    def _use_loose_zone(self, parsed: Parsed) -> None:
        for place, token in enumerate(self.solid):
            if token.kind == kinds.ZONE and isinstance(token.value, Moment) and place not in self.used:
                self.used.add(place)
                parsed.asks = [_in_zone(ask, token.value.zone) for ask in parsed.asks]

    # What is left to say of a text that asks for no range.

    def _read_parts(self, parsed: Parsed) -> None:
        starts = [i for i, letter in enumerate(self.letters) if letter in "XP"]
        days = [i for i, letter in enumerate(self.letters) if letter == kinds.DAY]
        lengths = [i for i, letter in enumerate(self.letters) if letter == kinds.LENGTH]
        until = re.search(rf"D{_SEP}X|VX", self.letters)
        parsed.vague = any(letter in "VQkpGRLδω" for letter in self.letters) or bool(until)
        if kinds.NOW in self.letters:
            parsed.start = Moment(now=True)
        if starts and not until:
            parsed.start = _moment(self.solid[starts[0]])
            if days and parsed.start.day is None:
                parsed.start = replace(parsed.start, day=_moment(self.solid[days[0]]).day)
        if days:
            parsed.day = _moment(self.solid[days[0]]).day
        parsed.vague = parsed.vague or bool(lengths)
        if lengths and (days or starts):
            parsed.length = _length([self.solid[lengths[0]]])
        self.used.update(starts[:1], days[:1], lengths[:1])

    # What is left of the text.

    def _rest(self) -> str:
        taken = {self.places[i] for i in self.used}
        taken |= self._between(taken)
        pieces: list[str] = []
        run: list[Token] = []
        for index, token in enumerate([*self.row, None]):
            if token is not None and index not in taken:
                run.append(token)
            elif run:
                pieces.append(self.folded.cut(run[0].start, run[-1].end).strip(_TRIMMED))
                run = []
        return " ".join(piece for piece in pieces if piece)

    def _between(self, taken: set[int]) -> set[int]:
        """The small words that stand between used ones, and the particles right after them."""
        found: set[int] = set()
        run: list[int] = []
        for index, token in enumerate(self.row):
            if index in taken:
                found.update(run)
                run = []
            elif token.kind in _DROPPED + ",+FfTK&m|" and (run or index - 1 in taken):
                run.append(index)
                if token.kind == kinds.GLUE and self.row[index - 1].kind != kinds.SPACE:
                    found.add(index)
            else:
                run = []
        return found


_TRIMMED = " \t\r\n,;:、。，.-–—~()（）「」[]|/"


def _with_other(ask: Ask, moment: Moment) -> Ask:
    """The ask with another start; with another end if it begins now."""
    if ask.start is None:
        assert ask.end is not None
        return replace(ask, end=replace(moment, day=moment.day or ask.end.day))
    return replace(ask, start=replace(moment, day=moment.day or ask.start.day))


def _own_day(ask: Ask) -> Day | None:
    for moment in (ask.start, ask.end):
        if moment and (moment.day or moment.instant):
            return moment.day or Day()
    return None


def _on_day(ask: Ask, token: Token) -> Ask:
    """The same hours on another day."""
    value = token.value
    assert isinstance(value, Moment)
    if ask.start is None and ask.end is not None:
        return replace(ask, end=replace(ask.end, day=value.day))
    start = replace(ask.start or Moment(), day=value.day, day_after=False)
    end = replace(ask.end, day=None) if ask.end and ask.end.day_after else ask.end
    return replace(ask, start=replace(start, part=start.part or value.part), end=end)


def _sharing_day(asks: list[Ask]) -> list[Ask]:
    """`tomorrow 10-12 or 14-16`: a day said once counts for what follows."""
    shared: list[Ask] = []
    day = next((found for ask in asks if (found := _own_day(ask))), None)
    for ask in asks:
        own = _own_day(ask)
        day = own or day
        shared.append(ask if own or ask.start is None else replace(ask, start=replace(ask.start, day=day)))
    return shared


def _in_zone(ask: Ask, zone: str | None) -> Ask:
    start = replace(ask.start, zone=ask.start.zone or zone) if ask.start else None
    end = replace(ask.end, zone=ask.end.zone or zone) if ask.end else None
    return replace(ask, start=start, end=end)
