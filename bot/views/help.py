"""What the bot understands, printed from the table that reads it."""

from __future__ import annotations

from bot import words
from bot.commands import VERBS
from bot.reader import Reader
from bot.views import kit
from bot.views.kit import Message


def overview(reader: Reader) -> Message:
    said = reader.say("Type what you want after `{command}`, or write it to me directly:")
    lines = [
        f"• `{reader.command} {words.usage(verb.name, reader.language)}` — {what(verb.name, reader)}" for verb in VERBS
    ]
    examples = reader.say(
        "Times as you would say them: `13:00-18:00`, `tomorrow 2pm for 3h`, `now for 90 min`,"
        " `Fri 18:00 to Mon 9:00`, `22:00-06:00`. Which GPU: `on GPU0,GPU1`, `2 gpus`, `any 5090`."
    )
    return kit.message(
        said,
        kit.section(said),
        *kit.sections(lines),
        kit.context(examples),
        kit.actions([kit.open_form_button(reader)]),
    )


def unknown(text: str, nearest: str | None, reader: Reader) -> Message:
    """Nothing that we know; the nearest command is named, and what would work."""
    said = reader.say("I do not understand “{text}”.", text=kit.escape(kit.clip(" ".join(text.split()), 80)))
    if nearest:
        said += " " + reader.say("Did you mean `{command} {nearest}`?", nearest=nearest)
    hint = reader.say("To book, write a time: `{command} 13:00-18:00`. For everything else: `{command} help`.")
    return kit.message(
        f"{said} {hint}", kit.section(said), kit.section(hint), kit.actions([kit.open_form_button(reader)])
    )


def thanked(reader: Reader) -> Message:
    return kit.message(reader.say("Any time."))


def unclear(text: str, verb: str, reader: Reader) -> Message:
    """Words behind a command that mean nothing there; how it is used, and that nothing was done."""
    quoted = kit.escape(kit.clip(" ".join(text.split()), 80))
    said = reader.say("I do not understand “{text}” there, and did nothing.", text=quoted)
    usage = reader.say(
        "This works: `{command} {usage}`: {what}.", usage=words.usage(verb, reader.language), what=what(verb, reader)
    )
    return kit.message(f"{said} {usage}", kit.section(said), kit.section(usage))


def what(verb: str, reader: Reader) -> str:
    """What a command does, in a few words."""
    return {
        "book": reader.say("hold GPUs; alone it opens a form, and the word itself may be left out"),
        "status": reader.say("who holds what now, until when, and what is next; or on a day"),
        "board": reader.say("a message in this channel that always tells how the GPUs stand"),
        "who": reader.say("the people who hold GPUs now"),
        "free": reader.say("what is free then; answers, and books nothing"),
        "picture": reader.say("a day or week as a picture, in your direct messages"),
        "summary": reader.say("the hours booked, used and given back in a week, and its busiest times"),
        "mine": reader.say("your own bookings, with buttons"),
        "extend": reader.say("keep yours for longer"),
        "end": reader.say("give yours back now, or only some of its GPUs"),
        "change": reader.say("give one of yours another time, GPU or purpose, or all that remain of a series"),
        "cancel": reader.say("drop one that has not begun"),
        "wait": reader.say("have what comes free held for you; alone it shows what you wait for"),
        "ask": reader.say("ask whoever holds it to hand it over, or a part of it"),
        "busy": reader.say("have the last holder asked, where their work is still on yours"),
        "quiet": reader.say("the hours in which direct messages leave you in peace"),
        "history": reader.say("what was done with your bookings, by whom and why"),
        "admin": reader.say("the lab's settings, people and GPUs, for admins; or take a GPU out of service"),
        "audit": reader.say("every change of anything, for admins"),
        "health": reader.say("whether I am well, and no reminder is late"),
        "help": reader.say("this list"),
    }[verb]
