"""Refusals in words: what is in the way, and what would work. The one place where an error becomes a sentence."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, time, timedelta
from functools import singledispatch

from bot.reader import Reader
from bot.views import booking, hand_over, kit, refusals, rule
from bot.views.admin import limits
from bot.views.kit import Message
from core import errors, facts
from core.facts import Standing
from core.timerange import TimeRange

_NAMES_SHOWN = 12
_CLASHES_SHOWN = 3  # in a form's field


def answer(refusal: errors.Refusal, reader: Reader, *, purpose: str = "") -> Message:
    """A refusal as a message, with the buttons that lead on."""
    if isinstance(refusal, errors.GpuTaken):
        return refusals.taken(refusal, reader, purpose=purpose)
    if isinstance(refusal, errors.NoRoom):
        return refusals.no_room(refusal, reader)
    if isinstance(refusal, errors.AgainstRule):
        return refusals.against_rule(refusal, reader, purpose=purpose)
    said = "✗ " + kit.escape(words(refusal, reader))
    held: facts.Reservation | None = getattr(refusal, "reservation", None)
    return booking.state(held, reader, said=said) if held else kit.message(said)


def in_form(refusal: errors.Refusal, reader: Reader) -> str:
    """The same for a field of the booking form, which carries no button: what the button would do can be typed."""
    said, meant = words(refusal, reader), _meant_by(refusal)
    typed = refusals.typed_wait(meant, reader) if meant else ""
    if not typed:
        return kit.plain(said)
    hint = reader.say("To wait for it, close this and type `{command} {typed}`.", typed=typed)
    return kit.plain(reader.sentences(said, hint))


def _meant_by(refusal: errors.Refusal) -> facts.ToWaitFor | None:
    if isinstance(refusal, errors.AgainstRule):
        return refusal.waits
    if not isinstance(refusal, errors.GpuTaken) or refusal.waits or refusal.moving or refusal.wanted is None:
        return next(iter(getattr(refusal, "waits", ())), None)
    named = tuple(dict.fromkeys(clash.gpu for clash in refusal.clashes)) if refusal.wanted.names else ()
    return facts.ToWaitFor(refusal.wanted, refusal.wish, named) if len(named) == len(refusal.wanted.names) else None


def unexpected(incident: str, reader: Reader) -> Message:
    """A bug, or a part that failed: the id stands in the log as well."""
    return kit.message(unexpected_words(incident, reader))


def unexpected_words(incident: str, reader: Reader) -> str:
    return reader.say(
        "Something went wrong on my side, and I cannot say whether it was done: look at `{command} mine`."
        " If it happens again, tell an admin this number: `{incident}`.",
        incident=incident,
    )


@singledispatch
def words(refusal: errors.Refusal, reader: Reader) -> str:
    """One refusal as a sentence with its next step, plain enough for a form's field."""
    return _PLAIN[type(refusal)](reader)


_PLAIN: dict[type[errors.Refusal], Callable[[Reader], str]] = {
    errors.AlreadyYours: lambda reader: reader.say("You hold that time already."),
    errors.UnknownNode: lambda reader: reader.say(
        "That node is not here any more. `{command} status` shows those there are."
    ),
    errors.NoneWanted: lambda reader: reader.say("That would be no GPU at all. Ask for at least 1."),
    errors.NoTime: lambda reader: reader.say(
        "That is no longer than it is now. Write by how much, like `{command} extend 2h`."
    ),
    errors.NoReason: lambda reader: reader.say("Write why, so that whoever it concerns can read it."),
    errors.NotAsSeen: lambda reader: reader.say(
        "Somebody has booked or changed something meanwhile, and nothing was done. Have a look again."
    ),
    errors.BadMemory: lambda reader: reader.say("Write its memory in GB, as a whole number from 1 on."),
    errors.NoName: lambda reader: reader.say("Write a name, so that everybody knows what it is."),
    errors.UnknownMember: lambda reader: reader.say("I do not know that person yet."),
    errors.UnknownPeriod: lambda reader: reader.say("That special period is no longer there."),
    errors.UnknownHandOver: lambda reader: reader.say(
        "Nobody asks for that here any more: there is nothing left to answer."
    ),
    errors.NoOccurrence: lambda reader: reader.say("That series has no time that is still to come. Write a later end."),
    errors.UnknownSeries: lambda reader: reader.say("That series does not exist here. `{command} mine` shows yours."),
    errors.UnknownBusyCall: lambda reader: reader.say(
        "Nobody asks for that here any more: there is nothing left to answer."
    ),
    errors.NobodyBefore: lambda reader: reader.say(
        "Nobody else has booked it in the last day, so I do not know whose work it is. Ask in the channel."
    ),
    errors.OutOfService: lambda reader: reader.say("That is out of service, so nobody can hand it over."),
    errors.AlreadyStarted: lambda reader: reader.say(
        "It is running already: its start and its GPUs stay. You can extend it, or end it now."
    ),
    errors.NotStarted: lambda reader: reader.say(
        "It has not begun yet, so there is nothing to end. You can cancel it."
    ),
    errors.Stale: lambda reader: reader.say(
        "This has changed since that was written, and nothing was done. Have a look at how it is now."
    ),
    errors.UnknownReservation: lambda reader: reader.say(
        "That booking does not exist here. `{command} mine` shows yours."
    ),
    errors.OnlyOffered: lambda reader: reader.say("That is only offered to you so far. Take it first, or pass it on."),
    errors.OfferOver: lambda reader: reader.say(
        "That is no longer on offer: its time went by, or it was answered. `{command} wait` shows what you wait for."
    ),
    errors.UnknownWish: lambda reader: reader.say(
        "There is no such wish here. `{command} wait` shows what you wait for."
    ),
    errors.AlreadyWaiting: lambda reader: reader.say("You wait for that already. `{command} wait` shows it."),
    errors.Unwritable: lambda reader: reader.say(
        "My database takes no writing: its disk is full, or its file is read-only. Nothing was done."
        " Please tell an admin."
    ),
    errors.Busy: lambda reader: reader.say(
        "Too much is going on at this moment, and nothing was done. Please try again."
    ),
}


