"""What one person may: their role, and limits for them alone."""

from __future__ import annotations

from bot.reader import Reader
from bot.views import kit
from bot.views.admin import form, limits
from bot.views.admin.form import Origin
from bot.views.kit import Block
from core import facts
from core.facts import Role, Rule
from core.policy import Rules

PERSON = "admin_person"


def modal(member: facts.Member, rules: Rules, lab: Rules, reader: Reader, origin: Origin) -> Block:
    return form.modal(
        PERSON,
        reader.say("Role and limits"),
        reader,
        origin,
        kit.section(kit.escape(member.name)),
        form.ticked("admin", reader.say("Role"), reader.say("Admin of the lab"), member.role is Role.ADMIN),
        kit.context(reader.say("Limits for this person alone; where nothing is written, the lab’s hold.")),
        *limits.fields(rules, reader, tuple(Rule), lab),
        kit.field("why", reader.say("Why"), form.text("", 500), optional=True),
    )
