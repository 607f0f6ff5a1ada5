"""Times that come again: what is read, and what is refused."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.when import Kind, Series, Unreadable, read, read_series
from tests.bot.when.test_properties import LOCALES, ZONES

TOKYO = ZoneInfo("Asia/Tokyo")
NOW = datetime(2026, 11, 21, 15, tzinfo=TOKYO)  # a Saturday
WORKDAYS = (0, 1, 2, 3, 4)

#: phrase, locale, unit, interval, weekdays, first, last, start, end; every one read on that Saturday afternoon.
EXAMPLES: list[tuple[str, str, str, int, tuple[int, ...], str, str | None, str, str]] = [
    ("every weekday 9-12 until Dec 20", "en", "week", 1, WORKDAYS, "11-23", "2026-12-20", "09:00", "12:00"),
    ("every monday 9-12", "en", "week", 1, (0,), "11-23", None, "09:00", "12:00"),
    ("daily 22:00-02:00 for 2 weeks", "en", "day", 1, (), "11-21", "2026-12-04", "22:00", "02:00"),
    ("every 2 weeks on tue 13-15 until end of January", "en", "week", 2, (1,), "11-24", "2027-01-31", "13:00", "15:00"),
    ("mondays and thursdays 9-12", "en", "week", 1, (0, 3), "11-23", None, "09:00", "12:00"),
    ("every mon, wed and fri 9-12", "en", "week", 1, (0, 2, 4), "11-23", None, "09:00", "12:00"),
    ("every day from dec 1 to dec 20 9-12", "en", "day", 1, (), "12-01", "2026-12-20", "09:00", "12:00"),
    ("every day 9-12 from dec 1 to dec 20", "en", "day", 1, (), "12-01", "2026-12-20", "09:00", "12:00"),
    ("Dec 3-5 10-12 each day", "en", "day", 1, (), "12-03", "2026-12-05", "10:00", "12:00"),
    ("every day from 9 to 12 until friday", "en", "day", 1, (), "11-22", "2026-11-27", "09:00", "12:00"),
    ("every night 10pm to 6am", "en", "day", 1, (), "11-21", None, "22:00", "06:00"),
    ("nightly 10pm-6am until end of november", "en", "day", 1, (), "11-21", "2026-11-30", "22:00", "06:00"),
    ("every day next week 13-15", "en", "day", 1, (), "11-23", "2026-11-29", "13:00", "15:00"),
    ("each tuesday 14:00 for 2h until march", "en", "week", 1, (1,), "11-24", "2027-03-31", "14:00", "16:00"),
    ("tue 14-16 weekly", "en", "week", 1, (1,), "11-24", None, "14:00", "16:00"),
    ("every other friday 13-15", "en", "week", 2, (4,), "11-27", None, "13:00", "15:00"),
    ("every monday starting dec 7 10-12", "en", "week", 1, (0,), "12-07", None, "10:00", "12:00"),
    ("starting tomorrow, daily 9-12", "en", "day", 1, (), "11-22", None, "09:00", "12:00"),
    ("weekends all day", "en", "week", 1, (5, 6), "11-21", None, "00:00", "00:00"),
    ("mon-fri 9-17 every week until jan 15", "en", "week", 1, WORKDAYS, "11-23", "2027-01-15", "09:00", "17:00"),
    ("every 3 days 9-12", "en", "day", 3, (), "11-22", None, "09:00", "12:00"),
    ("every monday 9-12 for 3 months", "en", "week", 1, (0,), "11-23", "2027-02-22", "09:00", "12:00"),
    ("weekday evenings 7-9pm", "en", "week", 1, WORKDAYS, "11-23", None, "19:00", "21:00"),
    ("every other day 9-12 until eom", "en", "day", 2, (), "11-22", "2026-11-30", "09:00", "12:00"),
    ("毎週月曜 9-12 3月末まで", "ja", "week", 1, (0,), "11-23", "2027-03-31", "09:00", "12:00"),
    ("毎日9時-12時", "ja", "day", 1, (), "11-22", None, "09:00", "12:00"),
    ("平日9-12", "ja", "week", 1, WORKDAYS, "11-23", None, "09:00", "12:00"),
    ("隔週火曜 13時から15時まで", "ja", "week", 2, (1,), "11-24", None, "13:00", "15:00"),
    ("毎週月水金 9-12", "ja", "week", 1, (0, 2, 4), "11-23", None, "09:00", "12:00"),
    ("毎晩22時から翌6時まで 今月末まで", "ja", "day", 1, (), "11-21", "2026-11-30", "22:00", "06:00"),
    ("12月1日から3月末まで毎週月曜日9時から12時", "ja", "week", 1, (0,), "12-07", "2027-03-31", "09:00", "12:00"),
    ("2週間ごとに火曜10-12", "ja", "week", 2, (1,), "11-24", None, "10:00", "12:00"),
    ("毎日 9時から3時間 2週間", "ja", "day", 1, (), "11-22", "2026-12-05", "09:00", "12:00"),
    ("毎日25時-26時", "ja", "day", 1, (), "11-22", None, "01:00", "02:00"),
    ("12/20まで平日の9-12", "ja", "week", 1, WORKDAYS, "11-23", "2026-12-20", "09:00", "12:00"),
    ("매주 월요일 9-12 3월 말까지", "ko", "week", 1, (0,), "11-23", "2027-03-31", "09:00", "12:00"),
    ("평일 9-12", "ko", "week", 1, WORKDAYS, "11-23", None, "09:00", "12:00"),
    ("매일 오후 2시부터 5시까지 2주 동안", "ko", "day", 1, (), "11-21", "2026-12-04", "14:00", "17:00"),
    ("매주 월수금 10-12", "ko", "week", 1, (0, 2, 4), "11-23", None, "10:00", "12:00"),
    ("격주 화요일 13시-15시", "ko", "week", 2, (1,), "11-24", None, "13:00", "15:00"),
    ("월요일마다 9시~12시", "ko", "week", 1, (0,), "11-23", None, "09:00", "12:00"),
    ("每周一9点到12点", "zh", "week", 1, (0,), "11-23", None, "09:00", "12:00"),
    ("每天22:00-02:00 到12月20日", "zh", "day", 1, (), "11-21", "2026-12-20", "22:00", "02:00"),
    ("工作日9-12 到月底", "zh", "week", 1, WORKDAYS, "11-23", "2026-11-30", "09:00", "12:00"),
    ("隔周周二13点到15点", "zh", "week", 2, (1,), "11-24", None, "13:00", "15:00"),
    ("jeden Montag 9-12 bis Ende März", "de", "week", 1, (0,), "11-23", "2027-03-31", "09:00", "12:00"),
    ("werktags 9-12 Uhr bis 20.12.", "de", "week", 1, WORKDAYS, "11-23", "2026-12-20", "09:00", "12:00"),
    ("alle zwei Wochen dienstags 13-15 Uhr", "de", "week", 2, (1,), "11-24", None, "13:00", "15:00"),
    ("tous les lundis de 9h à 12h jusqu'au 9 mars", "fr", "week", 1, (0,), "11-23", "2027-03-09", "09:00", "12:00"),
    ("les lundis et jeudis 9h-12h", "fr", "week", 1, (0, 3), "11-23", None, "09:00", "12:00"),
    ("todos los lunes de 9 a 12 hasta el 9 de marzo", "es", "week", 1, (0,), "11-23", "2027-03-09", "09:00", "12:00"),
    ("cada martes 13:00-15:00 hasta finales de enero", "es", "week", 1, (1,), "11-24", "2027-01-31", "13:00", "15:00"),
    ("every monday in december 9-12", "en", "week", 1, (0,), "12-07", "2026-12-31", "09:00", "12:00"),
    ("every monday 9-12, 10 times", "en", "week", 1, (0,), "11-23", "2027-01-25", "09:00", "12:00"),
    ("every monday 9-12 10 times until dec 20", "en", "week", 1, (0,), "11-23", "2026-12-20", "09:00", "12:00"),
    ("mondays and thursdays 9-12 for 3 occurrences", "en", "week", 1, (0, 3), "11-23", "2026-11-30", "09:00", "12:00"),
    ("every other monday 9-12 three times", "en", "week", 2, (0,), "11-23", "2026-12-21", "09:00", "12:00"),
    ("daily 9-10 5 times", "en", "day", 1, (), "11-22", "2026-11-26", "09:00", "10:00"),
    ("毎週月曜9-12 10回", "ja", "week", 1, (0,), "11-23", "2027-01-25", "09:00", "12:00"),
    ("매주 월요일 9-12시 10회", "ko", "week", 1, (0,), "11-23", "2027-01-25", "09:00", "12:00"),
    ("每周一、三、五9点到11点", "zh", "week", 1, (0, 2, 4), "11-23", None, "09:00", "11:00"),
    ("每周一三五9:00-11:00", "zh", "week", 1, (0, 2, 4), "11-23", None, "09:00", "11:00"),
    ("每周二、四 14点到16点 共10次", "zh", "week", 1, (1, 3), "11-24", "2026-12-24", "14:00", "16:00"),
    ("jeden Montag im Dezember 9-12", "de", "week", 1, (0,), "12-07", "2026-12-31", "09:00", "12:00"),
    ("jeden Montag 9-12 Uhr 10 mal", "de", "week", 1, (0,), "11-23", "2027-01-25", "09:00", "12:00"),
    ("todos los lunes de diciembre 9-12 ", "es", "week", 1, (0,), "12-07", "2026-12-31", "09:00", "12:00"),
]  # fmt: skip


def series(text: str, locale: str = "en") -> Series:
    return read_series(text, NOW, TOKYO, locale)


def refusal(text: str, locale: str = "en") -> Unreadable:
    with pytest.raises(Unreadable) as caught:
        series(text, locale)
    return caught.value


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example[0])
def test_reads_a_series(example: Any) -> None:
    text, locale, unit, interval, weekdays, first, last, start, end = example

    got = series(text, locale)

    assert (got.unit, got.interval, got.weekdays) == (unit, interval, weekdays)
    assert (f"{got.first:%m-%d}", got.last and got.last.isoformat()) == (first, last)
    assert (f"{got.start:%H:%M}", f"{got.end:%H:%M}") == (start, end)
    assert got.end_days == (1 if end <= start else 0)
    assert got.rest == ""


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example[0])
def test_read_refuses_a_series_and_offers_its_first_occurrence(example: Any) -> None:
    text, locale, *_ = example
    got = series(text, locale)

    with pytest.raises(Unreadable) as caught:
        read(text, NOW, TOKYO, locale)

    assert caught.value.repeats
    assert [reading.start.replace(tzinfo=None) for reading in caught.value.readings] == [
        datetime.combine(got.first, got.start)
    ]


def test_times_are_wall_times_so_nine_stays_nine_when_the_clocks_change() -> None:
    got = read_series("every sunday 9-12", datetime(2026, 10, 19, tzinfo=UTC), "Europe/Berlin", "en")
    first, second = (datetime.combine(got.first + timedelta(weeks=week), got.start, got.tz) for week in (-1, 0))

    assert got.first == date(2026, 10, 25)  # when summer ends
    assert (first.hour, second.hour) == (9, 9)
    assert second.astimezone(UTC) - first.astimezone(UTC) == timedelta(days=7, hours=1)


def test_hours_past_midnight_move_the_weekday() -> None:
    got = series("毎週月曜25時-26時", "ja")

    assert (got.weekdays, got.first, got.start) == ((1,), date(2026, 11, 24), time(1))


def test_a_stretch_over_some_days_comes_every_week() -> None:
    got = series("every friday 18:00 to mon 9:00")

    assert (got.weekdays, got.start, got.end, got.end_days) == ((4,), time(18), time(9), 3)


def test_a_zone_in_the_text_wins_and_the_purpose_is_left() -> None:
    got = series("every monday 9-12 Berlin time until Dec 20 for resnet")

    assert (got.zone, got.zone_given, got.tz) == ("Europe/Berlin", True, ZoneInfo("Europe/Berlin"))
    assert got.rest == "for resnet"
    assert series("tuesdays 9-12?").question


def test_hours_with_two_meanings_offer_a_series_for_each() -> None:
    refused = refusal("every monday 3-5 resnet")

    assert refused.kind == Kind.AMBIGUOUS
    assert [(each.start.hour, each.rest) for each in refused.series] == [(15, "resnet"), (3, "resnet")]
    assert [reading.start.hour for reading in refused.readings] == [15, 3]


@pytest.mark.parametrize(
    ("text", "kind", "repeats"),
    [
        ("tomorrow 9-12", "no_range", False),
        ("13-18 2 gpus each", "no_range", False),
        ("every month on the 5th 9-12", "no_range", True),
        ("weekly 9-12", "too_vague", True),
        ("隔週火曜", "too_vague", True),
        ("every 0 weeks mon 9-12 until december 20", "no_range", True),
        ("every year 9-12 until december 20", "no_range", True),
        ("every day until 18:00", "too_vague", True),
        ("every monday 9-12 until summer", "too_vague", True),
        ("every day except sunday 9-11", "too_vague", True),
        ("毎日9時から11時 日曜以外", "too_vague", True),
        ("every monday 9-12 from 2026-12-10 until 2026-12-05", "inverted", True),
        ("weekdays 9am-5pm this week", "past", True),
        ("every monday 9-12 0 times", "inverted", True),
        ("every monday 9-12 99999999 times", "no_range", False),
        ("", "no_range", False),
    ],
)
def test_says_why_a_series_is_not_read(text: str, kind: str, repeats: bool) -> None:
    refused = refusal(text)

    assert (refused.kind, refused.repeats) == (kind, repeats)


_SPOKEN = """
    every each daily weekly mondays monday tue weekdays 2 weeks 9-12 22:00 - 02:00 until dec 20 end of january for to
    毎週 毎日 月曜 隔週 9時 から 12時 まで 3月末 매주 월요일 평일 까지 每周一 到 jeden Montag bis tous les lundis cada
    lunes hasta next week march all day 3-5 for 2h other PST 25:00 every 0 days 999 weeks
"""
WORDS = st.sampled_from(_SPOKEN.split())


@settings(max_examples=300, deadline=None)
@given(
    words=st.lists(WORDS, max_size=10),
    joint=st.sampled_from(["", " "]),
    locale=st.sampled_from(LOCALES),
    zone=st.sampled_from(ZONES),
)
def test_a_series_lies_ahead_or_is_refused(words: list[str], joint: str, locale: str, zone: str) -> None:
    now = datetime(2026, 6, 10, 15, tzinfo=UTC)
    try:
        got = read_series(joint.join(words), now, zone, locale)
    except Unreadable:
        return

    assert got.interval >= 1
    assert bool(got.weekdays) == (got.unit == "week")
    assert not got.weekdays or got.first.weekday() in got.weekdays
    assert got.last is None or got.last >= got.first
    end = datetime.combine(got.first + timedelta(days=got.end_days), got.end, got.tz)
    assert end.astimezone(UTC) > now
    assert (got.end_days, got.end) > (0, got.start)
