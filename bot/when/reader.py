"""`read`: a text, a now and a zone become a Reading, or Unreadable says why not."""

from __future__ import annotations

import contextlib
import itertools
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta, tzinfo
from typing import TYPE_CHECKING, NoReturn

from bot.when import forms, kinds, zones
from bot.when.ask import Ask, Moment
from bot.when.clocks import HOURS_OF, Day
from bot.when.elsewhere import day_words
from bot.when.fold import fold
from bot.when.grammar import Parsed, parse, row_of
from bot.when.here import Here, placed
from bot.when.languages import LANGUAGES
from bot.when.lexicon import lexicon_for
from bot.when.reading import Kind, Reading, Series, Unreadable
from bot.when.recurrence import take
from bot.when.resolve import checked, readings, start_of
from bot.when.series import first_of, series_of
from bot.when.spans import Mismatch

if TYPE_CHECKING:
    from datetime import date

    from bot.when.fold import Folded
    from bot.when.kinds import Token

#: Nobody books in a longer text; it is refused unread.
LONGEST_TEXT = 600
#: At most so many readings are offered.
MOST_READINGS = 4
#: Numbers with their units, the larger before the smaller: `2 d 4 h 30 min`.
_PART = re.compile(r"\d+(?:[.,]\d+)?\s*[^\W\d_]+\.?")
_PARTS = re.compile(rf"{_PART.pattern}(?:\s*[,+&]?\s*{_PART.pattern})+")
#: Days of a month elsewhere; where only a length can stand, they are counted.
_DAYS = re.compile(r"(\d{1,5})\s*(?:日|일)")
#: What a length does not leave unread.
_COUNTS = kinds.NUMBER + kinds.WORD_NUMBER + kinds.LENGTH + kinds.DAY + kinds.MOMENT


def language_of(locale: str) -> str:
    """The code of the language a locale is read in: `ja-JP` → ja; English where it is none of ours."""
    code = locale.replace("_", "-").split("-")[0].lower()
    return code if code in LANGUAGES else "en"


def read(text: str, now: datetime, tz: tzinfo | str, locale: str) -> Reading:
    """The range a text asks for, seen from `now` in the person's zone; raises only Unreadable.

    `locale` is a preference: other languages are understood too. A naive `now` is taken in that zone.
    """
    text = text.strip()
    try:
        reading = _read(text, now, tz, locale)
        dated = _dated_elsewhere(text, reading, locale, _here(now, tz).today) if _is_foreign(locale) else text
        return reading if dated == text else _read(dated, now, tz, locale)
    except Unreadable:
        raise
    except (ValueError, OverflowError, ArithmeticError, StopIteration, Mismatch):
        # A date beyond the calendar: the year 10000, a month that never has such a day.
        raise Unreadable(Kind.NO_RANGE, rest=text[:LONGEST_TEXT]) from None


def _read(text: str, now: datetime, tz: tzinfo | str, locale: str) -> Reading:
    if not text or len(text) > LONGEST_TEXT:
        raise Unreadable(Kind.NO_RANGE, rest=text[:LONGEST_TEXT])
    here = _here(now, tz)
    parsed = _parse(text, locale)
    if parsed.repeats:
        _refuse_series(text, here, locale, parsed)
    if parsed.broken:
        raise Unreadable(Kind.NO_RANGE, rest=text)
    if not parsed.asks:
        _refuse(parsed, here, text)
    found = _with_doubtful(_all_readings(parsed, here), parsed, here)
    if len(found) > 1 or len(parsed.asks) > 1 or parsed.unsure:
        raise _ambiguous(found, parsed)
    return _finished(found[0], parsed)


def _refuse_series(text: str, here: Here, locale: str, parsed: Parsed) -> None:
    """A series is no range; what is offered is its first occurrence."""
    try:
        found = [first_of(series) for series in _all_series(text, here, locale)]
    except Unreadable:
        if parsed.broken or not parsed.asks:
            return
        found = [_finished(reading, parsed) for reading in _all_readings(parsed, here)]
    raise Unreadable(
        Kind.AMBIGUOUS,
        readings=tuple(found[:MOST_READINGS]),
        rest=found[0].rest,
        question=parsed.question,
        repeats=True,
    )


