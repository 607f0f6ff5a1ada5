"""How times and lengths look to a person."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot import i18n
from bot.reader import Everyone, Reader
from core.timerange import TimeRange

TOKYO = Reader.of("en", "Asia/Tokyo")


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 12, day, hour, minute, tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "start", "end", "said"),
    [
        ("Asia/Tokyo", at(3, 4), at(3, 9), "Thu 3 Dec, 13:00–18:00 JST"),
        ("Asia/Tokyo", at(3, 13), at(3, 21), "Thu 3 Dec, 22:00 – Fri 4 Dec, 06:00 JST"),
        ("UTC", at(3, 20), at(4, 0), "Thu 3 Dec, 20:00–24:00 UTC"),
        ("America/Sao_Paulo", at(3, 13), at(3, 14), "Thu 3 Dec, 10:00–11:00 UTC-3"),
        (
            "Europe/Berlin",
            datetime(2026, 10, 24, 20, tzinfo=UTC),
            datetime(2026, 10, 25, 7, tzinfo=UTC),
            "Sat 24 Oct, 22:00 CEST – Sun 25 Oct, 08:00 CET",
        ),
        ("Asia/Kathmandu", at(3, 0, 15), at(3, 1, 15), "Thu 3 Dec, 06:00–07:00 UTC+5:45"),
    ],
)
def test_ranges_are_written_out_with_their_zone(zone: str, start: datetime, end: datetime, said: str) -> None:
    assert Reader.of("en", zone).when(TimeRange(start, end)) == said


@pytest.mark.parametrize(
    ("length", "said"),
    [
        (timedelta(hours=5), "5 h"),
        (timedelta(minutes=90), "1 h 30 min"),
        (timedelta(days=2, hours=3), "2 d 3 h"),
        (timedelta(minutes=59, seconds=58), "1 h"),
        (timedelta(seconds=4), "1 min"),
    ],
)
def test_lengths_are_short_and_clear(length: timedelta, said: str) -> None:
    assert TOKYO.length(length) == said


@pytest.mark.parametrize(
    ("start", "end", "said"),
    [
        (at(3, 4), at(3, 9), "13:00–18:00"),
        (at(3, 11), at(3, 15), "20:00–24:00"),
        (at(3, 11), at(3, 21), "20:00–Fri 06:00"),
        (at(3, 11), at(4, 15), "20:00–Sat 00:00"),
        (at(4, 9), at(7, 0), "18:00–Mon 09:00"),
        (at(4, 9), at(11, 0), "18:00–11 Dec 09:00"),  # the same weekday as the start
    ],
)
def test_hours_beside_a_day_name_that_of_their_end_where_it_is_another(
    start: datetime, end: datetime, said: str
) -> None:
    assert TOKYO.hours(TimeRange(start, end)) == said


@pytest.mark.parametrize(
    ("language", "said"),
    [("en", "19:00–Fri 13:00"), ("ja", "19:00–(金) 13:00"), ("ko", "19:00–(금) 13:00")],
)
def test_the_day_of_an_end_is_said_in_every_language(language: str, said: str) -> None:
    reader, time = Reader.of(language, "Asia/Tokyo"), TimeRange(at(3, 10), at(4, 4))
    assert reader.hours(time) == reader.brief(time, at(3, 4)) == said
    assert reader.clocks(time) == "19:00–13:00", "of what comes again, on whichever day"


@pytest.mark.parametrize(
    ("instant", "said"),
    [
        (at(3, 14, 59), "23:59"),
        (at(3, 15), "tomorrow 00:00"),
        (at(5, 4), "Sat 13:00"),
        (at(9, 4), "Wed 13:00"),
        (at(10, 4), "Thu 10 Dec, 13:00"),  # the same weekday as today
        (at(2, 4), "Wed 2 Dec, 13:00"),
    ],
)
def test_what_is_near_is_said_in_few_words_and_never_unclearly(instant: datetime, said: str) -> None:
    assert TOKYO.near(instant, at(3, 4)) == said


def test_to_everyone_an_end_far_from_its_start_has_a_day() -> None:
    everyone = Everyone.of("en", "Asia/Tokyo")
    for length, form in ((11, "{time}"), (12, "{date_short_pretty} {time}")):
        time = TimeRange(at(3, 4), at(3, 4) + timedelta(hours=length))
        for said in (everyone.span(time), everyone.hours(time)):
            assert f"<!date^{int(time.end.timestamp())}^{form}|" in said


@pytest.mark.parametrize(
    ("locale", "language"),
    [("ja-JP", "ja"), ("ko_KR", "ko"), ("JA", "ja"), ("en-GB", "en"), ("fr-FR", "en"), ("", "en")],
)
def test_a_locale_is_a_language_we_write_or_english(locale: str, language: str) -> None:
    assert i18n.supported(locale) == language


@pytest.mark.parametrize(
    ("language", "said"),
    [("en", "No GPU is free now. Have a look."), ("ja", "今空いているGPUはありません。Have a look.")],
)
def test_between_two_sentences_stands_what_the_language_wants(language: str, said: str) -> None:
    reader = Reader.of(language, "Asia/Tokyo")
    assert reader.sentences(reader.say("No GPU is free now."), "", "Have a look.") == said
    assert reader.sentences("", "") == ""
