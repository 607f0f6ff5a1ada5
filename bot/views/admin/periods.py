"""Special periods, in which other limits hold."""

from __future__ import annotations

from collections.abc import Sequence

from bot.reader import Reader
from bot.views import carried, kit
from bot.views.admin import form, limits
from bot.views.admin.form import Origin
from bot.views.kit import Block, Message
from core.facts import Period, Rule
from core.policy import Rules

PERIOD = "admin_period"
_SHOWN = 5


def listed(periods: Sequence[tuple[Period, Rules]], reader: Reader) -> list[Block]:
    blocks = []
    for period, rules in periods[:_SHOWN]:
        said = reader.say(
            "Special period “{name}”: {when} · {limits}",
            name=kit.escape(period.name),
            when=reader.when(period.range),
            limits=limits.in_words(rules, reader),
        )
        remove = kit.button(reader.say("Remove"), "admin:period_remove", carried.written(id=period.id), style="danger")
        blocks += [kit.section(said), kit.actions([remove]) or kit.divider()]
    return blocks


def offered(name: str, when: str, reader: Reader) -> Message:
    """The button that opens the form, with what was written already."""
    about = {"n": kit.clip(name, 100), "w": kit.clip(when, 300)}
    said = reader.say("The form asks for the limits that hold then:")
    button = kit.button(reader.say("Special period"), "admin:period", carried.written(**about), style="primary")
    return kit.message(said, kit.section(said), kit.actions([button]))


def modal(lab: Rules, reader: Reader, origin: Origin, *, name: str = "", when: str = "") -> Block:
    like_name = reader.say("Like “ICML deadline”. Everybody reads it.")
    like_when = reader.say("Like “10 Dec 9:00 to 20 Dec 18:00”.")
    return form.modal(
        PERIOD,
        reader.say("Special period"),
        reader,
        origin,
        kit.field("name", reader.say("Name"), form.text(name, 100), hint=like_name),
        kit.field("when", reader.say("When"), form.text(when, 300), hint=like_when),
        *limits.fields({}, reader, tuple(Rule), lab),
    )
