"""Which of the lab's rules is in the way, with its figures, and whose word it is."""

from __future__ import annotations

from functools import singledispatch

from bot.reader import Reader
from bot.views import booking
from core import errors, facts


def broken(refusal: errors.AgainstRule, reader: Reader) -> str:
    """Not escaped."""
    return reader.sentences(_which(refusal, reader), _less(refusal, reader), _whose(refusal.origin, reader))


def _less(refusal: errors.AgainstRule, reader: Reader) -> str:
    """What to ask for, where the wish by itself is too much."""
    is_too_long = isinstance(refusal, errors.TooLong)
    are_hours = isinstance(refusal, (errors.TooManyHours, errors.TooManyHoursAWeek)) and refusal.wanted > refusal.limit
    if (is_too_long or are_hours) and _cannot_grow(refusal):
        return reader.say("Yours cannot get any longer. Ask an admin, if you need it to.")
    if is_too_long:
        return reader.say("Ask for a shorter time.")
    return reader.say("Ask for a shorter time, or for fewer GPUs.") if are_hours else ""


def _cannot_grow(refusal: errors.AgainstRule) -> bool:
    """Whether it refuses an extension that nothing is left of."""
    return refusal.extending is not None and refusal.extending[1].most < booking.LEAST


def _whose(origin: facts.Origin, reader: Reader) -> str:
    if origin.personal:
        return reader.say("An admin has set that for you.")
    if origin.gpu is not None:
        return reader.say("That is so for {gpu}.", gpu=origin.gpu.name)
    if origin.period is not None:
        return reader.say(
            "That is so during “{name}”, until {end}.",
            name=origin.period.name,
            end=reader.moment(origin.period.range.end),
        )
    return ""


@singledispatch
def _which(refusal: errors.AgainstRule, reader: Reader) -> str:
    raise NotImplementedError(f"no words for {type(refusal).__name__}")


@_which.register
def _(refusal: errors.TooShort, reader: Reader) -> str:
    return reader.say("That is too short. The shortest booking is {limit}.", limit=reader.length(refusal.limit))


@_which.register
def _(refusal: errors.TooLong, reader: Reader) -> str:
    return reader.say(
        "That makes {length}, and the longest booking is {limit}.",
        length=reader.length(refusal.length),
        limit=reader.length(refusal.limit),
    )


@_which.register
def _(refusal: errors.TooFarAhead, reader: Reader) -> str:
    limit = reader.length(refusal.limit)
    return reader.say("That is too far ahead. Bookings open {limit} before they start.", limit=limit)


@_which.register
def _(refusal: errors.TooManyAtOnce, reader: Reader) -> str:
    values = {"wanted": refusal.wanted, "held": refusal.held, "limit": refusal.limit}
    if refusal.held:
        return reader.say(
            "One person may hold {limit} GPUs at the same time. You hold {held} then, and this would add {wanted}.",
            **values,
        )
    return reader.say(
        "One person may hold {limit} GPUs at the same time, and you asked for {wanted}. Ask for up to {limit}.",
        **values,
    )


@_which.register
def _(refusal: errors.TooManyHours, reader: Reader) -> str:
    if refusal.wanted > refusal.limit:
        return reader.say(
            "One person may have {limit} of GPU time still to come, and this alone makes {wanted}.",
            limit=reader.in_hours(refusal.limit),
            wanted=reader.in_hours(refusal.wanted),
        )
    return reader.say(
        "One person may have {limit} of GPU time still to come. You have {held}, and this would add {wanted}.",
        limit=reader.in_hours(refusal.limit),
        held=reader.in_hours(refusal.held),
        wanted=reader.in_hours(refusal.wanted),
    )


@_which.register
def _(refusal: errors.TooManyHoursAWeek, reader: Reader) -> str:
    if refusal.wanted > refusal.limit:
        return reader.say(
            "One person may have {limit} of GPU time a week, and this alone makes {wanted} in the week from {day}.",
            limit=reader.in_hours(refusal.limit),
            wanted=reader.in_hours(refusal.wanted),
            day=reader.day(refusal.week.start),
        )
    return reader.say(
        "One person may have {limit} of GPU time a week. In the week from {day} you have {held}, and this would add"
        " {wanted}.",
        limit=reader.in_hours(refusal.limit),
        day=reader.day(refusal.week.start),
        held=reader.in_hours(refusal.held),
        wanted=reader.in_hours(refusal.wanted),
    )
