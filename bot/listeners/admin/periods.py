"""An admin adds a special period, or removes one."""

from __future__ import annotations

from slack_bolt import App

from bot import when
from bot.commands import Admin
from bot.desk import Desk, Visit
from bot.listeners.admin import form, limits
from bot.listeners.admin.form import Mistakes, Values, Wrong
from bot.views import carried, kit
from bot.views.admin import periods as view
from bot.views.admin.form import Origin
from bot.views.kit import Message
from core import members, rules
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


def typed(visit: Visit, wish: Admin) -> None:
    """When, and its name: the form asks for the limits. A message opens no form, so it is answered with the button."""
    about = name, time = _read(visit, wish.rest)
    visit.hurried = True
    with visit.read() as work:
        members.must_be_admin(work, visit.actor)
        shown = _open(visit, work, {"n": name, "w": time}, Origin(visit.response_url))
    if visit.trigger_id is None:
        visit.answer(view.offered(*about, visit.reader))
    else:
        visit.open_form(shown)


def _read(visit: Visit, text: str) -> tuple[str, str]:
    """The name, and the time as it was understood; what cannot be read is shown as it was written."""
    try:
        reading = when.read(text, visit.now, visit.member.zone, visit.member.language)
    except when.Unreadable as unreadable:
        return (text, "") if unreadable.kind == when.Kind.NO_RANGE else ("", text)
    start, end = visit.reader.local(reading.start), visit.reader.local(reading.end)
    return reading.rest, f"{start:%Y-%m-%d %H:%M} - {end:%Y-%m-%d %H:%M}"


def _open(visit: Visit, work: Work, about: Values, origin: Origin) -> kit.Block:
    name, time = str(about.get("n", "")), str(about.get("w", ""))
    return view.modal(limits.of_lab(visit, work), visit.reader, origin, name=name, when=time)


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
