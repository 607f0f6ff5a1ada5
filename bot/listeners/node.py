"""Somebody looks at one node, or books there: the buttons below its line, or the menu beside it."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

from slack_bolt import App

from bot.commands import Span
from bot.desk import Desk, Visit
from bot.listeners import form, picture, show
from core import availability, inventory
from core.inventory import Wanted


def register(app: App, _desk: Desk) -> None:
    @app.action(re.compile(r"node:\d+(?::\w+)?"))
    def chosen(visit: Visit, action: dict[str, Any]) -> None:
        gpu_id = action["action_id"].split(":")[1]
        with visit.read() as work:
            node = inventory.named(work, visit.organization_id, f"#{gpu_id}").node
        match (action.get("selected_option") or action)["value"]:
            case "book":
                show.book_one(visit, node)
            case "more":
                _book_more(visit, node)
            case "tomorrow":
                show.day(visit, visit.reader.local(visit.now).date() + timedelta(days=1), node)
            case "week":
                picture.show_span(visit, Span.WEEK, node)


def _book_more(visit: Visit, node: str) -> None:
    """The form, with two of its GPUs chosen: those that are free, where there are."""
    visit.hurried = True
    with visit.read() as work:
        stories = availability.occupancy(work, visit.organization_id)
    free_first = sorted((story for story in stories if story.gpu.node == node), key=lambda story: story.now is not None)
    form.open_new(visit, Wanted(names=tuple(f"#{story.gpu.id}" for story in free_first[:2])))
