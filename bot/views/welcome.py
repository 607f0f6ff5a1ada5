"""The first time: three lines under somebody's first answer, and what the bot says in a channel it has come to."""

from __future__ import annotations

from datetime import datetime

from bot.reader import Reader
from bot.views import kit
from bot.views.kit import Message


def under(message: Message, reader: Reader, now: datetime) -> Message:
    """Somebody's first answer, with a word on what else there is."""
    lines = [
        reader.say("Welcome! I book the lab's GPUs. I read and write times in {zone}.", zone=reader.zone_name(now)),
        reader.say(
            "`{command} tomorrow 13-18` books, `{command}` shows who holds what, `{command} mine` what is yours"
        ),
        reader.say("I remind you before start and end. My Home tab has your settings, `{command} help` the rest."),
    ]
    return Message(message.text, (*message.blocks[: kit.BLOCKS - 1], kit.context("\n".join(lines))))


def to_channel(reader: Reader, *, is_labs: bool) -> Message:
    """Introduces itself; offers to make this the lab's channel, where it is not."""
    said = reader.say(
        "Hello! I book the lab's GPUs: `{command} tomorrow 13-18` books one, `{command}` shows who holds what."
    )
    if is_labs:
        more = reader.say("This is the lab's channel: starts, ends and hand-overs are told here.")
        return kit.message(f"{said} {more}", kit.section(said), kit.section(more))
    more = reader.say("An admin can make this the lab's channel: starts, ends and hand-overs are told there.")
    offer = kit.button(reader.say("Make it the lab's"), "make_labs_channel", spoken=more)
    return kit.message(f"{said} {more}", kit.section(said), kit.section(more), kit.actions([offer]))


def is_labs_now(channel: str, reader: Reader) -> Message:
    return kit.message(
        reader.say("✓ <#{channel}> is the lab's channel now: it hears of starts, ends and hand-overs.", channel=channel)
    )