@words.register
def _(refusal: errors.GpuTaken, reader: Reader) -> str:
    clashes = refusal.clashes if refusal.count is None else refusals.first_on_each(refusal.clashes)
    shown = [
        f"{clash.gpu.name}: {booking.keeper_name(clash, reader)} {reader.when(clash.range)}"
        for clash in clashes[:_CLASHES_SHOWN]
    ]
    who, more = reader.listed(shown), len(clashes) - len(shown)
    said = (
        reader.say("Taken: {who}, and {count} more.", who=who, count=more)
        if more
        else reader.say("Taken: {who}.", who=who)
    )
    offers = _offers(refusal.alternatives, refusal.wish, reader) or refusals.nothing_free(reader)
    return reader.sentences(said, offers)


@words.register
def _(refusal: errors.UnknownGpu, reader: Reader) -> str:
    known = _names(refusal.known, reader)
    return reader.say("There is no GPU “{name}” here. There is {known}.", name=refusal.name, known=known)


@words.register
def _(refusal: errors.UnclearGpu, reader: Reader) -> str:
    names = _names(refusal.matches, reader)
    return reader.say("Several nodes have a “{name}”. Write which: {names}.", name=refusal.name, names=names)


@words.register
def _(refusal: errors.NoGpus, reader: Reader) -> str:
    if not refusal.known:
        return reader.say("There are no GPUs yet. An admin adds the first one.")
    known = reader.listed(sorted({gpu.model for gpu in refusal.known}))
    return reader.say("There is no “{model}” here. There is {known}.", model=refusal.model, known=known)


@words.register
def _(refusal: errors.TooManyGpus, reader: Reader) -> str:
    if refusal.in_all > refusal.most:
        return reader.say(
            "You asked for {wanted} GPUs, and no node has more than {most}. Ask for {most}, or add “any nodes”"
            " to spread over all {in_all}.",
            wanted=refusal.wanted,
            most=refusal.most,
            in_all=refusal.in_all,
        )
    return reader.say_many(
        "You asked for {wanted} GPUs, and there is only {count}. Ask for {count}.",
        "You asked for {wanted} GPUs, and there are only {count}. Ask for up to {count}.",
        refusal.most,
        wanted=refusal.wanted,
    )


@words.register
def _(refusal: errors.AgainstRule, reader: Reader) -> str:
    return reader.sentences(rule.broken(refusal, reader), _offers(refusal.alternatives, refusal.wish, reader))


@words.register
def _(refusal: errors.AdminsOnly, reader: Reader) -> str:
    if not refusal.admins:
        return reader.say("Only an admin of the lab may do that, and it has none yet. Ask an admin of the workspace.")
    admins = reader.listed([admin.name for admin in refusal.admins[:_NAMES_SHOWN]])
    return reader.say("Only an admin of the lab may do that. Ask {admins}.", admins=admins)


@words.register
def _(refusal: errors.LastAdmin, reader: Reader) -> str:
    return reader.say("{who} is the only admin. Name another one first.", who=refusal.admin.name)


@words.register
def _(refusal: errors.BadOfferTime, reader: Reader) -> str:
    return reader.say("Write whole minutes, from 1 to {most}.", most=refusal.most)


@words.register
def _(refusal: errors.NameTaken, reader: Reader) -> str:
    return reader.say("There is a “{name}” already. Choose another name.", name=refusal.name)


@words.register
def _(refusal: errors.BadLimits, reader: Reader) -> str:
    told = [f"{limits.label(rule, reader)}: {bounds(*ends, reader)}" for rule, ends in refusal.bounds.items()]
    return reader.say("So nobody could book. {limits}", limits=" ".join(told))


def bounds(least: timedelta | int, most: timedelta | int, reader: Reader) -> str:
    """What may be written into the field of a limit."""
    if isinstance(least, timedelta) and isinstance(most, timedelta):
        return reader.say(
            "Write a length from {least} to {most} here.", least=reader.length(least), most=reader.length(most)
        )
    return reader.say("Write a number from {least} to {most} here.", least=least, most=most)


