"""What is shown of a lab fits into Slack, whatever its size, and leaves no GPU out."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest

from bot.reader import Reader
from bot.views import board, day, kit, nodes, status, who
from bot.workspace import blocks
from core import facts
from core.facts import Action, Role, Standing, Subject, Surface
from core.timerange import TimeRange

NOW = datetime(2026, 12, 3, 9, 0, tzinfo=UTC)
ME = Reader.of("en", "UTC", "U000000")
WHOLE = 12_000  # characters in the blocks of one message


def member(number: int) -> facts.Member:
    name = f"Somebody of a long name, the {number}th & <co>"
    return facts.Member(number, f"U{number:06d}", name, "UTC", "en", Role.USER, Standing.MEMBER, None)


def gpu(number: int, per_node: int) -> facts.Gpu:
    node, label = f"lab-node-{number // per_node}", f"GPU{number % per_node}"
    return facts.Gpu(number, node, label, "RTX 5090", 32, f"{node}/{label}")


def held(each: facts.Gpu, start: datetime, hours: int) -> facts.Holding:
    time = TimeRange(start, start + timedelta(hours=hours))
    return facts.Holding(each, time, member(each.id % 97), each.id, "a purpose of 200 characters " * 7)


def lab(count: int, per_node: int, *, full: bool) -> list[facts.Occupancy]:
    gpus = [gpu(number, per_node) for number in range(count)]
    return [
        facts.Occupancy(
            each,
            held(each, NOW - timedelta(hours=1), 2 + each.id % 150) if full else None,
            (held(each, NOW + timedelta(days=7), 5),),
        )
        for each in gpus
    ]


def characters(message: kit.Message) -> int:
    return sum(len(block["text"]["text"]) for block in message.blocks if block["type"] == "section")


LABS = [(1, 1), (2, 2), (16, 8), (16, 16), (100, 8), (300, 8), (300, 1), (300, 300)]


@pytest.mark.parametrize("full", [False, True], ids=["free", "full"])
@pytest.mark.parametrize(("count", "per_node"), LABS)
def test_now_by_node_and_by_person(count: int, per_node: int, full: bool) -> None:
    stories = lab(count, per_node, full=full)
    for message in (status.status(stories, ME, NOW), who.who(stories, ME, NOW)):
        blocks.check_message(list(message.blocks))
        assert characters(message) <= WHOLE
        assert len(message.text) <= kit.SECTION


@pytest.mark.parametrize(("count", "per_node"), LABS)
def test_the_board_has_room_for_the_last_changes(count: int, per_node: int) -> None:
    stories = lab(count, per_node, full=True)
    slots = {
        str(story.gpu.id): [NOW.isoformat(), (NOW + timedelta(days=each)).isoformat()]
        for each, story in enumerate(stories, 1)
    }
    held = {"slots": slots, "purpose": "a purpose " * 20}
    who = member(1).name
    changes = [
        facts.AuditEntry(
            each, NOW, who, Surface.SLACK, Action.CHANGED, Subject.RESERVATION, each, member(2).name, held, held, "why"
        )
        for each in range(5)
    ]
    shown = board.board(stories, changes, {story.gpu.id: story.gpu.full_name for story in stories}, ME, NOW)
    blocks.check_message(list(shown.blocks))
    assert characters(shown) <= WHOLE
    said = "\n".join(block["text"]["text"] for block in shown.blocks if block["type"] == "section")
    assert said.count("changed") == (5 if count / per_node < 100 else 3), "each node has its line"
    assert not said.endswith("…")


@pytest.mark.parametrize("full", [False, True], ids=["free", "full"])
@pytest.mark.parametrize(("count", "per_node"), LABS)
def test_a_day(count: int, per_node: int, full: bool) -> None:
    window = TimeRange(NOW, NOW + timedelta(days=1))
    starts = [NOW + timedelta(hours=2 * hour) for hour in range(12)] if full else []
    timelines = [
        facts.Timeline(each, window, tuple(held(each, start, 1) for start in starts))
        for each in (gpu(number, per_node) for number in range(count))
    ]
    message = day.day(facts.Schedule(window, tuple(timelines)), ME, NOW)
    blocks.check_message(list(message.blocks))
    assert characters(message) <= WHOLE


@pytest.mark.parametrize(("count", "per_node"), LABS)
def test_no_gpu_is_left_out(count: int, per_node: int) -> None:
    """Each is told with its holder, or counted."""
    lines = nodes.now(lab(count, per_node, full=True), ME, NOW)
    assert len(lines) == -(-count // per_node)
    told = 0
    for line in lines:
        numbers = re.search(r" \d+ of (\d+) free$", line)
        told += int(numbers[1]) if numbers else line.count("→")
    assert told == count


def test_runs_of_one_state_are_merged_and_mine_stand_out() -> None:
    gpus = [gpu(number, 8) for number in range(8)]
    free, later = NOW + timedelta(hours=9), NOW + timedelta(days=1)
    mine = [facts.Holding(each, TimeRange(NOW, later), member(0), 1, "") for each in gpus[4:]]
    stories = [
        facts.Occupancy(gpus[0], None, ()),
        facts.Occupancy(gpus[1], held(gpus[1], NOW, 8), ()),
        facts.Occupancy(gpus[2], None, ()),
        facts.Occupancy(gpus[3], None, (held(gpus[3], free, 1),)),
        *(facts.Occupancy(each.gpu, each, ()) for each in mine),
    ]
    [line] = nodes.now(stories, ME, NOW)
    assert line == (
        "*lab-node-0* · RTX 5090 · free 0, 2; 3 (to 18:00) · busy 1 Somebody of a long name… → 17:00;"
        " *4–7 YOU* → tomorrow 09:00"
    )


def test_nodes_with_free_gpus_and_mine_come_first() -> None:
    stories = lab(4, 1, full=True)
    stories[2] = facts.Occupancy(stories[2].gpu, None, ())
    order = [line.split("*")[1] for line in nodes.now(stories, ME, NOW)]
    assert order == ["lab-node-0", "lab-node-2", "lab-node-1", "lab-node-3"], "0 is mine, 2 is free"


@pytest.mark.parametrize(
    ("labels", "said"),
    [
        (["GPU0"], "0"),
        (["GPU0", "GPU1"], "0, 1"),
        (["GPU0", "GPU1", "GPU2", "GPU5"], "0–2, 5"),
        (["GPU3", "GPU4", "GPU5", "GPU7", "GPU8"], "3–5, 7, 8"),
        (["left", "GPU1", "GPU2", "GPU3"], "left, 1–3"),
    ],
)
def test_numbers_of_gpus(labels: list[str], said: str) -> None:
    gpus = [facts.Gpu(number, "node", label, "A100", 80, label) for number, label in enumerate(labels)]
    assert nodes.numbers(gpus, ME) == said


@pytest.mark.parametrize(("count", "each"), [(1, 30), (3, 90), (150, 1), (150, 8), (60, 100)])
def test_a_select_offers_every_gpu_however_many_nodes_there_are(count: int, each: int) -> None:
    by_node = {
        f"node-{number}": [
            {"text": kit.plain_text(f"{number}/{gpu}", 75), "value": f"{number}-{gpu}"} for gpu in range(each)
        ]
        for number in range(count)
    }
    shown = kit.options(by_node, {"text": kit.plain_text("any", 75), "value": "any"})
    groups = shown.get("option_groups", [])
    offered = shown.get("options", []) + [option for group in groups for option in group["options"]]
    assert len({option["value"] for option in offered}) == len(offered) == count * each + 1
    assert len(groups) <= 100
    assert all(0 < len(group["options"]) <= 100 and group["label"]["text"] for group in groups)


@pytest.mark.parametrize(
    ("text", "room", "beginning", "end"),
    [
        ("lab-node-12/GPU10", 17, "lab-node-12/GPU10", "lab-node-12/GPU10"),
        ("lab-node-12/GPU10", 10, "lab-node-…", "…12/GPU10"),
        ("佐藤遥さん", 7, "佐藤遥…", "…遥さん"),
        ("佐藤遥さん", 1, "…", "…"),
    ],
)
def test_what_is_cut_keeps_its_beginning_or_its_end(text: str, room: int, beginning: str, end: str) -> None:
    assert kit.head(text, room) == beginning
    assert kit.tail(text, room) == end
    assert max(kit.width(beginning), kit.width(end)) <= room
