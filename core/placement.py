"""The only file that writes slots: lock, look, write.

Every function here expects to run inside `Database.begin`, and every change of slots passes through it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

from sqlalchemy import select

from core import facts, models
from core.timerange import TimeRange
from core.work import Work


def lock(work: Work, gpus: Iterable[facts.Gpu]) -> None:
    """Wait until nobody else is booking these GPUs.

    Always in the order of their ids, so that two bookings that name them in opposite order do not wait for each other.
    SQLite has one writer anyway and ignores this.
    """
    ids = sorted(gpu.id for gpu in gpus)
    work.session.execute(
        select(models.Gpu.id).where(models.Gpu.id.in_(ids)).order_by(models.Gpu.id).with_for_update()
    ).all()


def place(work: Work, row: models.Reservation, gpus: Iterable[facts.Gpu], time: TimeRange) -> None:
    """Hold these GPUs, and no others, for `time`. The database has the last word on overlaps."""
    wanted = {gpu.id for gpu in gpus}
    for slot in list(row.slots):
        if slot.gpu_id not in wanted:
            row.slots.remove(slot)
            work.session.delete(slot)
    work.session.flush()
    kept = {slot.gpu_id: slot for slot in row.slots}
    for gpu_id in sorted(wanted):
        if gpu_id not in kept:
            kept[gpu_id] = models.Slot(gpu_id=gpu_id, live=True)
            row.slots.append(kept[gpu_id])
        kept[gpu_id].start_at, kept[gpu_id].end_at = time.start, time.end
    work.session.flush()


def stretch(work: Work, slots: Iterable[models.Slot], end: datetime) -> None:
    """Let these slots end at `end`, later or earlier."""
    for slot in slots:
        slot.end_at = end
    work.session.flush()


def cut(work: Work, row: models.Reservation, gpu_ids: Collection[int]) -> None:
    """Give these GPUs back now; the time used stays on record."""
    stretch(work, (slot for slot in row.slots if slot.gpu_id in gpu_ids and slot.end_at > work.now), work.now)


def drop(work: Work, row: models.Reservation) -> None:
    """Give everything back as if it had never been held."""
    for slot in row.slots:
        slot.live = False
    work.session.flush()
