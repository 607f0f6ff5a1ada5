"""How a week was used: posted in the lab's channel on Mondays, or told to whoever asks."""

from __future__ import annotations

from datetime import datetime

from bot.commands import Span
from bot.reader import Reader
from bot.views import kit, schedule
from bot.views.announcements import lateness
from bot.views.kit import Message
from core import facts


def posted(told: facts.Summary, file_id: str | None, due_at: datetime, reader: Reader, now: datetime) -> Message:
    """Of the week before, with its picture where there is one."""
    title = reader.say("Last week's GPUs: {week}", week=schedule.title(told.schedule.range, reader))
    title += lateness(due_at, reader, now, spoken=True)
    picture = kit.image(file_id, schedule.describe(told.schedule, reader, schedule.ALT)) if file_id else None
    lines = _lines(told, reader, now)
    return kit.message(
        "\n".join([title, *lines]),
        kit.section(f"*{title}*"),
        kit.section("\n".join(lines)),
        picture,
        kit.actions([schedule.button(Span.WEEK, reader.say("This week"), reader), kit.open_form_button(reader)]),
    )


def asked(told: facts.Summary, span: Span, reader: Reader, now: datetime) -> Message:
    """Of this week or the last, for one person."""
    title = reader.say("GPUs, {week}", week=schedule.title(told.schedule.range, reader))
    lines = _lines(told, reader, now)
    picture = schedule.button(span, reader.say("Picture of that week"), reader)
    return kit.message(
        "\n".join([title, *lines]),
        kit.section(f"*{title}*"),
        kit.section("\n".join(lines)),
        kit.actions([picture]),
    )


def undeliverable(failure: str, reader: Reader) -> Message:
    """To an admin."""
    return kit.message(
        reader.say(
            "I could not post the summary of the week in the lab's channel. Slack says: `{failure}`."
            " Invite me there with `/invite`, and run `python -m bot check`.",
            failure=kit.escape(failure),
        )
    )


def _lines(told: facts.Summary, reader: Reader, now: datetime) -> list[str]:
    if not told.booked:
        return [reader.say("Nothing was booked.")]
    return [_hours(told, reader, now), *_busiest(told, reader)]


def _hours(told: facts.Summary, reader: Reader, now: datetime) -> str:
    capacity = told.schedule.capacity
    values = {
        "booked": schedule.hours(told.booked, reader),
        "all": schedule.hours(capacity, reader),
        "percent": round(100 * (told.booked / capacity)),
        "used": schedule.hours(told.used, reader),
        "ahead": schedule.hours(told.schedule.held - told.used, reader),
        "released": schedule.hours(told.released, reader),
    }
    if now >= told.schedule.range.end:
        return reader.say("Booked {booked} of {all} ({percent} %): {used} used, {released} given back early.", **values)
    return reader.say(
        "Booked {booked} of {all} ({percent} %): {used} used so far, {ahead} to come, {released} given back early.",
        **values,
    )


def _busiest(told: facts.Summary, reader: Reader) -> list[str]:
    count = len(told.schedule.rows)
    return [
        reader.say("Busiest: {span}, {gpus} of {count} GPUs", span=reader.span(each.range), gpus=each.gpus, count=count)
        for each in told.busiest
    ]
