"""How the bot stands, in four lines that anybody may read."""

from __future__ import annotations

from bot.reader import Reader
from bot.views import kit
from bot.views.kit import Message
from core.health import Health


def health(found: Health, reader: Reader) -> Message:
    is_well = found.is_well and not found.outbox.late
    said = reader.say("✓ All is well.") if is_well else reader.say("✗ Not all is well. Please tell an admin.")
    lines = [_database(found, reader), _last_tick(found, reader), _notices(found, reader)]
    return kit.message(f"{said} {' '.join(lines)}", kit.section(said), *kit.sections([f"• {line}" for line in lines]))


def no_database(kind: str, reader: Reader) -> Message:
    """`kind`: the name of what went wrong, for whoever is told."""
    return kit.message(reader.say("✗ The database does not answer ({kind}). Please tell an admin.", kind=kind))


def _database(found: Health, reader: Reader) -> str:
    if found.is_migrated:
        return reader.say("Database: answers, at migration {revision}.", revision=found.revision)
    return reader.say(
        "Database: at migration {revision}, not {expected}. `python -m bot migrate` cures that.",
        revision=found.revision,
        expected=found.expected,
    )


def _last_tick(found: Health, reader: Reader) -> str:
    if found.last_tick is None:
        return reader.say("Reminders: nobody has ever looked after them. Is a worker running?")
    when = reader.moment(found.last_tick)
    if found.is_ticking:
        return reader.say("Reminders: last looked after at {when}.", when=when)
    return reader.say("Reminders: not looked after since {when}. Is a worker running?", when=when)


def _notices(found: Health, reader: Reader) -> str:
    outbox = found.outbox
    return reader.say(
        "Messages: {due} due, {late} late; {failed} could not be delivered in the last day.",
        due=outbox.due,
        late=outbox.late,
        failed=outbox.failed,
    )
