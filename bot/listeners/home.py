"""Somebody opens Home, or presses something on it."""

from __future__ import annotations

from typing import Any

from slack_bolt import App

from bot.desk import Desk, Visit
from bot.listeners import show
from bot.views import home as view
from bot.views.kit import Message
from core import availability


def register(app: App, _desk: Desk) -> None:
    @app.event("app_home_opened")
    def opened(visit: Visit, event: dict[str, Any]) -> None:
        if event.get("tab") == "home":  # the same event tells that the Messages tab was opened
            publish(visit)

    @app.action("refresh_home")
    def refresh(visit: Visit) -> None:
        publish(visit)


def publish(visit: Visit, *, answer: Message | None = None) -> None:
    """Show Home as it is now, under the answer to what was pressed."""
    with visit.read() as work:
        stories = availability.occupancy(work, visit.organization_id)
        held = show.held_by(work, visit)
    shown = view.home(stories, held, visit.reader, visit.now, answer=answer)
    visit.desk.client.views_publish(user_id=visit.slack_id, view=shown)
