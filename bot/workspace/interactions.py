"""What people do, and what Slack then tells the app and shows: commands, presses, forms, tabs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.workspace import forms
from bot.workspace.delivery import Ack, Delivery
from bot.workspace.errors import SlackError
from bot.workspace.handles import Handles, ResponseUrl
from bot.workspace.messages import Messages, check_content
from bot.workspace.payloads import (
    channel_label,
    command_payload,
    home_event,
    interaction,
    is_mention,
    mention_event,
    message_event,
    message_json,
)
from bot.workspace.state import AppBot, Change, Channel, Message, Person, State, View
from bot.workspace.words import controls

if TYPE_CHECKING:
    from bot.workspace.files import Files
    from bot.workspace.views import Views

Json = dict[str, Any]

NO_ACK = Ack(0.0)


class Interactions:
    """Turns deeds into deliveries, and acknowledgements into what people see."""

    def __init__(
        self,
        *,
        state: State,
        handles: Handles,
        messages: Messages,
        views: Views,
        files: Files,
        delivery: Delivery,
        base_url: str,
    ) -> None:
        self._state = state
        self._handles = handles
        self._messages = messages
        self._views = views
        self._files = files
        self._delivery = delivery
        self._base_url = base_url
        self.complaints: list[str] = []  # mistakes of the app that Slack shows only vaguely

    # ── words ───────────────────────────────────────────────────────────────

    async def types(self, person: Person, channel: Channel, words: str, thread_ts: str | None = None) -> Ack:
        """Send what a person typed: a command when it starts with a slash."""
        if words.startswith("/"):
            return await self._command(person, channel, words, thread_ts)
        if channel.archived or person.id not in channel.members:
            raise SlackError("is_archived" if channel.archived else "not_in_channel")
        message = self._messages.by_person(person, channel, words, thread_ts)
        return await self._said(message) or NO_ACK

    async def other_bot_says(self, bot: AppBot, channel: Channel, words: str, username: str) -> Ack:
        """Another app posts; under a name of its own, as webhooks do, or as its account."""
        if channel.archived or bot.account.id not in channel.members:
            raise SlackError("is_archived" if channel.archived else "not_in_channel")
        return await self._said(self._messages.by_other_bot(bot, channel, words, username)) or NO_ACK

    async def _said(self, message: Message) -> Ack | None:
        ack = await self._delivery.event(message_event(self._state, message))
        if is_mention(self._state, message):
            return await self._delivery.event(mention_event(self._state, message))
        return ack

    async def _command(self, person: Person, channel: Channel, words: str, thread_ts: str | None) -> Ack:
        name, _, text = words.partition(" ")
        command = self._state.manifest.commands.get(name)
        if thread_ts is not None:
            self._messages.by_slackbot(person, channel, f"`{name}` is not supported in threads. Sorry!", thread_ts)
            return NO_ACK
        if command is None:
            hint = "In Slack, all messages that start with the “/” character are interpreted as commands."
            self._messages.by_slackbot(person, channel, f"`{name}` is not a valid command. {hint}")
            return NO_ACK
        text = self._messages.typed(text.strip()) if command.should_escape else text.strip()
        handles = {
            "response_url": self._response_url("commands", ResponseUrl(person.id, channel.id, self._state.clock())),
            "trigger_id": self._handles.new_trigger(person.id),
        }
        payload = command_payload(self._state, person, channel, name, text=text, handles=handles)
        ack = await self._delivery.send("slash_commands", payload, answerable=True)
        if ack.error:
            self._messages.by_slackbot(person, channel, _command_failed(name, ack.error))
        elif ack.body:
            self._answer_command(person, channel, name, ack.body)
        return ack

    def _answer_command(self, person: Person, channel: Channel, name: str, body: Any) -> None:
        """Show what the app said in its acknowledgement."""
        said = {"text": body} if isinstance(body, str) else body
        try:
            self.respond(ResponseUrl(person.id, channel.id, self._state.clock()), said)
        except SlackError as error:
            self.complaints.append(f"the answer in {name}'s acknowledgement: {error.code} {error.extra}")
            self._messages.by_slackbot(person, channel, _command_failed(name, "invalid_command_response"))

    async def edits(self, person: Person, message: Message, words: str) -> Ack:
        """Change one's own words."""
        if message.author_id != person.id:
            raise SlackError("cant_update_message")
        before = message_json(self._state, message)
        self._messages.retype(message, words)
        return await self._delivery.event(message_event(self._state, message, "message_changed", before)) or NO_ACK

    async def deletes(self, person: Person, message: Message) -> Ack:
        """Take away one's own words, or as an admin anybody's."""
        if message.author_id != person.id and not person.admin:
            raise SlackError("cant_delete_message")
        self._messages.delete(message)
        return await self._delivery.event(message_event(self._state, message, "message_deleted")) or NO_ACK

    # ── shortcuts ───────────────────────────────────────────────────────────

    async def shortcut(self, person: Person, callback_id: str, message: Message | None = None) -> Ack:
        """Use a shortcut of the app: a global one, or one at a message that everybody sees."""
        kind = "message" if message else "global"
        known = {shortcut.callback_id for shortcut in self._state.manifest.shortcuts if shortcut.kind == kind}
        if callback_id not in known or (message and message.ephemeral):
            raise LookupError(f"no {kind} shortcut {callback_id!r} here; shortcuts: {sorted(known)}")
        payload = interaction(self._state, person, "message_action" if message else "shortcut") | {
            "callback_id": callback_id,
            "trigger_id": self._handles.new_trigger(person.id),
            "action_ts": self._state.new_ts(),
        }
        if message:
            payload |= self._at_message(person, message)
        return await self._delivery.send("interactive", payload)

    def _at_message(self, person: Person, message: Message) -> Json:
        """What a shortcut at a message tells of it."""
        channel = self._state.channels[message.channel_id]
        url = ResponseUrl(person.id, channel.id, self._state.clock(), thread_ts=message.thread_ts)
        return {
            "message_ts": message.ts,
            "message": message_json(self._state, message),
            "channel": {"id": channel.id, "name": channel_label(self._state, channel)},
            "response_url": self._response_url("app", url),
        }

    # ── response_url ────────────────────────────────────────────────────────

    def respond(self, url: ResponseUrl, said: Json) -> None:
        """Do what the app asks through a response URL."""
        channel = self._state.channels[url.channel_id]
        origin = channel.find(url.origin_ts) if url.origin_ts else None
        if said.get("delete_original"):
            if origin is None:
                raise SlackError("message_not_found")
            self._messages.delete(origin)
            return
        if said.get("replace_original") and origin is not None:
            checked = check_content(self._files, said.get("text") or "", said.get("blocks"))
            self._messages.rewrite(
                origin, said.get("text") or "", checked, mark_edited=not origin.ephemeral and not checked
            )
            return
        in_channel = said.get("response_type") == "in_channel"
        above = channel.find(said.get("thread_ts") or url.thread_ts or "")
        self._messages.by_bot(
            channel,
            said.get("text") or "",
            said.get("blocks"),
            thread_ts=above.root_ts if above else None,
            visible_to=None if in_channel else url.person_id,
        )

    def _response_url(self, kind: str, url: ResponseUrl) -> str:
        return f"{self._base_url}/{kind}/{self._handles.new_url(url)}"

    # ── presses ─────────────────────────────────────────────────────────────

    async def press(self, person: Person, message: Message, block: Json, element: Json, raw: Any = None) -> Ack:
        """Operate a control of a message: press a button, choose an option."""
        if forms.has_state(element):
            message.chosen.setdefault(person.id, {})[block["block_id"], element["action_id"]] = raw
        message.trouble.discard(person.id)
        filled = message.chosen.get(person.id, {})
        payload = self._press_payload(person, message, forms.values(message.blocks, filled))
        payload["actions"] = [self._action(block, element, raw)]
        return await self._send_press(person, message, payload)

    async def press_raw(self, person: Person, message: Message, action: Json) -> Ack:
        """Send a press that the page would not offer, as a forger might."""
        payload = self._press_payload(person, message, {})
        payload["actions"] = [{"action_ts": self._state.new_ts(), **action}]
        return await self._send_press(person, message, payload)

    def _press_payload(self, person: Person, message: Message, values: Json) -> Json:
        state = self._state
        channel = state.channels[message.channel_id]
        url = ResponseUrl(person.id, channel.id, state.clock(), message.ts, message.thread_ts)
        container: Json = {
            "type": "message",
            "message_ts": message.ts,
            "channel_id": channel.id,
            "is_ephemeral": message.ephemeral,
        }
        if message.thread_ts:
            container["thread_ts"] = message.thread_ts
        payload = interaction(state, person, "block_actions") | {
            "container": container,
            "trigger_id": self._handles.new_trigger(person.id),
            "channel": {"id": channel.id, "name": channel_label(state, channel)},
            "state": {"values": values},
            "response_url": self._response_url("actions", url),
        }
        # Slack does not hand the content of ephemeral messages back.
        return payload if message.ephemeral else payload | {"message": message_json(state, message, with_metadata=True)}

    async def _send_press(self, person: Person, message: Message, payload: Json) -> Ack:
        ack = await self._delivery.send("interactive", payload)
        if ack.error:
            message.trouble.add(person.id)
            self._state.touch(message)
        return ack

    async def press_in_view(self, person: Person, view: View, block: Json, element: Json, raw: Any = None) -> Ack:
        """Operate a control of a modal or of the Home tab."""
        if forms.has_state(element):
            view.filled[block["block_id"], element["action_id"]] = raw
        payload = interaction(self._state, person, "block_actions") | {
            "container": {"type": "view", "view_id": view.id},
            "trigger_id": self._handles.new_trigger(person.id),
            "view": self._views.as_json(view),
            "actions": [self._action(block, element, raw)],
        }
        ack = await self._delivery.send("interactive", payload)
        view.trouble = bool(ack.error)
        if ack.error:
            self._view_changed(view)
        return ack

    def _action(self, block: Json, element: Json, raw: Any) -> Json:
        """One entry of `actions`."""
        kept = ("type", "action_id", "text", "value", "style", "placeholder", "confirm")
        started = ("initial_option", "initial_options", "initial_date", "initial_time")
        action = {key: element[key] for key in kept + started if key in element}
        action |= {"block_id": block["block_id"], "action_ts": self._state.new_ts()}
        if element["type"] == "overflow" or forms.has_state(element):
            action |= forms.element_state(element, raw)
        return action

    # ── modals ──────────────────────────────────────────────────────────────

    async def submit(self, person: Person, view: View) -> Ack | None:
        """Submit a modal. None when Slack's own client already refuses; `view.errors` says why."""
        view.errors = forms.problems(view.payload["blocks"], view.filled)
        if view.errors:
            self._view_changed(view)
            return None
        view.trouble = False
        payload = interaction(self._state, person, "view_submission") | {
            "trigger_id": self._handles.new_trigger(person.id),
            "view": self._views.as_json(view),
            "response_urls": [],
        }
        ack = await self._delivery.send("interactive", payload, answerable=True)
        if ack.error:
            view.trouble = True
            self._view_changed(view)
            return ack
        try:
            self._after_submit(view, ack.body or {})
        except SlackError as error:
            self.complaints.append(f"the answer to a submission: {error.code} {error.extra}")
            view.trouble = True
        self._view_changed(view)
        return ack

    def _after_submit(self, view: View, answer: Json) -> None:
        action = answer.get("response_action") if isinstance(answer, dict) else None
        if not answer:
            self._views.close(view)
        elif action == "clear":
            self._views.clear(view.person_id)
        elif action == "update":
            self._views.update(view, answer.get("view") or {})
        elif action == "push":
            self._views.push(view.person_id, answer.get("view") or {})
        elif action == "errors":
            view.errors = self._checked_errors(view, answer.get("errors"))
        else:
            raise SlackError("unknown_response_action", got=answer)

    def _checked_errors(self, view: View, errors: Any) -> dict[str, str]:
        """Errors must name input blocks of this view, or Slack shows none of them."""
        inputs = {block["block_id"] for block, _ in controls(view.payload["blocks"]) if block["type"] == "input"}
        if not isinstance(errors, dict) or not errors or set(errors) - inputs:
            raise SlackError("invalid_errors", got=errors, input_blocks=sorted(inputs))
        if not all(isinstance(error, str) and error for error in errors.values()):
            raise SlackError("invalid_errors", got=errors)
        return dict(errors)

    async def close(self, person: Person, view: View, *, everything: bool = False) -> None:
        """Close a modal without submitting it."""
        shown = self._views.as_json(view)
        if everything:
            self._views.clear(person.id)
        else:
            self._views.close(view)
        if view.payload["notify_on_close"]:
            payload = interaction(self._state, person, "view_closed") | {
                "view": shown,
                "is_cleared": everything,
            }
            await self._delivery.send("interactive", payload)

    def _view_changed(self, view: View) -> None:
        self._state.feed.publish(Change("home" if view.type == "home" else "view", person_id=view.person_id))

    # ── the app's tabs ──────────────────────────────────────────────────────

    async def opens_tab(self, person: Person, tab: str) -> Ack | None:
        """Open the app's Home or Messages tab."""
        home = self._state.homes.get(person.id)
        shown = self._views.as_json(home) if home else None
        return await self._delivery.event(home_event(self._state, person, tab, shown))


def _command_failed(name: str, error: str) -> str:
    if error == "operation_timeout":
        return f"{name} failed because the app did not respond. (operation_timeout)"
    return f'{name} failed with the error "{error}"'
