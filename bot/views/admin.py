"""What admins see: the lab at a glance, the forms that change it, and what taking a GPU down would lead to."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from itertools import groupby
from typing import Any

from bot.reader import Reader
from bot.views import booking, kit
from bot.views.kit import Block, Message
from core import facts, policy
from core.facts import Displaced, Period, Role, Rule
from core.policy import Rules
from core.timerange import TimeRange

SETTINGS, LIMITS, PERIOD, GPU, NODE, PERSON, OVERRULE, DOWN = (
    f"admin_{name}" for name in ("settings", "limits", "period", "gpu", "node", "person", "overrule", "down")
)
_SHOWN = 15
_LEFT_SHOWN = 10
NOTHING_SAID: Rules = {}
LANGUAGES = {"en": "English", "ja": "日本語", "ko": "한국어"}


@dataclass(frozen=True)
class Lab:
    """Everything that an admin may want to change, as it is."""

    organization: facts.Organization
    limits: Rules
    periods: Sequence[tuple[Period, Rules]]
    admins: Sequence[facts.Member]
    gpus: Sequence[facts.Gpu]
    nodes: Sequence[facts.Node]
    left_behind: Sequence[facts.Reservation]  # by people whose accounts are deactivated


@dataclass(frozen=True)
class Origin:
    """What a form does not show: where it was opened, and what it is about."""

    response_url: str = ""
    subject_id: int = 0
    version: int = 0
    gpu: int = 0  # the same as subject_id where that is a GPU, 0 for a new one

    def packed(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def unpacked(cls, text: str) -> Origin:
        return cls(**json.loads(text))


# --- the lab at a glance ---


def overview(lab: Lab, reader: Reader, news: str = "") -> Message:
    """With `news`, what was just done there."""
    title = reader.say("Settings of {lab}", lab=lab.organization.name)
    lines = [
        reader.say(
            "Zone: {zone} · language: {language}", zone=lab.organization.zone, language=_language(lab.organization)
        ),
        _channel(lab.organization, reader),
        reader.say("Limits: {limits}", limits=limits_in_words(lab.limits, reader)),
        reader.say("Admins: {admins}", admins=kit.escape(reader.listed([each.name for each in lab.admins]))),
    ]
    hint = reader.say(
        "A GPU out of service: `{command} admin down GPU0 until tomorrow 10:00 fan noise`;"
        " for good: `{command} admin retire GPU0 sold`. A node’s name stands for all its GPUs."
    )
    return kit.message(
        news or kit.escape(title),
        kit.section(news) if news else None,
        kit.header(title),
        *kit.sections(lines),
        kit.actions(_buttons(reader)),
        kit.actions(_choices(lab, reader)),
        *_periods(lab, reader),
        *_left_behind(lab, reader),
        kit.context(hint),
    )


def bookings(held: Sequence[facts.Reservation], reader: Reader) -> Message:
    """Everybody's that run or are to come."""
    if not held:
        return kit.message(reader.say("Nobody holds anything, now or later."))
    said = reader.say_many("{count} booking runs or is to come.", "{count} bookings run or are to come.", len(held))
    blocks = [block for each in held[:_SHOWN] for block in _card(each, reader)]
    more = len(held) - _SHOWN
    rest = kit.context(reader.say("… and {count} more.", count=more)) if more > 0 else None
    return kit.message(said, kit.section(f"*{said}*"), *blocks, rest)


def done(said: str) -> Message:
    return kit.message(f"✓ {said}")


def _buttons(reader: Reader) -> list[Block]:
    return [
        kit.button(reader.say("Settings"), "admin:settings"),
        kit.button(reader.say("Limits"), "admin:limits"),
        kit.button(reader.say("Add a special period"), "admin:period"),
        kit.button(reader.say("Add a GPU"), "admin:gpu_new"),
        kit.button(reader.say("Out of service…"), "admin:down"),
        kit.button(reader.say("Everybody’s bookings"), "admin:bookings"),
    ]


def _choices(lab: Lab, reader: Reader) -> list[Block]:
    person: Block = {
        "type": "users_select",
        "action_id": "admin:person",
        "placeholder": kit.plain_text(reader.say("Role and limits of…"), 150),
    }
    if not lab.gpus:
        return [person]
    gpus = {
        node: [_option(f"{each.name} · {each.model}", str(each.id)) for each in several]
        for node, several in groupby(lab.gpus, key=lambda gpu: gpu.node)
    }
    nodes = {reader.say("Nodes"): [_option(each.hostname, str(each.id)) for each in lab.nodes]}
    return [
        person,
        _select("admin:gpu", reader.say("Edit a GPU…"), gpus),
        _select("admin:node", reader.say("Edit a node…"), nodes),
    ]


