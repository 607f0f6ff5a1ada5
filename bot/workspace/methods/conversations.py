"""conversations.*: where people talk."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.workspace.errors import SlackError
from bot.workspace.methods.base import (
    Api,
    Args,
    Json,
    channel_of,
    check_scope,
    family,
    method,
    page_of,
    paged,
)
from bot.workspace.payloads import channel_json, message_json

if TYPE_CHECKING:
    from bot.workspace.state import Channel, Message

_READ = ("channels:read", "groups:read", "mpim:read", "im:read")
_KINDS = {"public_channel": "channel", "private_channel": "private", "im": "im"}


@method("conversations.open", "im:write", "mpim:write")
def open_direct(api: Api, args: Args) -> Json:
    """The direct message between the app and one person."""
    users = args.text("users") or args.text("channel")
    if not users:
        raise SlackError("users_list_not_supplied")
    if users in api.state.channels:
        return {"channel": {"id": users}, "no_op": True, "already_open": True}
    if "," in users:
        raise SlackError("method_not_supported_for_channel_type")
    person = api.state.people.get(users)
    if person is None:
        raise SlackError("user_not_found")
    if person.deleted:
        raise SlackError("user_disabled")
    if person.bot:
        raise SlackError("cannot_dm_bot")
    channel = api.state.app_dm(person.id)
    if args.flag("return_im"):
        return {"channel": channel_json(api.state, channel)}
    return {"channel": {"id": channel.id}}


@method("conversations.history")
def history(api: Api, args: Args) -> Json:
    """What was said in a conversation the app is in, newest first."""
    channel = channel_of(api, args.need("channel"))
    check_scope(api, f"{family(channel)}:history")
    if api.state.bot.id not in channel.members:
        raise SlackError("not_in_channel")
    said = [m for m in reversed(channel.messages) if _in_history(m) and _within(m, args)]
    if args.text("latest") and args.flag("inclusive") and args.text("limit") == "1":
        said = [m for m in said if m.ts == args.text("latest")] or said
    page, cursor = page_of(said, args, 100, 999)
    with_metadata = args.flag("include_all_metadata")
    answer = paged("messages", [message_json(api.state, m, with_metadata) for m in page], cursor)
    return answer | {"has_more": bool(cursor), "pin_count": 0}


@method("conversations.replies")
def replies(api: Api, args: Args) -> Json:
    """A thread: its first message, then the answers, oldest first."""
    channel = channel_of(api, args.need("channel"))
    check_scope(api, f"{family(channel)}:history")
    if api.state.bot.id not in channel.members:
        raise SlackError("not_in_channel")
    thread_ts = args.need("ts")
    root = channel.find(thread_ts)
    if root is None:
        raise SlackError("thread_not_found")
    said = [root, *channel.thread(root.ts)]
    page, cursor = page_of(said, args, 1000, 1000)
    with_metadata = args.flag("include_all_metadata")
    answer = paged("messages", [message_json(api.state, m, with_metadata) for m in page], cursor)
    return answer | {"has_more": bool(cursor)}


@method("conversations.info")
def info(api: Api, args: Args) -> Json:
    """What a conversation is."""
    channel = channel_of(api, args.need("channel"))
    check_scope(api, f"{family(channel)}:read")
    shown = channel_json(api.state, channel)
    if args.flag("include_num_members"):
        shown["num_members"] = len(channel.members)
    return {"channel": shown}


@method("conversations.list", *_READ)
def list_all(api: Api, args: Args) -> Json:
    """The conversations the app may know of."""
    return paged(*_listed(api, args, members_only=False))


@method("users.conversations", *_READ)
def of_app(api: Api, args: Args) -> Json:
    """The conversations the app is in."""
    return paged(*_listed(api, args, members_only=True))


@method("conversations.members", *_READ)
def members(api: Api, args: Args) -> Json:
    """Who is in a conversation."""
    channel = channel_of(api, args.need("channel"))
    page, cursor = page_of(sorted(channel.members), args, 100, 1000)
    return paged("members", page, cursor)


def _listed(api: Api, args: Args, *, members_only: bool) -> tuple[str, list[Json], str]:
    kinds = []
    for kind in args.text("types", "public_channel").split(","):
        if kind.strip() not in {*_KINDS, "mpim"}:
            raise SlackError("invalid_types")
        kinds.append(_KINDS.get(kind.strip(), "mpim"))
    found = [c for c in api.state.channels.values() if c.kind in kinds and _listable(api, c, members_only)]
    if args.flag("exclude_archived"):
        found = [channel for channel in found if not channel.archived]
    for channel in found:
        check_scope(api, f"{family(channel)}:read")
    page, cursor = page_of(found, args, 100, 1000)
    return "channels", [channel_json(api.state, channel) for channel in page], cursor


def _listable(api: Api, channel: Channel, members_only: bool) -> bool:
    return api.state.bot.id in channel.members or (channel.kind == "channel" and not members_only)


def _in_history(message: Message) -> bool:
    """Ephemeral messages are in nobody's history, answers only in their thread."""
    return not message.deleted and not message.ephemeral and (message.broadcast or not message.answers)


def _within(message: Message, args: Args) -> bool:
    oldest, latest = args.text("oldest", "0"), args.text("latest")
    at, inclusive = float(message.ts), args.flag("inclusive")
    after = at >= float(oldest) if inclusive else at > float(oldest)
    return after and (not latest or (at <= float(latest) if inclusive else at < float(latest)))
