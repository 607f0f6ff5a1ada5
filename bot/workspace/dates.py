"""Instants as a reader sees them: in their zone and language, with Slack's date tokens."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_skeleton, format_time, format_timedelta

if TYPE_CHECKING:
    from bot.workspace.state import Clock, Person

_TOKEN = re.compile(r"\{(\w+)\}")
_NEAR = {
    "en": {-1: "yesterday", 0: "today", 1: "tomorrow"},
    "ja": {-1: "昨日", 0: "今日", 1: "明日"},
    "ko": {-1: "어제", 0: "오늘", 1: "내일"},
    "de": {-1: "gestern", 0: "heute", 1: "morgen"},
    "zh": {-1: "昨天", 0: "今天", 1: "明天"},
}
_HOURS_24 = {"ja", "de", "fr", "it", "es", "pt", "zh"}


@dataclass(frozen=True)
class DateReader:
    """One person's way to read the clock."""

    zone: ZoneInfo
    language: str
    hour24: bool
    clock: Clock

    @classmethod
    def of(cls, person: Person, clock: Clock) -> DateReader:
        """How this person reads dates."""
        language = person.locale.split("-")[0]
        hour24 = language in _HOURS_24 if person.hour24 is None else person.hour24
        return cls(ZoneInfo(person.tz), language, hour24, clock)

    def elsewhere(self, zone: str) -> DateReader:
        """The same way to read, on another zone's wall clock."""
        return replace(self, zone=ZoneInfo(zone))

    @property
    def locale(self) -> Locale:
        """The language as Babel knows it."""
        return Locale.parse(self.language)

    def local(self, at: float) -> datetime:
        """The instant on this person's wall clock."""
        return datetime.fromtimestamp(at, UTC).astimezone(self.zone)

    def time(self, at: float, *, seconds: bool = False) -> str:
        """Only the time of day."""
        local = self.local(at)
        if self.hour24:
            return local.strftime("%H:%M:%S" if seconds else "%H:%M")
        if self.language == "ko":  # people expect 오후 where the short form says PM
            return format_time(local, "aaaa h:mm:ss" if seconds else "aaaa h:mm", locale=self.locale)
        skeleton = "hms" if seconds else "hm"
        return format_skeleton(skeleton, local, locale=self.locale).replace("\u202f", " ")

    def near(self, at: float) -> str | None:
        """Today, yesterday or tomorrow, in the person's language."""
        away = (self.local(at).date() - self.local(self.clock()).date()).days
        return _NEAR.get(self.language, _NEAR["en"]).get(away)

    def day(self, at: float) -> str:
        """The line between two days of a conversation."""
        near = self.near(at)
        return near.capitalize() if near else self._date(self.local(at).date(), "long")

    def token(self, at: float, template: str) -> str:
        """Fill a date token's template, as in `{date_short_pretty} {time}`."""
        return _TOKEN.sub(lambda token: self._fill(token[1], at) or token[0], template)

    def _fill(self, name: str, at: float) -> str | None:
        if name in {"time", "time_secs"}:
            return self.time(at, seconds=name == "time_secs")
        if name == "ago":
            away = timedelta(seconds=at - self.clock())
            return format_timedelta(away, add_direction=True, locale=self.locale)
        kind, pretty, _ = name.partition("_pretty")
        if pretty and (near := self.near(at)):
            return near
        day = self.local(at).date()
        if kind == "date_num":
            return day.isoformat()
        formats = {"date": "medium", "date_short": "short", "date_long": "long", "day_divider": "long"}
        return self._date(day, formats[kind]) if kind in formats else None

    def _date(self, day: date, length: str) -> str:
        if self.language == "en":
            return _english(day, length)
        if length == "long":
            return format_date(day, "full", locale=self.locale)
        return format_skeleton("yMMMd" if length == "short" else "yMMMMd", day, locale=self.locale)


def _english(day: date, length: str) -> str:
    """Slack writes ordinals in English: Friday, November 20th, 2026."""
    if length == "short":
        return f"{day:%b} {day.day}, {day.year}"
    ending = "th" if 10 <= day.day % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(day.day % 10, "th")
    words = f"{day:%B} {day.day}{ending}, {day.year}"
    return f"{day:%A}, {words}" if length == "long" else words
