"""What was changed, when, by whom and why: in words for people, as a table for programs."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, timedelta
from typing import Any

from bot.reader import Reader
from bot.views import carried, kit
from bot.views.admin import limits
from bot.views.kit import Message
from core import facts, policy
from core.facts import Action, BusyAnswer, Role, Rule, Subject, Surface
from core.timerange import TimeRange

PAGE = 20
_GPUS = 100  # characters
_COLUMNS = ("id", "at", "by", "surface", "action", "subject", "subject_id", "concerns", "why", "before", "after")


def history(entries: Sequence[facts.AuditEntry], names: Mapping[int, str], reader: Reader) -> Message:
    """One's own, the newest first."""
    if not entries:
        return kit.message(reader.say("Nothing has been done with bookings of yours yet."))
    return _listed(reader.say("What was done with your bookings, the newest first:"), entries, names, reader, "history")


def audit(entries: Sequence[facts.AuditEntry], names: Mapping[int, str], reader: Reader) -> Message:
    """Everybody's, for admins."""
    if not entries:
        return kit.message(reader.say("Nothing has been changed yet."))
    table = kit.button(reader.say("As CSV"), "audit_csv", spoken=reader.say("Send all of it to me as a CSV file"))
    return _listed(reader.say("What was changed, the newest first:"), entries, names, reader, "audit", table)


def table(entries: Iterable[facts.AuditEntry]) -> str:
    """CSV: instants in UTC, what was before and after as JSON."""
    written = io.StringIO()
    rows = csv.writer(written, lineterminator="\n")
    rows.writerow(_COLUMNS)
    rows.writerows([_cell(value) for value in _values(entry)] for entry in entries)
    return written.getvalue()


def sent(reader: Reader, count: int) -> Message:
    return kit.message(
        reader.say_many(
            "I sent {count} change to your direct messages, as a CSV file.",
            "I sent {count} changes to your direct messages, as a CSV file.",
            count,
        )
    )


def _values(entry: facts.AuditEntry) -> tuple[object, ...]:
    before, after = (json.dumps(each, ensure_ascii=False) if each else "" for each in (entry.before, entry.after))
    return (
        entry.id,
        entry.at.astimezone(UTC).isoformat(),
        entry.by or "",
        entry.surface.value,
        entry.action.value,
        entry.subject.value,
        entry.subject_id,
        entry.concerns or "",
        entry.why,
        before,
        after,
    )


def _cell(value: object) -> object:
    """A spreadsheet must not take what people wrote for a formula."""
    return f"'{value}" if isinstance(value, str) and value[:1] in {"=", "+", "-", "@", "\t", "\r"} else value


def _listed(
    title: str,
    entries: Sequence[facts.AuditEntry],
    names: Mapping[int, str],
    reader: Reader,
    action: str,
    *buttons: kit.Block,
) -> Message:
    lines = [line(entry, names, reader) for entry in entries[:PAGE]]
    zone = reader.say("Times in {zone}.", zone=reader.zone_name(entries[0].at))
    older = (
        kit.button(reader.say("Older"), f"{action}_older", carried.written(before=entries[PAGE - 1].id))
        if len(entries) > PAGE
        else None
    )
    return kit.message(
        f"{title} {lines[0]}",
        kit.section(f"*{title}*"),
        *kit.sections(lines),
        kit.context(zone),
        kit.actions([older, *buttons]),
    )


def line(entry: facts.AuditEntry, names: Mapping[int, str], reader: Reader) -> str:
    said = reader.say(
        "• {time} · {what}", time=reader.moment(entry.at), what=_what(entry, names, reader, _who(entry, reader))
    )
    why = reader.say("Why: {why}", why=kit.escape(entry.why))
    return f"{said}\n  {why}" if entry.why else said


