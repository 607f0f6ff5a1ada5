"""The booking form, for a new reservation or to change one or all of a series, and what was filled in."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import groupby
from typing import Any

from bot.reader import Reader
from bot.views import booking, kit
from bot.views.kit import Block
from core import facts, inventory, policy
from core.facts import Recurrence
from core.inventory import Wanted

CALLBACK = "booking_form"
SERIES = "series_form"
ANY = "any"
ANYTHING = Wanted()
ONCE, DAILY, WEEKDAYS = "once", "day", "weekdays"  # and `week:2` for every two weeks
WEEKS_APART = (1, 2, 3, 4)
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


@dataclass(frozen=True)
class Origin:
    """What a form does not show: where it was opened, which GPUs "any" means, and what it changes, if anything."""

    response_url: str = ""  # empty: from Home
    wanted: Wanted = ANYTHING
    reservation_id: int | None = None
    version: int | None = None
    start: datetime | None = None  # of the reservation: the form shows it to the minute
    is_directly: bool = False  # answered in direct messages: a shortcut is used anywhere

    def packed(self) -> str:
        asked = [self.wanted.count, self.wanted.model, self.wanted.spread]
        start = self.start.isoformat() if self.start else None
        return json.dumps(
            {
                "u": self.response_url,
                "w": asked,
                "id": self.reservation_id,
                "v": self.version,
                "s": start,
                "d": self.is_directly,
            }
        )

    @classmethod
    def unpacked(cls, metadata: str) -> Origin:
        data = json.loads(metadata)
        count, model, spread = data["w"]
        wanted = Wanted(count=count, model=model, spread=spread)
        start = datetime.fromisoformat(data["s"]) if data["s"] else None
        return cls(data["u"], wanted, data["id"], data["v"], start, data.get("d", False))

    def exactly(self, shown: datetime) -> datetime:
        """The start that was meant by the one that was sent: untouched, it is the reservation's own."""
        return self.start if self.start and int(self.start.timestamp()) == int(shown.timestamp()) else shown


@dataclass(frozen=True)
class Filled:
    """The form as somebody sent it."""

    gpus: tuple[str, ...]  # names; none: any
    when: str
    start: datetime | None  # aware UTC
    length: timedelta | None
    purpose: str
    running: bool  # it began at its start already
    recurrence: str = ""  # as the form knows it; empty: once
    until: date | None = None  # the last day of a series
    clocks: tuple[time, time] | None = None  # from when to when, for all of a series
    weekdays: tuple[int, ...] = ()  # on which all of a series comes; 0 is Monday


def form(
    gpus: Sequence[facts.Gpu],
    reader: Reader,
    now: datetime,
    origin: Origin,
    *,
    change: facts.Reservation | None = None,
    start: datetime | None = None,
    purpose: str = "",
    length: timedelta = policy.DEFAULT.usual,
    use: facts.FairUse | None = None,
) -> Block:
    """The modal; filled in with what is known already, or with the reservation to change."""
    title = reader.say("Change booking") if change else reader.say("Book a GPU")
    start = change.range.start if change else max(start or _next_quarter(now), now)
    length = change.range.length if change else length
    return {
        "type": "modal",
        "callback_id": CALLBACK,
        "private_metadata": origin.packed(),
        "title": kit.plain_text(title, 24),
        "submit": kit.plain_text(reader.say("Save") if change else reader.say("Book"), 24),
        "close": kit.plain_text(reader.say("Close"), 24),
        "blocks": [
            _gpus(gpus, reader, origin.wanted, _chosen(gpus, origin.wanted, change)),
            _when(reader),
            kit.context(reader.say("…or pick a start and a length:")),
            _start(start, reader),
            _length(length, reader),
            *([] if change else [_running(reader), _repeat(reader), _until(reader)]),
            _purpose(change.purpose if change else purpose, reader),
            *([kit.context(booking.fair_use(use, reader))] if use else []),
        ],
    }


def series_form(gpus: Sequence[facts.Gpu], series: facts.Series, reader: Reader, response_url: str) -> Block:
    """The modal for all that remain of a series, filled in with what the next of them has."""
    shown = SeriesShown.of(series, reader, response_url)
    following = series.remaining[0]
    return {
        "type": "modal",
        "callback_id": SERIES,
        "private_metadata": shown.packed(),
        "title": kit.plain_text(reader.say("Change series"), 24),
        "submit": kit.plain_text(reader.say("Save"), 24),
        "close": kit.plain_text(reader.say("Close"), 24),
        "blocks": [
            kit.context(
                reader.say_many(
                    "{count} time remains. What you leave as it is stays so for it.",
                    "{count} times remain. What you leave as it is stays so for each of them.",
                    len(series.remaining),
                )
            ),
            _gpus(gpus, reader, shown.wanted, following.gpus),
            _weekdays(shown.weekdays, reader),
            _clock("from", reader.say("From"), shown.clocks[0]),
            _clock("to", reader.say("To"), shown.clocks[1], hint=reader.say("Before the start: on the next day.")),
            _purpose(following.purpose, reader),
        ],
    }


