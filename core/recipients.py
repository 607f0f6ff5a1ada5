"""To whom Slack is written, one message at a time: the lab's channel or another, its people, their Homes, its board."""

from __future__ import annotations

from sqlalchemy import bindparam, select

from core import models
from core.db import insert_if_new
from core.work import Work

CHANNEL = "channel"
BOARD = "board"
MEMBER = "member:"
_HOME = "home:"
_PLACE = "place:"


def to_member(member_id: int) -> str:
    return f"{MEMBER}{member_id}"


def to_home(member_id: int) -> str:
    return f"{_HOME}{member_id}"


def to_place(channel: str) -> str:
    """Another channel than the lab's, or that, whichever it is."""
    return f"{_PLACE}{channel}"


def place_in(whom: str) -> str | None:
    """Which channel that is, if it is one by its name."""
    return whom.removeprefix(_PLACE) if whom.startswith(_PLACE) else None


def is_member(whom: str) -> bool:
    """Whether that is somebody's direct messages."""
    return whom.startswith(MEMBER)


def member_in(whom: str) -> int:
    """Whose direct messages, or Home, that is."""
    return int(whom.partition(":")[2])


_KNOWN = select(models.Recipient.id).where(
    models.Recipient.organization_id == bindparam("lab"), models.Recipient.whom == bindparam("whom")
)


def number(work: Work, organization_id: int, whom: str) -> int:
    """The recipient's number, made when they are first heard of, so that no two bookings wait for each other's."""
    key = (number, organization_id, whom)
    if key in work.numbers:
        return work.numbers[key]
    meant = {"lab": organization_id, "whom": whom}
    found: int | None = work.connection.scalar(_KNOWN, meant)
    if found is None:
        insert_if_new(work.session, models.Recipient, organization_id=organization_id, whom=whom, free_at=work.now)
        found = work.connection.scalars(_KNOWN, meant).one()
    work.numbers[key] = found
    return found
