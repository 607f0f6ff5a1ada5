"""The picture itself: whose a bar is shows in three ways, for every eye, and names of every script are drawn."""

from __future__ import annotations

import io
import itertools
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from bot.commands import Span
from bot.reader import Reader
from bot.views import picture, schedule
from bot.workspace import blocks
from core import facts
from core.facts import Role, Standing
from core.timerange import TimeRange

NOW = datetime(2026, 12, 3, 9, 0, tzinfo=UTC)
READER = Reader.of("en", "Asia/Tokyo", "U1")
WEEK = TimeRange.of_days(date(2026, 11, 30), 7, READER.zone)


def member(number: int, name: str = "Alice Weber") -> facts.Member:
    return facts.Member(number, f"U{number}", name, "UTC", "en", Role.USER, Standing.MEMBER, None)


def gpu(number: int) -> facts.Gpu:
    return facts.Gpu(number, f"node{number % 3}", f"GPU{number}", "RTX 5090", 32, f"GPU{number}")


def full(gpus: int, window: TimeRange, *, people: int = 12, hours: int = 5) -> facts.Schedule:
    """Every GPU booked without a gap, by turns."""
    turns = itertools.cycle([member(number, f"사람 {number}") for number in range(1, people + 1)])
    turn = timedelta(hours=hours)
    rows = []
    for number in range(1, gpus + 1):
        starts = [window.start + turn * count for count in range(-(-window.length // turn))]
        ranges = [TimeRange(start, min(start + turn, window.end)) for start in starts]
        held = tuple(facts.Holding(gpu(number), time, next(turns), 1, "") for time in ranges)
        rows.append(facts.Timeline(gpu(number), window, held))
    return facts.Schedule(window, tuple(rows))


def opened(png: bytes) -> Image.Image:
    return Image.open(io.BytesIO(png)).convert("RGB")


def test_neighbours_differ_in_colour_and_pattern_and_32_people_differ_at_all() -> None:
    looks = [picture.style(member(number)) for number in range(1, 33)]
    assert len({(look.fill, look.pattern) for look in looks}) == 32
    for one, next_one in itertools.pairwise(looks):
        assert one.fill != next_one.fill
        assert one.pattern != next_one.pattern


def test_a_person_keeps_their_colour_whoever_else_is_there() -> None:
    assert picture.style(member(7)) == picture.style(replace(member(7), name="Renamed", zone="Asia/Seoul"))


def test_letters_stand_out_from_every_colour() -> None:
    assert picture.contrast((0, 0, 0), (255, 255, 255)) == pytest.approx(21)
    for number in range(1, 33):
        look = picture.style(member(number))
        assert picture.contrast(look.fill, look.ink) >= 4.5, look


def test_two_of_one_pattern_differ_for_those_who_see_no_colour() -> None:
    looks = [picture.style(member(number)) for number in range(1, 9)]
    for one, other in itertools.combinations(looks, 2):
        assert one.pattern != other.pattern or picture.contrast(one.fill, other.fill) > 1.2, (one, other)


@pytest.mark.parametrize(
    ("name", "drawn"),
    [
        ("佐藤 遥", "佐藤 遥"),
        ("김민준", "김민준"),
        ("Łukasz Nguyễn", "Lukasz Nguyễn"),
        ("Alice 🚀 Weber", "Alice Weber"),
        ("🚀", "?"),
        ("", "?"),
    ],
)
def test_names_in_the_letters_of_the_font(name: str, drawn: str) -> None:
    assert picture.legible(name) == drawn


def test_mine_are_outlined_and_the_present_is_marked() -> None:
    shown = opened(picture.draw(full(2, WEEK), READER, NOW))
    theirs = opened(picture.draw(full(2, WEEK), replace(READER, slack_id="U99"), NOW))
    later = opened(picture.draw(full(2, WEEK), READER, NOW + timedelta(days=1)))
    assert shown.tobytes() != theirs.tobytes()
    assert shown.tobytes() != later.tobytes()


def test_what_is_only_offered_is_hollow_and_says_so() -> None:
    held = full(1, WEEK, people=1, hours=200)
    row = held.rows[0]
    offer = replace(row.held[0], offered_until=NOW + timedelta(minutes=10))
    offered = replace(held, rows=(replace(row, held=(offer,)),))
    shown, plain = (opened(picture.draw(each, replace(READER, slack_id="U99"), NOW)) for each in (offered, held))
    middle = (shown.width * 3 // 4, 150)
    assert plain.getpixel(middle) == pytest.approx(picture.style(member(1)).fill, abs=2)  # of few colours
    assert shown.getpixel(middle) == pytest.approx(picture.GROUND, abs=2)
    assert "사람 1 (offered until 18:10)" in schedule.describe(offered, READER, 1_900)


@pytest.mark.parametrize("gpus", [0, 1, 16, 130])
@pytest.mark.parametrize("days", [1, 7])
def test_any_lab_is_drawn(gpus: int, days: int) -> None:
    window = TimeRange.of_days(date(2026, 11, 30), days, READER.zone)
    drawn = full(gpus, window, people=50, hours=11)
    image = opened(picture.draw(drawn, READER, NOW))
    assert image.width == picture.WIDTH
    assert image.height < 3_200
    assert image.getpixel((0, 0)) == image.getpixel((image.width - 1, image.height - 1))  # opaque, light ground
    assert len(schedule.describe(drawn, READER, 1_900)) <= 1_900


@given(
    st.dates(date(2026, 1, 1), date(2027, 12, 31)),
    st.sampled_from(["Asia/Tokyo", "Europe/Berlin", "America/St_Johns", "Australia/Lord_Howe"]),
    st.sampled_from(list(Span)),
)
def test_days_and_weeks_are_cut_where_the_reader_is(today: date, zone: str, span: Span) -> None:
    where = ZoneInfo(zone)
    window = span.range(today, where)
    start, end = window.start.astimezone(where), window.end.astimezone(where)
    assert (end.date() - start.date()).days == (1 if span in {Span.DAY, Span.TOMORROW} else 7)
    assert (start.hour, end.hour) == (0, 0)
    if "week" in span:
        assert start.weekday() == 0
    # However long the day is there, it is drawn.
    assert picture.draw(facts.Schedule(window, ()), Reader.of("en", zone), NOW)


def many(count: int, per_node: int) -> facts.Schedule:
    gpus = [
        facts.Gpu(number, f"node{number // per_node}", f"GPU{number}", "RTX 5090", 32, f"GPU{number}")
        for number in range(count)
    ]
    return facts.Schedule(WEEK, tuple(facts.Timeline(each, WEEK, ()) for each in gpus))


@pytest.mark.parametrize(("count", "per_node"), [(0, 1), (120, 8), (121, 8), (300, 8), (300, 7), (300, 300), (1000, 1)])
def test_several_pictures_show_every_gpu_once_and_say_which(count: int, per_node: int) -> None:
    whole = many(count, per_node)
    first, seen = 0, []
    while True:
        message = schedule.shown("F0123456789", whole, READER, NOW, first)
        blocks.check_message(list(message.blocks))
        shown = schedule.part(whole, first)
        seen += [row.gpu.id for row in shown.rows]
        last = first + len(shown.rows)
        is_part = len(shown.rows) < count
        assert (f"GPUs {first + 1}–{last} of {count}" in message.text) is is_part
        assert (
            f"GPUs {first + 1}–{last} of {count}" in schedule.describe(whole, READER, schedule.ALT, first)
        ) is is_part
        labels = [each["text"]["text"] for each in message.blocks[-1]["elements"] if each["type"] == "button"]
        following = [label for label in labels if label.startswith(f"GPUs {last + 1}–")]
        if last == count:
            break
        assert following or last // 120 >= 20, "a button leads on"
        first = last
    assert seen == list(range(count))
