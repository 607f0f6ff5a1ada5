"""The demo's lab: people, GPUs on two nodes, and two weeks in which they were booked, given back and used.

It is lived through, not written down: each booking is made by the use case that makes it for everybody, at the instant
when somebody would have made it.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from bot.workspace.people import DEMO_PEOPLE
from core import backlog, booking, displays, maintenance, members, organizations, outbox, requests, setup
from core.actors import Actor, Operator
from core.errors import Refusal
from core.facts import Standing
from core.inventory import Wanted
from core.migrate import upgrade
from core.timerange import TimeRange
from core.work import Database, Work

if TYPE_CHECKING:
    from bot.workspace.state import Person
    from bot.workspace.workspace import Workspace

ZONE = "Asia/Tokyo"
PAST, AHEAD = timedelta(days=16), timedelta(days=4)
LAB_PEOPLE: tuple[dict[str, Any], ...] = (
    *DEMO_PEOPLE,
    {"name": "hina", "real_name": "田中陽菜", "tz": "Asia/Tokyo", "locale": "ja-JP", "color": "#5a7f3c"},
    {"name": "seoyeon", "real_name": "이서연", "tz": "Asia/Seoul", "locale": "ko-KR", "color": "#8a5cc2"},
    {"name": "jonas", "real_name": "Jonas Keller", "tz": "Europe/Berlin", "locale": "de-DE", "color": "#2b8a8a"},
)
GPUS = (
    *(("lab-node-1", f"GPU{number}", "RTX 5090", 32) for number in range(2)),
    *(("lab-node-2", f"GPU{number}", "RTX A6000", 48) for number in range(4)),
)
PURPOSES = ("thesis runs", "evals", "論文の実験", "ablation", "파인튜닝", "baseline", "推論テスト", "")


@dataclass(frozen=True)
class Deed:
    """Something that somebody does at an instant."""

    at: datetime
    do: Callable[[Work], object]


def live(database: Database, slack: Workspace, now: datetime) -> None:
    """Let the lab have a past up to now, some bookings to come, and its board. Nothing of the past is told any more."""
    upgrade(database)
    with database.begin(now - PAST) as work:
        lab = organizations.seed(
            work, slack_id=slack.team_id, name=slack.state.team_name, zone=ZONE, channel=slack.channel_id("#gpu")
        ).id
        for node, label, model, memory in GPUS:
            maintenance.put_in_service(work, Operator(lab), node=node, label=label, model=model, memory_gb=memory)
        people = [_join(work, lab, person) for person in slack.state.humans()]
    for deed in sorted(_deeds(people, now), key=lambda deed: deed.at):
        try:
            with database.begin(deed.at) as work:
                deed.do(work)
        except Refusal:  # taken, or over already: so it goes in a lab
            continue
    _forget_what_was_due(database, lab, now)
    with database.begin(now) as work:
        admin = next(actor for actor in people if actor.is_admin)
        displays.put_board(work, admin, slack.channel_id("#gpu"), timedelta(0))
        setup.finish(work, admin)


def next_moment(database: Database, slack: Workspace) -> float | None:
    """When the lab's next notice is due, as epoch seconds; None when none is."""
    now = datetime.fromtimestamp(slack.state.clock(), UTC)
    with database.read(now) as work:
        lab = organizations.find(work, slack.team_id)
        due_at = backlog.next_due(work, lab.id) if lab else None
    return due_at.timestamp() if due_at else None


def _join(work: Work, lab: int, account: Person) -> Actor:
    member = members.save(
        work,
        lab,
        account.id,
        name=account.real_name,
        zone=account.tz,
        language=account.locale,
        standing=Standing.MEMBER,
        admin=account.admin,
    )
    return Actor.of(lab, member)


def _deeds(people: list[Actor], now: datetime) -> Iterator[Deed]:
    """GPU by GPU: bookings and pauses, and every sixth is given back early. The same in every demo."""
    chance = random.Random(5)  # noqa: S311 - a story, not a secret
    begin = (now - PAST).replace(minute=0, second=0, microsecond=0)
    for number, (node, label, *_) in enumerate(GPUS):
        at = begin + timedelta(hours=6 + number)
        while at < now + AHEAD:
            time = TimeRange(at, at + timedelta(hours=chance.choice((2, 3, 4, 6, 8, 12, 20))))
            actor, key = chance.choice(people), f"demo {number} {at.isoformat()}"
            ahead, ago = timedelta(hours=chance.choice((0, 2, 20))), timedelta(minutes=chance.randrange(3000))
            made_at = max(min(at - ahead, now - ago), begin)
            wanted, purpose = Wanted(names=(f"{node}/{label}",)), chance.choice(PURPOSES)
            yield Deed(made_at, _reserving(actor, wanted, time, purpose, key))
            early = time.end - time.length / 3
            if chance.random() < 1 / 6 and early < now:
                yield Deed(early, _releasing(actor, key))
            at = time.end + timedelta(hours=chance.choice((0, 0, 1, 3, 9)))


def _reserving(actor: Actor, wanted: Wanted, time: TimeRange, purpose: str, key: str) -> Callable[[Work], object]:
    return lambda work: booking.reserve(work, actor, wanted, time, purpose=purpose, request_key=key)


def _releasing(actor: Actor, key: str) -> Callable[[Work], object]:
    def release(work: Work) -> None:
        made = requests.done(work, actor, key)
        if made is not None:
            booking.release(work, actor, made.reservation.id, version=None)

    return release


def _forget_what_was_due(database: Database, lab: int, now: datetime) -> None:
    """As if it had been told in its time: the demo opens on a quiet channel."""
    for number in range(10_000):
        with database.begin(now) as work:
            batch = outbox.claim(work, lab, lease=outbox.PACE)
        if batch is not None:
            with database.begin(now) as work:  # as a sender does it: after the claim
                outbox.sent(work, batch, batch.ids, "0")
                outbox.put_off(work, batch, now, "")  # nothing is left to put off: only the pause between two messages
        elif number:
            return
