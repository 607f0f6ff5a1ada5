"""An admin's form is opened, and sent: with its outcome, and mistakes at their field."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from slack_bolt import Ack

from bot import errors, people, when
from bot.desk import Visit
from bot.listeners import home
from bot.views import carried, kit, unread
from bot.views.admin import form as view
from bot.views.admin.form import Origin
from bot.views.kit import Message
from core import facts, members
from core.errors import (
    BadMemory,
    BadOfferTime,
    LastAdmin,
    NameTaken,
    NoReason,
    PurposeTooLong,
    Refusal,
    UnknownGpu,
)
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


class Wrong(Exception):  # noqa: N818 - an answer to the person, no malfunction
    """What is wrong, in words, by field."""

    def __init__(self, fields: dict[str, str]) -> None:
        super().__init__(*fields.values())
        self.fields = fields


class Mistakes:
    """Gathers what is wrong with several fields, to be told at once: `with mistakes:` stands around each."""

    def __init__(self) -> None:
        self._fields: dict[str, str] = {}

    def __enter__(self) -> None:
        pass

    def __exit__(self, _kind: object, raised: object, _trace: object) -> bool:
        if isinstance(raised, Wrong):
            self._fields |= raised.fields
        return isinstance(raised, Wrong)

    def tell(self) -> None:
        if self._fields:
            raise Wrong(self._fields)


def opening(open_: Callable[[Visit, Work, Values, Origin], kit.Block]) -> Callable[..., None]:
    def opened(visit: Visit, action: Values) -> None:
        member = _chosen_member(visit, action)
        visit.hurried = True
        with visit.read() as work:
            members.must_be_admin(work, visit.actor)
            subject = {"id": member.id} if member else _carried(action)
            shown = open_(visit, work, subject, Origin(visit.response_url))
        visit.open_form(shown)

    return opened


def _carried(action: Values) -> Values:
    """What the button, or the choice, is about."""
    if option := action.get("selected_option"):
        return {"id": int(option["value"])}
    return carried.read(action["value"]) if action.get("value") else {}


def _chosen_member(visit: Visit, action: Values) -> facts.Member | None:
    """Somebody who has never been here is looked up, before any transaction."""
    slack_id = action.get("selected_user")
    return people.find(visit.desk, str(slack_id), visit.now, hurried=True) if slack_id else None


def saving(save: Callable[[Visit, Values, Origin], Message]) -> Callable[..., None]:
    """Acknowledge with the outcome: mistakes at their field, or closed and answered where it was opened."""

    def sent(visit: Visit, ack: Ack, view: Values) -> None:
        _save(visit, ack, view, save)

    return sent


def _save(visit: Visit, ack: Ack, sent: Values, save: Callable[[Visit, Values, Origin], Message]) -> None:
    origin = Origin.unpacked(sent["private_metadata"])
    values = view.filled(sent["state"]["values"])
    try:
        said = save(visit, values, origin)
    except Wrong as wrong:
        ack(response_action="errors", errors=wrong.fields)
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
    return next(field for field in (*_FIELDS.get(type(refusal), ()), *values) if field in values)


def time_in(visit: Visit, text: str) -> TimeRange:
    try:
        reading = when.read(text, visit.now, visit.member.zone, visit.member.language)
    except when.Unreadable as unreadable:
        raise unread_in(visit, "when", text, unreadable) from None
    return TimeRange(reading.start, reading.end)


def unread_in(visit: Visit, field: str, text: str, unreadable: when.Unreadable) -> Wrong:
    return Wrong({field: kit.plain(unread.words(unreadable, text, visit.reader))})