def brief(entry: facts.AuditEntry, names: Mapping[int, str], reader: Reader) -> str:
    """What somebody did with a reservation, in one line, without what it was for and why."""
    plain = replace(entry, before=_unpurposed(entry.before), after=_unpurposed(entry.after))
    who = _who(entry, reader)
    what = _changed(plain, names, reader, who) or _reservation(plain, names, reader, who)
    return reader.say("• {time} · {what}", time=reader.moment(entry.at), what=what)


def _changed(entry: facts.AuditEntry, names: Mapping[int, str], reader: Reader, who: str) -> str:
    """What it has become, of what was changed; empty of anything else."""
    if entry.action not in {Action.CHANGED, Action.EXTENDED, Action.MOVED}:
        return ""
    values = {"who": who, "holder": kit.escape(entry.concerns or ""), "what": _held(entry.after, names, reader)}
    if entry.is_own:
        return reader.say("{who} changed a booking, now {what}", **values)
    return reader.say("{who} changed a booking of {holder}’s, now {what}", **values)


def _unpurposed(snapshot: dict[str, Any] | None) -> dict[str, Any] | None:
    return snapshot and {**snapshot, "purpose": ""}


def _who(entry: facts.AuditEntry, reader: Reader) -> str:
    if entry.by:
        return kit.escape(entry.by)
    return reader.say("the bot") if entry.surface is Surface.BOT else reader.say("somebody at the console")


def _what(entry: facts.AuditEntry, names: Mapping[int, str], reader: Reader, who: str) -> str:
    if entry.subject is Subject.RESERVATION:
        return _reservation(entry, names, reader, who)
    return _SENTENCES[entry.subject](entry, reader, who)


def _reservation(entry: facts.AuditEntry, names: Mapping[int, str], reader: Reader, who: str) -> str:
    now, was = _held(entry.after, names, reader), _held(entry.before, names, reader)
    values = {"who": who, "what": now or was, "was": was, "holder": kit.escape(entry.concerns or "")}
    if entry.is_own:
        return {
            Action.RESERVED: reader.say("{who} booked {what}", **values),
            Action.TAKEN_DOWN: reader.say("{who} took out of service {what}", **values),
            Action.CANCELLED: reader.say("{who} cancelled {was}", **values),
            Action.RELEASED: reader.say("{who} gave a booking back, and it became {what}", **values),
            Action.HANDED_OVER: reader.say("{who} handed over {was}", **values)
            if (entry.after or {}).get("cancelled")
            else reader.say("{who} handed over a part of {was}, and kept {what}", **values),
            Action.SPLIT: reader.say("{who} split a booking; a part of it is now {what}", **values),
            Action.TAKEN: reader.say("{who} took what was offered: {what}", **values),
            Action.PASSED: reader.say("{who} passed what was offered: {was}", **values),
            Action.MOVED: reader.say("{who} moved forward {was} to {what}", **values),
        }.get(entry.action, reader.say("{who} changed {was} to {what}", **values))
    return {
        Action.CANCELLED: reader.say("{who} cancelled {holder}’s {was}", **values),
        Action.RELEASED: reader.say("{who} ended {holder}’s booking, and it became {what}", **values),
        Action.HANDED_OVER: reader.say("{who} handed over to {holder}: {what}", **values),
        Action.SPLIT: reader.say("{who} split a booking of {holder}; a part of it is now {what}", **values),
        Action.OFFERED: reader.say("{who} offered {holder} {what}", **values),
        Action.TAKEN: reader.say("{who} took for {holder}, who waited: {what}", **values),
        Action.LAPSED: reader.say("{who} offers {holder} no longer {was}", **values),
        Action.MOVED: reader.say("{who} moved forward {holder}’s {was} to {what}", **values),
    }.get(entry.action, reader.say("{who} changed {holder}’s {was} to {what}", **values))


