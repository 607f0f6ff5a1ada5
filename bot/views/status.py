"""Who holds what now, until when, and what is next: a story for each of a few GPUs, a line for each of many nodes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from bot.commands import Span
from bot.reader import Reader
from bot.views import carried, kit, nodes, schedule
from bot.views.kit import Block, Message
from core import facts
from core.timerange import TimeRange

FEW = 3  # GPUs that are told one by one
_PARTS = 6  # of a story that are told
_LENGTHS = (timedelta(hours=1), timedelta(hours=2), timedelta(hours=4))
_SHORTEST = timedelta(minutes=5)  # a gap that is offered
_LONGEST = timedelta(hours=24)
_OFFERS = 3  # beside the form
_MENUS = 38  # nodes that have a section of their own, of the blocks that a message takes
_FEW_NODES = 8  # with their buttons in full sight; more of them would be a wall of buttons on a phone


def status(stories: Sequence[facts.Occupancy], reader: Reader, now: datetime) -> Message:
    if not stories:
        return kit.message(no_gpus(reader))
    said = summary(stories, reader, now)
    spoken = [line(story, reader, now) for story in stories[:FEW]]
    today, tomorrow, another = day_buttons(reader, now)
    is_large = len(stories) > FEW
    return kit.message(
        " ".join([said, *([] if is_large else spoken)]),
        kit.section(f"*{said}*"),
        kit.actions(book_buttons(stories, reader)) if is_large else None,
        *(_node_by_node(stories, reader, now) or overview(stories, reader, now)),
        kit.context(reader.say("Times in {zone}.", zone=reader.zone_name(now))),
        kit.actions([now_button(reader), today, tomorrow, another]),
        kit.actions([week_button(reader), mine_button(reader)]),
    )


def _node_by_node(stories: Sequence[facts.Occupancy], reader: Reader, now: datetime) -> list[Block]:
    """A few nodes, each with its own buttons below its line; nothing of one, of very many, or of a few GPUs."""
    found = nodes.in_order(stories, reader)
    if len(stories) <= FEW or not 1 < len(found) <= _FEW_NODES:
        return []
    lines = nodes.lines(found, reader, now)
    return [
        block
        for node, line in zip(found, lines, strict=True)
        for block in (kit.section(line), *filter(None, [kit.actions(_of_node(node, reader))]))
    ]


def overview(stories: Sequence[facts.Occupancy], reader: Reader, now: datetime, *, menus: int = _MENUS) -> list[Block]:
    """The lab as it is now: a few GPUs with the buttons that book them, or many, node by node.

    So many of the nodes, the first, have a section and a menu of their own; what is left shares sections.
    """
    if len(stories) <= FEW:
        return [block for story in stories for block in _story(story, reader, now)]
    found = nodes.in_order(stories, reader)
    menus = max(menus, 0) if len(found) > 1 else 0
    lines = nodes.lines(found, reader, now)
    with_menu = [kit.beside(line, _menu(node, reader)) for node, line in zip(found[:menus], lines, strict=False)]
    return [*with_menu, *kit.sections(lines[menus:])]


def _choices(node: nodes.Node, reader: Reader) -> dict[str, str]:
    """What can be done with one node."""
    choices = {
        "book": reader.say("Book 1 now") if node.free else "",
        "more": reader.say("Book 2+") if len(node.stories) > 1 else "",
        "tomorrow": reader.say("Tomorrow"),
        "week": reader.say("Week picture"),
    }
    return {value: label for value, label in choices.items() if label}


def _menu(node: nodes.Node, reader: Reader) -> Block:
    return kit.overflow(_about(node), _choices(node, reader))


def _of_node(node: nodes.Node, reader: Reader) -> list[Block]:
    name = kit.tail(node.name, kit.NAME)
    return [
        kit.button(
            label,
            f"{_about(node)}:{value}",
            value,
            spoken=reader.say("{node}: {what}", node=name, what=label),
        )
        for value, label in _choices(node, reader).items()
    ]


def _about(node: nodes.Node) -> str:
    """A node by one of its GPUs."""
    return f"node:{node.stories[0].gpu.id}"


def summary(stories: Sequence[facts.Occupancy], reader: Reader, now: datetime) -> str:
    """5 of 16 GPUs are free now. Longest: lab-node-2/GPU3 until tomorrow 09:00."""
    free = [story for story in stories if story.now is None]
    said = reader.say_many(
        "{free} of {count} GPU is free now.", "{free} of {count} GPUs are free now.", len(stories), free=len(free)
    )
    if len(stories) <= FEW:
        return said
    if not free:
        return reader.sentences(said, _first_free(stories, reader, now))
    longest = longest_free(free)
    if longest.free_until is None:
        more = reader.say("Longest: {gpu}, with nothing booked after.", gpu=kit.escape(longest.gpu.full_name))
    else:
        until = reader.near(longest.free_until, now)
        more = reader.say("Longest: {gpu} until {time}.", gpu=kit.escape(longest.gpu.full_name), time=until)
    return reader.sentences(said, more)


def longest_free(free: Sequence[facts.Occupancy]) -> facts.Occupancy:
    """The one that stays free for longest, of those that are free now."""
    return max(
        free, key=lambda story: (story.free_until is None, story.free_until.timestamp() if story.free_until else 0)
    )


def lengths(story: facts.Occupancy, reader: Reader, now: datetime) -> Message:
    """For how long? The answer to "Book 1 now"."""
    said = reader.say("{gpu} is {now}. For how long?", gpu=kit.escape(story.gpu.name), now=_now(story, reader, now))
    return kit.message(said, kit.section(said), kit.actions(_buttons(story, reader, now)))


def none_free(stories: Sequence[facts.Occupancy], reader: Reader, now: datetime) -> Message:
    """None of these GPUs is free any more; says which will be first."""
    said = reader.sentences(reader.say("No GPU is free now."), _first_free(stories, reader, now))
    return kit.message(said, kit.section(said), kit.actions([kit.open_form_button(reader)]))


def _first_free(stories: Sequence[facts.Occupancy], reader: Reader, now: datetime) -> str:
    """Of GPUs that are all held."""
    at, gpu = min(((story.free_from or now, story.gpu) for story in stories), key=lambda each: each[0])
    return reader.say(
        "The first to come free is {gpu}, at {time}.", gpu=kit.escape(gpu.full_name), time=reader.near(at, now)
    )


def line(story: facts.Occupancy, reader: Reader, now: datetime) -> str:
    """*GPU0* · RTX 5090 32 GB · in use: Alice until 15:30 (1 h 10 min left)"""
    return reader.say(
        "*{name}* · {model} {memory} GB · {now}",
        name=kit.escape(story.gpu.name),
        model=kit.escape(story.gpu.model),
        memory=story.gpu.memory_gb,
        now=_now(story, reader, now),
    )


def now_button(reader: Reader) -> Block:
    return kit.button(reader.say("Now"), "show_now", spoken=reader.say("Show who holds what now"))


def day_buttons(reader: Reader, now: datetime) -> list[Block]:
    """Today, tomorrow, another day: the same place at another time."""
    today = reader.local(now).date()
    days = (("today", reader.say("Today"), today), ("tomorrow", reader.say("Tomorrow"), today + timedelta(days=1)))
    first, second = (kit.button(label, f"show_day:{name}", day.isoformat()) for name, label, day in days)
    another = {
        "type": "datepicker",
        "action_id": "show_day:pick",
        "placeholder": kit.plain_text(reader.say("Another day"), 150),
    }
    return [first, second, another]


def no_gpus(reader: Reader) -> str:
    return reader.say(
        'There are no GPUs yet. An admin adds one with `python -m bot gpus add lab-node-1 GPU0 "RTX 5090" 32`.'
    )


def book_buttons(stories: Sequence[facts.Occupancy], reader: Reader) -> list[Block]:
    """One now, where any is free, or several by the form."""
    more = kit.open_form_button(reader, label=reader.say("Book 2+"), count=2, number=2)
    if all(story.now for story in stories):
        return [more]
    return [
        kit.button(reader.say("Book 1 now"), "book_one", style="primary", spoken=reader.say("Book one GPU from now")),
        more,
    ]


def details_button(reader: Reader) -> Block:
    return kit.button(reader.say("Details"), "show_now", spoken=reader.say("Show who holds what now"))


def week_button(reader: Reader) -> Block:
    return schedule.button(Span.WEEK, reader.say("Week picture"), reader)


def mine_button(reader: Reader) -> Block:
    return kit.button(reader.say("My bookings"), "show_mine")


def _story(story: facts.Occupancy, reader: Reader, now: datetime) -> list[Block]:
    told = "\n".join([line(story, reader, now), *_then(story, reader, now)])
    buttons = kit.actions(_buttons(story, reader, now))
    return [kit.section(told), *([buttons] if buttons else [])]


def _now(story: facts.Occupancy, reader: Reader, now: datetime) -> str:
    held = story.now
    if held is None:
        until = story.free_until
        return reader.say("free until {time}", time=reader.near(until, now)) if until else reader.say("free")
    if held.maintenance:
        return reader.say(
            "out of service until {time}{purpose}",
            time=reader.near(held.range.end, now),
            purpose=kit.quoted(held.purpose),
        )
    if held.offered_until is not None:
        return reader.say(
            "offered to {who} until {until}; if taken, in use until {time}",
            who=nodes.who(held, reader),
            until=reader.clock(held.offered_until),
            time=reader.near(held.range.end, now),
        )
    return reader.say(
        "in use: {who} until {time} ({left} left)",
        who=nodes.holder(held, reader),
        time=reader.near(held.range.end, now),
        left=reader.length(held.range.end - now),
    )


def _then(story: facts.Occupancy, reader: Reader, now: datetime) -> list[str]:
    """then free 15:30–17:00 · Bob 17:00–20:00 · free after"""
    parts = [_part(each, reader, now) for each in _parts(story)]
    if not parts:
        return []
    if len(parts) > _PARTS:
        parts[_PARTS:] = [reader.say("more after that")]
    elif story.upcoming or story.now:
        parts.append(reader.say("free after"))
    return [reader.say("then {parts}", parts=" · ".join(parts))]


def _parts(story: facts.Occupancy) -> Iterator[facts.Holding | TimeRange]:
    """What follows, in order: free time and bookings."""
    known_until = story.now.range.end if story.now else None
    for held in story.upcoming:
        if known_until and known_until < held.range.start:
            yield TimeRange(known_until, held.range.start)
        yield held
        known_until = held.range.end


def _part(part: facts.Holding | TimeRange, reader: Reader, now: datetime) -> str:
    if isinstance(part, TimeRange):
        return reader.say("free {when}", when=reader.brief(part, now))
    return reader.say("{who} {when}", who=nodes.holder(part, reader), when=reader.brief(part.range, now))


def _buttons(story: facts.Occupancy, reader: Reader, now: datetime) -> list[Block]:
    """What can be booked of this GPU at one tap, and the form for everything else."""
    found = _for_now(story, reader, now) if story.now is None else []
    gaps = [part for part in _parts(story) if isinstance(part, TimeRange)]
    for gap in (gap for gap in gaps if gap.length >= _SHORTEST):
        if gap.length > _LONGEST:
            found.append(_from(story.gpu, gap.start, reader, now, len(found)))
        else:
            found.append(_take(story.gpu, gap, reader.brief(gap, now), reader, len(found)))
    last = (story.upcoming or (story.now,))[-1]
    if last:
        found.append(_from(story.gpu, last.range.end, reader, now, len(found)))
    return [*found[:_OFFERS], kit.open_form_button(reader, label=reader.say("Other time"), gpus=(story.gpu,), number=9)]


def _for_now(story: facts.Occupancy, reader: Reader, now: datetime) -> list[Block]:
    """Lengths that fit before the next booking, and all of it."""
    room = story.free_until - now if story.free_until else None
    fitting = [length for length in _LENGTHS if room is None or length < room]
    found = [
        _take(story.gpu, TimeRange(now, now + length), reader.length(length), reader, number)
        for number, length in enumerate(fitting)
    ]
    if story.free_until and room and _SHORTEST <= room <= _LONGEST:
        label = reader.say("Until {time}", time=reader.near(story.free_until, now))
        found.append(_take(story.gpu, TimeRange(now, story.free_until), label, reader, len(found)))
    return found


def _take(gpu: facts.Gpu, time: TimeRange, label: str, reader: Reader, number: int) -> Block:
    spoken = reader.say("Book {what}", what=f"{gpu.name} {reader.span(time)}")
    return kit.button(label, f"take:{number}", carried.wish(carried.by_number([gpu]), time, ""), spoken=spoken)


def _from(gpu: facts.Gpu, start: datetime, reader: Reader, now: datetime, number: int) -> Block:
    label = reader.say("From {time}", time=reader.near(start, now))
    return kit.open_form_button(reader, label=label, gpus=(gpu,), start=start, number=number)
