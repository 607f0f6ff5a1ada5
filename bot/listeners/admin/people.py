"""An admin gives somebody a role, and limits of their own."""

from __future__ import annotations

from slack_bolt import App

from bot.desk import Desk, Visit
from bot.listeners.admin import form, limits
from bot.listeners.admin.form import Values
from bot.views import kit
from bot.views.admin import people as view
from bot.views.admin.form import Origin
from bot.views.kit import Message
from core import members, rulebook, rules
from core.facts import Role, Subject
from core.work import Work


def register(app: App, _desk: Desk) -> None:
    app.action("admin:person")(form.opening(_open))
    app.view(view.PERSON)(form.saving(_save))


def _open(visit: Visit, work: Work, about: Values, origin: Origin) -> kit.Block:
    member = members.of_id(work, visit.organization_id, int(about["id"]))
    rules = rulebook.said_of(work, visit.organization_id, Subject.MEMBER, member.id)
    return view.modal(member, rules, limits.of_lab(visit, work), visit.reader, Origin(origin.response_url, member.id))


def _save(visit: Visit, values: Values, origin: Origin) -> Message:
    said, role = limits.filled_in(visit, values, Subject.MEMBER), Role.ADMIN if values["admin"] else Role.USER
    with visit.begin() as work:
        member = members.set_role(work, visit.actor, origin.subject_id, role, why=values["why"])
        rules.set_for(work, visit.actor, Subject.MEMBER, member.id, said, why=values["why"])
    return kit.done(visit.reader.say("Role and limits of {who} are saved.", who=kit.escape(member.name)))
