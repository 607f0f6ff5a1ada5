"""An admin sees the lab at a glance, and changes its settings."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import available_timezones

from slack_bolt import App

from bot import people
from bot.desk import Desk, Visit
from bot.listeners.admin import form
from bot.listeners.admin.form import Values, Wrong
from bot.views import kit
from bot.views import settings as settings_view
from bot.views.admin import lab as view
from bot.views.admin.form import Origin
from bot.views.admin.lab import Lab
from bot.views.kit import Block, Message
from core import inventory, members, organizations, reminders, reservations, rulebook
from core.facts import Subject
from core.work import Work

_ASKED_AFTER = 20  # holders at once: each may be a question to Slack


def register(app: App, _desk: Desk) -> None:
    app.action("admin:settings")(form.opening(_open))
    app.view(view.SETTINGS)(form.saving(_save))


def typed(visit: Visit) -> None:
    _ask_after_holders(visit)
    show(visit)


def show(visit: Visit, news: str = "") -> None:
    """With `news`, what was just done there."""
    visit.answer(view.overview(_lab(visit), visit.reader, news))


def _lab(visit: Visit) -> Lab:
    with visit.read() as work:
        members.must_be_admin(work, visit.actor)
        return Lab(
            organizations.of_id(work, visit.organization_id),
            rulebook.said_of(work, visit.organization_id, Subject.LAB, visit.organization_id),
            rulebook.periods(work, visit.organization_id),
            members.admins(work, visit.organization_id),
            inventory.gpus(work, visit.organization_id),
            inventory.nodes(work, visit.organization_id),
            reservations.left_behind(work, visit.organization_id),
        )


def _ask_after_holders(visit: Visit) -> None:
    """Slack tells nobody that an account was deactivated; those not heard of for longest are asked about first."""
    with visit.read() as work:
        members.must_be_admin(work, visit.actor)
        holders = {held.holder.slack_id: held.holder for held in reservations.ahead(work, visit.organization_id)}
    longest_ago = sorted(holders.values(), key=lambda holder: holder.checked_at or datetime.min.replace(tzinfo=UTC))
    for holder in longest_ago[:_ASKED_AFTER]:
        people.find(visit.desk, holder.slack_id, visit.now, hurried=True)


def _open(visit: Visit, work: Work, _about: Values, origin: Origin) -> Block:
    return view.modal(organizations.of_id(work, visit.organization_id), visit.reader, origin)


def _save(visit: Visit, values: Values, _origin: Origin) -> Message:
    zone = values["zone"]
    wrong = {}
    if zone not in available_timezones():
        wrong["zone"] = visit.reader.say("There is no such zone. Write one like Asia/Tokyo.")
    if (values["quiet_from"] is None) is not (values["quiet_until"] is None):
        wrong["quiet_until"] = settings_view.half_quiet(visit.reader)
    if wrong:
        raise Wrong(wrong)
    with visit.begin() as work:
        reminders.change_lab(
            work,
            visit.actor,
            zone=zone,
            language=values["language"],
            channel=values["channel"],
            announce=values["announce"],
            summary=values["summary"],
            before_start=int(values["before_start"]) if values["before_start"] else None,
            before_end=int(values["before_end"]) if values["before_end"] else None,
            quiet_from=values["quiet_from"],
            quiet_until=values["quiet_until"],
            suggests=values["suggests"],
            offer_minutes=int(values["offer_minutes"] or 0),
        )
    return kit.done(visit.reader.say("The settings are saved."))
