"""A person's own reservations, each with its buttons; and the question which one is meant."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from bot.reader import Reader
from bot.views import booking, kit, waitlist
from bot.views import series as series_view
from bot.views.kit import Block, Message
from core import facts

Mine = Sequence[tuple[facts.Reservation, facts.Room | None]]
"""Reservations, and for a running one how far it could be extended."""

_SHOWN = 15
_FIRST = 5  # on Home, which has more to show


def mine(held: Mine, reader: Reader, series: Sequence[facts.Series] = (), wishes: Sequence[facts.Wish] = ()) -> Message:
    """What somebody has, and what they wait for."""
    if not held:
        return waitlist.waiting(wishes, reader) if wishes else nothing(reader)
    said = reader.say_many("You have {count} booking.", "You have {count} bookings.", len(held))
    message = listed(said, held, reader, series)
    return kit.message(message.text, *message.blocks, *waitlist.cards(wishes, reader))


def which(
    held: Mine, reader: Reader, series: Sequence[facts.Series] = (), extend_by: timedelta | None = None
) -> Message:
    """Several could be meant; the buttons say which, and extend by what was asked for.

    Of `series`, those of which every time could be meant are shown as one.
    """
    said = reader.say("Which one? You have {count}.", count=len(held))
    return listed(said, held, reader, _whole(series, held), extend_by=extend_by)


def none_running(held: Mine, reader: Reader, series: Sequence[facts.Series] = ()) -> Message:
    """What is still to come can be changed and cancelled, and nothing else."""
    said = reader.say("None of yours is running now. What is still to come you can change or cancel:")
    return listed(said, held, reader, _whole(series, held))


def _whole(series: Sequence[facts.Series], held: Mine) -> list[facts.Series]:
    """Those of which every time is among these."""
    meant = {each.id for each, _ in held}
    return [each for each in series if meant.issuperset(one.id for one in each.remaining)]


def nothing(reader: Reader, said: str | None = None) -> Message:
    line = said or reader.say("You have nothing booked.")
    hint = reader.say("Book with `{command} book 13:00-18:00`, or here:")
    return kit.message(
        f"{line} {hint}", kit.section(line), kit.section(hint), kit.actions([kit.open_form_button(reader)])
    )


def cards(
    held: Mine, reader: Reader, series: Sequence[facts.Series] = (), extend_by: timedelta | None = None
) -> list[Block]:
    """One for each; of a series of which several remain, one for all of them, where its next occurrence stands."""
    made = _cards(held, reader, series, extend_by)
    shown = [block for card in made[:_SHOWN] for block in card]
    more = len(made) - _SHOWN
    if more <= 0:
        return shown
    hint = reader.say("… and {count} more. Name its day to get at one: `{command} change friday`.", count=more)
    return [*shown, kit.context(hint)]


def first_cards(held: Mine, reader: Reader, series: Sequence[facts.Series]) -> list[Block]:
    """The first few of them, and all of them behind a button."""
    made = _cards(held, reader, series)
    shown = [block for card in made[:_FIRST] for block in card]
    more = len(made) - _FIRST
    if more <= 0:
        return shown
    button = kit.button(reader.say("All my bookings"), "show_mine")
    return [*shown, kit.beside(reader.say("… and {count} more.", count=more), button)]


def _cards(
    held: Mine, reader: Reader, series: Sequence[facts.Series], extend_by: timedelta | None = None
) -> list[list[Block]]:
    of_series = {held.id: each for each in series if len(each.remaining) > 1 for held in each.remaining}
    made: list[list[Block]] = []
    for each, room in held:
        mine = of_series.get(each.id)
        if mine is None:
            made.append(booking.card(each, reader, room, extend_by))
        elif mine.remaining[0].id == each.id:
            made.append(series_view.card(mine, reader))
    return made


def listed(
    said: str, held: Mine, reader: Reader, series: Sequence[facts.Series] = (), extend_by: timedelta | None = None
) -> Message:
    """Reservations under a sentence."""
    spoken = " ".join([said, *(booking.headline(each, reader) for each, _ in held[:3])])
    return kit.message(spoken, kit.section(f"*{said}*"), *cards(held, reader, series, extend_by))
