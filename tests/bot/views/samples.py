"""Makes values of the types that views take, from their type hints: next to nothing, the usual, or all and the longest.

A view of a new kind needs nothing here as long as its types can be made from their fields; types whose fields depend on
each other have a maker of their own in `MAKERS`. What cannot be made says so, loudly.
"""

from __future__ import annotations

import inspect
import types
import typing
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import MISSING, fields, is_dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from enum import Enum
from functools import cache
from itertools import pairwise
from random import Random
from typing import Any, Literal, TypeVar, cast, get_args, get_origin, get_type_hints
from zoneinfo import ZoneInfo

from bot.reader import Reader
from bot.views import kit
from bot.when import Reading
from core import facts
from core.errors import AgainstRule, Busy
from core.outbox import BATCH, Batch, Owed
from core.recipients import CHANNEL
from core.timerange import TimeRange

NOW = datetime(2026, 12, 3, 9, 7, 31, tzinfo=UTC)
SHOUT = "<!channel>"
HOSTILE = (
    SHOUT + " & <@U0EVIL> *b* `c` ~s~ \U0001f9ea\U0001f469\u200d\U0001f52c שלום مرحبا \u202edrow\u202c"
    ' {command} {0} %s "\\ <https://x.y|z> '
) * 20
ZONES = ("Asia/Tokyo", "Europe/Berlin", "America/New_York", "Asia/Kathmandu", "UTC")


T = TypeVar("T")


class Size(Enum):
    LEAST = 0
    USUAL = 3
    FULL = 130  # more GPUs than a select has room for


