"""views.*: the app shows modals and Home tabs."""

from __future__ import annotations

from typing import Any

from bot.workspace.errors import SlackError
from bot.workspace.methods.base import Api, Args, Json, method, view_answer


@method("views.open")
def open_view(api: Api, args: Args) -> Json:
    """Open a modal in front of whoever caused the trigger."""
    view = _view(args)
    return view_answer(api, api.views.open(_spend(api, args), view))


@method("views.push")
def push_view(api: Api, args: Args) -> Json:
    """Put a modal on top of the person's open ones."""
    view = _view(args)
    return view_answer(api, api.views.push(_spend(api, args), view))


@method("views.update")
def update_view(api: Api, args: Args) -> Json:
    """Change an open view."""
    payload = _view(args)
    if not args.text("view_id") and not args.text("external_id"):
        raise SlackError.arguments("either `view_id` or `external_id` must be provided")
    view = api.views.find(args.text("view_id") or None, args.text("external_id") or None)
    return view_answer(api, api.views.update(view, payload, args.text("hash") or None))


@method("views.publish")
def publish_view(api: Api, args: Args) -> Json:
    """Put a person's Home tab in place."""
    view = _view(args)
    user_id = args.need("user_id")
    if not api.state.manifest.home_tab:
        raise SlackError("not_enabled")
    if user_id not in api.state.people:
        raise SlackError.arguments("user not found [json-pointer:/user_id]")
    return view_answer(api, api.views.publish(user_id, view, args.text("hash") or None))


def _view(args: Args) -> Any:
    view = args.json("view")
    if not isinstance(view, dict):
        raise SlackError.arguments("missing required field: view")
    return view


def _spend(api: Api, args: Args) -> str:
    trigger_id = args.text("trigger_id") or args.text("interactivity_pointer")
    if not trigger_id:
        raise SlackError.arguments("missing required field: trigger_id")
    return api.spend_trigger(trigger_id)
