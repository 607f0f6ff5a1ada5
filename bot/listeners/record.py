"""Somebody reads what was done: with their own bookings, or, as an admin, with anything."""

from __future__ import annotations

from typing import Any

from slack_bolt import App

from bot import files
from bot.commands import Audit
from bot.desk import Desk, Visit
from bot.views import carried
from bot.views import record as view
from core import audit, inventory, members


def register(app: App, _desk: Desk) -> None:
    @app.action("history_older")
    def history_older(visit: Visit, action: dict[str, Any]) -> None:
        history(visit, _before(action))

    @app.action("audit_older")
    def audit_older(visit: Visit, action: dict[str, Any]) -> None:
        _audit(visit, _before(action))

    @app.action("audit_csv")
    def audit_csv(visit: Visit) -> None:
        _send_table(visit)


def history(visit: Visit, older_than: int | None = None) -> None:
    with visit.read() as work:
        entries = audit.entries(
            work, visit.organization_id, of=visit.member.id, older_than=older_than, limit=view.PAGE + 1
        )
        names = inventory.names_of_all(work, visit.organization_id)
    visit.answer(view.history(entries, names, visit.reader))


def audit_typed(visit: Visit, wish: Audit) -> None:
    _send_table(visit) if wish.csv else _audit(visit)


def _audit(visit: Visit, older_than: int | None = None) -> None:
    with visit.read() as work:
        members.must_be_admin(work, visit.actor)
        entries = audit.entries(work, visit.organization_id, older_than=older_than, limit=view.PAGE + 1)
        names = inventory.names_of_all(work, visit.organization_id)
    visit.answer(view.audit(entries, names, visit.reader))


def _send_table(visit: Visit) -> None:
    """To their direct messages: a file cannot be for one person's eyes in a channel."""
    with visit.read() as work:
        members.must_be_admin(work, visit.actor)
        entries = tuple(audit.everything(work, visit.organization_id))
    client = visit.desk.client
    channel = str(client.conversations_open(users=visit.slack_id)["channel"]["id"])
    files.send(client, view.table(entries), f"audit-{visit.now:%Y-%m-%d}.csv", channel)
    if visit.place != channel:
        visit.answer(view.sent(visit.reader, len(entries)), keep=True)


def _before(action: dict[str, Any]) -> int:
    return int(carried.read(action["value"])["before"])
