"""Whether what has come free is room for a wish: in memory, since very many may be waiting.

A board knows the live slots of the GPUs that were asked about; it belongs to a transaction that has locked them.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import bindparam, select

from core import availability, facts, inventory, models
from core.timerange import TimeRange
from core.work import Work

Freed = Mapping[int, list[TimeRange]]  # by the number of the GPU

_HELD = (
    select(models.Slot.gpu_id, models.Slot.start_at, models.Slot.end_at, models.Slot.reservation_id)
    .where(models.Slot.live, models.Slot.gpu_id.in_(bindparam("gpus", expanding=True)))
    .where(models.Slot.end_at > bindparam("now"))
    .order_by(models.Slot.gpu_id, models.Slot.end_at)
)


@dataclass(frozen=True)
class Shape:
    """What a wish comes down to."""

    gpus: tuple[int, ...]  # these very ones; else any
    count: int
    model: str | None
    spread: bool
    length: timedelta
    earliest: datetime  # it may start from then
    latest: datetime  # and not after
    passed: Freed  # what was offered for it and not taken
    besides: int = 0  # the reservation that would be moved, and is not in the way
    among: frozenset[int] | None = None  # no others than these; None: any


@dataclass(frozen=True)
class Found:
    gpus: tuple[facts.Gpu, ...]
    range: TimeRange


@dataclass
class _Held:
    """The live slots of one GPU, which do not overlap, in their order."""

    starts: list[datetime] = field(default_factory=list)
    ends: list[datetime] = field(default_factory=list)
    whose: list[int] = field(default_factory=list)


class Board:
    def __init__(self, work: Work, organization_id: int) -> None:
        self._work = work
        self._gpus = {gpu.id: gpu for gpu in inventory.gpus(work, organization_id)}
        self._held: dict[int, _Held] = {}
        self._meant: dict[tuple[tuple[int, ...], str | None], frozenset[int]] = {}

    def still_free(self, freed: Iterable[tuple[int, TimeRange]]) -> dict[int, list[TimeRange]]:
        """What of it is still to come, on GPUs in service, and not held again already."""
        found: dict[int, list[TimeRange]] = {}
        now, listed = self._work.now, [(gpu_id, time) for gpu_id, time in freed if gpu_id in self._gpus]
        self._look_at({gpu_id for gpu_id, _ in listed})
        for gpu_id, time in listed:
            if time.end > now:
                ahead = TimeRange(max(time.start, now), time.end)
                held = self._held[gpu_id]
                taken = map(TimeRange, held.starts, held.ends)
                found.setdefault(gpu_id, []).extend(ahead.subtract(taken))
        return {gpu_id: parts for gpu_id, parts in found.items() if parts}

    def widest(self, freed: Freed) -> tuple[timedelta, datetime]:
        """The longest time free in one piece where something was freed, and when the last such piece ends."""
        gaps = [self._gap(gpu_id, part, 0) for gpu_id, parts in freed.items() for part in parts]
        return max(end - start for start, end in gaps), max(end for _, end in gaps)

    def left_of(self, freed: Freed) -> dict[int, list[TimeRange]]:
        """The same, after slots were written."""
        self._held.clear()
        return self.still_free((gpu_id, part) for gpu_id, parts in freed.items() for part in parts)

    def fits(self, wish: Shape, freed: Freed) -> list[Found]:
        """How the wish may be served by what was freed, together with what was free before: each part of it at the
        soonest time, the soonest first.
        """
        meant = self._candidates(wish)
        fits: list[Found] = []
        for gpu_id, parts in freed.items():
            if gpu_id not in meant or (wish.among is not None and gpu_id not in wish.among):
                continue
            passed = wish.passed.get(gpu_id)
            for part in parts:
                for piece in part.subtract(passed) if passed else (part,):
                    found = self._alone(wish, gpu_id, piece) if wish.count == 1 else self._together(wish, gpu_id, piece)
                    if found is not None:
                        fits.append(found)
        return sorted(fits, key=lambda found: found.range.start)

    def _alone(self, wish: Shape, gpu_id: int, part: TimeRange) -> Found | None:
        opens, closes = self._gap(gpu_id, part, wish.besides)
        start = max(opens, wish.earliest)
        if start + wish.length <= part.start:
            start = min(part.start, closes - wish.length)
        if start > wish.latest or start >= part.end or start + wish.length > closes or start < wish.earliest:
            return None
        return Found((self._gpus[gpu_id],), TimeRange(start, start + wish.length))

    def _together(self, wish: Shape, gpu_id: int, part: TimeRange) -> Found | None:
        pool = self._pool(wish, gpu_id)
        if len(pool) < wish.count:
            return None
        self._look_at(set(pool))
        first = max(self._work.now, wish.earliest, part.start - wish.length)
        starts = {first, max(first, part.start)}
        for each in pool:
            held = self._held[each]
            starts.update(end for end in held.ends if first < end < part.end)
        for start in sorted(starts):
            if start > wish.latest or start >= part.end:
                return None
            end = start + wish.length
            if end <= part.start:
                continue
            free = [each for each in pool if self._is_free(each, start, end, wish.besides)]
            if gpu_id in free and len(free) >= wish.count:
                return Found(tuple(self._gpus[each] for each in self._pick(wish, gpu_id, free)), TimeRange(start, end))
        return None

    def _pick(self, wish: Shape, gpu_id: int, free: list[int]) -> list[int]:
        """The one that was freed, and others of its node before those of other nodes."""
        node = self._gpus[gpu_id].node
        near = sorted(free, key=lambda each: (each != gpu_id, self._gpus[each].node != node))
        return near[: wish.count]

    def _pool(self, wish: Shape, gpu_id: int) -> list[int]:
        node = self._gpus[gpu_id].node
        meant = self._candidates(wish)
        pool = [gpu.id for gpu in self._gpus.values() if gpu.id in meant and (wish.spread or gpu.node == node)]
        return pool if wish.among is None else [each for each in pool if each in wish.among]

    def _candidates(self, wish: Shape) -> frozenset[int]:
        key = (wish.gpus, wish.model)
        if key not in self._meant:
            named = frozenset(wish.gpus)
            if named:
                found = named if named <= set(self._gpus) else frozenset[int]()
            else:
                found = frozenset(number for number, gpu in self._gpus.items() if inventory.is_model(gpu, wish.model))
            self._meant[key] = found
        return self._meant[key]

    def _look_at(self, gpu_ids: set[int]) -> None:
        missing = gpu_ids - set(self._held)
        if not missing:
            return
        self._held |= {gpu_id: _Held() for gpu_id in missing}
        asked = {"gpus": sorted(missing), "now": self._work.now}
        for row in self._work.connection.execute(_HELD, asked):
            held = self._held[row.gpu_id]
            held.starts.append(row.start_at)
            held.ends.append(row.end_at)
            held.whose.append(row.reservation_id)

    def _gap(self, gpu_id: int, part: TimeRange, besides: int) -> tuple[datetime, datetime]:
        """From when until when the GPU is free around `part`."""
        held = self._held[gpu_id]
        after = bisect_left(held.starts, part.end)
        before = after - 1
        while after < len(held.starts) and held.whose[after] == besides:
            after += 1
        while before >= 0 and held.whose[before] == besides:
            before -= 1
        opens = held.ends[before] if before >= 0 else self._work.now
        closes = held.starts[after] if after < len(held.starts) else self._work.now + availability.FAR
        return max(opens, self._work.now), closes

    def _is_free(self, gpu_id: int, start: datetime, end: datetime, besides: int) -> bool:
        held = self._held[gpu_id]
        last = bisect_left(held.starts, end) - 1
        while last >= 0 and held.whose[last] == besides:
            last -= 1
        return last < 0 or held.ends[last] <= start