def read_series(text: str, now: datetime, tz: tzinfo | str, locale: str) -> Series:
    """The series a text asks for, seen from `now` in the person's zone; raises only Unreadable.

    It reads `every weekday 9-12 until Dec 20`, `mondays and thursdays 9-12`, `daily 22:00-02:00 for 2 weeks`,
    `every 2 weeks on tue 13-15 until end of January`, `毎週月曜 9-12 3月末まで`, `매주 월요일 9-12`, and the like, in
    the languages of `read`; a `Series` shows what comes of it, and how to expand it. Whether a text asks for a series,
    `read` tells: it refuses with `repeats`. The last date is None where the text names no end: ask, or assume one.

    The refusals, all with `repeats` where the text repeats at all: `no_range` (nothing repeats, or every hour, every
    month: too often or too seldom), `too_vague` (the hours, the weekday or the end is missing or not understood),
    `ambiguous` (with `series`: what it may mean, and `readings`: the first occurrence of each), `inverted` (the end
    is before the start).
    """
    text = text.strip()
    if not text or len(text) > LONGEST_TEXT:
        raise Unreadable(Kind.NO_RANGE, rest=text[:LONGEST_TEXT])
    try:
        found = _all_series(text, _here(now, tz), locale)
    except Unreadable:
        raise
    except (ValueError, OverflowError, ArithmeticError, StopIteration, Mismatch):
        raise Unreadable(Kind.NO_RANGE, rest=text) from None
    if len(found) > 1:
        offered = tuple(first_of(series) for series in found)
        raise Unreadable(
            Kind.AMBIGUOUS,
            readings=offered,
            series=tuple(found),
            rest=found[0].rest,
            question=found[0].question,
            repeats=True,
        )
    return found[0]


def _all_series(text: str, here: Here, locale: str) -> list[Series]:
    folded, row = _row(text, locale)
    if not any(token.kind == kinds.EVERY for token in row):
        raise Unreadable(Kind.NO_RANGE, rest=text)
    if any(token.kind == kinds.NOT for token in row):
        raise Unreadable(Kind.TOO_VAGUE, rest=text, repeats=True)  # every day except sunday
    recurrence, row = take(row)
    parsed = parse(row, folded)
    if parsed.broken:
        raise Unreadable(Kind.NO_RANGE, rest=text, repeats=True)
    if not parsed.asks or _is_unclear(parsed):
        raise Unreadable(Kind.TOO_VAGUE, rest=parsed.rest, question=parsed.question, repeats=True)
    found = [series for ask in parsed.asks for series in series_of(ask, recurrence, here)]
    return [replace(series, rest=parsed.rest, question=parsed.question) for series in dict.fromkeys(found)]


def _is_unclear(parsed: Parsed) -> bool:
    """Whether words of a series are left over: an end that was not understood, or a number before any purpose."""
    said = parsed.unused.partition(kinds.OTHER)[0]
    return kinds.NUMBER in said or any(letter in parsed.unused for letter in kinds.UNTIL + kinds.UNTIL_AFTER)


def _is_foreign(locale: str) -> bool:
    """Whether a locale names a language that has no table here."""
    return bool(locale) and not locale.lower().startswith(language_of(locale))


def _dated_elsewhere(text: str, reading: Reading, locale: str, today: date) -> str:
    """The text with a day word of another language (`domani 14-16`) written as a date, if there is one."""
    if not reading.day_assumed or not reading.rest:
        return text
    words = reading.rest.split()
    language = locale.replace("_", "-").split("-")[0].lower()
    for size in range(min(len(words), 3), 0, -1):
        for run in (words[:size], words[-size:]):
            phrase = " ".join(run)
            day = day_words(phrase, today, language)
            if day and phrase in text:
                return text.replace(phrase, day.isoformat(), 1)
    return text


def _here(now: datetime, tz: tzinfo | str) -> Here:
    zone = (zones.zone_named(tz) or UTC) if isinstance(tz, str) else tz
    if now.tzinfo is None:
        now = now.replace(tzinfo=zone)  # never the zone of this machine
    return Here(now.astimezone(UTC), zone, zones.name_of(zone, now))


