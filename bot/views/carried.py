"""What a button or a form carries, in few letters, and how it is read when it comes back."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

from core import facts
from core.facts import Hours, Recurrence, Repeats
from core.inventory import Wanted
from core.timerange import TimeRange

NAMES = 800  # characters of GPU names that a button carries, beside a purpose


def written(**data: object) -> str:
    """What a button carries, short."""
    return json.dumps(data, separators=(",", ":"), ensure_ascii=False)


def read(value: str) -> dict[str, Any]:
    """What a button carried. ValueError when it was never ours."""
    data = json.loads(value)
    if not isinstance(data, dict):
        raise ValueError("not a button of ours")  # noqa: TRY004 - what is wrong is what the text says
    return data


def reservation(held: facts.Reservation, **more: object) -> str:
    return written(id=held.id, v=held.version, **more)


def wish(wanted: Wanted, time: TimeRange, purpose: str, *, running: bool = False, stays: bool = False) -> str:
    """A booking, one tap away; `running` says that its work has begun, `stays` that others are offered beside it."""
    flags: dict[str, object] = {**({"r": True} if running else {}), **({"k": True} if stays else {})}
    return written(**wanted_of(wanted), **time_of(time), p=purpose, **flags)


def wanted_of(wanted: Wanted) -> dict[str, object]:
    """Which GPUs, for a button; so many that it cannot carry their names are asked for by number."""
    if wanted.names and sum(map(len, wanted.names)) < NAMES:
        return {"g": list(wanted.names)}
    return {"n": len(wanted.names) or wanted.count, "m": wanted.model, "x": wanted.spread}


def wanted_in(carried: dict[str, Any]) -> Wanted:
    """What `wanted_of` wrote."""
    return Wanted(
        names=tuple(carried.get("g", ())),
        count=int(carried.get("n", 1)),
        model=carried.get("m"),
        spread=bool(carried.get("x")),
    )


def by_number(gpus: Iterable[facts.Gpu]) -> Wanted:
    """These very GPUs, in the few letters that fit into a button."""
    return Wanted(names=tuple(f"#{gpu.id}" for gpu in gpus))


def time_of(time: TimeRange) -> dict[str, float]:
    return {"s": time.start.timestamp(), "e": time.end.timestamp()}


def time_in(carried: dict[str, Any]) -> TimeRange:
    """What `time_of` wrote."""
    start, end = (datetime.fromtimestamp(float(carried[key]), UTC) for key in ("s", "e"))
    return TimeRange(start, end)


def series(wanted: Wanted, repeats: Repeats, purpose: str, *, last: date | None = None, skip: bool = False) -> str:
    recurrence = repeats.recurrence
    return written(
        **wanted_of(wanted),
        p=purpose,
        r=[recurrence.unit, recurrence.interval, list(recurrence.weekdays)],
        d=[repeats.first.isoformat(), (last or repeats.last).isoformat()],
        **hours_of(repeats.hours),
        k=skip,
    )


def repeats_in(carried: dict[str, Any]) -> Repeats:
    unit, interval, weekdays = carried["r"]
    first, last = map(date.fromisoformat, carried["d"])
    return Repeats(Recurrence(unit, int(interval), tuple(weekdays)), first, last, hours_in(carried))


def hours_of(hours: Hours) -> dict[str, Any]:
    return {"h": [hours.start.isoformat(), hours.end.isoformat(), hours.end_days], "z": _zone(hours.zone)}


def hours_in(carried: dict[str, Any]) -> Hours:
    start, end, end_days = carried["h"]
    return Hours(time.fromisoformat(start), time.fromisoformat(end), int(end_days), _zone_in(carried["z"]))


def _zone(zone: tzinfo) -> str | float:
    """By name; of a zone that has none, the seconds it is ahead of UTC, all year round."""
    if isinstance(zone, ZoneInfo) and zone.key:
        return zone.key
    offset = zone.utcoffset(datetime(2000, 1, 1)) or timedelta()  # noqa: DTZ001 - the zone itself is asked
    return offset.total_seconds()


def _zone_in(value: str | float) -> tzinfo:
    return ZoneInfo(value) if isinstance(value, str) else timezone(timedelta(seconds=value))
