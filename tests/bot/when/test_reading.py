"""What a reading tells beside its two ends, and what a refusal offers."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.when import Kind, Reading, Unreadable, read, read_length, warm

NEW_YORK = ZoneInfo("America/New_York")
NOW = datetime(2026, 6, 10, 11, tzinfo=NEW_YORK)  # a Wednesday


def reading(text: str, now: datetime = NOW, zone: str = "America/New_York", locale: str = "en") -> Reading:
    return read(text, now, zone, locale)


def refusal(text: str, now: datetime = NOW, zone: str = "America/New_York", locale: str = "en") -> Unreadable:
    with pytest.raises(Unreadable) as caught:
        read(text, now, zone, locale)
    return caught.value


def test_says_whether_a_day_was_assumed() -> None:
    assert reading("13-18").day_assumed
    assert not reading("tomorrow 13-18").day_assumed


def test_says_that_the_end_rolled_to_the_next_day() -> None:
    assert reading("22-6").end_rolled
    assert not reading("13-18").end_rolled
    assert not reading("20-24").end_rolled


def test_says_whether_the_start_was_given() -> None:
    assert not reading("for 3h").start_given
    assert not reading("until 18:00").start_given
    assert reading("in 1h for 2h").start_given
    assert reading("13-18").start_given


def test_a_range_under_way_stays_as_written() -> None:
    assert reading("10-12").start == NOW.replace(hour=10)


def test_names_the_zone_it_was_read_in() -> None:
    own, named = reading("13-18"), reading("20:00-22:00 Berlin time")

    assert (own.zone, own.zone_given) == ("America/New_York", False)
    assert (named.zone, named.zone_given) == ("Europe/Berlin", True)
    assert named.start.utcoffset() == timedelta(hours=2)
    assert reading("3pm-5pm PST").zone == "PST"


def test_a_zone_may_be_given_as_an_object() -> None:
    assert read("13-18", NOW, NEW_YORK, "en") == reading("13-18")
    assert read("13-18", NOW, UTC, "en").start == datetime(2026, 6, 10, 13, tzinfo=UTC)


def test_an_hour_that_clocks_skip_takes_the_offset_before_the_gap_and_says_so() -> None:
    got = reading("tomorrow 2:30am-5am", datetime(2026, 3, 7, 15, tzinfo=NEW_YORK))

    assert got.skipped
    assert not got.doubled
    assert got.start.astimezone(UTC) == datetime(2026, 3, 8, 7, 30, tzinfo=UTC)


def test_an_hour_that_is_twice_takes_its_first_pass_and_says_so() -> None:
    got = reading("tomorrow 1:30am-5am", datetime(2026, 10, 31, 15, tzinfo=NEW_YORK))

    assert got.doubled
    assert not got.skipped
    assert got.start.astimezone(UTC) == datetime(2026, 11, 1, 5, 30, tzinfo=UTC)


def test_a_length_is_elapsed_time_across_a_clock_change() -> None:
    got = reading("tomorrow 1am for 4h", datetime(2026, 3, 7, 15, tzinfo=NEW_YORK))

    assert got.length == timedelta(hours=4)
    assert (got.end.hour, got.end.utcoffset()) == (6, timedelta(hours=-4))


def test_a_question_is_marked() -> None:
    assert reading("is tomorrow 13-18 free?").question
    assert reading("明日13-18空いてますか", locale="ja").question
    assert not reading("tomorrow 13-18").question
    assert refusal("tomorrow?").question


def test_ambiguous_hours_are_offered_with_day_and_purpose() -> None:
    offered = refusal("tomorrow 3-5 resnet").readings

    assert [(r.start.hour, r.end.hour, r.start.day, r.rest) for r in offered] == [
        (15, 17, 11, "resnet"),
        (3, 5, 11, "resnet"),
    ]


def test_alternatives_are_offered_each_bookable_as_it_is() -> None:
    assert [r.start.day for r in refusal("tomorrow or friday 14-16").readings] == [11, 12]
    assert [r.start.hour for r in refusal("tomorrow 10-12 or 14-16").readings] == [10, 14]
    assert [r.start.day for r in refusal("6/15 (Tue) 10-12").readings] == [15, 16]


def test_a_series_is_refused_with_its_first_occurrence() -> None:
    refused = refusal("every friday 9-12")

    assert refused.kind == Kind.AMBIGUOUS
    assert refused.repeats
    assert [r.start.day for r in refused.readings] == [12]


def test_a_vague_text_tells_what_was_understood() -> None:
    assert refusal("tomorrow at 3pm").start == datetime(2026, 6, 11, 15, tzinfo=NEW_YORK)
    assert refusal("tomorrow for 3h").length == timedelta(hours=3)
    assert refusal("tomorrow").day == NOW.date() + timedelta(days=1)
    assert refusal("tomorrow resnet").rest == "resnet"
    assert refusal("at 3").start is None


def test_a_kind_is_a_string() -> None:
    assert refusal("hello").kind == "no_range"
    assert str(refusal("hello")) == "no_range"


@pytest.mark.parametrize("locale", ["en", "en-US", "en_GB", "xx", "", "pt-BR"])
def test_any_locale_is_taken(locale: str) -> None:
    assert reading("tomorrow 13-18", locale=locale).start.hour == 13


@pytest.mark.parametrize("locale", ["ja", "ja-JP", "ja_JP"])
def test_a_locale_may_name_a_region(locale: str) -> None:
    assert reading("明日13時から15時", locale=locale).start.hour == 13


@pytest.mark.parametrize(
    ("text", "locale", "minutes"),
    [
        ("2h", "en", 120),
        ("90 min", "en", 90),
        ("for 2 hours", "en", 120),
        ("an hour and a half", "en", 90),
        ("1h30", "fr", 90),
        ("14h", "fr", 14 * 60),
        ("2 heures", "fr", 120),
        ("anderthalb Stunden", "de", 90),
        ("una hora y media", "es", 90),
        ("一時間半", "ja", 90),
        ("2時間", "ja", 120),
        ("한 시간 반", "ko", 90),
        ("一个半小时", "zh", 90),
        ("1 day", "en", 24 * 60),
        ("7 d", "en", 7 * 24 * 60),
        ("2 d 4 h", "en", 52 * 60),
        ("2d, 4h, 30min", "en", 52 * 60 + 30),
        ("2 j 4 h", "fr", 52 * 60),
        ("7日", "ja", 7 * 24 * 60),
        ("2日4時間", "ja", 52 * 60),
        ("2일 4시간", "ko", 52 * 60),
        ("2天4小时", "zh", 52 * 60),
    ],
)
def test_reads_a_length(text: str, locale: str, minutes: int) -> None:
    assert read_length(text, locale) == timedelta(minutes=minutes)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("", "no_range"),
        ("hello", "no_range"),
        ("13-18", "too_vague"),
        ("2-3 hours", "too_vague"),
        ("until 6pm", "too_vague"),
        ("0h", "inverted"),
        ("2h 3h", "too_vague"),
        ("2 unet 4 h", "no_range"),
        ("4 h 7 unet", "no_range"),
    ],
)
def test_refuses_what_is_no_length(text: str, kind: str) -> None:
    with pytest.raises(Unreadable) as caught:
        read_length(text, "en")
    assert caught.value.kind == kind


def test_a_day_word_of_another_language_is_understood_or_left_as_purpose() -> None:
    assert reading("domani 14-16", locale="it").start.day == 11
    assert reading("venerdì 14:00-16:00 addestramento", locale="it-IT").start.day == 12
    assert reading("14-16 addestramento", locale="it").rest == "addestramento"


def test_dateparser_stays_unloaded_until_it_is_needed() -> None:
    code = (
        "import sys; from datetime import datetime, UTC; from bot.when import read;"
        "read('tomorrow 2-5pm', datetime.now(UTC), 'UTC', 'en'); sys.exit('dateparser' in sys.modules)"
    )

    subprocess.run([sys.executable, "-c", code], check=True)


def test_warming_up_is_quiet() -> None:
    warm()


@pytest.mark.parametrize(
    "text",
    ["in 5 years for 1h", "in a year for 1h", "in 6 months for 1h", "2 months from now 13-14", "next year for 1h"],
)
def test_what_is_months_away_is_never_booked_now(text: str) -> None:
    with pytest.raises(Unreadable) as caught:
        reading(text)
    assert caught.value.kind == "too_vague"