def _parse(text: str, locale: str, *, length_only: bool = False) -> Parsed:
    folded, row = _row(text, locale, length_only=length_only)
    return parse(row, folded)


def _row(text: str, locale: str, *, length_only: bool = False) -> tuple[Folded, list[Token]]:
    code = language_of(locale)
    folded = fold(text)
    words = lexicon_for(folded.text, code)
    return folded, row_of(folded, words, forms.habits(LANGUAGES[code], words.languages), length_only=length_only)


def _finished(reading: Reading, parsed: Parsed) -> Reading:
    return replace(reading, rest=parsed.rest, question=parsed.question)


def _ambiguous(found: list[Reading], parsed: Parsed) -> Unreadable:
    offered = tuple(_finished(reading, parsed) for reading in found[:MOST_READINGS])
    return Unreadable(Kind.AMBIGUOUS, readings=offered, rest=parsed.rest, question=parsed.question)


def _all_readings(parsed: Parsed, here: Here) -> list[Reading]:
    """Every reading of every ask; raises what the only ask raises, or the first error if none can be read."""
    found: list[Reading] = []
    error: Unreadable | None = None
    for ask in parsed.asks:
        try:
            found += _readings(ask, here)
        except Unreadable as refusal:
            error = error or refusal
    if not found:
        assert error is not None
        possible = tuple(_finished(reading, parsed) for reading in error.readings)
        raise Unreadable(
            error.kind,
            readings=possible,
            length=error.length,
            start=error.start,
            rest=parsed.rest,
            question=parsed.question,
        )
    if len(parsed.asks) > 1:
        found.sort(key=lambda reading: reading.start.astimezone(UTC))
    return list(dict.fromkeys(found))


def _with_doubtful(found: list[Reading], parsed: Parsed, here: Here) -> list[Reading]:
    """The readings with what may belong to the purpose: it settles what is open (`2-4 afternoon run`), but does not
    move what is clear (`14-16 sat solver`): that is offered both ways.
    """
    more: list[Reading] = []
    for ask in parsed.perhaps:
        with contextlib.suppress(Unreadable):  # over, or no such hour: so it was the purpose's
            more += _readings(ask, here)
    known = {(reading.start, reading.end) for reading in found}
    new = [reading for reading in more if (reading.start, reading.end) not in known]
    return more if more and not new and len(more) < len(found) else found + new


def _readings(ask: Ask, here: Here) -> list[Reading]:
    try:
        return _in_either_calendar(ask, here)
    except Mismatch:
        return _either_day(ask, here)


def _in_either_calendar(ask: Ask, here: Here) -> list[Reading]:
    """`tomorrow 9-11 JST`, said where Tokyo's tomorrow is another date: both are offered."""
    found = readings(ask, here)
    there = placed(here, ask.start if ask.start and ask.start.zone else ask.end)
    shift = (here.today - there.today).days
    if not shift or not found[0].zone_given:
        return found
    moved = replace(ask, start=_shifted(ask.start, shift), end=_shifted(ask.end, shift))
    return found if moved == ask else [*readings(moved, here), *found]


def _shifted(moment: Moment | None, days: int) -> Moment | None:
    """A moment of a day that is counted from today, so many days on."""
    day = moment.day if moment else None
    if moment is None or day is None or day.offset is None or day.day is not None or day.from_start:
        return moment
    return replace(moment, day=replace(day, offset=day.offset + days))


def _without_weekday(day: Day) -> Day:
    return replace(day, weekday=None)


def _weekday_only(day: Day) -> Day:
    return Day(weekday=day.weekday, part=day.part)


def _either_day(ask: Ask, here: Here) -> list[Reading]:
    """A date with the wrong weekday: the date may be meant, or the weekday."""
    found = []
    for keep in (_without_weekday, _weekday_only):
        moments = [
            replace(moment, day=keep(moment.day))
            if moment and moment.day and moment.day.weekday is not None
            else moment
            for moment in (ask.start, ask.end)
        ]
        found += readings(replace(ask, start=moments[0], end=moments[1]), here)
    return found