@dataclass(frozen=True)
class SeriesShown:
    """What the form of a series showed at first: only what differs from it is to be changed."""

    series_id: int
    gpus: tuple[str, ...]  # that were chosen
    count: int
    clocks: tuple[time, time]
    days: int  # from the day it starts on to the one it ends on
    purpose: str
    weekdays: tuple[int, ...]
    response_url: str  # empty: from Home

    @property
    def wanted(self) -> Wanted:
        """What "any" means."""
        return Wanted(count=self.count)

    @classmethod
    def of(cls, series: facts.Series, reader: Reader, response_url: str) -> SeriesShown:
        following = series.remaining[0]
        start, end = reader.local(following.range.start), reader.local(following.range.end)
        clocks = (start.time().replace(second=0, microsecond=0), end.time().replace(second=0, microsecond=0))
        gpus = tuple(f"#{gpu.id}" for gpu in following.gpus[: kit.OPTIONS])
        days = (end.date() - start.date()).days
        weekdays = _weekdays_of(series, reader)
        return cls(series.id, gpus, len(following.gpus), clocks, days, following.purpose, weekdays, response_url)

    def packed(self) -> str:
        clocks = [clock.isoformat() for clock in self.clocks]
        shown = [self.series_id, self.gpus, self.count, clocks, self.days, self.purpose]
        return json.dumps([*shown, self.weekdays, self.response_url])

    @classmethod
    def unpacked(cls, metadata: str) -> SeriesShown:
        series_id, gpus, count, (start, end), days, purpose, weekdays, response_url = json.loads(metadata)
        clocks = (time.fromisoformat(start), time.fromisoformat(end))
        return cls(series_id, tuple(gpus), count, clocks, days, purpose, tuple(weekdays), response_url)


def _weekdays_of(series: facts.Series, reader: Reader) -> tuple[int, ...]:
    """On which it comes; what comes every so many days, on those of what remains."""
    if series.recurrence.unit == "day" and series.recurrence.interval == 1:
        return tuple(range(7))
    found = series.recurrence.weekdays or {reader.local(each.range.start).weekday() for each in series.remaining}
    return tuple(sorted(found))


def filled(values: dict[str, Any]) -> Filled:
    """Read `view.state.values`."""

    def value(block: str, key: str) -> Any:
        return values.get(block, {}).get(block, {}).get(key)

    chosen = [option["value"] for option in value("gpus", "selected_options") or []]
    start, length = value("start", "selected_date_time"), value("length", "selected_option")
    until = value("until", "selected_date")
    clocks = [value(block, "selected_time") for block in ("from", "to")]
    return Filled(
        gpus=tuple(name for name in chosen if name != ANY),
        when=(value("when", "value") or "").strip(),
        start=datetime.fromtimestamp(start, UTC) if start else None,
        length=timedelta(seconds=float(length["value"])) if length else None,
        purpose=(value("purpose", "value") or "").strip(),
        running=bool(value("running", "selected_options")),
        recurrence=_chosen_recurrence(value("repeat", "selected_option")),
        until=date.fromisoformat(until) if until else None,
        weekdays=tuple(int(option["value"]) for option in value("weekdays", "selected_options") or []),
        clocks=(time.fromisoformat(clocks[0]), time.fromisoformat(clocks[1])) if all(clocks) else None,
    )


def _chosen(gpus: Sequence[facts.Gpu], wanted: Wanted, change: facts.Reservation | None) -> tuple[facts.Gpu, ...]:
    """What to begin with: those it holds, those that were named, or the only one; none is any."""
    if change:
        return change.gpus
    asked = {inventory.folded(name) for name in wanted.names}
    named = tuple(gpu for gpu in gpus if asked & inventory.names(gpu))
    return named or (tuple(gpus) if len(gpus) == 1 else ())


