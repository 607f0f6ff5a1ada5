"""Zones as people name them: IANA names, abbreviations, offsets, and `Tokyo time`."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

#: Minutes east of UTC. An abbreviation means this offset in any season: 3pm PST in June is 4pm in California.
ABBREVIATIONS = {
    "utc": 0, "gmt": 0, "zulu": 0, "wet": 0, "west": 60, "bst": 60, "cet": 60, "cest": 120, "eet": 120,
    "eest": 180, "mez": 60, "mesz": 120, "msk": 180, "trt": 180, "gst": 240, "pkt": 300, "ist": 330,
    "npt": 345, "ict": 420, "wib": 420, "sgt": 480, "hkt": 480, "awst": 480, "pht": 480, "myt": 480,
    "jst": 540, "kst": 540, "acst": 570, "aest": 600, "acdt": 630, "aedt": 660, "nzst": 720,
    "nzdt": 780, "brt": -180, "art": -180, "clt": -240, "est": -300, "edt": -240, "cst": -360,
    "cdt": -300, "mst": -420, "mdt": -360, "pst": -480, "pdt": -420, "akst": -540, "akdt": -480,
    "hst": -600, "ast": -240, "adt": -180, "nst": -210, "ndt": -150, "sast": 120,
}  # fmt: skip

#: Abbreviations that are words in small letters: `est. runtime 2h`.
WORDS_IN_SMALL = frozenset({"bst", "cst", "est", "ist", "mst"})
#: Those, and what is short for something else even in capitals: `AST parsing`.
ALSO_WORDS = WORDS_IN_SMALL | {
    "adt", "art", "ast", "clt", "gst", "hst", "met", "msk", "ndt", "nst", "pht", "trt", "west", "wet", "wib",
}  # fmt: skip

#: Names that follow the season of a place.
PLACES = {
    "America/New_York": "et, eastern, us eastern, new york, nyc, ny, boston, toronto, us/eastern",
    "America/Chicago": "ct, us central, central, chicago, austin, houston",
    "America/Denver": "mt, mountain, us mountain, denver, boulder",
    "America/Los_Angeles": "pt, pacific, us pacific, los angeles, la, san francisco, sf, seattle, california",
    "America/Mexico_City": "mexico city, mexico",
    "America/Sao_Paulo": "sao paulo, brasilia",
    "America/Argentina/Buenos_Aires": "buenos aires",
    "America/Vancouver": "vancouver",
    "Europe/London": "london, uk, british, cambridge, oxford, edinburgh",
    "Europe/Paris": "paris, french, france, lyon",
    "Europe/Berlin": "berlin, german, germany, munich, munchen, central european, deutscher",
    "Europe/Madrid": "madrid, spanish, spain, barcelona",
    "Europe/Zurich": "zurich",
    "Europe/Amsterdam": "amsterdam",
    "Europe/Vienna": "vienna, wien",
    "Europe/Rome": "rome, roma, milan",
    "Europe/Stockholm": "stockholm",
    "Europe/Helsinki": "helsinki",
    "Europe/Moscow": "moscow",
    "Europe/Istanbul": "istanbul",
    "Asia/Tokyo": "tokyo, japan, japanese, osaka, kyoto",
    "Asia/Seoul": "seoul, korea, korean",
    "Asia/Shanghai": "beijing, shanghai, china, chinese, shenzhen, peking, pekin",
    "Asia/Hong_Kong": "hong kong",
    "Asia/Taipei": "taipei, taiwan",
    "Asia/Singapore": "singapore",
    "Asia/Kolkata": "india, indian, delhi, mumbai, bangalore, kolkata",
    "Asia/Dubai": "dubai",
    "Asia/Jerusalem": "israel, tel aviv, jerusalem",
    "Asia/Bangkok": "bangkok",
    "Australia/Sydney": "sydney, melbourne",
    "Pacific/Auckland": "auckland",
    "Pacific/Honolulu": "hawaii",
}  # fmt: skip

#: So short, or so common a word, that `in la` says nothing.
NO_PLACES = (
    "et", "pt", "ct", "mt", "la", "ny", "central", "mountain", "pacific", "eastern", "french", "german", "british",
    "japanese", "korean", "chinese", "spanish", "indian", "us central", "us eastern", "us mountain", "us pacific",
    "central european", "deutscher", "us/eastern",
)  # fmt: skip

_BY_PLACE = {name.strip(): zone for zone, names in PLACES.items() for name in names.split(",")}
#: Short for a zone even without "time" after it.
ALONE = ("et", "pt", "ct", "mt", "pacific", "eastern", "central", "mountain")


@lru_cache(maxsize=512)
def zone_named(name: str) -> ZoneInfo | None:
    """The zone of an IANA name, in its own spelling; None for anything else."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


@lru_cache(maxsize=512)
def iana(name: str) -> ZoneInfo | None:
    """The zone of an IANA name in any case: `asia/tokyo`."""
    parts = ["_".join(word.capitalize() for word in part.split("_")) for part in name.split("/")]
    return zone_named("/".join(parts)) if len(parts) > 1 else None


def place(name: str) -> ZoneInfo | None:
    """The zone of `tokyo` in `tokyo time`."""
    zone = _BY_PLACE.get(" ".join(name.split()))
    return zone_named(zone) if zone else None


def abbreviated(name: str, now: datetime) -> tzinfo | None:
    """The zone of an abbreviation; the person's own meaning first: IST is Dublin's to someone in Dublin."""
    if now.tzinfo is not None and name in own_abbreviations(now.tzinfo, now.year):
        offset = own_abbreviations(now.tzinfo, now.year)[name]
        return timezone(offset, name.upper())
    if name in ("utc", "gmt", "zulu"):
        return UTC if name != "gmt" else timezone(timedelta(), "GMT")
    minutes = ABBREVIATIONS.get(name)
    return None if minutes is None else timezone(timedelta(minutes=minutes), name.upper())


@lru_cache(maxsize=64)
def own_abbreviations(zone: tzinfo, year: int) -> dict[str, timedelta]:
    """What a zone calls itself in winter and in summer."""
    found = {}
    for month in (1, 7):
        moment = _at(year, month, zone)
        name, offset = zone.tzname(moment), zone.utcoffset(moment)
        if name and offset is not None and name.isalpha():
            found[name.lower()] = offset
    return found


def _at(year: int, month: int, zone: tzinfo) -> datetime:
    return datetime(year, month, 15, 12, tzinfo=zone)


def offset(sign: str, hours: int, minutes: int) -> tzinfo:
    """The zone of `+09:00`; raises ValueError beyond ±14:00."""
    if hours > 14 or minutes > 59:
        raise ValueError((hours, minutes))
    delta = timedelta(hours=hours, minutes=minutes)
    name = f"UTC{sign}{hours:02}:{minutes:02}" if delta else "UTC"
    return timezone(-delta if sign == "-" else delta, name)


_OFFSET = re.compile(r"(?:utc|gmt)? ?([+-]) ?(\d{1,2}):?(\d{2})?")


def written_offset(text: str) -> tzinfo | None:
    """The zone of `UTC+9` or `+09:00`; None beyond ±14:00."""
    match = _OFFSET.fullmatch(text)
    if match is None:
        return None
    try:
        return offset(match[1], int(match[2]), int(match[3] or 0))
    except ValueError:
        return None


def name_of(zone: tzinfo, now: datetime) -> str:
    """What to call a zone: its IANA name, else its abbreviation."""
    return getattr(zone, "key", None) or zone.tzname(now) or "UTC"
