"""What the channel reads of a special period."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime

from bot.reader import Reader
from bot.views import kit
from bot.views.admin import limits
from bot.views.kit import Message
from core import facts
from core.policy import Rules

_DAY = "{date_short_pretty} {time}"


def added(period: facts.Period, rules: Rules, reader: Reader) -> Message:
    return _both(
        lambda values: reader.say(
            "Special period “{name}”, from {start} to {end}. Other limits hold then: {limits}", **values
        ),
        period,
        rules,
        reader,
    )


def begins(periods: Iterable[tuple[facts.Period, Rules]], reader: Reader) -> Message:
    """All that begin at that moment."""
    messages = [
        _both(
            lambda values: reader.say("“{name}” has begun. Until {end} other limits hold: {limits}", **values),
            period,
            rules,
            reader,
        )
        for period, rules in periods
    ]
    blocks = [block for each in messages for block in each.blocks]
    return kit.message("\n".join(each.text for each in messages), *blocks)


def removed(period: facts.Period, reader: Reader) -> Message:
    return _both(
        lambda values: reader.say("The special period “{name}” is called off: the usual limits hold.", **values),
        period,
        {},
        reader,
    )


def _both(say: Callable[[dict[str, str]], str], period: facts.Period, rules: Rules, reader: Reader) -> Message:
    """For the channel, where each reads their own clock; and plain, for the notification."""
    values = {"name": kit.escape(period.name), "limits": limits.in_words(rules, reader)}
    shown = {key: kit.token(at, _DAY, _written(at, reader)) for key, at in _ends(period)}
    plain = {key: _written(at, reader) for key, at in _ends(period)}
    return kit.message(say(values | plain), kit.section(say(values | shown)))


def _ends(period: facts.Period) -> tuple[tuple[str, datetime], tuple[str, datetime]]:
    return ("start", period.range.start), ("end", period.range.end)


def _written(at: datetime, reader: Reader) -> str:
    return f"{reader.moment(at)} {reader.zone_name(at)}"
