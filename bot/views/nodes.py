"""Many GPUs in few lines: one for each node, its GPUs of one state together, in full while there is room for that."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from bot.reader import Reader
from bot.views import kit
from core import facts

ROOM = 9_000  # characters, of the 12,000 or so that Slack takes in one message
_NAME = 24  # characters of a person's name
_MANY = 3  # GPUs that are no longer named one by one


@dataclass(frozen=True)
class Node:
    """The GPUs of one, as they are now."""

    name: str
    stories: tuple[facts.Occupancy, ...]

    @property
    def free(self) -> list[facts.Occupancy]:
        return [story for story in self.stories if story.now is None]


def in_order(stories: Sequence[facts.Occupancy], reader: Reader) -> list[Node]:
    """Those with GPUs of the reader's own first, then those with free ones."""
    found = [Node(name, tuple(group)) for name, group in groupby(stories, key=lambda story: story.gpu.node)]
    return sorted(
        found, key=lambda node: (not any(is_mine(story.now, reader) for story in node.stories), not node.free)
    )


def now(stories: Sequence[facts.Occupancy], reader: Reader, now: datetime, *, room: int = ROOM) -> list[str]:
    """A line for each node, in order."""
    return lines(in_order(stories, reader), reader, now, room=room)


def lines(nodes: Iterable[Node], reader: Reader, now: datetime, *, room: int = ROOM) -> list[str]:
    """A line for each of these.

    No GPU is left out: where not every holder fits into `room` characters, the last nodes tell numbers only.
    """
    return kit.fitted([(_in_numbers(node, reader), _in_full(node, reader, now)) for node in nodes], room)


def during(timelines: Sequence[facts.Timeline], reader: Reader, *, room: int = ROOM) -> list[str]:
    """The same for a day: what is free all through it, and who holds the others when."""
    by_node = [(name, list(group)) for name, group in groupby(timelines, key=lambda line: line.gpu.node)]
    return kit.fitted([(_day_in_numbers(*node, reader), _day_in_full(*node, reader)) for node in by_node], room)


def free(gpus: Iterable[facts.Gpu], reader: Reader, *, room: int = ROOM) -> list[str]:
    """*node1* 0, 2–5"""
    by_node = [(name, list(group)) for name, group in groupby(gpus, key=lambda gpu: gpu.node)]
    return kit.fitted(
        [
            (
                reader.say("*{node}* {free} free", node=kit.escape(name), free=len(group)),
                reader.say("*{node}* {gpus}", node=kit.escape(name), gpus=numbers(group, reader)),
            )
            for name, group in by_node
        ],
        room,
    )


def holder(held: facts.Holding, reader: Reader) -> str:
    """Somebody by name: who only reads of it need not be woken; of what they are offered, until when."""
    if held.maintenance:
        return reader.say("out of service")
    return offered(held, who(held, reader), reader)


def who(held: facts.Holding, reader: Reader) -> str:
    """The name alone."""
    return reader.say("you") if is_mine(held, reader) else kit.escape(kit.clip(held.holder.name, _NAME))


def offered(held: facts.Holding, who: str, reader: Reader) -> str:
    """Bob (offered until 14:10), where it is only on offer to them."""
    if held.offered_until is None:
        return who
    return reader.say("{who} (offered until {time})", who=who, time=reader.clock(held.offered_until))


def as_one(held: facts.Holding) -> tuple[object, ...]:
    """The same for holdings that can be told together: of one holder, and of one kind."""
    return held.holder.slack_id, held.maintenance, held.offered_until


def numbers(gpus: Sequence[facts.Gpu], reader: Reader) -> str:
    """0, 3, 5–7 for GPUs of one node that are numbered; labels as they are otherwise."""
    runs: list[list[facts.Gpu]] = []
    for gpu in gpus:
        follows = runs and _number(gpu) is not None and _number(gpu) == (_number(runs[-1][-1]) or -2) + 1
        if runs and (follows or (_number(runs[-1][-1]) == 0 and _number(gpu) == 1)):
            runs[-1].append(gpu)
        else:
            runs.append([gpu])
    return kit.escape(reader.listed([_run(run) for run in runs]))


def _run(gpus: Sequence[facts.Gpu]) -> str:
    first, last = _short(gpus[0]), _short(gpus[-1])
    if len(gpus) == 1:
        return first
    return f"{first}, {last}" if len(gpus) == 2 else f"{first}–{last}"


def _number(gpu: facts.Gpu) -> int | None:
    match = re.fullmatch(r"gpu-?(\d+)", gpu.label, re.IGNORECASE)
    return int(match[1]) if match else None


