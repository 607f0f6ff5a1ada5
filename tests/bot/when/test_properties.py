"""What holds for every range, zone and text."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from bot.when import Reading, Unreadable, read, read_length

LOCALES = ["en", "ja", "ko", "zh", "de", "fr", "es"]
ZONES = [
    "UTC",
    "Asia/Tokyo",
    "Asia/Kolkata",
    "Europe/Berlin",
    "America/New_York",
    "America/Sao_Paulo",
    "Australia/Lord_Howe",
    "Pacific/Apia",
]

modest = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])

#: Year ends, leap days and clock changes come up often.
edges = st.sampled_from(
    [datetime(2026, 12, 31), datetime(2028, 2, 28), datetime(2026, 3, 8), datetime(2026, 10, 25)]  # noqa: DTZ001
)
starts = st.one_of(edges, st.datetimes(datetime(2026, 1, 1), datetime(2034, 12, 1))).map(  # noqa: DTZ001
    lambda moment: moment.replace(minute=moment.minute // 5 * 5, second=0, microsecond=0)
)
lengths = st.integers(1, 12 * 24 * 3).map(lambda fives: timedelta(minutes=5 * fives))


def _two(start: datetime, end: datetime, form: str, join: str) -> str:
    return f"{start.strftime(form)}{join}{end.strftime(form)}"


def _english(start: datetime, end: datetime) -> str:
    return _two(start, end, "%B %d %Y %I:%M%p", " to ")


def _japanese(start: datetime, end: datetime) -> str:
    return _two(start, end, "%Y年%m月%d日%H時%M分", "から") + "まで"


def _korean(start: datetime, end: datetime) -> str:
    return _two(start, end, "%Y년 %m월 %d일 %H시 %M분", "부터 ") + "까지"


def _chinese(start: datetime, end: datetime) -> str:
    return _two(start, end, "%Y年%m月%d日%H点%M分", "到")


def _german(start: datetime, end: datetime) -> str:
    return "von " + _two(start, end, "%d.%m.%Y %H:%M Uhr", " bis ")


def _french(start: datetime, end: datetime) -> str:
    return "du " + _two(start, end, "%d/%m/%Y %Hh%M", " au ")


def _spanish(start: datetime, end: datetime) -> str:
    return _two(start, end, "%d/%m/%Y %H:%M", " hasta ")


def _iso(start: datetime, end: datetime) -> str:
    return _two(start, end, "%Y-%m-%dT%H:%M", "/")


def _plain(start: datetime, end: datetime) -> str:
    return _two(start, end, "%Y-%m-%d %H:%M", " - ")


WRITERS = {
    "en": [_english, _iso, _plain],
    "ja": [_japanese, _iso, _plain],
    "ko": [_korean, _plain],
    "zh": [_chinese, _plain],
    "de": [_german, _plain],
    "fr": [_french, _iso],
    "es": [_spanish, _plain],
}


@modest
@given(start=starts, length=lengths, zone=st.sampled_from(ZONES), locale=st.sampled_from(LOCALES), data=st.data())
def test_a_range_that_was_written_is_read_back(
    start: datetime, length: timedelta, zone: str, locale: str, data: st.DataObject
) -> None:
    here = ZoneInfo(zone)
    end = start + length
    first, last = (moment.replace(tzinfo=here).astimezone(UTC) for moment in (start, end))
    assume(first < last)  # a clock change may swallow the range
    write = data.draw(st.sampled_from(WRITERS[locale]))

    got = read(write(start, end), first - timedelta(days=1), zone, locale)

    assert (got.start.astimezone(UTC), got.end.astimezone(UTC)) == (first, last)
    assert got.rest == ""


@modest
@given(start=starts, minutes=st.integers(1, 600), zone=st.sampled_from(ZONES))
def test_a_length_is_elapsed_time(start: datetime, minutes: int, zone: str) -> None:
    now = start.replace(tzinfo=UTC)

    got = read(f"for {minutes} minutes", now, zone, "en")

    assert got.start.astimezone(UTC) == now
    assert got.length == timedelta(minutes=minutes)


@modest
@given(start=st.integers(0, 23), end=st.integers(0, 23), now=starts, zone=st.sampled_from(ZONES))
def test_bare_clock_times_lie_ahead_or_around(start: int, end: int, now: datetime, zone: str) -> None:
    assume(start != end)
    moment = now.replace(tzinfo=UTC)
    try:
        got = read(f"{start:02}:00-{end:02}:00", moment, zone, "en")
    except Unreadable as refusal:
        assert refusal.kind in ("inverted", "ambiguous")  # noqa: PT017 - a skipped hour, or 11:00-10:00
        return

    assert got.end > moment
    assert got.length > timedelta()
    assert got.start - moment < timedelta(days=2)


_SPOKEN = """
    tomorrow today fri monday 13 18 3 5 13:00 18:00 25:00 - to until for 2h 90 min and or at from in next last
    every noon midnight 明日 から まで 時 時間 半 金曜 내일 부터 까지 오후 시 下午 点 到
    morgen bis Uhr demain à h
    mañana de 12/3 2026-12-03 Dec 3rd UTC JST ( ) ? , : / + ~ resnet v1.2 2枚 seed PT2H all day half past
"""
WORDS = st.sampled_from(_SPOKEN.split())
SOUP = st.lists(WORDS, max_size=14).flatmap(
    lambda words: st.sampled_from(["", " "]).map(lambda joint: joint.join(words))
)


def outcome(text: str, locale: str) -> object:
    """The reading, or the refusal in comparable form. Anything else that is raised fails the test."""
    try:
        return read(text, datetime(2026, 6, 10, 15, tzinfo=UTC), "America/New_York", locale)
    except Unreadable as refusal:
        return (refusal.kind, refusal.readings, refusal.start, refusal.rest)


@settings(max_examples=400, deadline=None)
@given(text=st.one_of(SOUP, st.text(st.characters(), max_size=80)), locale=st.sampled_from([*LOCALES, "xx"]))
def test_nothing_but_unreadable_is_raised_and_the_answer_is_always_the_same(text: str, locale: str) -> None:
    first = outcome(text, locale)

    assert first == outcome(text, locale)
    if isinstance(first, Reading):
        assert first.length > timedelta()
        assert first.end > datetime(2026, 6, 10, 15, tzinfo=UTC)


@settings(max_examples=150, deadline=None)
@given(text=st.one_of(SOUP, st.text(max_size=60)), locale=st.sampled_from(LOCALES))
def test_reading_a_length_raises_nothing_but_unreadable(text: str, locale: str) -> None:
    try:
        assert read_length(text, locale) > timedelta()
    except Unreadable as refusal:
        assert refusal.readings == ()  # noqa: PT017


HOSTILE = [
    " " * 100_000,
    "a" * 100_000,
    "1" * 600,
    "1-" * 300,
    "13:00-" * 100,
    "明日" * 300,
    "十" * 600,
    "e\u0301" * 300,
    "\u0300" * 600,
    "\ud800" * 600,
    "((" * 300,
    "tomorrow " * 66,
    "2026-12-03T10:00/" * 35,
    "half past " * 60,
    "오전 " * 200,
    "http://" + "x" * 590,
    "13:00-18:00 or " * 40,
    "1 2 3 4 5 " * 60,
]


@pytest.mark.parametrize("locale", LOCALES)
def test_hostile_text_costs_little(locale: str) -> None:
    outcome("13-18", locale)
    for text in HOSTILE:
        before = time.process_time()
        outcome(text, locale)
        assert time.process_time() - before < 0.25, text[:20]  # the aim is 50 ms; machines differ
