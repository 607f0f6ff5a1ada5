"""An admin sets the lab's limits."""

from __future__ import annotations

from slack_bolt import App

from bot import errors, when
from bot.desk import Desk, Visit
from bot.listeners.admin import form
from bot.listeners.admin.form import Mistakes, Values, Wrong
from bot.views import kit
from bot.views.admin import limits as view
from bot.views.admin.form import Origin
from bot.views.kit import Message
from core import policy, rulebook, rules
from core.errors import BadLimits
from core.facts import Rule, Subject
from core.work import Work


def register(app: App, _desk: Desk) -> None:
    app.action("admin:limits")(form.opening(_open))
    app.view(view.LIMITS)(form.saving(_save))


def _open(visit: Visit, work: Work, _about: Values, origin: Origin) -> kit.Block:
    return view.modal(of_lab(visit, work), visit.reader, origin)


def of_lab(visit: Visit, work: Work) -> policy.Rules:
    return rulebook.said_of(work, visit.organization_id, Subject.LAB, visit.organization_id)


def _save(visit: Visit, values: Values, _origin: Origin) -> Message:
    said = filled_in(visit, values, Subject.LAB)
    with visit.begin() as work:
        rules.set_for(work, visit.actor, Subject.LAB, visit.organization_id, said)
    return kit.done(visit.reader.say("The limits are saved. What is booked already stays."))


def filled_in(visit: Visit, values: Values, scope: Subject) -> dict[Rule, policy.Value]:
    """What is said of such a subject; every field with a mistake is named at once."""
    said: dict[Rule, policy.Value] = {}
    mistakes = Mistakes()
    for rule in Rule:
        with mistakes:
            if text := values.get(rule.value):
                said[rule] = _limit(visit, rule, text)
    with mistakes:
        _check(visit, scope, said)
    mistakes.tell()
    return said


def _check(visit: Visit, scope: Subject, said: policy.Rules) -> None:
    try:
        rules.check(scope, said)
    except BadLimits as refusal:
        bounds = {rule.value: errors.bounds(*ends, visit.reader) for rule, ends in refusal.bounds.items()}
        raise Wrong(bounds) from None


def _limit(visit: Visit, rule: Rule, text: str) -> policy.Value:
    if text.casefold() in {"none", "-", view.none(visit.reader).casefold()}:
        return None
    if rule is Rule.AT_ONCE:
        if not text.isdigit():
            raise Wrong({rule.value: visit.reader.say("Write a number, like 4.")})
        return int(text)
    if rule in {Rule.OPEN, Rule.WEEK} and text.isdecimal():
        text = f"{int(text)} h"  # the field asks for hours
    try:
        return when.read_length(text, visit.reader.language)
    except when.Unreadable:
        said = visit.reader.say("Write a length of time, like 30 min, 12 h or 7 d.")
        raise Wrong({rule.value: said}) from None