def _held(snapshot: Mapping[str, object] | None, names: Mapping[int, str], reader: Reader) -> str:
    """GPU0, GPU1 · Thu 3 Dec, 13:00–18:00 · "thesis" """
    slots = (snapshot or {}).get("slots")
    if not isinstance(slots, dict) or not slots:
        return ""
    times = [TimeRange.read(written) for written in slots.values()]
    gpus = reader.listed([names.get(int(number), f"#{number}") for number in slots])
    purpose = kit.quoted(str((snapshot or {}).get("purpose", "")))
    return f"*{kit.escape(kit.clip(gpus, _GPUS))}* · {reader.span(TimeRange.hull(times))}{purpose}"


def _gpu(entry: facts.AuditEntry, reader: Reader, who: str) -> str:
    known = entry.after or entry.before or {}
    values = {
        "who": who,
        "gpu": kit.escape(f"{known.get('node', '')}/{known.get('label', '')}"),
        "what": _differences(entry, reader),
    }
    match entry.action:
        case Action.ADDED:
            return reader.say("{who} added {gpu}", **values)
        case Action.RETIRED:
            return reader.say("{who} retired {gpu}", **values)
        case Action.LIMITED:
            return reader.say("{who} changed the limits of a GPU: {what}", **values)
        case _:
            return reader.say("{who} changed {gpu}: {what}", **values)


def _place(entry: facts.AuditEntry, reader: Reader, who: str) -> str:
    """The lab itself, or a node in it."""
    values = {"who": who, "what": _differences(entry, reader)}
    if entry.subject is Subject.LAB:
        return reader.say("{who} changed the lab's settings: {what}", **values)
    name = kit.escape(str((entry.before or {}).get("hostname", "")))
    return reader.say("{who} changed the node {node}: {what}", node=name, **values)


def _period(entry: facts.AuditEntry, reader: Reader, who: str) -> str:
    known = entry.after or entry.before or {}
    name = kit.escape(str(known.get("name", "")))
    if entry.action is Action.REMOVED:
        return reader.say("{who} removed the special period “{name}”", who=who, name=name)
    return reader.say("{who} added the special period “{name}”", who=who, name=name)


def _member(entry: facts.AuditEntry, reader: Reader, who: str) -> str:
    values = {"who": who, "member": kit.escape(entry.concerns or ""), "what": _differences(entry, reader)}
    if entry.is_own:
        if entry.action is Action.LIMITED:
            return reader.say("{who} changed their own limits: {what}", **values)
        return reader.say("{who} changed their own settings: {what}", **values)
    if entry.action is Action.LIMITED:
        return reader.say("{who} changed the limits of {member}: {what}", **values)
    return reader.say("{who} changed {member}: {what}", **values)


def _hand_over(entry: facts.AuditEntry, reader: Reader, who: str) -> str:
    """Somebody asks for what somebody else holds; what was handed over is told of the bookings themselves."""
    told = entry.after or {}
    gpus = kit.escape(kit.clip(reader.listed(told.get("gpus", [])), _GPUS))
    time = f" · {reader.span(TimeRange.read(told['range']))}" if "range" in told else ""
    values = {
        "who": who,
        "asker": kit.escape(str(told.get("asker", ""))),
        "holder": kit.escape(str(told.get("holder", ""))),
        "what": f"*{gpus}*{time}",
    }
    match entry.action:
        case Action.ASKED:
            return reader.say("{asker} asked {holder} for {what}", **values)
        case Action.DECLINED:
            return reader.say("{holder} said no to {asker}, who had asked for {what}", **values)
        case Action.WITHDRAWN:
            return reader.say("{asker} no longer asks {holder} for {what}", **values)
        case _:
            return reader.say("{holder} no longer holds what {asker} had asked for: {what}", **values)


def _wish(entry: facts.AuditEntry, reader: Reader, who: str) -> str:
    known = entry.after or entry.before or {}
    values = {"who": who, "length": reader.length(timedelta(seconds=int(known.get("seconds", 0))))}
    match entry.action:
        case Action.WISHED:
            return reader.say("{who} waits for {length}", **values)
        case Action.WITHDRAWN:
            return reader.say("{who} no longer waits for {length}", **values)
        case _:
            return reader.say("{who} changed how they wait for {length}", **values)


