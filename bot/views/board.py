"""The lab's board: one message that always tells how it stands, each instant in every reader's own zone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import accumulate

from bot.reader import Everyone, Reader
from bot.views import kit, nodes, record, status
from bot.views.kit import Message
from core import facts

_COMING = 12  # bookings to come that are told
_ROOM = 5_000  # characters for the nodes
_REST = kit.MESSAGE - 1_000  # for all that is listed


def board(
    stories: Sequence[facts.Occupancy],
    changes: Sequence[facts.AuditEntry],
    names: Mapping[int, str],
    reader: Reader,
    now: datetime,
) -> Message:
    """`changes` are told as the last ones, `names` are those of all GPUs."""
    if not stories:
        return kit.message(status.no_gpus(reader))
    everyone = Everyone(reader.language, reader.zone, "", reader.command)
    by_node = nodes.now(stories, everyone, now, room=_ROOM)
    left = _REST - sum(len(line) for line in by_node)
    told = _within([record.brief(entry, names, everyone) for entry in changes], left * 2 // 3)
    coming = _coming(stories, everyone, left - sum(map(len, told)))
    return kit.message(
        f"{status.summary(stories, reader, now)} ({reader.moment(now)} {reader.zone_name(now)})",
        kit.header(reader.say("GPUs")),
        kit.section(f"*{status.summary(stories, everyone, now)}*"),
        *kit.sections(by_node),
        *(kit.sections([reader.say("*Coming up*"), *coming]) if coming else ()),
        *(kit.sections([reader.say("*Changed lately*"), *told]) if told else ()),
        kit.context(reader.say("As of {time}; this message keeps itself up to date.", time=everyone.moment(now))),
        kit.actions(
            [
                *status.book_buttons(stories, reader),
                status.mine_button(reader),
                status.details_button(reader),
                status.week_button(reader),
            ]
        ),
    )


def _within(lines: Sequence[str], room: int) -> list[str]:
    """As many of them as have room, from the first on."""
    ends = accumulate(len(line) + 1 for line in lines)
    return [line for line, end in zip(lines, ends, strict=True) if end <= room]


def _coming(stories: Sequence[facts.Occupancy], reader: Reader, room: int) -> list[str]:
    groups: dict[int, list[facts.Holding]] = {}
    for held in sorted((each for story in stories for each in story.upcoming), key=lambda each: each.range.start):
        groups.setdefault(held.reservation_id, []).append(held)
    lines = [
        reader.say(
            "• {when} · {gpus} · {who}{purpose}",
            when=reader.span(held[0].range),
            gpus=kit.escape(kit.clip(reader.listed([each.gpu.name for each in held]), 100)),
            who=nodes.holder(held[0], reader),
            purpose=kit.quoted(kit.clip(held[0].purpose, 60)),
        )
        for held in list(groups.values())[:_COMING]
    ]
    lines = _within(lines, room)
    more = len(groups) - len(lines)
    return [*lines, reader.say("… and {count} more.", count=more)] if more > 0 else lines


def stands(channel: str, reader: Reader) -> Message:
    said = reader.say(
        "The board stands in <#{channel}> and keeps itself up to date. Bookings and changes are told there now, without"
        " a post; starts, ends and hand-overs still are posts. `{command} board off` takes it away.",
        channel=channel,
    )
    return kit.message(said)


def refused(code: str, channel: str, reader: Reader) -> Message:
    """Slack did not take it; nothing is left behind."""
    if code in {"not_in_channel", "channel_not_found"}:
        said = reader.say(
            "I am not in <#{channel}>, so I cannot put the board there. Type `/invite {me}` there, and try again.",
            channel=channel,
            me="@gpu",
        )
    else:
        said = reader.say("Slack did not take the board in <#{channel}>: `{code}`.", channel=channel, code=code)
    return kit.message(said)


def taken(was_there: bool, reader: Reader) -> Message:
    if was_there:
        return kit.message(reader.say("The board is gone. Bookings and changes are told in the channel again."))
    return kit.message(reader.say("There is no board. `{command} board` puts one into this channel."))


def nowhere(reader: Reader) -> Message:
    return kit.message(reader.say("Type `{command} board` in the channel where the board is to stand."))
