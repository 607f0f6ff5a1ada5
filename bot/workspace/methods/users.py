"""users.*: who people are."""

from __future__ import annotations

from bot.workspace.errors import SlackError
from bot.workspace.methods.base import Api, Args, Json, method, page_of, paged
from bot.workspace.payloads import user_json


@method("users.info", "users:read")
def info(api: Api, args: Args) -> Json:
    """One account."""
    person = api.state.people.get(args.text("user"))
    if person is None:
        raise SlackError("user_not_found")
    return {"user": user_json(api.state, person, locale=args.flag("include_locale"))}


@method("users.list", "users:read")
def list_all(api: Api, args: Args) -> Json:
    """Every account."""
    page, cursor = page_of(list(api.state.people.values()), args, 1000, 1000)
    locale = args.flag("include_locale")
    answer = paged("members", [user_json(api.state, person, locale=locale) for person in page], cursor)
    return answer | {"cache_ts": int(api.state.clock())}