@words.register
def _(refusal: errors.SomeTaken, reader: Reader) -> str:
    free, count = len(refusal.free), len(refusal.free) + len(refusal.refused)
    return reader.say("Only {free} of {count} times can be had.", free=free, count=count)


@words.register
def _(refusal: errors.TooManyOccurrences, reader: Reader) -> str:
    last = datetime.combine(refusal.last, time(12), reader.zone)
    return reader.say(
        "A series has at most {limit} times. Let it end by {last}, or make it less often.",
        limit=refusal.limit,
        last=reader.day(last),
    )


@words.register
def _(refusal: errors.AlreadyAnswered, reader: Reader) -> str:
    return hand_over.answered(refusal, reader)


@words.register
def _(refusal: errors.NoLongerHeld, reader: Reader) -> str:
    if refusal.holder.slack_id == reader.slack_id:
        return reader.say("You do not hold all of that any more, so there is nothing to hand over.")
    return reader.say("{who} does not hold that any more. See `{command} status`.", who=refusal.holder.name)


@words.register
def _(refusal: errors.CannotTake, reader: Reader) -> str:
    return reader.say(
        "{who} may not hold that under the lab's rules, so it stays yours. Please tell them.", who=refusal.taker.name
    )


@words.register
def _(refusal: errors.TooFarBack, reader: Reader) -> str:
    return reader.say(
        "A run that began up to {limit} ago can still be booked, and {start} is longer ago."
        " Book it from now on: `{command} book now for 2h`.",
        limit=reader.length(refusal.limit),
        start=reader.clock(refusal.start),
    )


@words.register
def _(refusal: errors.NotBegun, reader: Reader) -> str:
    start = reader.moment(refusal.start)
    return reader.say("{start} is still to come, so it cannot be running already. Leave “since” out.", start=start)


@words.register
def _(refusal: errors.InThePast, reader: Reader) -> str:
    when = reader.when(refusal.range)
    return reader.say("{when} is over already. Write a time that is still to come.", when=when)


@words.register
def _(refusal: errors.PurposeTooLong, reader: Reader) -> str:
    return reader.say(
        "The purpose has {length} characters, and {limit} fit. Shorten it, please.",
        length=refusal.length,
        limit=refusal.limit,
    )


@words.register
def _(refusal: errors.NotYours, reader: Reader) -> str:
    return reader.say("That booking is {who}’s, so only they can change it. Ask them.", who=refusal.holder.name)


@words.register
def _(refusal: errors.MayNotBook, reader: Reader) -> str:
    match refusal.standing:
        case Standing.GUEST:
            return reader.say("Guests of this workspace cannot book GPUs. Ask a member of the lab to book for you.")
        case Standing.STRANGER:
            return reader.say("Only members of this workspace can book its GPUs. Ask one of them to book for you.")
        case Standing.BOT:
            return reader.say("Bots cannot book GPUs. A person can.")
        case _:
            return reader.say("This account is deactivated, so it cannot book GPUs. Ask a member of the lab.")


@words.register
def _(refusal: errors.NoRoom, reader: Reader) -> str:
    return refusals.not_extended(refusal, reader)


@words.register
def _(refusal: errors.AlreadyOver, reader: Reader) -> str:
    if refusal.reservation.state is facts.State.CANCELLED:
        return reader.say("That is cancelled already. Book a new time instead.")
    return reader.say("What is over stays as it was. Book a new time instead.")


@words.register
def _(refusal: errors.NotHeld, reader: Reader) -> str:
    return reader.say("You do not hold {gpu} now. `{command} mine` shows what is yours.", gpu=refusal.gpu.name)


@words.register
def _(refusal: errors.TooManyWishes, reader: Reader) -> str:
    return reader.say_many(
        "You may wait for {count} thing at a time. Stop one first: `{command} wait` shows yours.",
        "You may wait for {count} things at a time. Stop one first: `{command} wait` shows yours.",
        refusal.limit,
    )


@words.register
def _(refusal: errors.NoTimeToWait, reader: Reader) -> str:
    length = reader.length(refusal.length)
    if refusal.window is None:
        return reader.say("That end is over already, or before the start. Write a later one, or leave it out.")
    return reader.say(
        "{length} do not fit into {when}. Ask for a shorter time, or a later end.",
        length=length,
        when=reader.when(refusal.window),
    )


def _offers(alternatives: Sequence[facts.Alternative], wish: TimeRange, reader: Reader) -> str:
    """What would work; nothing where nothing would."""
    offers = [refusals.offer_label(offer, wish, reader) for offer in alternatives]
    return reader.say("What would work: {offers}.", offers="; ".join(offers)) if offers else ""


def _names(gpus: Iterable[facts.Gpu], reader: Reader) -> str:
    names = [gpu.name for gpu in gpus]
    more = len(names) - _NAMES_SHOWN
    return reader.listed(names[:_NAMES_SHOWN] + ([reader.say("{count} more", count=more)] if more > 0 else []))
