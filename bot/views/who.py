"""The people who hold GPUs now, each with what and until when."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.reader import Reader
from bot.views import kit, nodes, status
from bot.views.kit import Message
from core import facts


def who(stories: Sequence[facts.Occupancy], reader: Reader, now: datetime) -> Message:
    held: dict[tuple[object, ...], list[facts.Holding]] = {}
    for story in stories:
        if story.now:
            held.setdefault(nodes.as_one(story.now), []).append(story.now)
    people = {each[0].holder.id for each in held.values() if not each[0].maintenance and each[0].offered_until is None}
    said = reader.say("Nobody holds a GPU now.")
    if not held:
        return kit.message(said, kit.section(said), kit.actions([kit.open_form_button(reader)]))
    if people:
        said = reader.say_many("{count} person holds GPUs now.", "{count} people hold GPUs now.", len(people))
    lines = kit.fitted([(_in_numbers(each, reader), _in_full(each, reader, now)) for each in held.values()], nodes.ROOM)
    return kit.message(
        " ".join([said, *lines[:3]]),
        kit.section(f"*{said}*"),
        *kit.sections(lines),
        kit.context(reader.say("Times in {zone}.", zone=reader.zone_name(now))),
        kit.actions([status.now_button(reader), *status.day_buttons(reader, now)]),
    )


def _in_numbers(held: Sequence[facts.Holding], reader: Reader) -> str:
    return reader.say_many(
        "• {who}: {count} GPU", "• {who}: {count} GPUs", len(held), who=nodes.holder(held[0], reader)
    )


def _in_full(held: Sequence[facts.Holding], reader: Reader, now: datetime) -> str:
    """• Alice: lab-node-1/GPU0, lab-node-1/GPU1 until 17:00 · "thesis" """
    groups: dict[int, list[facts.Holding]] = {}
    for each in held:
        groups.setdefault(each.reservation_id, []).append(each)
    said = [
        reader.say(
            "{gpus} until {time}{purpose}",
            gpus=nodes.named([each.gpu for each in group], reader),
            time=reader.near(group[0].range.end, now),
            purpose=kit.quoted(group[0].purpose),
        )
        for group in groups.values()
    ]
    return reader.say("• {who}: {held}", who=nodes.holder(held[0], reader), held=nodes.apart(said, reader))
