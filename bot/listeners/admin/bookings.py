"""An admin sees everybody's bookings, changes one, or gives it back."""

from __future__ import annotations

from slack_bolt import App

from bot.desk import Desk, Visit
from bot.listeners.admin import form, lab
from bot.listeners.admin.form import Values
from bot.views import carried, kit
from bot.views.admin import bookings as view
from bot.views.admin.form import Origin
from bot.views.kit import Message
from core import booking, facts, members, reservations, series
from core.errors import UnknownReservation
from core.facts import State
from core.inventory import Wanted
from core.timerange import TimeRange
from core.work import Work


def register(app: App, _desk: Desk) -> None:
    app.action("admin:overrule")(form.opening(_open))
    app.view(view.OVERRULE)(form.saving(_save))

    @app.action("admin:bookings")
    def everybodys(visit: Visit) -> None:
        with visit.read() as work:
            members.must_be_admin(work, visit.actor)
            held = reservations.ahead(work, visit.organization_id)
        visit.answer(view.everybodys(held, visit.reader))

    @app.action("admin:give_back")
    def give_back(visit: Visit, action: Values) -> None:
        pressed = carried.read(action["value"])
        with visit.begin() as work:
            members.must_be_admin(work, visit.actor)
            held = reservations.changeable(work, visit.actor, int(pressed["id"]), int(pressed["v"]))
            why = visit.reader.say("The account is deactivated.")
            _give_back(work, visit, held, why)
        lab.show(visit, view.given_back(held, visit.reader))


def _give_back(work: Work, visit: Visit, held: facts.Reservation, why: str) -> facts.Receipt:
    """Ended where it runs, and as if it had never been where it does not."""
    give_back = booking.release if held.state is State.RUNNING else booking.cancel
    return give_back(work, visit.actor, held.id, version=held.version, why=why, request_key=visit.key)


def _save_all(
    work: Work, visit: Visit, values: Values, held: facts.Reservation, time: TimeRange | None, wanted: Wanted | None
) -> None:
    """The same to all that remain of its series."""
    found, why = series.of(work, visit.organization_id, held.id), values["why"]
    if found is None:
        raise UnknownReservation(held.id)
    if values["drop"]:
        series.cancel(work, visit.actor, found.id, why=why)
    else:
        hours = _hours(visit, time) if time else None
        series.change(work, visit.actor, found.id, hours=hours, wanted=wanted, why=why, request_key=visit.key)


def _hours(visit: Visit, time: TimeRange) -> facts.Hours:
    start, end = visit.reader.local(time.start), visit.reader.local(time.end)
    return facts.Hours(start.time(), end.time(), (end.date() - start.date()).days, visit.reader.zone)


def _open(visit: Visit, work: Work, about: Values, origin: Origin) -> kit.Block:
    held = reservations.changeable(work, visit.actor, int(about["id"]), int(about["v"]))
    found = series.of(work, visit.organization_id, held.id)
    return view.modal(held, found, visit.reader, Origin(origin.response_url, held.id, held.version))


def _save(visit: Visit, values: Values, origin: Origin) -> Message:
    """Cancel or end it, or give it another time or other GPUs."""
    named = tuple(values["gpus"].replace(",", " ").split())
    time = form.time_in(visit, values["when"]) if values["when"] else None
    with visit.begin() as work:
        held = reservations.changeable(work, visit.actor, origin.subject_id, origin.version)
        if values.get("whole"):
            _save_all(work, visit, values, held, time, Wanted(named) if named else None)
            return kit.done(visit.reader.say("{who} will read of it.", who=kit.escape(held.holder.name)))
        if values["drop"]:
            receipt = _give_back(work, visit, held, values["why"])
        else:
            receipt = booking.change(
                work,
                visit.actor,
                held.id,
                version=origin.version,
                wanted=Wanted(names=named or tuple(gpu.full_name for gpu in held.gpus)),
                wish=time or held.range,
                purpose=held.purpose,
                why=values["why"],
                request_key=visit.key,
            )
    return kit.done(visit.reader.say("{who} will read of it.", who=kit.escape(receipt.reservation.holder.name)))