def _refuse(parsed: Parsed, here: Here, text: str) -> NoReturn:
    if not parsed.says_something:
        raise Unreadable(Kind.NO_RANGE, rest=text, question=parsed.question)
    starts = [found for moment in parsed.starts if (found := start_of(moment, here))]
    if len(starts) > 1:
        raise Unreadable(Kind.AMBIGUOUS, starts=tuple(starts), rest=parsed.rest, question=parsed.question)
    start = start_of(parsed.start, here) if parsed.start else None
    day = next(parsed.day.candidates(here.today)) if parsed.day else None
    behind = parsed.start is not None and (parsed.start.delay or timedelta()) < timedelta()
    if behind or (start is None and day and day < here.today):
        raise Unreadable(Kind.PAST, day=day, rest=parsed.rest, question=parsed.question)
    raise Unreadable(
        Kind.TOO_VAGUE,
        readings=_part_of_day(parsed, here) if start is None else (),
        start=start,
        day=day,
        length=parsed.length.time if parsed.length else None,
        rest=parsed.rest,
        question=parsed.question,
        repeats=parsed.repeats,
    )


def _part_of_day(parsed: Parsed, here: Here) -> tuple[Reading, ...]:
    """What is left of `tomorrow afternoon`, from its first hour to its last: nobody books that without being asked."""
    if parsed.length or parsed.day is None or parsed.part is None:
        return ()
    first, last = HOURS_OF[parsed.part]
    day = next(parsed.day.candidates(here.today))
    start, end = max(here.at(day, first * 60), here.now.astimezone(here.zone)), here.at(day, last * 60)
    return (here.reading(start, end),) if start < end else ()


def flaw_in(text: str) -> Kind | None:
    """What keeps a text from telling a range, whoever reads it; NO_RANGE where it says nothing of a time at all."""
    unreadable = _unreadable(text)
    return unreadable.kind if unreadable else None


def names_day(text: str) -> bool:
    """Whether a text names a day, with hours or without."""
    unreadable = _unreadable(text)
    return unreadable is None or unreadable.day is not None


def _unreadable(text: str) -> Unreadable | None:
    try:
        read(text, _ANY_DAY, UTC, "en")
    except Unreadable as unreadable:
        return unreadable
    return None


_ANY_DAY = datetime(2026, 1, 1, tzinfo=UTC)


def read_length(text: str, locale: str) -> timedelta:
    """The length a text names and nothing else (`2h`, `2 d 4 h`, `一時間半`, `7日`); raises only Unreadable."""
    text = fold(text.strip()).text
    if not text or len(text) > LONGEST_TEXT:
        raise Unreadable(Kind.NO_RANGE)
    if not _PARTS.fullmatch(text):
        return _one_length(text, locale)
    parts = [_one_length(part, locale) for part in _PART.findall(text)]
    if any(larger <= smaller for larger, smaller in itertools.pairwise(parts)):
        raise Unreadable(Kind.TOO_VAGUE, rest=text)  # 2h 3h is not five hours
    return checked(sum(parts, timedelta()))


def _one_length(text: str, locale: str) -> timedelta:
    if days := _DAYS.fullmatch(text):
        return checked(timedelta(days=int(days[1])))
    try:
        parsed = _parse(text, locale, length_only=True)
    except (ValueError, OverflowError):
        raise Unreadable(Kind.NO_RANGE, rest=text) from None
    ask = parsed.asks[0] if len(parsed.asks) == 1 else None
    is_more = any(letter in _COUNTS for letter in parsed.unused)
    if ask is None or ask.length is None or ask.start or ask.end or parsed.broken or is_more:
        vague = parsed.says_something and not parsed.broken
        raise Unreadable(Kind.TOO_VAGUE if vague else Kind.NO_RANGE, rest=text)
    return checked(ask.length.time)


def warm() -> None:
    """Do the slow first steps ahead of the first command; a thread may call this at the start."""
    now = datetime(2026, 1, 5, 12, tzinfo=UTC)
    for code in LANGUAGES:
        read("13:00-18:00", now, UTC, code)
    day_words("domani", now.date(), "it")


__all__ = ["language_of", "read", "read_length", "read_series", "warm"]
