"""Somebody opens Home, or presses something on it."""

from __future__ import annotations

from typing import Any
from zoneinfo import available_timezones

from slack_bolt import Ack, App
from slack_sdk.errors import SlackApiError

from bot import displays as painting
from bot import i18n
from bot.desk import Desk, Visit
from bot.reader import Reader
from bot.views import home as view
from bot.views import settings as settings_view
from bot.views import setup as setup_view
from bot.views.kit import Message
from core import displays, members, organizations, setup

_REGIONS = ("Africa", "America", "Antarctica", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific")


def register(app: App, _desk: Desk) -> None:
    @app.event("app_home_opened")
    def opened(visit: Visit, event: dict[str, Any]) -> None:
        if event.get("tab") == "home":  # the same event tells that the Messages tab was opened
            publish(visit)

    @app.action("refresh_home")
    def refresh(visit: Visit) -> None:
        publish(visit)

    @app.action("test_message")
    def test_pressed(visit: Visit) -> None:
        _send_test(visit)

    @app.action("finish_setup")
    def finish_pressed(visit: Visit) -> None:
        with visit.begin() as work:
            setup.finish(work, visit.actor)
        publish(visit)

    @app.action("open_settings")
    def settings_pressed(visit: Visit) -> None:
        reader, choices = visit.reader, visit.member.choices
        form = settings_view.form(choices, sorted(i18n.languages()), _zones(), reader)
        visit.desk.client.views_open(trigger_id=visit.trigger_id or "", view=form)

    @app.view(settings_view.CALLBACK)
    def settings_sent(visit: Visit, ack: Ack, view: dict[str, Any]) -> None:
        chosen = settings_view.filled(view["state"]["values"])
        if (chosen.quiet_from is None) is not (chosen.quiet_until is None):
            ack(response_action="errors", errors={"quiet_until": settings_view.half_quiet(visit.reader)})
            return
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


def _send_test(visit: Visit) -> None:
    """To the lab's channel, openly; it counts once it has arrived."""
    with visit.read() as work:
        members.must_be_admin(work, visit.actor)
        lab = organizations.of_id(work, visit.organization_id)
    if lab.channel is None:
        visit.answer(setup_view.no_channel(visit.reader))
        return
    message = setup_view.to_channel(Reader.of(lab.language, lab.zone, "", visit.desk.command))
    try:
        visit.desk.client.chat_postMessage(channel=lab.channel, **message.as_arguments())
    except SlackApiError as error:
        visit.answer(setup_view.refused(lab.channel, str(error.response.get("error")), visit.reader))
        return
    with visit.begin() as work:
        setup.tested(work, visit.actor)
    visit.answer(setup_view.arrived(lab.channel, visit.reader))


def _zones() -> list[str]:
    """Those people live in, by name; the rest are other names of the same."""
    return sorted({*(zone for zone in available_timezones() if zone.startswith(_REGIONS)), "UTC"})