def _select(action: str, placeholder: str, by_group: Mapping[str, Sequence[Block]]) -> Block:
    return {
        "type": "static_select",
        "action_id": action,
        "placeholder": kit.plain_text(placeholder, 150),
        **kit.options(by_group),
    }


def _periods(lab: Lab, reader: Reader) -> list[Block]:
    blocks = []
    for period, rules in lab.periods[:5]:
        said = reader.say(
            "Special period “{name}”: {when} · {limits}",
            name=kit.escape(period.name),
            when=reader.when(period.range),
            limits=limits_in_words(rules, reader),
        )
        remove = kit.button(reader.say("Remove"), "admin:period_remove", kit.as_value(id=period.id), style="danger")
        blocks += [kit.section(said), kit.actions([remove]) or kit.divider()]
    return blocks


def _left_behind(lab: Lab, reader: Reader) -> list[Block]:
    if not lab.left_behind:
        return []
    said = reader.say("These are held by people whose accounts are deactivated:")
    shown = [block for each in lab.left_behind[:_LEFT_SHOWN] for block in _card(each, reader, _give_back(each, reader))]
    more = len(lab.left_behind) - _LEFT_SHOWN
    rest = [kit.context(reader.say("… and {count} more.", count=more))] if more > 0 else []
    return [kit.section(f"*{said}*"), *shown, *rest]


def given_back(held: facts.Reservation, reader: Reader) -> str:
    return reader.say(
        "✓ Given back: {who}, {what}", who=kit.escape(held.holder.name), what=booking.headline(held, reader)
    )


def _give_back(held: facts.Reservation, reader: Reader) -> Block:
    return kit.button(reader.say("Give it back"), "admin:give_back", kit.reservation_value(held), style="danger")


def _card(held: facts.Reservation, reader: Reader, *buttons: Block) -> list[Block]:
    line = f"{kit.escape(held.holder.name)} · {booking.headline(held, reader)}"
    change = kit.button(reader.say("Change or cancel…"), "admin:overrule", kit.reservation_value(held))
    return [kit.section(line), kit.actions([*buttons, change]) or kit.divider()]


def _language(lab: facts.Organization) -> str:
    return LANGUAGES.get(lab.language, lab.language)


def _channel(lab: facts.Organization, reader: Reader) -> str:
    if lab.channel is None:
        return reader.say("Channel: none")
    channel = f"<#{lab.channel}>"
    if lab.announce:
        return reader.say("Channel: {channel}, where bookings are told", channel=channel)
    return reader.say("Channel: {channel}, where bookings are not told", channel=channel)


def limits_in_words(rules: Rules, reader: Reader) -> str:
    """What is said, rule by rule; the usual where nothing is."""
    told = [f"{label(rule, reader)}: {written(rule, value, reader)}" for rule, value in rules.items()]
    return reader.listed(told) if told else reader.say("the usual ones")


# --- forms ---


def settings(lab: facts.Organization, reader: Reader, origin: Origin) -> Block:
    channel: Block = {"type": "channels_select"}
    if lab.channel:
        channel["initial_channel"] = lab.channel
    languages = [_option(name, code) for code, name in LANGUAGES.items()]
    language = {
        "type": "static_select",
        "options": languages,
        "initial_option": next((each for each in languages if each["value"] == lab.language), languages[0]),
    }
    return _modal(
        SETTINGS,
        reader.say("Settings"),
        reader,
        origin,
        _field("zone", reader.say("Time zone"), _text(lab.zone, 64), hint=reader.say("Like Asia/Tokyo.")),
        _field("language", reader.say("Language"), language),
        _field("channel", reader.say("Channel"), channel, optional=True),
        _ticked("announce", reader.say("Announcements"), reader.say("Tell bookings in the channel"), lab.announce),
        _ticked("summary", reader.say("Summary"), reader.say("Sum up the week on Mondays at 9:00"), lab.summary),
        _ticked(
            "suggests", reader.say("Gentle suggestions"), reader.say("Hint at bookings longer than used"), lab.suggests
        ),
        _minutes("before_start", reader.say("Remind before the start"), lab.before_start, reader),
        _minutes("before_end", reader.say("Remind before the end"), lab.before_end, reader),
        _field(
            "offer_minutes",
            reader.say("Hold offers for"),
            {
                "type": "number_input",
                "is_decimal_allowed": False,
                "min_value": "1",
                "max_value": str(policy.MOST_OFFER_MINUTES),
                "initial_value": str(lab.offer_minutes),
            },
            hint=reader.say("Minutes for which what has come free is held for who waits. Quiet hours do not count."),
        ),
        _clock("quiet_from", reader.say("Quiet hours from"), lab.quiet_from),
        _clock(
            "quiet_until",
            reader.say("Quiet hours until"),
            lab.quiet_until,
            reader.say("On each person’s own clock. Direct messages wait for the end, unless that is too late."),
        ),
    )


