"""An admin adds a special period, or removes one."""

from __future__ import annotations

from slack_bolt import App

from bot.desk import Desk, Visit
from bot.listeners.admin import form, limits
from bot.listeners.admin.form import Mistakes, Values, Wrong
from bot.views import carried, kit
from bot.views.admin import periods as view
from bot.views.admin.form import Origin
from bot.views.kit import Message
from core import rules
from core.facts import Rule, Subject
from core.work import Work


def register(app: App, _desk: Desk) -> None:
    app.action("admin:period")(form.opening(_open))
    app.view(view.PERIOD)(form.saving(_save))

    @app.action("admin:period_remove")
    def removed(visit: Visit, action: Values) -> None:
        with visit.begin() as work:
            period = rules.remove_period(work, visit.actor, int(carried.read(action["value"])["id"]))
        visit.answer(kit.done(visit.reader.say("“{name}” is removed.", name=kit.escape(period.name))))


def _open(visit: Visit, work: Work, _about: Values, origin: Origin) -> kit.Block:
    return view.modal(limits.of_lab(visit, work), visit.reader, origin)


def _save(visit: Visit, values: Values, _origin: Origin) -> Message:
    mistakes = Mistakes()
    with mistakes:
        said = limits.filled_in(visit, values, Subject.PERIOD)
    with mistakes:
        time = form.time_in(visit, values["when"])
    mistakes.tell()
    if not said:
        raise Wrong({Rule.LONGEST.value: visit.reader.say("Write at least one limit that is different then.")})
    with visit.begin() as work:
        period = rules.add_period(work, visit.actor, values["name"], time, said)
    return kit.done(
        visit.reader.say(
            "Special period “{name}”: {when}.", name=kit.escape(period.name), when=visit.reader.when(period.range)
        )
    )
