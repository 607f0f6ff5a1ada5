"""The booking form, for a new reservation or to change one, and what was filled in."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.reader import Reader
from bot.views import kit
from bot.views.kit import Block
from core import facts

CALLBACK = "booking_form"
ANY = "any"
LENGTHS = (
    timedelta(minutes=30),
    timedelta(hours=1),
    timedelta(hours=2),
    timedelta(hours=4),
    timedelta(hours=8),
    timedelta(hours=12),
    timedelta(days=1),
    timedelta(days=2),
    timedelta(days=7),
)
_DEFAULT_LENGTH = timedelta(hours=2)


@dataclass(frozen=True)
class Origin:
    """Where the form was opened, so that its answer goes there; and what it changes, if anything."""

    response_url: str = ""
    reservation_id: int | None = None
    version: int | None = None

    def packed(self) -> str:
        return json.dumps({"u": self.response_url, "id": self.reservation_id, "v": self.version})

    @classmethod
    def unpacked(cls, metadata: str) -> Origin:
        data = json.loads(metadata or "{}")
        return cls(data.get("u", ""), data.get("id"), data.get("v"))


@dataclass(frozen=True)
class Filled:
    """The form as somebody sent it."""

    gpus: tuple[str, ...]  # full names; none: any
    when: str
    start: datetime | None  # aware UTC
    length: timedelta | None
    purpose: str


def form(
    gpus: Sequence[facts.Gpu],
    reader: Reader,
    now: datetime,
    origin: Origin,
    *,
    names: Sequence[str] = (),
    change: facts.Reservation | None = None,
) -> Block:
    """The modal; filled in with the GPUs that were named, or with the reservation to change."""
    title = reader.say("Change booking") if change else reader.say("Book a GPU")
    start = change.range.start if change else _next_quarter(now)
    length = change.range.length if change else _DEFAULT_LENGTH
    return {
        "type": "modal",
        "callback_id": CALLBACK,
        "private_metadata": origin.packed(),
        "title": kit.plain_text(title, 24),
        "submit": kit.plain_text(reader.say("Save") if change else reader.say("Book"), 24),
        "close": kit.plain_text(reader.say("Close"), 24),
        "blocks": [
            _gpus(gpus, reader, _chosen(gpus, names, change)),
            _when(reader),
            kit.context(reader.say("…or pick a start and a length:")),
            _start(start, reader),
            _length(length, reader),
            _purpose(change.purpose if change else "", reader),
        ],
    }


def filled(values: dict[str, Any]) -> Filled:
    """Read `view.state.values`."""

    def value(block: str, key: str) -> Any:
        return values.get(block, {}).get(block, {}).get(key)

    chosen = [option["value"] for option in value("gpus", "selected_options") or []]
    start, length = value("start", "selected_date_time"), value("length", "selected_option")
    return Filled(
        gpus=tuple(name for name in chosen if name != ANY),
        when=(value("when", "value") or "").strip(),
        start=datetime.fromtimestamp(start, UTC) if start else None,
        length=timedelta(seconds=float(length["value"])) if length else None,
        purpose=(value("purpose", "value") or "").strip(),
    )


def _chosen(gpus: Sequence[facts.Gpu], names: Sequence[str], change: facts.Reservation | None) -> set[str]:
    """Full names to begin with: those it holds, those that were named, or the only one."""
    if change:
        return {gpu.full_name for gpu in change.gpus}
    wanted = {name.casefold() for name in names}
    named = {gpu.full_name for gpu in gpus if wanted & {gpu.full_name.casefold(), gpu.label.casefold()}}
    return named or ({gpus[0].full_name} if len(gpus) == 1 else {ANY})


def _gpus(gpus: Sequence[facts.Gpu], reader: Reader, chosen_names: set[str]) -> Block:
    options = [_option(reader.say("Any that is free"), ANY)]
    # Slack takes 100 options; with more GPUs the rest is booked by typing.
    options += [_option(f"{gpu.name} · {gpu.model} {gpu.memory_gb} GB", gpu.full_name) for gpu in gpus[:99]]
    chosen = [option for option in options if option["value"] in chosen_names] or options[:1]
    return _input(
        "gpus",
        reader.say("GPUs"),
        {
            "type": "multi_static_select",
            "placeholder": kit.plain_text(reader.say("Which GPUs"), 150),
            "options": options,
            "initial_options": chosen,
        },
    )


def _when(reader: Reader) -> Block:
    element: Block = {
        "type": "plain_text_input",
        "max_length": 300,
        "placeholder": kit.plain_text(reader.say("13:00-18:00, tomorrow 2pm for 3h, …"), 150),
    }
    hint = reader.say("As you would say it. When filled in, it wins over start and length.")
    return _input("when", reader.say("When"), element, optional=True, hint=hint)


def _start(start: datetime, reader: Reader) -> Block:
    element = {"type": "datetimepicker", "initial_date_time": int(start.timestamp())}
    return _input("start", reader.say("Start"), element, optional=True)


def _length(length: timedelta, reader: Reader) -> Block:
    lengths = sorted({*LENGTHS, length})
    options = [_option(reader.length(each), str(each.total_seconds())) for each in lengths]
    element = {"type": "static_select", "options": options, "initial_option": options[lengths.index(length)]}
    return _input("length", reader.say("Length"), element, optional=True)


def _purpose(purpose: str, reader: Reader) -> Block:
    element: Block = {
        "type": "plain_text_input",
        "max_length": 200,
        "placeholder": kit.plain_text(reader.say("thesis runs"), 150),
    }
    if purpose:
        element["initial_value"] = purpose
    hint = reader.say("Others see it beside your name.")
    return _input("purpose", reader.say("Purpose"), element, optional=True, hint=hint)


def _input(block: str, label: str, element: Block, *, optional: bool = False, hint: str = "") -> Block:
    made: Block = {
        "type": "input",
        "block_id": block,
        "label": kit.plain_text(label, 2_000),
        "optional": optional,
        "element": {**element, "action_id": block},
    }
    return {**made, "hint": kit.plain_text(hint, 2_000)} if hint else made


def _option(label: str, value: str) -> Block:
    return {"text": kit.plain_text(label, kit.OPTION), "value": value}


def _next_quarter(now: datetime) -> datetime:
    """The next full quarter of an hour, which is where people like to start."""
    whole = now.replace(minute=now.minute // 15 * 15, second=0, microsecond=0)
    return whole + timedelta(minutes=15)
