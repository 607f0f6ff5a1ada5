"""For whom we write: a language and a zone, and how sentences, times and lengths look in them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta, tzinfo
from functools import cached_property, reduce
from gettext import NullTranslations
from zoneinfo import ZoneInfo

from babel.dates import format_datetime

from bot import i18n
from core.timerange import TimeRange

_WEEK = 7  # days


@dataclass(frozen=True)
class Reader:
    """Pure: two readers of the same language and zone read the same."""

    language: str
    zone: tzinfo
    slack_id: str = ""  # so that "you" can be told from the others
    command: str = "/gpu"  # what people type here; sentences may say {command}

    @classmethod
    def of(cls, language: str, zone: str, slack_id: str = "", command: str = "/gpu") -> Reader:
        return cls(i18n.supported(language), ZoneInfo(zone), slack_id, command)

    def in_zone(self, zone: tzinfo | None) -> Reader:
        """The same person, for an answer in the zone they wrote in."""
        return self if zone is None else replace(self, zone=zone)

    def say(self, sentence: str, **values: object) -> str:
        """The sentence in this language, its {placeholders} filled in."""
        return self._catalog.gettext(sentence).format(**{"command": self.command, **values})

    def say_many(self, one: str, many: str, count: int, **values: object) -> str:
        """The same, by number; `{count}` is filled in."""
        return self._catalog.ngettext(one, many, count).format(**{"command": self.command, "count": count, **values})

    def local(self, instant: datetime) -> datetime:
        return instant.astimezone(self.zone)

    def midnight(self, instant: datetime, days: int = 0) -> datetime:
        """The midnight at which the instant's day begins, or that of another day, so many days after."""
        return datetime.combine(self.local(instant).date() + timedelta(days=days), time(), self.zone)

    def clock(self, instant: datetime) -> str:
        """13:00"""
        return self._format(instant, "HH:mm")

    def day(self, instant: datetime) -> str:
        """Thu 3 Dec"""
        # Translators: how a day is written, as a CLDR date pattern: weekday, day, month.
        return self._format(instant, self.say("EEE d MMM"))

    def date(self, instant: datetime) -> str:
        """Thu 3 Dec 2026"""
        # Translators: how a day is written with its year, as a CLDR date pattern: weekday, day, month, year.
        return self._format(instant, self.say("EEE d MMM y"))

    def weekday(self, number: int) -> str:
        """Mon, for 0."""
        return self._format(datetime(2024, 1, 1 + number, 12, tzinfo=self.zone), "EEE")

    def moment(self, instant: datetime) -> str:
        """Thu 3 Dec, 13:00"""
        return self.say("{day}, {clock}", day=self.day(instant), clock=self.clock(instant))

    def near(self, instant: datetime, now: datetime) -> str:
        """17:00 today, tomorrow 09:00, Mon 09:00 within the week, else Thu 3 Dec, 13:00"""
        ahead = (self.local(instant).date() - self.local(now).date()).days
        if ahead == 0:
            return self.clock(instant)
        if ahead == 1:
            return self.say("tomorrow {clock}", clock=self.clock(instant))
        if 1 < ahead < _WEEK:
            return self._on_weekday(instant)
        return self.moment(instant)

    def span(self, time: TimeRange) -> str:
        """Thu 3 Dec, 13:00–18:00, without a zone; the end's day is named where it is another one."""
        if self._is_one_day(time):
            return self.say("{day}, {hours}", day=self.day(time.start), hours=self.hours(time))
        return self.say("{start} – {end}", start=self.moment(time.start), end=self.moment(time.end))

    def hours(self, time: TimeRange) -> str:
        """13:00–18:00, where the start's day is known, 19:00–Sat 13:00 where the end has another; midnight is 24:00."""
        if self._is_one_day(time):
            return self.clocks(time)
        end = self.say("{day} {hours}", day=self._nearby_day(time.end, time.start), hours=self.clock(time.end))
        return f"{self.clock(time.start)}–{end}"

    def clocks(self, time: TimeRange) -> str:
        """22:00–06:00, whatever the days: of what comes again."""
        end = "24:00" if self.clock(time.end) == "00:00" else self.clock(time.end)
        return f"{self.clock(time.start)}–{end}"

    def brief(self, time: TimeRange, now: datetime) -> str:
        """13:00–18:00 today, Thu 13:00–18:00 or Thu 18:00–Mon 09:00 within the week, else 31 Dec 13:00–18:00.

        Short enough for a button.
        """
        return self._near(time.start, now, self.hours(time))

    def start(self, instant: datetime, now: datetime) -> str:
        """13:00 today, Thu 13:00 within the week, else 31 Dec 13:00: shorter still."""
        return self._near(instant, now, self.clock(instant))

    def _near(self, instant: datetime, now: datetime, hours: str) -> str:
        if self.local(instant).date() == self.local(now).date():
            return hours
        return self.say("{day} {hours}", day=self._nearby_day(instant, now), hours=hours)

    def when(self, time: TimeRange) -> str:
        """Thu 3 Dec, 13:00–18:00 JST; where the clocks change in between, each end with its own zone."""
        first, last = self.zone_name(time.start), self.zone_name(time.end)
        if first == last:
            return f"{self.span(time)} {first}"
        return self.say(
            "{start} – {end}", start=f"{self.moment(time.start)} {first}", end=f"{self.moment(time.end)} {last}"
        )

    def zone_name(self, instant: datetime) -> str:
        """JST, or UTC+3 where a zone has no letters of its own."""
        name = self.local(instant).tzname() or "UTC"
        return f"UTC{int(name[:3]):+d}{':' + name[3:5] if name[3:5].strip('0') else ''}" if name[0] in "+-" else name

    def length(self, length: timedelta) -> str:
        """5 h, 1 h 30 min, 2 d 4 h: to the minute."""
        minutes = max(round(length / timedelta(minutes=1)), 1)
        days, minutes = divmod(minutes, 24 * 60)
        hours, minutes = divmod(minutes, 60)
        return self._length(days, hours, minutes)

    def in_whole_days(self, length: timedelta) -> str:
        """2 d, 100 h, 1 h 30 min: whole days, or hours and minutes, which is how lengths are typed."""
        return self.length(length) if length % timedelta(days=1) == timedelta(0) else self.in_hours(length)

    def in_hours(self, length: timedelta) -> str:
        """40 h, 1 h 30 min: days as hours, in which GPU time is counted."""
        hours, minutes = divmod(round(length / timedelta(minutes=1)), 60)
        return self._length(0, hours, minutes)

    def _length(self, days: int, hours: int, minutes: int) -> str:
        parts = [
            # Translators: lengths of time, as short as they are still clear.
            self.say("{count} d", count=days) if days else "",
            self.say("{count} h", count=hours) if hours else "",
            self.say("{count} min", count=minutes) if minutes else "",
        ]
        said = [part for part in parts if part] or [self.say("{count} h", count=0)]
        # Translators: two parts of one length of time: 1 h and 30 min.
        return reduce(lambda long, short: self.say("{long} {short}", long=long, short=short), said)

    def listed(self, items: list[str]) -> str:
        """GPU0, GPU1"""
        # Translators: what stands between the items of a list.
        return self.say(", ").join(items)

    def sentences(self, *said: str) -> str:
        """One after another, without those that say nothing."""
        told = [each for each in said if each] or [""]
        # Translators: two sentences, one after the other.
        return reduce(lambda first, then: self.say("{first} {then}", first=first, then=then), told)

    def _nearby_day(self, instant: datetime, now: datetime) -> str:
        """Thu within the week, else 31 Dec"""
        ahead = (self.local(instant).date() - self.local(now).date()).days
        # Translators: how a weekday alone, and a date alone, are written as short as can be, as CLDR date patterns.
        return self._format(instant, self.say("EEE") if 0 <= ahead < _WEEK else self.say("d MMM"))

    def _on_weekday(self, instant: datetime) -> str:
        # Translators: how a weekday and a clock time are written, as a CLDR date pattern.
        return self._format(instant, self.say("EEE HH:mm"))

    def _is_one_day(self, time: TimeRange) -> bool:
        """Up to and including midnight, which is how a day ends."""
        return self.local(time.start).date() == self.local(time.end - timedelta(microseconds=1)).date()

    def _format(self, instant: datetime, pattern: str) -> str:
        return str(format_datetime(instant, pattern, tzinfo=self.zone, locale=i18n.locale(self.language)))

    @cached_property
    def _catalog(self) -> NullTranslations:
        return i18n.catalog(self.language)


class Everyone(Reader):
    """For all who read a channel: every instant is a token, which Slack shows each of them in their own zone.

    Tokens are for mrkdwn alone: no button, and no text for notifications.
    """

    def clock(self, instant: datetime) -> str:
        return self._token(instant, "{time}")

    def moment(self, instant: datetime) -> str:
        return self._token(instant, "{date_short_pretty} {time}")

    def near(self, instant: datetime, now: datetime) -> str:
        """With the day, where some of them may have another one."""
        return self.clock(instant) if abs(instant - now) < timedelta(hours=12) else self.moment(instant)

    def hours(self, time: TimeRange) -> str:
        end = self.clock(time.end) if time.length < timedelta(hours=12) else self.moment(time.end)
        return f"{self.clock(time.start)}–{end}"

    def span(self, time: TimeRange) -> str:
        end = self.clock(time.end) if time.length < timedelta(hours=12) else self.moment(time.end)
        return f"{self.moment(time.start)}–{end}"

    def _token(self, instant: datetime, form: str) -> str:
        written = f"{self.day(instant)}, {super().clock(instant)} {self.zone_name(instant)}"
        return f"<!date^{int(instant.timestamp())}^{form}|{written}>"
