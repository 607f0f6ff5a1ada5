"""A purpose behind a range never moves the range: it is read as it stands, or, now and then, asked about."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.when import Unreadable, read


def _purposes() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    code = ""
    for line in Path(__file__).with_name("purposes.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("@ "):
            code = line.removeprefix("@ ")
        elif line and not line.startswith("# "):
            found.setdefault(code, []).append(line)
    return found


PURPOSES = _purposes()
NOW = datetime(2026, 6, 10, 7, tzinfo=UTC)
#: A whole range, as it is written in any language and in each; `{a}` and `{b}` are hours.
ANYWHERE = ("{a}:00-{b}:00", "{a}:00 - {b}:30", "{a}-{b}", "{a}:00〜{b}:00")
HEADS = {
    "en": ("from {a}:00 to {b}:00", "tomorrow {a}:00-{b}:00"),
    "ja": ("{a}時から{b}時まで", "明日{a}時〜{b}時"),
    "ko": ("{a}시부터 {b}시까지", "내일 {a}시~{b}시"),
    "zh": ("{a}点到{b}点", "明天{a}:00到{b}:00"),
    "de": ("{a}-{b} Uhr", "von {a} bis {b} Uhr", "morgen {a}:00-{b}:00"),
    "fr": ("{a}h-{b}h", "de {a}h à {b}h", "demain {a}h-{b}h"),
    "es": ("de {a} a {b}", "de {a}:00 a {b}:00", "mañana {a}:00-{b}:00"),
}


@st.composite
def _booked_for(draw: st.DrawFn) -> tuple[str, str, str]:
    """A language, a range in it, and what it is for."""
    code = draw(st.sampled_from(sorted(PURPOSES)))
    head = draw(st.sampled_from(ANYWHERE + HEADS[code]))
    start = draw(st.integers(9, 20))
    text = head.format(a=start, b=draw(st.integers(start + 1, 22)))
    return code, text, " ".join(draw(st.lists(st.sampled_from(PURPOSES[code]), min_size=1, max_size=2)))


def _read(text: str, code: str) -> tuple[datetime, datetime] | None:
    """The range in a text; None where it is asked about."""
    try:
        got = read(text, NOW, "Europe/Berlin", code)
    except Unreadable:
        return None
    return got.start, got.end


@settings(max_examples=600, deadline=None, derandomize=True)
@given(_booked_for())
def test_a_purpose_never_moves_a_range(booked: tuple[str, str, str]) -> None:
    code, text, purpose = booked

    assert _read(f"{text} {purpose}", code) in (None, _read(text, code))


def test_a_purpose_is_seldom_asked_about() -> None:
    asked = {
        code: [purpose for purpose in purposes if _read(f"13:00-18:00 {purpose}", code) is None]
        for code, purposes in PURPOSES.items()
    }

    assert {code: each for code, each in asked.items() if len(each) > len(PURPOSES[code]) / 5} == {}
