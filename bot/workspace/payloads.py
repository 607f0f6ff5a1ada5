"""Slack's JSON for accounts, conversations, messages and everything that is delivered to the app."""

from __future__ import annotations

import copy
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from bot.workspace.state import SLACKBOT, AppBot, Channel, File, Message, Person, State

Json = dict[str, Any]

VERIFICATION_TOKEN = "workspace-verification"  # noqa: S105 - Slack's retired shared token, still in every payload


def user_json(state: State, person: Person, *, locale: bool = False) -> Json:
    """An account, as users.info tells it."""
    local = datetime.fromtimestamp(state.clock(), ZoneInfo(person.tz))
    offset = local.utcoffset()
    user: Json = {
        "id": person.id,
        "team_id": "T0CONNECTED" if person.connected else state.team_id,
        "name": person.name,
        "deleted": person.deleted,
        "profile": {
            "real_name": person.real_name,
            "real_name_normalized": person.real_name,
            "display_name": person.name if person.bot else person.real_name,
            "display_name_normalized": person.name if person.bot else person.real_name,
            "team": state.team_id,
        },
        "is_bot": person.bot,
        "is_app_user": False,
        "updated": int(state.clock()),
    }
    if person.deleted:
        return user
    user |= {
        "color": person.color.removeprefix("#") or "3c8c69",
        "real_name": person.real_name,
        "tz": person.tz,
        "tz_label": local.tzname() or person.tz,
        "tz_offset": int(offset.total_seconds()) if offset else 0,
        "is_admin": person.admin,
        "is_owner": False,
        "is_primary_owner": False,
        "is_restricted": person.guest,
        "is_ultra_restricted": False,
        "who_can_share_contact_card": "EVERYONE",
        "is_email_confirmed": True,
    }
    if person.connected:
        user["is_stranger"] = False
    if locale:
        user["locale"] = person.locale
    return user


def channel_json(state: State, channel: Channel) -> Json:
    """A conversation, as conversations.info tells it."""
    common: Json = {"id": channel.id, "created": channel.created, "is_archived": channel.archived}
    if channel.kind == "im":
        other = next((pid for pid in channel.members if pid != state.bot.id), "")
        return common | {"is_im": True, "user": other, "is_user_deleted": False, "is_org_shared": False}
    return common | {
        "name": channel.name,
        "name_normalized": channel.name,
        "is_channel": channel.kind == "channel",
        "is_group": False,
        "is_im": False,
        "is_mpim": False,
        "is_private": channel.kind == "private",
        "is_general": channel.name == "general",
        "is_member": state.bot.id in channel.members,
        "is_shared": False,
        "is_ext_shared": False,
        "topic": {"value": channel.topic, "creator": "", "last_set": 0},
        "purpose": {"value": "", "creator": "", "last_set": 0},
    }


def message_json(state: State, message: Message, with_metadata: bool = True) -> Json:
    """A message, as histories and payloads tell it."""
    shown: Json = {
        "type": "message",
        "user": message.author_id,
        "ts": message.ts,
        "text": message.text,
        "team": state.team_id,
    }
    if message.bot:
        shown |= {"bot_id": message.bot.id, "app_id": message.bot.app_id}
        shown["bot_profile"] = _bot_profile(state, message.bot)
    if message.username:
        shown |= {"subtype": "bot_message", "username": message.username}
        del shown["user"]
    if message.blocks:
        shown["blocks"] = copy.deepcopy(message.blocks)
    shown |= _thread_json(state, message)
    if message.files:
        found = [state.files[file_id] for file_id in message.files if file_id in state.files]
        shown |= {"subtype": "file_share", "files": [file_json(state, file) for file in found]}
    if message.edited_ts:
        shown["edited"] = {"user": message.author_id, "ts": message.edited_ts}
    if message.metadata and with_metadata:
        shown["metadata"] = copy.deepcopy(message.metadata)
    return shown


def file_json(state: State, file: File) -> Json:
    """A file, as completed uploads tell it: what kind it is, Slack finds out later."""
    return {
        "id": file.id,
        "created": int(state.clock()),
        "name": file.name,
        "title": file.title or file.name,
        "mimetype": "",
        "filetype": "",
        "user": state.bot.id,
        "size": file.length,
        "mode": "hosted",
        "is_external": False,
        "is_public": False,
        "alt_txt": file.alt,
        "url_private": f"/files/{file.id}/{file.name}",
        "channels": [],
        "groups": [],
        "ims": [],
        "shares": {},
    }


def _thread_json(state: State, message: Message) -> Json:
    """Where it stands in a thread, or what stands below it."""
    channel = state.channels[message.channel_id]
    if message.answers:
        root = channel.find(message.root_ts)
        above = {"parent_user_id": root.author_id} if root else {}
        return {"thread_ts": message.root_ts, **above}
    below = channel.thread(message.ts)
    if not below:
        return {}
    authors = list(dict.fromkeys(answer.author_id for answer in below))
    return {
        "thread_ts": message.ts,
        "reply_count": len(below),
        "reply_users_count": len(authors),
        "reply_users": authors,
        "latest_reply": below[-1].ts,
    }