def limits(rules: Rules, reader: Reader, origin: Origin) -> Block:
    return _modal(LIMITS, reader.say("Limits"), reader, origin, *_limit_fields(rules, reader, tuple(Rule)))


def period(lab: Rules, reader: Reader, origin: Origin) -> Block:
    name = reader.say("Like “ICML deadline”. Everybody reads it.")
    when = reader.say("Like “10 Dec 9:00 to 20 Dec 18:00”.")
    return _modal(
        PERIOD,
        reader.say("Special period"),
        reader,
        origin,
        _field("name", reader.say("Name"), _text("", 100), hint=name),
        _field("when", reader.say("When"), _text("", 300), hint=when),
        *_limit_fields({}, reader, tuple(Rule), lab),
    )


def gpu(known: facts.Gpu | None, notes: str, rules: Rules, lab: Rules, reader: Reader, origin: Origin) -> Block:
    """To add one, or to edit one, with its limits beside those of the lab."""
    title = reader.say("Edit GPU") if known else reader.say("Add a GPU")
    node = [] if known else [_field("node", reader.say("Node"), _text("", 200), hint=reader.say("Its host name."))]
    rest = [
        _field("notes", reader.say("Notes"), {**_text(notes, 1000), "multiline": True}, optional=True),
        *_limit_fields(rules, reader, [rule for rule in Rule if rule is not Rule.AT_ONCE], lab),
    ]
    return _modal(
        GPU,
        title,
        reader,
        origin,
        *node,
        _field("label", reader.say("Label"), _text(known.label if known else "", 32), hint=reader.say("Like GPU0.")),
        _field("model", reader.say("Model"), _text(known.model if known else "", 100)),
        _field("memory", reader.say("Memory in GB"), _whole_number(known.memory_gb if known else None)),
        *(rest if known else []),
    )


def node(known: facts.Node, reader: Reader, origin: Origin) -> Block:
    return _modal(
        NODE,
        reader.say("Edit node"),
        reader,
        origin,
        _field("hostname", reader.say("Host name"), _text(known.hostname, 200)),
        _field("cpu", reader.say("CPU"), _text(known.cpu, 200), optional=True),
        _field("ram", reader.say("RAM in GB"), _whole_number(known.ram_gb), optional=True),
    )


def person(member: facts.Member, rules: Rules, lab: Rules, reader: Reader, origin: Origin) -> Block:
    return _modal(
        PERSON,
        reader.say("Role and limits"),
        reader,
        origin,
        kit.section(kit.escape(member.name)),
        _ticked("admin", reader.say("Role"), reader.say("Admin of the lab"), member.role is Role.ADMIN),
        kit.context(reader.say("Limits for this person alone; where nothing is written, the lab’s hold.")),
        *_limit_fields(rules, reader, tuple(Rule), lab),
        _field("why", reader.say("Why"), _text("", 500), optional=True),
    )


def overrule(held: facts.Reservation, reader: Reader, origin: Origin) -> Block:
    hint = reader.say("A new time, like “today 13:00-15:00”. Empty: as it is.")
    give_back = reader.say("End it now") if held.state is facts.State.RUNNING else reader.say("Cancel it")
    return _modal(
        OVERRULE,
        reader.say("Change for somebody"),
        reader,
        origin,
        kit.section(f"{kit.escape(held.holder.name)} · {booking.headline(held, reader)}"),
        _field("when", reader.say("When"), _text("", 300), optional=True, hint=hint),
        _field(
            "gpus",
            reader.say("GPUs"),
            _text("", 300),
            optional=True,
            hint=reader.say("Like GPU1. Empty: as they are."),
        ),
        _ticked("drop", reader.say("Or give it back"), give_back, False),
        _field("why", reader.say("Why"), _text("", 500), hint=reader.say("The holder reads it.")),
    )


