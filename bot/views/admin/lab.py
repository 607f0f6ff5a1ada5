"""The lab at a glance, with the way to everything an admin may change, and its settings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from bot.reader import Reader
from bot.views import kit
from bot.views.admin import bookings, form, limits, periods
from bot.views.admin.form import Origin
from bot.views.kit import Block, Message
from core import facts, policy
from core.facts import Period
from core.policy import Rules

SETTINGS = "admin_settings"
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


def overview(lab: Lab, reader: Reader, news: str = "") -> Message:
    """With `news`, what was just done there."""
    title = reader.say("Settings of {lab}", lab=lab.organization.name)
    lines = [
        reader.say(
            "Zone: {zone} · language: {language}", zone=lab.organization.zone, language=_language(lab.organization)
        ),
        _channel(lab.organization, reader),
        reader.say("Limits: {limits}", limits=limits.in_words(lab.limits, reader)),
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
        *periods.listed(lab.periods, reader),
        *bookings.left_behind(lab.left_behind, reader),
        kit.context(hint),
    )


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
        node: [kit.option(kit.of_gpu(each, each.model), str(each.id)) for each in several]
        for node, several in groupby(lab.gpus, key=lambda gpu: gpu.node)
    }
    nodes = {reader.say("Nodes"): [kit.option(each.hostname, str(each.id)) for each in lab.nodes]}
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


def _language(lab: facts.Organization) -> str:
    return LANGUAGES.get(lab.language, lab.language)


def _channel(lab: facts.Organization, reader: Reader) -> str:
    if lab.channel is None:
        return reader.say("Channel: none")
    channel = f"<#{lab.channel}>"
    if lab.announce:
        return reader.say("Channel: {channel}, where bookings are told", channel=channel)
    return reader.say("Channel: {channel}, where bookings are not told", channel=channel)


def modal(lab: facts.Organization, reader: Reader, origin: Origin) -> Block:
    channel: Block = {"type": "channels_select"}
    if lab.channel:
        channel["initial_channel"] = lab.channel
    languages = [kit.option(name, code) for code, name in LANGUAGES.items()]
    language = {
        "type": "static_select",
        "options": languages,
        "initial_option": next((each for each in languages if each["value"] == lab.language), languages[0]),
    }
    return form.modal(
        SETTINGS,
        reader.say("Settings"),
        reader,
        origin,
        kit.field("zone", reader.say("Time zone"), form.text(lab.zone, 64), hint=reader.say("Like Asia/Tokyo.")),
        kit.field("language", reader.say("Language"), language),
        kit.field("channel", reader.say("Channel"), channel, optional=True),
        form.ticked("announce", reader.say("Announcements"), reader.say("Tell bookings in the channel"), lab.announce),
        form.ticked("summary", reader.say("Summary"), reader.say("Sum up the week on Mondays at 9:00"), lab.summary),
        form.ticked(
            "suggests", reader.say("Gentle suggestions"), reader.say("Hint at bookings longer than used"), lab.suggests
        ),
        form.minutes("before_start", reader.say("Remind before the start"), lab.before_start, reader),
        form.minutes("before_end", reader.say("Remind before the end"), lab.before_end, reader),
        kit.field(
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
        kit.clock_field("quiet_from", reader.say("Quiet hours from"), lab.quiet_from),
        kit.clock_field(
            "quiet_until",
            reader.say("Quiet hours until"),
            lab.quiet_until,
            reader.say("On each person’s own clock. Direct messages wait for the end, unless that is too late."),
        ),
    )