def _bot_profile(state: State, bot: AppBot) -> Json:
    return {
        "id": bot.id,
        "app_id": bot.app_id,
        "user_id": bot.account.id,
        "name": bot.account.name,
        "deleted": False,
        "team_id": state.team_id,
    }


# ── events ──────────────────────────────────────────────────────────────────


def message_event(state: State, message: Message, subtype: str = "", before: Json | None = None) -> Json:
    """The `message` event: a new message, or one that was changed (from `before`) or deleted."""
    channel = state.channels[message.channel_id]
    kind = {"channel": "channel", "private": "group", "im": "im"}[channel.kind]
    place: Json = {"channel": channel.id, "channel_type": kind}
    shown = message_json(state, message)
    if not subtype:
        return shown | place | {"event_ts": message.ts}
    event: Json = {"type": "message", "subtype": subtype, "hidden": True, **place}
    event |= {"ts": state.new_ts(), "event_ts": message.ts}
    if subtype == "message_deleted":
        return event | {"deleted_ts": message.ts, "previous_message": shown}
    return event | {"message": shown, "previous_message": before or shown}


def is_mention(state: State, message: Message) -> bool:
    """Whether it mentions the app where that is an event: whoever says it, a bot as well, and the app itself."""
    channel = state.channels[message.channel_id]
    return channel.kind != "im" and state.bot.id in channel.members and f"<@{state.bot.id}" in message.text


def mention_event(state: State, message: Message) -> Json:
    """The `app_mention` event."""
    shown = message_json(state, message)
    return shown | {"type": "app_mention", "channel": message.channel_id, "event_ts": message.ts}


def home_event(state: State, person: Person, tab: str, view: Json | None) -> Json:
    """The `app_home_opened` event; it fires for the Messages tab too."""
    event: Json = {
        "type": "app_home_opened",
        "user": person.id,
        "channel": state.app_dm(person.id).id,
        "tab": tab,
        "event_ts": state.new_ts(),
    }
    return event | {"view": view} if view and tab == "home" else event


def event_callback(state: State, event: Json) -> Json:
    """The envelope's content around one event."""
    return {
        "token": VERIFICATION_TOKEN,
        "team_id": state.team_id,
        "context_team_id": state.team_id,
        "context_enterprise_id": None,
        "api_app_id": state.own.app_id,
        "event": event,
        "type": "event_callback",
        "event_id": state.new_id("Ev"),
        "event_time": int(state.clock()),
        "authorizations": [
            {
                "enterprise_id": None,
                "team_id": state.team_id,
                "user_id": state.bot.id,
                "is_bot": True,
                "is_enterprise_install": False,
            }
        ],
        "is_ext_shared_channel": False,
        "event_context": state.new_id("4-"),
    }


def joined_event(state: State, channel: Channel, member_id: str) -> Json:
    """Somebody, or the app, has come into a channel."""
    return {
        "type": "member_joined_channel",
        "user": member_id,
        "channel": channel.id,
        "channel_type": "G" if channel.kind == "private" else "C",
        "team": state.team_id,
        "event_ts": state.new_ts(),
    }


def changed_event(state: State, person: Person) -> Json:
    """Something about somebody is another now."""
    return {
        "type": "user_change",
        "user": user_json(state, person, locale=True),
        "cache_ts": int(state.clock()),
        "event_ts": state.new_ts(),
    }


# ── commands and interactions ───────────────────────────────────────────────


def command_payload(
    state: State, person: Person, channel: Channel, command: str, *, text: str, handles: dict[str, str]
) -> Json:
    """What a slash command sends: all of it strings, as in a form."""
    return {
        "token": VERIFICATION_TOKEN,
        "team_id": state.team_id,
        "team_domain": "workspace",
        "channel_id": channel.id,
        "channel_name": channel_label(state, channel),
        "user_id": person.id,
        "user_name": person.name,
        "command": command,
        "text": text,
        "api_app_id": state.own.app_id,
        "is_enterprise_install": "false",
        **handles,
    }


def channel_label(_state: State, channel: Channel) -> str:
    """How payloads name a conversation."""
    return {"im": "directmessage", "private": "privategroup"}.get(channel.kind, channel.name)


def interaction(state: State, person: Person, kind: str) -> Json:
    """What every interaction begins with."""
    return {
        "type": kind,
        "user": {"id": person.id, "username": person.name, "name": person.name, "team_id": state.team_id},
        "api_app_id": state.own.app_id,
        "token": VERIFICATION_TOKEN,
        "team": {"id": state.team_id, "domain": "workspace"},
        "enterprise": None,
        "is_enterprise_install": False,
    }


def author_name(state: State, message: Message) -> str:
    """Who wrote a message."""
    if message.author_id == SLACKBOT:
        return "Slackbot"
    person = state.people[message.author_id]
    return message.username or (person.name if person.bot else person.real_name)