def _busy_call(entry: facts.AuditEntry, reader: Reader, who: str) -> str:
    told = entry.after or {}
    gpus = kit.escape(kit.clip(reader.listed(told.get("gpus", [])), _GPUS))
    values = {"who": who, "gpus": f"*{gpus}*", "other": kit.escape(entry.concerns or "")}
    match told.get("answer"):
        case BusyAnswer.STOPPED:
            return reader.say("{who} told {other} that their work has stopped: {gpus}", **values)
        case BusyAnswer.LONGER:
            return reader.say("{who} asked {other} for 15 more minutes: {gpus}", **values)
        case _:
            return reader.say("{who} asked {other}, whose work was still running: {gpus}", **values)


def _differences(entry: facts.AuditEntry, reader: Reader) -> str:
    """Time zone: Asia/Tokyo → Europe/Berlin"""
    before, after = _flat(entry.before), _flat(entry.after)
    changed = [name for name in sorted({*before, *after}) if before.get(name) != after.get(name)]
    told = [
        f"{_name(name, reader)}: {_value(name, before, reader)} → {_value(name, after, reader)}" for name in changed
    ]
    return kit.escape(kit.clip(reader.listed(told), 300))


def _flat(snapshot: Mapping[str, object] | None) -> dict[str, object]:
    """With the limits among the rest."""
    known = dict(snapshot or {})
    limits = known.pop("limits", {})
    return {**known, **(limits if isinstance(limits, dict) else {})}


def _name(name: str, reader: Reader) -> str:
    """As the form calls it in which it is changed."""
    if name in set(Rule):
        return limits.label(Rule(name), reader)
    return {
        "zone": reader.say("Time zone"),
        "language": reader.say("Language"),
        "channel": reader.say("Channel"),
        "announce": reader.say("Announcements"),
        "summary": reader.say("Summary"),
        "suggests": reader.say("Gentle suggestions"),
        "before_start": reader.say("Remind before the start"),
        "before_end": reader.say("Remind before the end"),
        "offer_minutes": reader.say("Hold offers for"),
        "quiet_from": reader.say("Quiet hours from"),
        "quiet_until": reader.say("Quiet hours until"),
        "role": reader.say("Role"),
        "hostname": reader.say("Host name"),
        "cpu": reader.say("CPU"),
        "ram_gb": reader.say("RAM in GB"),
        "label": reader.say("Label"),
        "model": reader.say("Model"),
        "memory_gb": reader.say("Memory in GB"),
        "notes": reader.say("Notes"),
    }.get(name, name)


def _value(name: str, known: Mapping[str, object], reader: Reader) -> str:
    value = known.get(name)
    if name in set(Rule) and name in known:
        [(rule, limit)] = policy.read({name: value}).items()  # type: ignore[dict-item]
        return limits.written(rule, limit, reader)
    if value is None or value == "":
        return "–"
    if isinstance(value, bool):
        return reader.say("yes") if value else reader.say("no")
    if isinstance(value, int) and name in {"before_start", "before_end", "offer_minutes"}:
        return reader.length(timedelta(minutes=value))
    if name == "role":
        return reader.say("Admin of the lab") if value == Role.ADMIN else reader.say("Member")
    return str(value)


_SENTENCES: dict[Subject, Callable[[facts.AuditEntry, Reader, str], str]] = {
    Subject.GPU: _gpu,
    Subject.PERIOD: _period,
    Subject.MEMBER: _member,
    Subject.LAB: _place,
    Subject.NODE: _place,
    Subject.HAND_OVER: _hand_over,
    Subject.WISH: _wish,
    Subject.BUSY_CALL: _busy_call,
}