def down(nodes: Sequence[facts.Node], gpus: Sequence[facts.Gpu], reader: Reader, origin: Origin) -> Block:
    """Which go out of service, whole nodes or GPUs, until when, and why."""
    offered = {reader.say("Whole nodes"): [_option(each.hostname, f"node:{each.id}") for each in nodes]}
    for node, several in groupby(gpus, key=lambda gpu: gpu.node):
        offered[node] = [_option(f"{each.name} · {each.model}", f"gpu:{each.id}") for each in several]
    made = _modal(
        DOWN,
        reader.say("Out of service"),
        reader,
        origin,
        _field("gpus", reader.say("GPUs"), {"type": "multi_static_select", **kit.options(offered)}),
        _field(
            "when",
            reader.say("When"),
            _text("", 300),
            optional=True,
            hint=reader.say("Like “until tomorrow 10:00”, or “Fri 18:00 to Mon 9:00”."),
        ),
        _ticked("for_good", reader.say("Or for good"), reader.say("Retire it"), False),
        _field("why", reader.say("Why"), _text("", policy.PURPOSE), hint=reader.say("Everybody concerned reads it.")),
    )
    return {**made, "submit": kit.plain_text(reader.say("Look first"), 24)}


def filled(values: Mapping[str, Any]) -> dict[str, Any]:
    """What was filled in, by field: text, the chosen value, or whether it was ticked."""
    return {block: _read(next(iter(inputs.values()))) for block, inputs in values.items()}


def _read(sent: Mapping[str, Any]) -> Any:
    match sent["type"]:
        case "checkboxes":
            return bool(sent.get("selected_options"))
        case "multi_static_select":
            return [option["value"] for option in sent.get("selected_options") or []]
        case "static_select":
            return (sent.get("selected_option") or {}).get("value")
        case "channels_select":
            return sent.get("selected_channel")
        case "timepicker":
            return sent.get("selected_time")
        case _:
            return (sent.get("value") or "").strip()


def _limit_fields(rules: Rules, reader: Reader, shown: Sequence[Rule], besides: Rules = NOTHING_SAID) -> list[Block]:
    """`besides` is what the lab says, in the form of something else."""
    return [
        _field(
            rule.value,
            label(rule, reader),
            _text(written(rule, rules[rule], reader) if rule in rules else "", 40),
            optional=True,
            hint=_hint(rule, reader, besides),
        )
        for rule in shown
    ]


def none(reader: Reader) -> str:
    """The word for no limit, in a field."""
    return reader.say("none")


def label(rule: Rule, reader: Reader) -> str:
    return {
        Rule.SHORTEST: reader.say("Shortest booking"),
        Rule.LONGEST: reader.say("Longest booking"),
        Rule.ROUNDING: reader.say("Round times to"),
        Rule.AHEAD: reader.say("How far ahead"),
        Rule.OPEN: reader.say("GPU hours still to come, per person"),
        Rule.WEEK: reader.say("GPU hours a week, per person"),
        Rule.AT_ONCE: reader.say("GPUs at once, per person"),
        Rule.USUAL: reader.say("Length that the form begins with"),
    }[rule]


def written(rule: Rule, value: policy.Value, reader: Reader) -> str:
    """As it may be typed into its field: whole days, or hours and minutes."""
    if value is None:
        return none(reader)
    if isinstance(value, timedelta):
        is_days = value % timedelta(days=1) == timedelta(0) and rule not in {Rule.OPEN, Rule.WEEK}
        return reader.length(value) if is_days else reader.in_hours(value)
    return str(value)


def _hint(rule: Rule, reader: Reader, besides: Rules) -> str:
    """What holds where nothing is written: the lab's own word, which is the usual one where it says nothing."""
    usual = written(rule, besides.get(rule, getattr(policy.DEFAULT, rule)), reader)
    if rule in {Rule.SHORTEST, Rule.USUAL}:
        return reader.say("Empty: {usual}.", usual=usual)
    return reader.say("Empty: {usual}. “{none}”: no limit.", usual=usual, none=none(reader))


def _modal(callback: str, title: str, reader: Reader, origin: Origin, *blocks: Block) -> Block:
    return {
        "type": "modal",
        "callback_id": callback,
        "private_metadata": origin.packed(),
        "title": kit.plain_text(title, 24),
        "submit": kit.plain_text(reader.say("Save"), 24),
        "close": kit.plain_text(reader.say("Close"), 24),
        "blocks": list(blocks),
    }


def _field(block: str, label: str, element: Block, *, optional: bool = False, hint: str = "") -> Block:
    made: Block = {
        "type": "input",
        "block_id": block,
        "label": kit.plain_text(label, 2_000),
        "optional": optional,
        "element": {**element, "action_id": block},
    }
    return {**made, "hint": kit.plain_text(hint, 2_000)} if hint else made


