"""Who am I, and where do I connect."""

from __future__ import annotations

from bot.workspace.errors import SlackError
from bot.workspace.methods.base import Api, Args, Json, method


@method("api.test")
def api_test(_api: Api, args: Args) -> Json:
    """Echo, or fail when asked to."""
    if args.text("error"):
        raise SlackError(args.text("error"), args=args.raw)
    return {"args": args.raw}


@method("auth.test")
def auth_test(api: Api, _args: Args) -> Json:
    """Who the token speaks for."""
    state = api.state
    return {
        "url": api.url + "/",
        "team": state.team_name,
        "user": state.bot.name,
        "team_id": state.team_id,
        "user_id": state.bot.id,
        "bot_id": state.own.id,
        "is_enterprise_install": False,
    }


@method("apps.connections.open", app_token=True)
def connections_open(api: Api, _args: Args) -> Json:
    """An address for one Socket Mode connection."""
    return {"url": api.socket_url()}
