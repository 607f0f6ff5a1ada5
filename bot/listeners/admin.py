"""An admin sees to the lab: settings, limits, people, GPUs, others' bookings, GPUs out of service."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any
from zoneinfo import available_timezones

from slack_bolt import Ack, App

from bot import commands, errors, people, when
from bot.commands import Admin
from bot.desk import Desk, Visit
from bot.listeners import form, home
from bot.views import admin as view
from bot.views import kit, unread
from bot.views import settings as settings_view
from bot.views.admin import Lab, Origin
from bot.views.kit import Message
from core import (
    availability,
    booking,
    facts,
    inventory,
    limits,
    maintenance,
    members,
    organizations,
    periods,
    policy,
    reminders,
)
from core.errors import (
    BadLimit,
    BadMemory,
    BadOfferTime,
    LastAdmin,
    NameTaken,
    NoGpus,
    NoReason,
    NotAsSeen,
    PurposeTooLong,
    Refusal,
    UnknownGpu,
)
from core.facts import Role, Rule, State, Subject
from core.inventory import Wanted
from core.timerange import TimeRange
from core.work import Work

Values = dict[str, Any]
_FIELDS = {
    NameTaken: ("label", "hostname"),
    BadMemory: ("memory", "ram"),
    BadOfferTime: ("offer_minutes",),
    NoReason: ("why",),
    PurposeTooLong: ("why",),
    LastAdmin: ("admin",),
    UnknownGpu: ("gpus",),
}


_ASKED_AFTER = 20  # holders at once: each may be a question to Slack


class _Wrong(Exception):  # noqa: N818 - an answer to the person, no malfunction
    """What is wrong with a field, in words."""

    def __init__(self, field: str, words: str) -> None:
        super().__init__(words)
        self.field, self.words = field, words


def register(app: App, _desk: Desk) -> None:
    for name, open_ in _FORMS.items():
        app.action(f"admin:{name}")(_opening(open_))
    for callback, save in _SAVES.items():
        app.view(callback)(_saving(save))

    @app.action("admin:bookings")
    def bookings(visit: Visit) -> None:
        with visit.read() as work:
            members.must_be_admin(work, visit.actor)
            held = availability.ahead(work, visit.organization_id)
        visit.answer(view.bookings(held, visit.reader))

    @app.action("admin:give_back")
    def give_back(visit: Visit, action: Values) -> None:
        pressed = kit.from_value(action["value"])
        with visit.begin() as work:
            members.must_be_admin(work, visit.actor)
            held = availability.changeable(work, visit.actor, int(pressed["id"]), int(pressed["v"]))
            why = visit.reader.say("The account is deactivated.")
            _give_back(work, visit, held, why)
        visit.answer(view.overview(_lab(visit), visit.reader, view.given_back(held, visit.reader)))

    @app.action("admin:period_remove")
    def period_removed(visit: Visit, action: Values) -> None:
        with visit.begin() as work:
            period = periods.remove(work, visit.actor, int(kit.from_value(action["value"])["id"]))
        visit.answer(view.done(visit.reader.say("“{name}” is removed.", name=kit.escape(period.name))))

    @app.action("admin:take_down")
    def take_down(visit: Visit, action: Values) -> None:
        _take_down(visit, kit.from_value(action["value"]))


def _give_back(work: Work, visit: Visit, held: facts.Reservation, why: str) -> facts.Receipt:
    """Ended where it runs, and as if it had never been where it does not."""
    give_back = booking.release if held.state is State.RUNNING else booking.cancel
    return give_back(work, visit.actor, held.id, version=held.version, why=why, request_key=visit.key)


def typed(visit: Visit, wish: Admin) -> None:
    match wish.verb:
        case "down":
            _down_typed(visit, wish)
        case "retire":
            _retire_typed(visit, wish)
        case _:
            _ask_after_holders(visit)
            visit.answer(view.overview(_lab(visit), visit.reader))


def _ask_after_holders(visit: Visit) -> None:
    """Slack tells nobody that an account was deactivated; those not heard of for longest are asked about first."""
    with visit.read() as work:
        members.must_be_admin(work, visit.actor)
        holders = {held.holder.slack_id: held.holder for held in availability.ahead(work, visit.organization_id)}
    longest_ago = sorted(holders.values(), key=lambda holder: holder.checked_at or datetime.min.replace(tzinfo=UTC))
    for holder in longest_ago[:_ASKED_AFTER]:
        people.find(visit.desk, holder.slack_id, visit.now, hurried=True)


def _lab(visit: Visit) -> Lab:
    with visit.read() as work:
        members.must_be_admin(work, visit.actor)
        return Lab(
            organizations.of_id(work, visit.organization_id),
            limits.said_of(work, visit.organization_id, Subject.LAB, visit.organization_id),
            limits.periods(work, visit.organization_id),
            members.admins(work, visit.organization_id),
            inventory.gpus(work, visit.organization_id),
            inventory.nodes(work, visit.organization_id),
            availability.left_behind(work, visit.organization_id),
        )


# --- GPUs out of service ---


def _down_typed(visit: Visit, wish: Admin) -> None:
    if not (wish.names and wish.rest.strip()):
        visit.answer(view.no_down(visit.reader))
        return
    try:
        reading = when.read(wish.rest, visit.now, visit.member.zone, visit.member.language)
    except when.Unreadable:
        visit.answer(view.no_down(visit.reader))
        return
    time = TimeRange(reading.start, reading.end)
    what = {"g": list(wish.names), **kit.epoch(time), "p": commands.purpose_in(reading.rest)}
    visit.answer(_rehearsed(visit, what))


def _retire_typed(visit: Visit, wish: Admin) -> None:
    why = wish.rest.strip()
    if wish.names and why:
        visit.answer(_rehearsed(visit, {"g": list(wish.names), "p": why}))
    else:
        visit.answer(view.no_retire(visit.reader))


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
    time, why = _time(what), str(what["p"])
    if time is None:
        return maintenance.retire(work, visit.actor, what["g"], why, seen=seen)
    return maintenance.take_down(
        work, visit.actor, what["g"], time, why, seen=seen, request_key=visit.key if seen else None
    )


def _time(what: Values) -> TimeRange | None:
    if "s" not in what:
        return None
    start, end = (datetime.fromtimestamp(float(what[key]), UTC) for key in ("s", "e"))
    return TimeRange(start, end)


# --- forms are opened ---


def _opening(open_: Callable[[Visit, Work, Values, Origin], kit.Block]) -> Callable[..., None]:
    def opened(visit: Visit, action: Values) -> None:
        member = _chosen_member(visit, action)
        visit.hurried = True
        with visit.read() as work:
            members.must_be_admin(work, visit.actor)
            subject = {"id": member.id} if member else _carried(action)
            shown = open_(visit, work, subject, Origin(visit.response_url))
        form.open_view(visit, shown)

    return opened


def _carried(action: Values) -> Values:
    """What the button, or the choice, is about."""
    if option := action.get("selected_option"):
        return {"id": int(option["value"])}
    return kit.from_value(action["value"]) if action.get("value") else {}


def _chosen_member(visit: Visit, action: Values) -> facts.Member | None:
    """Somebody who has never been here is looked up, before any transaction."""
    slack_id = action.get("selected_user")
    return people.find(visit.desk, str(slack_id), visit.now, hurried=True) if slack_id else None


def _open_settings(visit: Visit, work: Work, _about: Values, origin: Origin) -> kit.Block:
    return view.settings(organizations.of_id(work, visit.organization_id), visit.reader, origin)


def _open_limits(visit: Visit, work: Work, _about: Values, origin: Origin) -> kit.Block:
    return view.limits(_labs_word(visit, work), visit.reader, origin)


def _labs_word(visit: Visit, work: Work) -> policy.Rules:
    return limits.said_of(work, visit.organization_id, Subject.LAB, visit.organization_id)


def _open_period(visit: Visit, work: Work, _about: Values, origin: Origin) -> kit.Block:
    return view.period(_labs_word(visit, work), visit.reader, origin)


def _open_gpu(visit: Visit, work: Work, about: Values, origin: Origin) -> kit.Block:
    lab, number = visit.organization_id, int(about["id"])
    gpu = inventory.named(work, lab, f"#{number}")
    rules = limits.said_of(work, lab, Subject.GPU, number)
    about_it = Origin(origin.response_url, number)
    return view.gpu(gpu, inventory.notes(work, lab, number), rules, _labs_word(visit, work), visit.reader, about_it)


def _open_new_gpu(visit: Visit, _work: Work, _about: Values, origin: Origin) -> kit.Block:
    return view.gpu(None, "", {}, {}, visit.reader, origin)


def _open_node(visit: Visit, work: Work, about: Values, origin: Origin) -> kit.Block:
    node = inventory.node(work, visit.organization_id, int(about["id"]))
    return view.node(node, visit.reader, Origin(origin.response_url, node.id))


def _open_person(visit: Visit, work: Work, about: Values, origin: Origin) -> kit.Block:
    member = members.of_id(work, visit.organization_id, int(about["id"]))
    rules = limits.said_of(work, visit.organization_id, Subject.MEMBER, member.id)
    return view.person(member, rules, _labs_word(visit, work), visit.reader, Origin(origin.response_url, member.id))


def _open_down(visit: Visit, work: Work, _about: Values, origin: Origin) -> kit.Block:
    gpus = inventory.gpus(work, visit.organization_id)
    if not gpus:
        raise NoGpus(None, ())
    return view.down(inventory.nodes(work, visit.organization_id), gpus, visit.reader, origin)


def _open_overrule(visit: Visit, work: Work, about: Values, origin: Origin) -> kit.Block:
    held = availability.changeable(work, visit.actor, int(about["id"]), int(about["v"]))
    return view.overrule(held, visit.reader, Origin(origin.response_url, held.id, held.version))


_FORMS: dict[str, Callable[[Visit, Work, Values, Origin], kit.Block]] = {
    "settings": _open_settings,
    "limits": _open_limits,
    "period": _open_period,
    "gpu": _open_gpu,
    "gpu_new": _open_new_gpu,
    "node": _open_node,
    "person": _open_person,
    "overrule": _open_overrule,
    "down": _open_down,
}


# --- forms are sent ---


def _saving(save: Callable[[Visit, Values, Origin], Message]) -> Callable[..., None]:
    """Acknowledge with the outcome: mistakes at their field, or closed and answered where it was opened."""

    def sent(visit: Visit, ack: Ack, view: Values) -> None:
        _save(visit, ack, view, save)

    return sent


def _save(visit: Visit, ack: Ack, sent: Values, save: Callable[[Visit, Values, Origin], Message]) -> None:
    origin = Origin.unpacked(sent["private_metadata"])
    values = view.filled(sent["state"]["values"])
    try:
        said = save(visit, values, origin)
    except _Wrong as wrong:
        ack(response_action="errors", errors={wrong.field: wrong.words})
    except Refusal as refusal:
        field = _field_of(refusal, values)
        ack(response_action="errors", errors={field: kit.plain(errors.words(refusal, visit.reader))})
    else:
        ack()
        if origin.response_url:
            visit.answer_at(origin.response_url, said)
        else:
            home.publish(visit, answer=said)


def _field_of(refusal: Refusal, values: Mapping[str, Any]) -> str:
    wanted = (refusal.rule.value,) if isinstance(refusal, BadLimit) else _FIELDS.get(type(refusal), ())
    return next(field for field in (*wanted, *values) if field in values)


def _save_settings(visit: Visit, values: Values, _origin: Origin) -> Message:
    zone = values["zone"]
    if zone not in available_timezones():
        raise _Wrong("zone", visit.reader.say("There is no such zone. Write one like Asia/Tokyo."))
    if (values["quiet_from"] is None) is not (values["quiet_until"] is None):
        raise _Wrong("quiet_until", settings_view.half_quiet(visit.reader))
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
    return view.done(visit.reader.say("The settings are saved."))


def _save_limits(visit: Visit, values: Values, _origin: Origin) -> Message:
    rules = _rules(visit, values)
    with visit.begin() as work:
        limits.set_for(work, visit.actor, Subject.LAB, visit.organization_id, rules)
    return view.done(visit.reader.say("The limits are saved. What is booked already stays."))


def _save_period(visit: Visit, values: Values, _origin: Origin) -> Message:
    rules, time = _rules(visit, values), _read(visit, values["when"])
    if not rules:
        raise _Wrong(Rule.LONGEST.value, visit.reader.say("Write at least one limit that is different then."))
    with visit.begin() as work:
        period = periods.add(work, visit.actor, values["name"], time, rules)
    return view.done(
        visit.reader.say(
            "Special period “{name}”: {when}.", name=kit.escape(period.name), when=visit.reader.when(period.range)
        )
    )


def _save_gpu(visit: Visit, values: Values, origin: Origin) -> Message:
    known = {"label": values["label"], "model": values["model"], "memory_gb": int(values["memory"] or 0)}
    with visit.begin() as work:
        if not origin.subject_id:
            gpu = maintenance.put_in_service(work, visit.actor, node=values["node"], only_new=True, **known)
        else:
            gpu = inventory.edit_gpu(work, visit.actor, origin.subject_id, notes=values["notes"], **known)
            limits.set_for(work, visit.actor, Subject.GPU, gpu.id, _rules(visit, values))
    return view.done(visit.reader.say("{gpu} is saved.", gpu=kit.escape(gpu.full_name)))


def _save_node(visit: Visit, values: Values, origin: Origin) -> Message:
    ram = int(values["ram"]) if values["ram"] else None
    with visit.begin() as work:
        node = inventory.edit_node(
            work, visit.actor, origin.subject_id, hostname=values["hostname"], cpu=values["cpu"], ram_gb=ram
        )
    return view.done(visit.reader.say("{node} is saved.", node=kit.escape(node.hostname)))


def _save_person(visit: Visit, values: Values, origin: Origin) -> Message:
    rules, role = _rules(visit, values), Role.ADMIN if values["admin"] else Role.USER
    with visit.begin() as work:
        member = members.set_role(work, visit.actor, origin.subject_id, role, why=values["why"])
        limits.set_for(work, visit.actor, Subject.MEMBER, member.id, rules, why=values["why"])
    return view.done(visit.reader.say("Role and limits of {who} are saved.", who=kit.escape(member.name)))


def _save_overrule(visit: Visit, values: Values, origin: Origin) -> Message:
    """Cancel or end it, or give it another time or other GPUs."""
    named = tuple(values["gpus"].replace(",", " ").split())
    time = _read(visit, values["when"]) if values["when"] else None
    with visit.begin() as work:
        held = availability.changeable(work, visit.actor, origin.subject_id, origin.version)
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
    return view.done(visit.reader.say("{who} will read of it.", who=kit.escape(receipt.reservation.holder.name)))


def _save_down(visit: Visit, values: Values, _origin: Origin) -> Message:
    """Nothing is done yet: what it would lead to is shown first, with the button that does it."""
    names = _names(visit, values["gpus"])
    if sum(map(len, names)) > kit.NAMES:
        raise _Wrong("gpus", visit.reader.say("These are too many at once. Choose whole nodes instead, or fewer."))
    what = {"g": names, "p": values["why"]}
    if values["for_good"]:
        return _rehearsed(visit, what)
    if not values["when"]:
        raise _Wrong("when", visit.reader.say("Write until when, or tick that it is for good."))
    return _rehearsed(visit, {**what, **kit.epoch(_read(visit, values["when"]))})


def _names(visit: Visit, chosen: list[str]) -> list[str]:
    """Of what was chosen, `node:3` or `gpu:5`, what is in service still."""
    with visit.read() as work:
        known = {f"node:{node.id}": node.hostname for node in inventory.nodes(work, visit.organization_id)}
        known |= {f"gpu:{gpu.id}": gpu.name for gpu in inventory.gpus(work, visit.organization_id)}
    if not set(chosen) <= set(known):
        raise _Wrong("gpus", visit.reader.say("Some of these are no longer there. Open the form again."))
    return [known[each] for each in chosen]


_SAVES: dict[str, Callable[[Visit, Values, Origin], Message]] = {
    view.SETTINGS: _save_settings,
    view.LIMITS: _save_limits,
    view.PERIOD: _save_period,
    view.GPU: _save_gpu,
    view.NODE: _save_node,
    view.PERSON: _save_person,
    view.OVERRULE: _save_overrule,
    view.DOWN: _save_down,
}


def _rules(visit: Visit, values: Values) -> dict[Rule, policy.Value]:
    return {rule: _limit(visit, rule, values[rule.value]) for rule in Rule if values.get(rule.value)}


def _limit(visit: Visit, rule: Rule, text: str) -> policy.Value:
    if text.casefold() in {"none", "-", view.none(visit.reader).casefold()}:
        return None
    if rule is Rule.AT_ONCE:
        if not text.isdigit():
            raise _Wrong(rule.value, visit.reader.say("Write a number, like 4."))
        return int(text)
    if rule in {Rule.OPEN, Rule.WEEK} and text.isdecimal():
        text = f"{int(text)} h"  # the field asks for hours
    try:
        return when.read_length(text, visit.reader.language)
    except when.Unreadable:
        raise _Wrong(rule.value, visit.reader.say("Write a length of time, like 30 min, 12 h or 7 d.")) from None


def _read(visit: Visit, text: str) -> TimeRange:
    try:
        reading = when.read(text, visit.now, visit.member.zone, visit.member.language)
    except when.Unreadable as unreadable:
        raise _Wrong("when", kit.plain(unread.words(unreadable, text, visit.reader))) from None
    return TimeRange(reading.start, reading.end)