def _text(value: str, most: int) -> Block:
    made: Block = {"type": "plain_text_input", "max_length": most}
    return {**made, "initial_value": kit.clip(value, most)} if value else made


def _whole_number(value: int | None) -> Block:
    made: Block = {"type": "number_input", "is_decimal_allowed": False, "min_value": "1"}
    return made if value is None else {**made, "initial_value": str(value)}


def _minutes(block: str, label: str, minutes: int | None, reader: Reader) -> Block:
    element: Block = {"type": "number_input", "is_decimal_allowed": False, "min_value": "1", "max_value": "1440"}
    if minutes is not None:
        element["initial_value"] = str(minutes)
    return _field(block, label, element, optional=True, hint=reader.say("Minutes. Empty: no reminder then."))


def _clock(block: str, label: str, at: str | None, hint: str = "") -> Block:
    element: Block = {"type": "timepicker"}
    if at:
        element["initial_time"] = at
    return _field(block, label, element, optional=True, hint=hint)


def _ticked(block: str, label: str, option: str, is_ticked: bool) -> Block:
    options = [_option(option, "yes")]
    element: Block = {"type": "checkboxes", "options": options}
    if is_ticked:
        element["initial_options"] = options
    return _field(block, label, element, optional=True)


def _option(label: str, value: str) -> Block:
    return {"text": kit.plain_text(label, kit.OPTION), "value": value}


# --- GPUs out of service ---


def rehearsed(found: facts.Maintenance, what: Mapping[str, Any], time: TimeRange | None, reader: Reader) -> Message:
    """What it would lead to, and the button that does it. `what` is what the button carries."""
    names = kit.escape(", ".join(what["g"]))
    if time is None:
        title = reader.say("{gpus} would be retired.", gpus=names)
    else:
        title = reader.say("{gpus} would be out of service {when}.", gpus=names, when=reader.when(time))
    lines = [_displaced(each, reader) for each in found.displaced]
    nobody = reader.say("Nobody has booked it then.")
    label = reader.say("Retire it") if time is None else reader.say("Take it out of service")
    value = kit.as_value(**what, m=found.mark)
    return kit.message(
        f"{title} {nobody if not lines else ''}".strip(),
        kit.section(f"*{title}*"),
        kit.section(reader.say("Whom this concerns, and what becomes of it:")) if lines else kit.section(nobody),
        *kit.sections(lines),
        kit.context(reader.say("Each of them is told, with the reason: {why}", why=kit.escape(what["p"])))
        if lines
        else None,
        kit.actions([kit.button(label, "admin:take_down", value, style="danger")]),
    )


def taken_down(found: facts.Maintenance, reader: Reader) -> Message:
    held = found.reservation
    if held is None:
        line = reader.say("✓ Retired.")
    else:
        line = reader.say("✓ Out of service: {what}", what=booking.summary(held, reader))
    told = reader.say_many("{count} booking was seen to.", "{count} bookings were seen to.", len(found.displaced))
    return kit.message(
        line,
        kit.section(line),
        kit.context(told) if found.displaced else None,
        kit.actions(booking.buttons(held, reader)) if held else None,
    )


def no_down(reader: Reader) -> Message:
    return kit.message(
        reader.say("Write which GPU, for how long and why: `{command} admin down GPU0 until tomorrow 10:00 fan noise`.")
    )


def no_retire(reader: Reader) -> Message:
    return kit.message(reader.say("Write which GPU and why: `{command} admin retire GPU0 sold`."))


def _displaced(each: Displaced, reader: Reader) -> str:
    values = {
        "who": kit.escape(each.before.holder.name),
        "was": f"{booking.names(each.before.gpus, reader)} {reader.when(each.before.range)}",
        "now": f"{booking.names(each.after.gpus, reader)} {reader.when(each.after.range)}",
    }
    match each.kind:
        case Displaced.Kind.MOVED if (models := _models(each.after)) != _models(each.before):
            values |= {"instead": ", ".join(models), "usual": ", ".join(_models(each.before))}
            return reader.say("• {who}: {was} moves to {now}, another model: {instead} instead of {usual}", **values)
        case Displaced.Kind.MOVED:
            return reader.say("• {who}: {was} moves to {now}", **values)
        case Displaced.Kind.SHORTENED:
            return reader.say("• {who}: {was} ends earlier: {now}", **values)
        case _:
            return reader.say("• {who}: {was} is given back, since nothing else is free", **values)


def _models(held: facts.Reservation) -> list[str]:
    return sorted({kit.escape(gpu.model) for gpu in held.gpus})