def _gpus(gpus: Sequence[facts.Gpu], reader: Reader, wanted: Wanted, chosen: Sequence[facts.Gpu]) -> Block:
    by_gpu = {gpu: kit.option(kit.of_gpu(gpu, f"{gpu.model} {gpu.memory_gb} GB"), f"#{gpu.id}") for gpu in gpus}
    by_node = {node: [by_gpu[gpu] for gpu in several] for node, several in groupby(gpus, key=lambda gpu: gpu.node)}
    anything = kit.option(_any(wanted, reader), ANY)
    return kit.field(
        "gpus",
        reader.say("GPUs"),
        {
            "type": "multi_static_select",
            "placeholder": kit.plain_text(reader.say("Which GPUs"), 150),
            **kit.options(by_node, anything),
            "initial_options": [by_gpu[gpu] for gpu in chosen if gpu in by_gpu][: kit.OPTIONS] or [anything],
        },
    )


def _any(wanted: Wanted, reader: Reader) -> str:
    model = f" · {wanted.model}" if wanted.model else ""
    return reader.say_many("Any that is free", "Any {count} that are free", max(wanted.count, 1)) + model


def _when(reader: Reader) -> Block:
    element: Block = {
        "type": "plain_text_input",
        "max_length": 300,
        "placeholder": kit.plain_text(reader.say("13:00-18:00, tomorrow 2pm for 3h, …"), 150),
    }
    hint = reader.say("As you would say it. When filled in, it wins over start and length.")
    return kit.field("when", reader.say("When"), element, optional=True, hint=hint)


def _start(start: datetime, reader: Reader) -> Block:
    element = {"type": "datetimepicker", "initial_date_time": int(start.timestamp())}
    return kit.field("start", reader.say("Start"), element, optional=True)


def _clock(block: str, label: str, clock: time, hint: str = "") -> Block:
    return kit.field(block, label, {"type": "timepicker", "initial_time": f"{clock:%H:%M}"}, hint=hint)


def _weekdays(chosen: Sequence[int], reader: Reader) -> Block:
    options = [kit.option(reader.weekday(number), str(number)) for number in range(7)]
    element = {"type": "checkboxes", "options": options, "initial_options": [options[number] for number in chosen]}
    hint = reader.say("On other days each comes in the week in which it came; on more or fewer days there are as many.")
    return kit.field("weekdays", reader.say("Weekdays"), element, hint=hint)


def _length(length: timedelta, reader: Reader) -> Block:
    lengths = sorted({*LENGTHS, length})
    options = [kit.option(reader.length(each), str(each.total_seconds())) for each in lengths]
    element = {"type": "static_select", "options": options, "initial_option": options[lengths.index(length)]}
    return kit.field("length", reader.say("Length"), element, optional=True)


def _running(reader: Reader) -> Block:
    option = kit.option(reader.say("I have started already: book from the start on"), "yes")
    hint = reader.say("For a start up to {back} ago, when it was free then.", back=reader.length(policy.BACK))
    element = {"type": "checkboxes", "options": [option]}
    return kit.field("running", reader.say("Already running"), element, optional=True, hint=hint)


def _repeat(reader: Reader) -> Block:
    weeks = [
        kit.option(
            reader.say("Every {count} weeks", count=count) if count > 1 else reader.say("Every week"), f"week:{count}"
        )
        for count in WEEKS_APART
    ]
    options = [
        kit.option(reader.say("Only once"), ONCE),
        kit.option(reader.say("Every day"), DAILY),
        kit.option(reader.say("Every weekday"), WEEKDAYS),
        *weeks,
    ]
    element = {"type": "static_select", "options": options, "initial_option": options[0]}
    return kit.field("repeat", reader.say("Repeat"), element, optional=True)


def _until(reader: Reader) -> Block:
    hint = reader.say("The last day, for what repeats.")
    return kit.field("until", reader.say("Until"), {"type": "datepicker"}, optional=True, hint=hint)


def _chosen_recurrence(option: dict[str, Any] | None) -> str:
    return option["value"] if option and option["value"] != ONCE else ""


def recurrence_of(chosen: str, first: date) -> Recurrence:
    """What was chosen, for a first occurrence on that day."""
    if chosen == DAILY:
        return Recurrence("day", 1)
    if chosen == WEEKDAYS:
        return Recurrence("week", 1, (0, 1, 2, 3, 4))
    return Recurrence("week", int(chosen.removeprefix("week:")), (first.weekday(),))


def _purpose(purpose: str, reader: Reader) -> Block:
    element: Block = {
        "type": "plain_text_input",
        "max_length": 200,
        "placeholder": kit.plain_text(reader.say("thesis runs"), 150),
    }
    if purpose:
        element["initial_value"] = purpose
    hint = reader.say("Others see it beside your name.")
    return kit.field("purpose", reader.say("Purpose"), element, optional=True, hint=hint)


def _next_quarter(now: datetime) -> datetime:
    """The next full quarter of an hour, which is where people like to start."""
    whole = now.replace(minute=now.minute // 15 * 15, second=0, microsecond=0)
    return whole + timedelta(minutes=15)
