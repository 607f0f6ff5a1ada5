"""The limits that a lab sets: in words, and as fields of a form."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from bot.reader import Reader
from bot.views import kit
from bot.views.admin import form
from bot.views.admin.form import Origin
from bot.views.kit import Block
from core import policy
from core.facts import Rule
from core.policy import Rules

LIMITS = "admin_limits"
NOTHING_SAID: Rules = {}


def in_words(rules: Rules, reader: Reader) -> str:
    """What is said, rule by rule; the usual where nothing is."""
    told = [f"{label(rule, reader)}: {written(rule, value, reader)}" for rule, value in rules.items()]
    return reader.listed(told) if told else reader.say("the usual ones")


def label(rule: Rule, reader: Reader) -> str:
    return {
        Rule.SHORTEST: reader.say("Shortest booking"),
        Rule.LONGEST: reader.say("Longest booking"),
        Rule.ROUNDING: reader.say("Round times to"),
        Rule.AHEAD: reader.say("How far ahead"),
        Rule.OPEN: reader.say("GPU hours still to come, per person"),
        Rule.WEEK: reader.say("GPU hours a week, per person"),
        Rule.AT_ONCE: reader.say("GPUs at once, per person"),
        Rule.USUAL: reader.say("Length that the form begins with"),
    }[rule]


def written(rule: Rule, value: policy.Value, reader: Reader) -> str:
    """As it may be typed into its field: whole days, or hours and minutes."""
    if value is None:
        return none(reader)
    if isinstance(value, timedelta):
        return reader.in_hours(value) if rule in {Rule.OPEN, Rule.WEEK} else reader.in_whole_days(value)
    return str(value)


def none(reader: Reader) -> str:
    """The word for no limit, in a field."""
    return reader.say("none")


def modal(rules: Rules, reader: Reader, origin: Origin) -> Block:
    return form.modal(LIMITS, reader.say("Limits"), reader, origin, *fields(rules, reader, tuple(Rule)))


def fields(rules: Rules, reader: Reader, shown: Sequence[Rule], besides: Rules = NOTHING_SAID) -> list[Block]:
    """`besides` is what the lab says, in the form of something else."""
    return [
        kit.field(
            rule.value,
            label(rule, reader),
            form.text(written(rule, rules[rule], reader) if rule in rules else "", 40),
            optional=True,
            hint=_hint(rule, reader, besides),
        )
        for rule in shown
    ]


def _hint(rule: Rule, reader: Reader, besides: Rules) -> str:
    """What holds where nothing is written: the lab's own word, which is the usual one where it says nothing."""
    usual = written(rule, besides.get(rule, getattr(policy.DEFAULT, rule)), reader)
    if rule in {Rule.SHORTEST, Rule.USUAL}:
        return reader.say("Empty: {usual}.", usual=usual)
    return reader.say("Empty: {usual}. “{none}”: no limit.", usual=usual, none=none(reader))
