"""An admin takes GPUs out of service, for a time or for good."""

from __future__ import annotations

from slack_bolt import App

from bot import commands, when
from bot.commands import Admin
from bot.desk import Desk, Visit
from bot.listeners import show
from bot.listeners.admin import form
from bot.listeners.admin.form import Values, Wrong
from bot.views import carried, kit
from bot.views.admin import down as view
from bot.views.admin.form import Origin
from bot.views.kit import Message
from core import facts, inventory, maintenance
from core.errors import NoGpus, NotAsSeen
from core.timerange import TimeRange
from core.work import Work


def register(app: App, _desk: Desk) -> None:
    app.action("admin:down")(form.opening(_open))
    app.view(view.DOWN)(form.saving(_save))

    @app.action("admin:take_down")
    def take_down(visit: Visit, action: Values) -> None:
        _take_down(visit, carried.read(action["value"]))


def typed(visit: Visit, wish: Admin) -> None:
    if not (wish.names and wish.rest.strip()):
        visit.answer(view.unclear(visit.reader))
        return
    try:
        time, rest = _read(visit, wish.rest)
    except when.Unreadable as unreadable:
        is_usage = unreadable.kind == when.Kind.NO_RANGE
        why = view.unclear(visit.reader) if is_usage else view.unread(unreadable, wish.rest, visit.reader)
        visit.answer(why)
        return
    visit.answer(_rehearsed(visit, {"g": list(wish.names), **carried.time_of(time), "p": commands.purpose_in(rest)}))


def _read(visit: Visit, text: str) -> tuple[TimeRange, str]:
    """The time, and what is said beside it. A day alone is all of it that is to come: it is shown before it is done."""
    try:
        reading = when.read(text, visit.now, visit.member.zone, visit.member.language)
    except when.Unreadable as unreadable:
        says_more = unreadable.start or unreadable.readings  # an hour, a part of the day
        if unreadable.day is None or says_more or unreadable.kind != when.Kind.TOO_VAGUE:
            raise
        whole = show.all_day(visit, unreadable.day)
        return TimeRange(max(whole.start, visit.now), whole.end), unreadable.rest
    return TimeRange(max(reading.start, visit.now), reading.end), reading.rest


def retirement_typed(visit: Visit, wish: Admin) -> None:
    why = wish.rest.strip()
    if wish.names and why:
        visit.answer(_rehearsed(visit, {"g": list(wish.names), "p": why}))
    else:
        visit.answer(view.unclear_retirement(visit.reader))


def _rehearsed(visit: Visit, what: Values) -> Message:
    """Do it, look, and take it back: what is shown is what would be done."""
    with visit.rehearse() as work:
        found = _carry_out(work, visit, what, None)
    return view.rehearsed(found, what, _time(what), visit.reader)


def _take_down(visit: Visit, pressed: Values) -> None:
    try:
        with visit.begin() as work:
            found = _carry_out(work, visit, pressed, str(pressed.pop("m")))
    except NotAsSeen:
        visit.answer(_rehearsed(visit, pressed))
        return
    visit.answer(view.taken_down(found, visit.reader))


def _carry_out(work: Work, visit: Visit, what: Values, seen: str | None) -> facts.Maintenance:
    time, why, key = _time(what), str(what["p"]), visit.key if seen else None
    if time is None:
        return maintenance.retire(work, visit.actor, what["g"], why, seen=seen, request_key=key)
    return maintenance.take_down(work, visit.actor, what["g"], time, why, seen=seen, request_key=key)


def _time(what: Values) -> TimeRange | None:
    return carried.time_in(what) if "s" in what else None


def _open(visit: Visit, work: Work, _about: Values, origin: Origin) -> kit.Block:
    gpus = inventory.gpus(work, visit.organization_id)
    if not gpus:
        raise NoGpus(None, ())
    return view.modal(inventory.nodes(work, visit.organization_id), gpus, visit.reader, origin)


def _save(visit: Visit, values: Values, _origin: Origin) -> Message:
    """Nothing is done yet: what it would lead to is shown first, with the button that does it."""
    names = _names(visit, values["gpus"])
    if sum(map(len, names)) > carried.NAMES:
        too_many = visit.reader.say("These are too many at once. Choose whole nodes instead, or fewer.")
        raise Wrong({"gpus": too_many})
    what = {"g": names, "p": values["why"]}
    if values["for_good"]:
        return _rehearsed(visit, what)
    if not values["when"]:
        raise Wrong({"when": visit.reader.say("Write until when, or tick that it is for good.")})
    try:
        time, _ = _read(visit, values["when"])
    except when.Unreadable as unreadable:
        raise form.unread_in(visit, "when", values["when"], unreadable) from None
    return _rehearsed(visit, {**what, **carried.time_of(time)})


def _names(visit: Visit, chosen: list[str]) -> list[str]:
    """Of what was chosen, `node:3` or `gpu:5`, what is in service still."""
    with visit.read() as work:
        known = {f"node:{node.id}": node.hostname for node in inventory.nodes(work, visit.organization_id)}
        known |= {f"gpu:{gpu.id}": gpu.name for gpu in inventory.gpus(work, visit.organization_id)}
    if not set(chosen) <= set(known):
        raise Wrong({"gpus": visit.reader.say("Some of these are no longer there. Open the form again.")})
    return [known[each] for each in chosen]
