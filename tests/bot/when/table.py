"""Reads the example tables: `examples/<language>.txt`, one phrase a line.

@ 2026-06-10 11:00 America/New_York en      who reads from here on: now, zone, locale
tomorrow 2-5pm => 06-11 14:00 - 17:00       a range, in that zone; the end's day only where it differs
13-18 resnet => 06-10 13:00 - 18:00 | resnet     and what is left of the text
3-5 => ambiguous                            a refusal
15:00 => too_vague 06-10 15:00              a refusal that knows the start
is 13-18 free? => 06-10 13:00 - 18:00 ?     a question
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

FOLDER = Path(__file__).with_name("examples")
KINDS = ("no_range", "inverted", "ambiguous", "past", "too_vague")
_RANGE = re.compile(r"(?P<day>\S+) (?P<from>\d\d:\d\d) - (?:(?P<last>\S+) )?(?P<to>\d\d:\d\d)(?P<question> \?)?")


@dataclass(frozen=True)
class Example:
    """One line of a table."""

    where: str
    text: str
    now: datetime
    zone: str
    locale: str
    start: datetime | None = None
    end: datetime | None = None
    kind: str | None = None
    rest: str | None = None
    question: bool = False


def load(path: Path) -> list[Example]:
    """All examples of a table."""
    found: list[Example] = []
    now, zone, locale = datetime.now(ZoneInfo("UTC")), "UTC", "en"
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if line.startswith("@ "):
            _, day, time, zone, locale = line.split()
            now = datetime.fromisoformat(f"{day} {time}").replace(tzinfo=ZoneInfo(zone))
        elif " => " in line and not line.startswith("#"):
            found.append(_example(f"{path.name}:{number}", line, now, zone, locale))
    return found


def _example(where: str, line: str, now: datetime, zone: str, locale: str) -> Example:
    text, _, expected = line.rpartition(" => ")
    expected, bar, rest = expected.partition(" | ")
    base = Example(where, text, now, zone, locale, rest=rest if bar else None)
    kind, _, start = expected.strip().partition(" ")
    if kind in KINDS:
        day, _, time = start.partition(" ")
        return _with(base, kind=kind, start=_at(day, time, now) if start else None)
    match = _RANGE.fullmatch(expected.strip())
    assert match, f"{where}: {line}"
    first = _at(match["day"], match["from"], now)
    last = _at(match["last"] or match["day"], match["to"], now)
    return _with(base, start=first, end=last, question=bool(match["question"]))


def _with(example: Example, **changes: object) -> Example:
    return Example(**{**example.__dict__, **changes})


def _at(day: str, time: str, now: datetime) -> datetime:
    if day.count("-") == 1:
        day = f"{now.year}-{day}"
    return datetime.fromisoformat(f"{day} {time}").replace(tzinfo=now.tzinfo)
