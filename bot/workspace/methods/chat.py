"""chat.*: the app speaks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.workspace.errors import SlackError
from bot.workspace.messages import MOST_UPDATED_TEXT, check_content, check_metadata
from bot.workspace.methods.base import Api, Args, Json, channel_of, method
from bot.workspace.payloads import is_mention, mention_event, message_event, message_json

if TYPE_CHECKING:
    from bot.workspace.state import Channel, Message


@method("chat.postMessage", "chat:write")
def post_message(api: Api, args: Args) -> Json:
    """Post into a conversation the app is in; a person's id means their direct message."""
    channel = _writable(api, args.text("channel"))
    thread_ts = _thread(channel, args)
    if api.faults.too_soon(channel.id):
        raise SlackError("ratelimited")
    message = api.messages.by_bot(
        channel,
        args.text("text"),
        args.json("blocks", "invalid_blocks_format"),
        metadata=check_metadata(args.json("metadata", "invalid_metadata_format")),
        thread_ts=thread_ts,
        broadcast=thread_ts is not None and args.flag("reply_broadcast"),
        mrkdwn=args.flag("mrkdwn", default=True),
    )
    api.emit(message_event(api.state, message))
    if is_mention(api.state, message):
        api.emit(mention_event(api.state, message))
    return {"channel": channel.id, "ts": message.ts, "message": message_json(api.state, message)}


@method("chat.postEphemeral", "chat:write")
def post_ephemeral(api: Api, args: Args) -> Json:
    """Say something that one person sees, in a conversation both are in."""
    channel = _writable(api, args.text("channel"))
    user = args.need("user")
    if user not in channel.members:
        raise SlackError("user_not_in_channel")
    blocks = args.json("blocks", "invalid_blocks_format")
    message = api.messages.by_bot(channel, args.text("text"), blocks, thread_ts=_thread(channel, args), visible_to=user)
    return {"message_ts": message.ts}


@method("chat.update", "chat:write")
def update(api: Api, args: Args) -> Json:
    """Change a message of the app's own; one with new blocks is not marked as edited."""
    channel = channel_of(api, args.text("channel"))
    message = _own(api, channel, args.need("ts"), "cant_update_message")
    if channel.archived:
        raise SlackError("is_inactive")
    if api.faults.too_late(message.ts):
        raise SlackError("edit_window_closed")
    blocks, text = args.json("blocks", "invalid_blocks_format"), args.raw.get("text")
    if blocks is None and text is None:
        raise SlackError("no_text")
    checked = check_content(api.files, args.text("text"), blocks, most=MOST_UPDATED_TEXT)
    before = message_json(api.state, message)
    kept = message.text if text is None else args.text("text")
    if "metadata" in args.raw:
        message.metadata = check_metadata(args.json("metadata", "invalid_metadata_format"))
    api.messages.rewrite(message, kept, checked, mark_edited=not checked)
    api.emit(message_event(api.state, message, "message_changed", before))
    shown = message_json(api.state, message)
    return {"channel": channel.id, "ts": message.ts, "text": message.text, "message": shown}


@method("chat.delete", "chat:write")
def delete(api: Api, args: Args) -> Json:
    """Take back a message of the app's own."""
    channel = channel_of(api, args.text("channel"))
    message = _own(api, channel, args.need("ts"), "cant_delete_message")
    api.messages.delete(message)
    api.emit(message_event(api.state, message, "message_deleted"))
    return {"channel": channel.id, "ts": message.ts}


@method("chat.getPermalink")
def get_permalink(api: Api, args: Args) -> Json:
    """An address for a message."""
    channel = channel_of(api, args.text("channel"))
    message = channel.find(args.need("message_ts"))
    if message is None or message.ephemeral:
        raise SlackError("message_not_found")
    link = f"{api.url}/archives/{channel.id}/p{message.ts.replace('.', '')}"
    return {"channel": channel.id, "permalink": link}


def _writable(api: Api, name: str) -> Channel:
    """Where the app wants to speak, if it may."""
    state = api.state
    if name in state.people:
        if state.people[name].deleted or state.people[name].bot:
            raise SlackError("channel_not_found")
        return state.app_dm(name)
    by_name = next((c for c in state.channels.values() if c.kind != "im" and name == f"#{c.name}"), None)
    channel = by_name or channel_of(api, name)
    if channel.archived:
        raise SlackError("is_archived")
    if state.bot.id not in channel.members and "chat:write.public" not in state.manifest.scopes:
        raise SlackError("not_in_channel")
    return channel


def _thread(channel: Channel, args: Args) -> str | None:
    """The message to answer under; Slack ignores a timestamp that names none, so a typo shows here."""
    above = channel.find(args.text("thread_ts"))
    return above.root_ts if above else None


def _own(api: Api, channel: Channel, ts: str, refusal: str) -> Message:
    """A message of the app's own that everyone sees; ephemeral ones cannot be reached."""
    message = channel.find(ts)
    if message is None or message.ephemeral:
        raise SlackError("message_not_found")
    if message.author_id != api.state.bot.id:
        raise SlackError(refusal)
    return message