class Maker:
    """Makes the values for one call; the same seed makes the same."""

    def __init__(self, size: Size, language: str, seed: int) -> None:
        self.size = size
        self.language = language
        self.random = Random(seed)
        self._number = 0
        self._depth = 0  # how many collections what is made now stands in

    def arguments(self, function: Callable[..., Any]) -> dict[str, Any]:
        """Something for each parameter; one that may be left out is now and then."""
        hints = _hints(function)
        made = {}
        for name, parameter in inspect.signature(function).parameters.items():
            is_left_out = parameter.default is not parameter.empty and self.random.random() < 0.3
            is_callback = _is_callback(hints[name])
            if not (is_left_out or is_callback or parameter.kind is parameter.VAR_KEYWORD):
                made[name] = self.make(hints[name], name)
        return made

    def make(self, hint: Any, name: str = "") -> Any:
        if hint in MAKERS:
            return MAKERS[hint](self, name)
        if get_origin(hint) in {typing.Union, types.UnionType}:
            return self.make(self.random.choice(get_args(hint)), name)
        if get_origin(hint) in COLLECTIONS:
            return self._collection(get_origin(hint), get_args(hint), name)
        if isinstance(hint, type) and issubclass(hint, Enum):
            return self.random.choice(list(hint))
        if isinstance(hint, type) and is_dataclass(hint):
            return self.build(hint)
        if isinstance(hint, type) and hint.__module__.startswith(("bot.", "core.")):
            return hint(**self.arguments(hint)) if "__init__" in vars(hint) else hint()
        raise NotImplementedError(f"no sample of {hint!r} for {name!r}: give it a maker in {__name__}.MAKERS")

    def _collection(self, kind: Any, of: tuple[Any, ...], name: str) -> Any:
        if kind is Literal:
            return self.random.choice(of)
        if kind is tuple and of[-1] is not Ellipsis:
            return tuple(self.make(each, name) for each in of)
        count, self._depth = self._count(), self._depth + 1
        if kind in {dict, Mapping}:
            made: Any = [(self.make(of[0], name), self.make(of[1], name)) for _ in range(count)]
        else:
            made = [self.make(of[0], name) for _ in range(count)]
        self._depth -= 1
        return COLLECTIONS[kind](made)

    def _count(self) -> int:
        """As many as there may be; of what stands within many others, now and then."""
        return self.size.value if self._depth == 0 or self.random.random() < 0.02 else min(self.size.value, 5)

    def build(self, kind: type[T], /, **given: Any) -> T:
        """A dataclass from its fields; the fields that are given stay."""
        hints = _hints(cast("Any", kind))
        made = dict(given)
        for each in fields(cast("Any", kind)):
            is_optional = each.default is not MISSING or each.default_factory is not MISSING
            if each.init and each.name not in made and not (is_optional and self.random.random() < 0.3):
                made[each.name] = self.make(hints[each.name], each.name)
        return kind(**made)

    # --- makers of what depends on each other, or on the clock ---

    def number(self) -> int:
        self._number += 1
        return self._number

    def text(self, name: str = "") -> str:
        """What people write: nothing, a word or two, or the worst that fits. What we write says something."""
        if name in OURS:
            return OURS[name]
        if name not in PEOPLES:
            return {Size.LEAST: "x", Size.USUAL: USUAL[self.language], Size.FULL: "long" * 25}[self.size]
        return {Size.LEAST: "", Size.USUAL: USUAL[self.language], Size.FULL: HOSTILE[: PEOPLES[name]]}[self.size]

    def integer(self, name: str = "") -> int:
        return self.number() if name.endswith("id") or name == "id" else max(self.size.value, 1)

    def instant(self, name: str = "") -> datetime:
        far = {Size.LEAST: 0, Size.USUAL: 30, Size.FULL: 24 * 59}[self.size]
        return NOW if name in {"now", "at"} else NOW + timedelta(hours=self.random.uniform(-far, far))

    def length(self, _name: str = "") -> timedelta:
        most = {Size.LEAST: timedelta(), Size.USUAL: timedelta(hours=30), Size.FULL: timedelta(days=7)}[self.size]
        return timedelta(minutes=round(self.random.random() * most / timedelta(minutes=1)))

    def range(self, name: str = "") -> TimeRange:
        start = NOW.replace(second=0) + self.length() * self.random.choice([-1, 1])
        if name == "window":
            start = NOW.replace(hour=0, minute=0, second=0)
            return TimeRange(start, start + timedelta(days=1))
        return TimeRange(start, start + max(self.length(), timedelta(minutes=5)))

    def ranges_in_order(self, first: datetime) -> list[TimeRange]:
        """Some that do not overlap, from an instant on."""
        edges = [first]
        for _ in range(2 * min(self._count(), 12)):
            edges.append(edges[-1] + max(self.length() / 4, timedelta(minutes=5)))
        return [TimeRange(start, end) for start, end in list(pairwise(edges))[1::2]]

    def gpu(self, _name: str = "") -> facts.Gpu:
        number = self.number()
        if self.size is Size.FULL:
            node = f"node-{number // 16}-".ljust(200, "x")
            label = f"GPU{number % 16}".ljust(32, "y")
            return facts.Gpu(number, node, label, HOSTILE[:100], 1024, f"{node}/{label}")
        return facts.Gpu(number, "lab-node-1", f"GPU{number}", "RTX 5090", 32, f"GPU{number}")

    def member(self, _name: str = "") -> facts.Member:
        number = self.random.randrange(8)
        name = HOSTILE[: 80 - number] if self.size is Size.FULL else NAMES[self.language]
        standing = self.random.choice(list(facts.Standing))
        return facts.Member(number, f"U{number}", name, "UTC", self.language, facts.Role.USER, standing, None)

    def reservation(self, _name: str = "") -> facts.Reservation:
        time = self.range()
        slots = [facts.Slot(self.gpu(), time) for _ in range(max(self._count(), 1))]
        return self.build(facts.Reservation, holder=self.member(), slots=tuple(slots), range=time)

    def occupancy(self, _name: str = "") -> facts.Occupancy:
        gpu, until = self.gpu(), NOW
        current = None
        if self.random.random() < 0.6:
            until = NOW + max(self.length(), timedelta(minutes=5))
            current = self.holding(gpu, TimeRange(NOW - timedelta(hours=1), until))
        return facts.Occupancy(gpu, current, tuple(self.holding(gpu, time) for time in self.ranges_in_order(until)))

    def timeline(self, _name: str = "") -> facts.Timeline:
        gpu, window = self.gpu(), self.range("window")
        clipped = (time.clip(window) for time in self.ranges_in_order(window.start))
        return facts.Timeline(gpu, window, tuple(self.holding(gpu, time) for time in clipped if time))

    def holding(self, gpu: facts.Gpu, time: TimeRange) -> facts.Holding:
        return facts.Holding(gpu, time, self.member(), self.number(), self.text("purpose"))

    def reading(self, _name: str = "") -> Reading:
        time, zone = self.range(), self.make(tzinfo)
        return self.build(Reading, start=time.start.astimezone(zone), end=time.end.astimezone(zone))

    def batch(self, _name: str = "") -> Batch:
        owed = [self.build(Owed, data=self.notice_data()) for _ in range(min(max(self.size.value, 1), BATCH))]
        return self.build(Batch, owed=tuple(owed))

    def notice_data(self, _name: str = "") -> dict[str, Any]:
        """What core keeps beside a notice, or a button carries, of every kind at once."""
        always = {
            "gpus": [self.gpu().name for _ in range(max(self._count(), 1))],
            "failure": "channel_not_found",
            "whom": CHANNEL,
            "until": NOW.isoformat(),
            "range": [each.isoformat() for each in (NOW, NOW + timedelta(hours=3))],
            "asker": self.member().name,
            "holder": self.member().name,
            "giver": self.member().name,
            "purpose": self.text("purpose"),
            "hand_over": self.number(),
            "call": self.number(),
            "count": max(self.size.value, 1),
            "first": [each.isoformat() for each in (NOW, NOW + timedelta(hours=3))],
            "last": NOW.isoformat(),
            "rule": vars(self.recurrence()),
            "wish": self.number(),
            "caller": self.member().name,
            "asked": self.member().name,
            "answer": "stopped",
            "g": ["GPU0", "GPU1"],
            "p": self.text("why"),
            "was": [each.isoformat() for each in (NOW, NOW + timedelta(hours=5))],
            "by": self.member().name,
            "why": self.text("why"),
            "action": self.random.choice(list(facts.Action)).value,
        }
        return always | ({"early": True} if self.random.random() < 0.5 else {})

    def recurrence(self, _name: str = "") -> facts.Recurrence:
        if self.random.random() < 0.5:
            return facts.Recurrence("day", max(self.size.value, 1))
        days = self.random.sample(range(7), self.random.randint(1, 7))
        return facts.Recurrence("week", max(self.size.value, 1), tuple(sorted(days)))

    def series(self, _name: str = "") -> facts.Series:
        remaining = self._collection(tuple, (facts.Reservation, ...), "remaining") or (self.reservation(),)
        return facts.Series(self.number(), self.recurrence(), remaining)

    def series_receipt(self, _name: str = "") -> facts.SeriesReceipt:
        series = self.series()
        return facts.SeriesReceipt(series, series.remaining, ())

    def reader(self, _name: str = "") -> Reader:
        return Reader.of(self.language, self.random.choice(ZONES), "U0")


