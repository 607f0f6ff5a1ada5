"""GPUs in service and out of it, for a while or for good: what stands in the way is moved, shortened or given back.

A maintenance is a reservation that the admin who ordered it holds, so that the one guard keeps everybody else out, and
that they may change, extend, end or cancel it like any other. No limit of the lab is in its way.

To see what it would lead to before it is done, do it inside `Database.rehearse`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from core import (
    audit,
    availability,
    booking,
    errors,
    facts,
    inventory,
    members,
    notices,
    placement,
    policy,
    requests,
    reservations,
    waitlist,
)
from core.actors import Actor, Operator
from core.facts import Action, Displaced, State
from core.inventory import Wanted
from core.timerange import TimeRange
from core.work import Work

_FOR_GOOD = timedelta(days=3650)
_LOOKS_AHEAD = timedelta(days=14)  # how much later a booking may be moved


def take_down(
    work: Work,
    actor: Actor,
    names: Iterable[str],
    time: TimeRange,
    why: str,
    *,
    seen: str | None = None,
    request_key: str | None = None,
) -> facts.Maintenance:
    """Take GPUs, or whole nodes, out of service for a while. `seen` is the `Maintenance.mark` that the admin agreed to.

    Raises NotAsSeen when it would lead to something else by now, AdminsOnly, NoReason, InThePast, UnknownGpu, and
    GpuTaken where one of them is out of service then already.
    """
    members.must_be_admin(work, actor)
    why = _reason(why)
    gpus = inventory.meant(work, actor.organization_id, names)
    _lock(work, actor, gpus, time)
    if answered := requests.done(work, actor, request_key):
        return facts.Maintenance(answered.reservation, (), "", again=True)
    policy.check_not_over(time, work.now)
    time = TimeRange(max(time.start, work.now), time.end)
    with waitlist.held_back(work, actor.organization_id):
        displaced = tuple(_clear(work, actor, gpus, time, why))
        mark = _mark(displaced)
        if seen is not None and seen != mark:
            raise errors.NotAsSeen
        keeper = members.of_id(work, actor.organization_id, actor.member_id)
        held = placement.add(work, actor.organization_id, keeper, why, gpus, time, maintenance=True)
    notices.plan(work, held, announce=True)
    requests.remember(work, held, request_key)
    audit.record_reservation(work, actor, Action.TAKEN_DOWN, held, why=why)
    return facts.Maintenance(held, displaced, mark)


def retire(
    work: Work,
    actor: Actor,
    names: Iterable[str],
    why: str,
    *,
    seen: str | None = None,
    request_key: str | None = None,
) -> facts.Maintenance:
    """Take them out of service for good, in the same way; the times they were used stay on record."""
    members.must_be_admin(work, actor)
    why = _reason(why)
    members.lock_organization(work, actor.organization_id)
    if requests.is_done(work, actor, request_key):
        return facts.Maintenance(None, (), "", again=True)
    gpus = inventory.meant(work, actor.organization_id, names)
    time = TimeRange(work.now, work.now + _FOR_GOOD)
    _lock(work, actor, gpus, time)
    with waitlist.held_back(work, actor.organization_id):
        displaced = tuple(_clear(work, actor, gpus, time, why))
        mark = _mark(displaced)
        if seen is not None and seen != mark:
            raise errors.NotAsSeen
        for gpu in gpus:
            inventory.retire(work, actor, gpu.id, why=why)
    requests.remember_done(work, actor, request_key)
    return facts.Maintenance(None, displaced, mark)


def put_in_service(
    work: Work,
    by: Actor | Operator,
    *,
    node: str,
    label: str,
    model: str,
    memory_gb: int,
    only_new: bool = False,
    why: str = "",
) -> facts.Gpu:
    """Add a GPU, or bring one back, as `inventory.add_gpu` does, for those first who wait."""
    members.lock_organization(work, by.organization_id)
    waitlist.lock(work, by.organization_id)  # before it is changed: it may be one in service
    gpu = inventory.add_gpu(
        work, by, node=node, label=label, model=model, memory_gb=memory_gb, only_new=only_new, why=why
    )
    waitlist.pass_on(work, by.organization_id)
    return gpu


def edit(
    work: Work, by: Actor | Operator, gpu_id: int, *, label: str, model: str, memory_gb: int, notes: str, why: str = ""
) -> facts.Gpu:
    """Correct what is known of a GPU, as `inventory.edit_gpu` does: it may be one by now that somebody waits for."""
    members.lock_organization(work, by.organization_id)
    waitlist.lock(work, by.organization_id)
    gpu = inventory.edit_gpu(work, by, gpu_id, label=label, model=model, memory_gb=memory_gb, notes=notes, why=why)
    waitlist.look_again(work, by.organization_id)
    return gpu


def _lock(work: Work, actor: Actor, gpus: tuple[facts.Gpu, ...], time: TimeRange) -> None:
    """All GPUs, since some are moved to others; then reservations, as every change of one does.

    The lab is locked before, or never: to be out of service for a while is a booking.
    """
    waitlist.lock(work, actor.organization_id)
    in_the_way = availability.holdings(work, actor.organization_id, gpus, time)
    placement.lock_reservations(work, {held.reservation_id for held in in_the_way})


def _reason(why: str) -> str:
    why = " ".join(why.split())
    if not why:
        raise errors.NoReason
    policy.check_purpose(why)
    return why


def _clear(work: Work, actor: Actor, gpus: tuple[facts.Gpu, ...], time: TimeRange, why: str) -> Iterator[Displaced]:
    """Make room, the soonest first; each is told to its holder by the change itself."""
    in_the_way = availability.holdings(work, actor.organization_id, gpus, time)
    for number in dict.fromkeys(held.reservation_id for held in sorted(in_the_way, key=lambda held: held.range)):
        before = reservations.of_id(work, actor.organization_id, number)
        if before.state is State.OFFERED:
            waitlist.call_off(work, actor, number)
            continue
        if before.maintenance and time.length < _FOR_GOOD:
            clashes = tuple(held for held in in_the_way if held.reservation_id == number)
            raise errors.GpuTaken(time, clashes, alternatives=())
        yield _displace(work, actor, before, gpus, time, why)


def _displace(
    work: Work, actor: Actor, before: facts.Reservation, gpus: tuple[facts.Gpu, ...], time: TimeRange, why: str
) -> Displaced:
    if before.state is State.RUNNING and time.start > work.now:
        return _shorten(work, actor, before, gpus, time.start, why)
    if before.state is State.UPCOMING and not before.maintenance:
        for wanted, wish in _moves(work, before, gpus, time):
            try:
                receipt = booking.change(
                    work, actor, before.id, version=None, wanted=wanted, wish=wish, purpose=before.purpose, why=why
                )
            except (errors.GpuTaken, errors.TooManyGpus, errors.NoGpus):
                continue
            return Displaced(before, receipt.reservation, Displaced.Kind.MOVED)
    give_back = booking.release if before.state is State.RUNNING else booking.cancel
    down = [gpu.full_name for gpu in before.gpus if gpu in gpus]
    receipt = give_back(work, actor, before.id, version=None, names=down, why=why)
    return Displaced(before, receipt.reservation, Displaced.Kind.GIVEN_BACK)


def _shorten(
    work: Work, actor: Actor, before: facts.Reservation, gpus: tuple[facts.Gpu, ...], end: datetime, why: str
) -> Displaced:
    """What goes down ends before; its other GPUs stay."""
    down = [gpu.full_name for gpu in before.gpus if gpu in gpus]
    if len(down) < len(before.gpus):
        receipt = booking.shorten(work, actor, before.id, version=None, names=down, end=end, why=why)
        return Displaced(receipt.before or before, receipt.reservation, Displaced.Kind.SHORTENED)
    wish = TimeRange(before.range.start, end)
    receipt = booking.change(
        work, actor, before.id, version=None, wanted=_names(before.gpus), wish=wish, purpose=before.purpose, why=why
    )
    return Displaced(before, receipt.reservation, Displaced.Kind.SHORTENED)


def _moves(
    work: Work, before: facts.Reservation, gpus: tuple[facts.Gpu, ...], time: TimeRange
) -> Iterator[tuple[Wanted, TimeRange]]:
    """Where it could go, best first: the same time on other GPUs, of the same model if there are, or right after."""
    others = [gpu for gpu in inventory.gpus(work, before.organization_id) if gpu not in gpus]
    same_model = [gpu for gpu in others if gpu.model in {each.model for each in before.gpus}]
    kept = [gpu for gpu in before.gpus if gpu not in gpus]
    for pool in (same_model, others):
        held = availability.holdings(work, before.organization_id, pool, before.range)
        taken = {holding.gpu.id for holding in held if holding.reservation_id != before.id}
        free = [gpu for gpu in pool if gpu.id not in taken and gpu not in kept]
        missing = len(before.gpus) - len(kept)
        nodes = {gpu.node for gpu in before.gpus}
        near = sorted(free, key=lambda gpu: gpu.node not in nodes)  # a stable order: nodes it is on come first
        if kept and len(near) >= missing:
            yield _names([*kept, *near[:missing]]), before.range
        whole = inventory.pick(Wanted(count=len(before.gpus)), [*kept, *free], lambda _gpu: True)
        if whole:
            yield _names(whole), before.range
    if time.length < _FOR_GOOD and time.end - before.range.start <= _LOOKS_AHEAD:
        yield _names(before.gpus), TimeRange(time.end, time.end + before.range.length)


def _names(gpus: Iterable[facts.Gpu]) -> Wanted:
    return Wanted.of(gpus)


def _mark(displaced: Iterable[Displaced]) -> str:
    """The same for what leads to the same, also some seconds later."""
    told = [(each.before.id, each.before.version, each.kind, *_outcome(each)) for each in displaced]
    return hashlib.sha256(repr(told).encode()).hexdigest()[:16]


def _outcome(displaced: Displaced) -> tuple[object, ...]:
    """Without what only tells when somebody looked."""
    match displaced.kind:
        case Displaced.Kind.MOVED:
            return displaced.after.gpus, displaced.after.range
        case Displaced.Kind.SHORTENED:
            return displaced.after.gpus, displaced.after.range.end
        case _:
            return ()
