"""What somebody waits for: a wish, as it was asked for, and what they have meanwhile.

A wish is open until it is served, withdrawn or in vain. What they have meanwhile is a reservation like any other:
whoever changes it changes what they wait for.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from core import audit, errors, facts, inventory, limits, members, models, organizations, reservations
from core.actors import Actor, Operator
from core.facts import Action, State, Subject, Surface, Wish, WishState
from core.inventory import Wanted
from core.timerange import TimeRange
from core.work import Work

NEWS_LASTS = timedelta(hours=6)
WORTH_MOVING = timedelta(minutes=15)  # by less, nobody is asked or moved


def fact(work: Work, row: models.Wish) -> Wish:
    """A wish as it is at `work.now`."""
    by_id = {gpu.id: gpu for gpu in inventory.gpus(work, row.organization_id)}
    offer = reservations.of_id(work, row.organization_id, row.offer_id) if row.offer_id else None
    if offer is not None and offer.state is not State.OFFERED:
        offer = None
    length = timedelta(seconds=row.seconds)
    state = WishState(row.outcome) if row.outcome else WishState.WAITING
    if state is WishState.WAITING and row.latest_at < work.now and offer is None:
        state = WishState.LAPSED
    return Wish(
        id=row.id,
        organization_id=row.organization_id,
        member=members.fact(row.member),
        asked_at=row.asked_at,
        gpus=tuple(by_id[number] for number in row.gpus if number in by_id),
        count=row.gpu_count,
        model=row.model,
        length=length,
        earliest_at=row.earliest_at,
        latest_at=row.latest_at,
        purpose=row.purpose,
        takes=row.takes,
        offer_lasts=timedelta(minutes=organizations.of_id(work, row.organization_id).offer_minutes),
        state=state,
        held=reservations.of_id(work, row.organization_id, row.reservation_id) if row.reservation_id else None,
        offer=offer,
        offered=TimeRange(offer.range.start, offer.range.start + length) if offer else None,
    )


def mine(work: Work, actor: Actor, wish_id: int) -> models.Wish:
    """Somebody's own wish, as it is now. UnknownWish, NotYours."""
    wish = work.session.get(models.Wish, wish_id)
    if wish is None or wish.organization_id != actor.organization_id:
        raise errors.UnknownWish(wish_id)
    if wish.member_id != actor.member_id:
        raise errors.NotYours(members.fact(wish.member))
    work.session.refresh(wish)
    return wish


def held(work: Work, wish: models.Wish) -> facts.Reservation | None:
    """What they have meanwhile."""
    if wish.reservation_id is None:
        return None
    return reservations.of_id(work, wish.organization_id, wish.reservation_id)


def read_passed(passed: list[list[Any]]) -> dict[int, list[TimeRange]]:
    """What they do not want, by GPU; from the column of a wish."""
    found: dict[int, list[TimeRange]] = {}
    for gpu_id, *written in passed:
        found.setdefault(gpu_id, []).append(TimeRange.read(written))
    return found


def check_limits(
    work: Work,
    wish: models.Wish,
    gpus: tuple[facts.Gpu, ...],
    time: TimeRange,
    *,
    moving: facts.Reservation | None,
) -> None:
    """Raise an AgainstRule where the lab's limits do not let them have this, in place of what is `moving`."""
    wanted = Wanted(names=tuple(f"#{gpu.id}" for gpu in gpus))
    limits.allowed(work, wish.organization_id, wish.member_id, wanted, gpus, time, moving=moving)


def follow(work: Work, wish: models.Wish, held: facts.Reservation) -> None:
    """What they have meanwhile has changed: they wait for the same, earlier, unless it began or was given back."""
    if held.state is not State.UPCOMING or held.range.start < wish.earliest_at + WORTH_MOVING:
        close(work, wish, WishState.WITHDRAWN if held.state is State.CANCELLED else WishState.SERVED)
        return
    gpus = held.gpus
    wish.seconds = int(held.range.length.total_seconds())
    wish.latest_at = held.range.start - WORTH_MOVING
    if wish.gpus:
        wish.gpus = [gpu.id for gpu in gpus]
    elif wish.model and not all(inventory.is_model(gpu, wish.model) for gpu in gpus):
        wish.model = None
    wish.gpu_count = len(gpus)
    wish.spread = wish.spread or len({gpu.node for gpu in gpus}) > 1
    work.session.flush()


def close(work: Work, wish: models.Wish, state: WishState) -> None:
    """They wait no longer."""
    wish.outcome, wish.closed_at = state, work.now
    work.session.flush()


def record(work: Work, by: Actor, action: Action, wish: models.Wish, before: audit.Snapshot | None) -> None:
    """Write into the audit what was done with a wish; `before` is its `snapshot` of then."""
    audit.record(work, by, action, Subject.WISH, wish.id, before=before, after=snapshot(wish), concerns=wish.member_id)


def snapshot(wish: models.Wish) -> audit.Snapshot:
    """What the audit tells of a wish."""
    return {
        "gpus": wish.gpus,
        "count": wish.gpu_count,
        "model": wish.model,
        "seconds": wish.seconds,
        "starts": [wish.earliest_at.isoformat(), wish.latest_at.isoformat()],
        "takes": wish.takes,
        "state": wish.outcome or WishState.WAITING,
    }


def bot(organization_id: int) -> Operator:
    """Who gives people what comes free."""
    return Operator(organization_id, Surface.BOT)


IS_OPEN = models.Wish.outcome.is_(None)