@cache
def _hints(kind: Any) -> dict[str, Any]:
    """Types that are only imported for checking are found all the same."""
    names = {each.__name__: each for each in (TimeRange, datetime, date, time, timedelta, tzinfo)} | {"facts": facts}
    if not isinstance(kind, type):
        return get_type_hints(kind, localns=names)
    return get_type_hints(kind if is_dataclass(kind) else vars(kind)["__init__"], localns=names | dict(vars(kind)))


def _is_callback(hint: Any) -> bool:
    return any(get_origin(each) is Callable or each is Callable for each in (hint, *get_args(hint)))


COLLECTIONS: dict[Any, Callable[[Any], Any]] = {
    Literal: tuple,
    tuple: tuple,
    list: list,
    Sequence: list,
    Iterable: list,
    Collection: list,
    set: set,
    frozenset: frozenset,
    dict: dict,
    Mapping: dict,
}

# What has a form of its own.
OURS = {
    "channel": "C0123456789",
    "file_id": "F0123456789",
    "language": "ja",
    "languages": "ja",
    "zone": "Asia/Tokyo",
    "zones": "Asia/Tokyo",
    "quiet_from": "22:00",
    "quiet_until": "07:00",
    "verb": "board",
    "label": "Label",
}

# What people write, and how much of it is let through at most.
PEOPLES = {
    "purpose": 200,
    "why": 500,
    "text": 1_000,
    "when": 1_000,
    "rest": 600,
    "name": 80,
    "names": 100,
    "model": 100,
}
USUAL = {"en": "thesis runs", "ja": "論文の実験", "ko": "논문 실험"}
NAMES = {"en": "Alice Weber", "ja": "佐藤遥", "ko": "김민준"}

MAKERS: dict[Any, Callable[[Maker, str], Any]] = {
    str: Maker.text,
    int: Maker.integer,
    float: lambda maker, _name: maker.random.random() * maker.size.value,
    bool: lambda maker, _name: maker.random.random() < 0.5,
    datetime: Maker.instant,
    date: lambda maker, name: maker.instant(name).date(),
    timedelta: Maker.length,
    tzinfo: lambda maker, _name: ZoneInfo(maker.random.choice(ZONES)),
    TimeRange: Maker.range,
    Reader: Maker.reader,
    facts.Gpu: Maker.gpu,
    facts.Member: Maker.member,
    facts.Reservation: Maker.reservation,
    facts.Holding: lambda maker, _name: maker.holding(maker.gpu(), maker.range()),
    facts.Occupancy: Maker.occupancy,
    facts.Recurrence: Maker.recurrence,
    facts.Series: Maker.series,
    facts.SeriesReceipt: Maker.series_receipt,
    AgainstRule: lambda maker, name: maker.make(maker.random.choice(AgainstRule.__subclasses__()), name),
    Exception: lambda _maker, _name: Busy(),
    facts.Timeline: Maker.timeline,
    Reading: Maker.reading,
    Batch: Maker.batch,
    time: lambda maker, name: maker.instant(name).time(),
    kit.Message: lambda maker, _name: kit.message(maker.text(), kit.section(maker.text())),
    types.NoneType: lambda _maker, _name: None,
    dict[str, Any]: Maker.notice_data,
    Mapping[str, Any]: Maker.notice_data,
    Any: lambda _maker, _name: {},
}

__all__ = ["HOSTILE", "MAKERS", "NOW", "SHOUT", "Maker", "Size"]
