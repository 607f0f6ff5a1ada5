"""Who holds what now, until when, and what is next."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.reader import Reader
from bot.views import booking, kit
from bot.views.kit import Block, Message
from core import facts

_NEXT_SHOWN = 2
_STORIES_SHOWN = 40


def status(stories: Sequence[facts.Occupancy], reader: Reader, now: datetime) -> Message:
    if not stories:
        return kit.message(no_gpus(reader))
    free = sum(story.now is None for story in stories)
    summary = reader.say_many(
        "{free} of {count} GPU is free now.", "{free} of {count} GPUs are free now.", len(stories), free=free
    )
    lines = [line(story, reader, now) for story in stories[:_STORIES_SHOWN]]
    if len(stories) > _STORIES_SHOWN:
        lines.append(reader.say("… and {count} more.", count=len(stories) - _STORIES_SHOWN))
    spoken = " ".join([summary, *(line(story, reader, now, spoken=True) for story in stories[:5])])
    return kit.message(
        spoken,
        kit.section(f"*{summary}*"),
        *kit.sections(lines),
        kit.context(reader.say("Times in {zone}.", zone=reader.zone_name(now))),
        kit.actions([kit.open_form_button(reader), mine_button(reader)]),
    )


def line(story: facts.Occupancy, reader: Reader, now: datetime, *, spoken: bool = False) -> str:
    """*GPU0* · RTX 5090 32 GB · in use: Alice until 15:30 (1 h 10 min left) · then Bob 17:00–20:00"""
    gpu = reader.say(
        "*{name}* · {model} {memory} GB",
        name=kit.escape(story.gpu.name),
        model=kit.escape(story.gpu.model),
        memory=story.gpu.memory_gb,
    )
    return reader.say(
        "{gpu} · {now}{next}", gpu=gpu, now=_now(story, reader, now, spoken), next=_next(story, reader, now, spoken)
    )


def no_gpus(reader: Reader) -> str:
    return reader.say(
        'There are no GPUs yet. An admin adds one with `python -m bot gpus add lab-node-1 GPU0 "RTX 5090" 32`.'
    )


def mine_button(reader: Reader) -> Block:
    return kit.button(reader.say("My bookings"), "show_mine")


def _now(story: facts.Occupancy, reader: Reader, now: datetime, spoken: bool) -> str:
    held = story.now
    if held is None:
        until = story.free_until
        return reader.say("free until {time}", time=_time(until, reader, now)) if until else reader.say("free")
    return reader.say(
        "in use: {who} until {time} ({left} left)",
        who=_who(held.holder, reader, spoken),
        time=_time(held.range.end, reader, now),
        left=reader.length(held.range.end - now),
    )


def _next(story: facts.Occupancy, reader: Reader, now: datetime, spoken: bool) -> str:
    coming = story.upcoming[:_NEXT_SHOWN]
    said = [
        reader.say(" · then {who} {when}", who=_who(held.holder, reader, spoken), when=_range(held, reader, now))
        for held in coming
    ]
    return "".join(said)


def _range(held: facts.Holding, reader: Reader, now: datetime) -> str:
    today = reader.day(held.range.start) == reader.day(now)
    return reader.hours(held.range) if today and held.range.length.days < 1 else reader.span(held.range)


def _time(instant: datetime, reader: Reader, now: datetime) -> str:
    """The clock alone today, with the day otherwise."""
    return reader.clock(instant) if reader.day(instant) == reader.day(now) else reader.moment(instant)


def _who(member: facts.Member, reader: Reader, spoken: bool) -> str:
    return kit.escape(member.name) if spoken else booking.person(member, reader)
