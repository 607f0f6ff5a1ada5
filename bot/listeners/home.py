"""Somebody opens Home, or presses something on it."""

from __future__ import annotations

from typing import Any
from zoneinfo import available_timezones

from slack_bolt import Ack, App

from bot import displays as painting
from bot import i18n
from bot.desk import Desk, Visit
from bot.views import home as view
from bot.views import settings as settings_view
from bot.views.kit import Message
from core import displays, members

_REGIONS = ("Africa", "America", "Antarctica", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific")


def register(app: App, _desk: Desk) -> None:
    @app.event("app_home_opened")
    def opened(visit: Visit, event: dict[str, Any]) -> None:
        if event.get("tab") == "home":  # the same event tells that the Messages tab was opened
            publish(visit)

    @app.action("refresh_home")
    def refresh(visit: Visit) -> None:
        publish(visit)

    @app.action("open_settings")
    def settings_pressed(visit: Visit) -> None:
        reader, choices = visit.reader, visit.member.choices
        form = settings_view.form(choices, sorted(i18n.languages()), _zones(), reader)
        visit.desk.client.views_open(trigger_id=visit.trigger_id or "", view=form)

    @app.view(settings_view.CALLBACK)
    def settings_sent(visit: Visit, ack: Ack, view: dict[str, Any]) -> None:
        chosen = settings_view.filled(view["state"]["values"])
        with visit.begin() as work:
            changed = members.choose(work, visit.actor, chosen)
        ack()
        visit.become(changed)
        publish(visit)


def publish(visit: Visit, *, answer: Message | None = None) -> None:
    """Show Home as it is now, under the answer to what was pressed; and keep it so for as long as it is looked at."""
    with visit.read() as work:
        shown, lab = painting.look(work, visit.desk, visit.member, visit.reader)
    with visit.desk.database.begin(visit.now) as work:
        displays.watch_home(work, visit.organization_id, visit.member.id, shown, answered=answer is not None)
    tab = view.home(lab, visit.reader, visit.now, answer=answer)
    visit.desk.client.views_publish(user_id=visit.slack_id, view=tab)


def _zones() -> list[str]:
    """Those people live in, by name; the rest are other names of the same."""
    return sorted({*(zone for zone in available_timezones() if zone.startswith(_REGIONS)), "UTC"})
