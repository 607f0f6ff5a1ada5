"""A person's own settings: what they are, and the form that changes them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import groupby
from typing import Any

from babel import Locale

from bot.reader import Reader
from bot.views import kit
from bot.views.kit import Block, Message
from core import facts

CALLBACK = "settings_form"
AS_SLACK_SAYS = "-"
_OPTIONS = 100  # in one group


def summary(choices: facts.Choices, reader: Reader, now: datetime) -> list[Block]:
    """What holds, in words, and the button to change it."""
    lines = [
        reader.say("Language: {language}", language=_language(reader.language))
        if choices.language
        else reader.say("Language: {language}, as Slack says", language=_language(reader.language)),
        reader.say("Time zone: {zone}", zone=_zone(reader, now))
        if choices.zone
        else reader.say("Time zone: {zone}, as Slack says", zone=_zone(reader, now)),
        _reminders(choices, reader),
        quiet(choices, reader),
    ]
    button = kit.button(reader.say("Settings"), "open_settings", spoken=reader.say("Change my settings"))
    return [*kit.sections(lines), {"type": "actions", "elements": [button]}]


def form(choices: facts.Choices, languages: Sequence[str], zones: Sequence[str], reader: Reader) -> Block:
    """The modal. `zones` are IANA names, of which `languages` and they are offered beside "as Slack says"."""
    return {
        "type": "modal",
        "callback_id": CALLBACK,
        "title": kit.plain_text(reader.say("My settings"), 24),
        "submit": kit.plain_text(reader.say("Save"), 24),
        "close": kit.plain_text(reader.say("Close"), 24),
        "blocks": [
            kit.field("language", reader.say("Language"), _languages(choices.language, languages, reader)),
            kit.field("zone", reader.say("Time zone"), _zones(choices.zone, zones, reader)),
            kit.field("reminders", reader.say("Reminders"), _moments(choices, reader), optional=True),
            kit.context(reader.say("Reminders come as direct messages. Tick none, and you get none.")),
            kit.clock_field("quiet_from", reader.say("Quiet hours from"), choices.quiet_from),
            kit.clock_field(
                "quiet_until",
                reader.say("Quiet hours until"),
                choices.quiet_until,
                reader.say("What can wait comes after them. Empty: as the lab says. Twice the same time: none."),
            ),
        ],
    }


def filled(values: dict[str, Any]) -> facts.Choices:
    """Read `view.state.values`."""

    def value(block: str) -> str | None:
        chosen = values[block][block]["selected_option"]["value"]
        return None if chosen == AS_SLACK_SAYS else str(chosen)

    ticked = {option["value"] for option in values["reminders"]["reminders"].get("selected_options") or []}
    quiet = (values[block][block].get("selected_time") for block in ("quiet_from", "quiet_until"))
    return facts.Choices(value("zone"), value("language"), "before_start" in ticked, "before_end" in ticked, *quiet)


def half_quiet(reader: Reader) -> str:
    """Of only a start, or only an end."""
    return reader.say("Pick both the start and the end of the quiet hours, or neither.")


def quiet(choices: facts.Choices, reader: Reader) -> str:
    if choices.quiet_from is None:
        return reader.say("Quiet hours: as the lab says")
    if choices.quiet_from == choices.quiet_until:
        return reader.say("Quiet hours: none")
    return reader.say("Quiet hours: {start}–{end}", start=choices.quiet_from, end=choices.quiet_until)


def quiet_now(lab: facts.Organization, choices: facts.Choices, reader: Reader) -> Message:
    """What holds for direct messages, and how to change it."""
    said = quiet(choices, reader)
    if choices.quiet_from is None:
        labs = facts.Choices(quiet_from=lab.quiet_from or "", quiet_until=lab.quiet_until or "")
        said = reader.say("As the lab says. {hours}", hours=quiet(labs, reader))
    hint = reader.say("Change them with `{command} quiet 22:00-8:00`, `{command} quiet off` or `{command} quiet lab`.")
    return kit.message(said, kit.section(said), kit.context(hint))


def _reminders(choices: facts.Choices, reader: Reader) -> str:
    match choices.before_start, choices.before_end:
        case True, True:
            return reader.say("Reminders: before the start and before the end, as direct messages")
        case True, False:
            return reader.say("Reminders: before the start only, as a direct message")
        case False, True:
            return reader.say("Reminders: before the end only, as a direct message")
        case _:
            return reader.say("Reminders: none")


def _language(language: str) -> str:
    """In its own words, so that whoever landed in the wrong one finds back."""
    name = Locale.parse(language).get_display_name(language) or language
    return kit.escape(name)


def _zone(reader: Reader, now: datetime) -> str:
    return f"{reader.zone} ({reader.clock(now)})"


def _languages(chosen: str | None, languages: Sequence[str], reader: Reader) -> Block:
    options = [_as_slack_says(reader), *(kit.option(_language(each), each) for each in languages)][:_OPTIONS]
    return {"type": "static_select", "options": options, "initial_option": _initial(options, chosen)}


def _zones(chosen: str | None, zones: Sequence[str], reader: Reader) -> Block:
    """By continent, in groups of as many as Slack takes; typing finds one."""
    groups: list[Block] = [_group(reader.say("As Slack says"), [_as_slack_says(reader)])]
    for region, listed in groupby(sorted(zones), key=lambda zone: zone.partition("/")[0]):
        options = [kit.option(zone.replace("_", " "), zone) for zone in listed]
        groups += [_group(region, options[at : at + _OPTIONS]) for at in range(0, len(options), _OPTIONS)]
    everything = [option for group in groups for option in group["options"]]
    return {"type": "static_select", "option_groups": groups, "initial_option": _initial(everything, chosen)}


def _moments(choices: facts.Choices, reader: Reader) -> Block:
    options = [
        kit.option(reader.say("Before the start"), "before_start"),
        kit.option(reader.say("Before the end"), "before_end"),
    ]
    ticked = [
        option for option, wanted in zip(options, (choices.before_start, choices.before_end), strict=True) if wanted
    ]
    return {"type": "checkboxes", "options": options, **({"initial_options": ticked} if ticked else {})}


def _initial(options: Sequence[Block], chosen: str | None) -> Block:
    return next((option for option in options if option["value"] == chosen), options[0])


def _as_slack_says(reader: Reader) -> Block:
    return kit.option(reader.say("As Slack says"), AS_SLACK_SAYS)


def _group(label: str, options: Sequence[Block]) -> Block:
    return {"label": kit.plain_text(label, 75), "options": list(options)}