def named(gpus: Sequence[facts.Gpu], reader: Reader) -> str:
    """GPU0, GPU1; lab-node-1 0–7, lab-node-2 0 where there are many."""
    if len(gpus) < _MANY:
        return kit.escape(reader.listed([gpu.name for gpu in gpus]))
    by_node = [(name, list(group)) for name, group in groupby(gpus, key=lambda gpu: gpu.node)]
    return apart(
        [reader.say("{node} {gpus}", node=kit.escape(name), gpus=numbers(group, reader)) for name, group in by_node],
        reader,
    )


def _short(gpu: facts.Gpu) -> str:
    number = _number(gpu)
    return gpu.label if number is None else str(number)


def is_mine(held: facts.Holding | None, reader: Reader) -> bool:
    """Whether it is the reader's own."""
    return held is not None and not held.maintenance and held.holder.slack_id == reader.slack_id


def _in_numbers(node: Node, reader: Reader) -> str:
    return reader.say(
        "*{node}* {free} of {count} free", node=kit.escape(node.name), free=len(node.free), count=len(node.stories)
    )


def _in_full(node: Node, reader: Reader, now: datetime) -> str:
    """*node1* · RTX 5090 · free 0, 3 (to 18:00) · busy 1 Alice → Mon 09:00; 2 Bob → 17:00; *4–7 YOU* → Fri 09:00"""
    parts = [
        reader.say("*{node}* · {model}", node=kit.escape(node.name), model=_models(node, reader)),
        *_free(node, reader, now),
        *_busy(node, reader, now),
    ]
    return " · ".join(parts)


def _models(node: Node, reader: Reader) -> str:
    return kit.escape(reader.listed(sorted({story.gpu.model for story in node.stories})))


def _free(node: Node, reader: Reader, now: datetime) -> list[str]:
    groups: dict[datetime | None, list[facts.Gpu]] = {}
    for story in node.free:
        groups.setdefault(story.free_until, []).append(story.gpu)
    said = [
        numbers(gpus, reader)
        if until is None
        else reader.say("{gpus} (to {time})", gpus=numbers(gpus, reader), time=reader.near(until, now))
        for until, gpus in groups.items()
    ]
    return [reader.say("free {gpus}", gpus=apart(said, reader))] if said else []


def _busy(node: Node, reader: Reader, now: datetime) -> list[str]:
    groups: dict[tuple[object, ...], list[facts.Holding]] = {}
    for story in node.stories:
        if story.now:
            groups.setdefault((*as_one(story.now), story.now.range.end), []).append(story.now)
    said = []
    for held in groups.values():
        values = {"gpus": numbers([each.gpu for each in held], reader), "time": reader.near(held[0].range.end, now)}
        if is_mine(held[0], reader) and held[0].offered_until is None:
            # Translators: which GPUs are the reader's own, until when; it should catch the eye.
            said.append(reader.say("*{gpus} YOU* → {time}", **values))
        else:
            said.append(reader.say("{gpus} {who} → {time}", **values, who=holder(held[0], reader)))
    return [reader.say("busy {gpus}", gpus=apart(said, reader))] if said else []


def apart(groups: list[str], reader: Reader) -> str:
    """0, 3 (to 18:00); 5 (to 20:00)"""
    # Translators: what stands between the items of a list that are lists themselves.
    return reader.say("; ").join(groups)


def _day_in_numbers(name: str, timelines: Sequence[facts.Timeline], reader: Reader) -> str:
    free = sum(not line.held for line in timelines)
    return reader.say("*{node}* {free} of {count} free all day", node=kit.escape(name), free=free, count=len(timelines))


def _day_in_full(name: str, timelines: Sequence[facts.Timeline], reader: Reader) -> str:
    free = [line.gpu for line in timelines if not line.held]
    groups: dict[tuple[object, ...], list[facts.Timeline]] = {}
    for line in timelines:
        if line.held:
            groups.setdefault(tuple((as_one(each), each.range) for each in line.held), []).append(line)
    head = f"*{kit.escape(name)}*"
    if free:
        head += " · " + reader.say("free all day {gpus}", gpus=numbers(free, reader))
    said = [
        reader.say(
            "• {gpus}: {held}", gpus=numbers([each.gpu for each in alike], reader), held=booked(alike[0], reader)
        )
        for alike in groups.values()
    ]
    return "\n".join([head, *said])


def booked(line: facts.Timeline, reader: Reader) -> str:
    """09:00–12:00 Alice, 14:00–18:00 you"""
    return reader.listed([f"{hours(line, held, reader)} {holder(held, reader)}" for held in line.held])


def hours(line: facts.Timeline, held: facts.Holding, reader: Reader) -> str:
    return reader.say("all day") if held.range == line.window else reader.hours(held.range)
