"""Special periods, in which other limits hold."""

from __future__ import annotations

from collections.abc import Sequence

from bot.reader import Reader
from bot.views import carried, kit
from bot.views.admin import form, limits
from bot.views.admin.form import Origin
from bot.views.kit import Block
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


def modal(lab: Rules, reader: Reader, origin: Origin) -> Block:
    name = reader.say("Like “ICML deadline”. Everybody reads it.")
    when = reader.say("Like “10 Dec 9:00 to 20 Dec 18:00”.")
    return form.modal(
        PERIOD,
        reader.say("Special period"),
        reader,
        origin,
        kit.field("name", reader.say("Name"), form.text("", 100), hint=name),
        kit.field("when", reader.say("When"), form.text("", 300), hint=when),
        *limits.fields({}, reader, tuple(Rule), lab),
    )
