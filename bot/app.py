"""Builds the Slack app: who is asking, which listener answers, and what happens when something fails."""

from __future__ import annotations

import json
import logging
import secrets
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from slack_bolt import Ack, App, BoltContext, BoltRequest, BoltResponse
from slack_bolt.listener.listener_completion_handler import ListenerCompletionHandler
from slack_bolt.listener.listener_start_handler import ListenerStartHandler
from structlog.contextvars import bind_contextvars, clear_contextvars

from bot import errors
from bot.desk import Desk, Visit, request_key
from bot.listeners import LISTENERS, home
from bot.views.kit import Message
from core.errors import Busy, Refusal, Unwritable

log = logging.getLogger(__name__)

WORKERS = 32  # Bolt's own five leave commands unacknowledged as soon as the database is slow

Body = dict[str, Any]


def build_app(desk: Desk, *, signing_secret: str | None = None, executor: ThreadPoolExecutor | None = None) -> App:
    """The app, not yet listening. Without a signing secret it takes Socket Mode only.

    Listeners run on `executor`, so that whoever stops the app can wait for them.
    """
    app = App(
        client=desk.client,
        signing_secret=signing_secret or secrets.token_hex(),
        token_verification_enabled=False,  # the desk could not have been made without a working token
        listener_executor=executor or ThreadPoolExecutor(WORKERS, thread_name_prefix="listener"),
    )
    app.use(_welcome(desk))
    app.error(_apologise)
    app.listener_runner.listener_start_handler = _Begins()
    app.listener_runner.listener_completion_handler = _Ends()
    for listener in LISTENERS:
        listener.register(app, desk)
    return app


def _welcome(desk: Desk) -> Callable[..., Any]:
    """Acknowledge first, and make the visit. Forms are acknowledged by their listener, with their outcome."""

    def welcome(body: Body, context: BoltContext, ack: Ack, next_: Callable[[], BoltResponse]) -> BoltResponse:
        if body.get("type") != "view_submission":
            ack()
        if _is_of_another_team(desk, body):
            log.warning("a request of another workspace was left alone")
            return BoltResponse(status=200)
        context["visit"] = _visit(desk, body, context)
        return next_()

    return welcome


def _is_of_another_team(desk: Desk, body: Body) -> bool:
    """A deployment serves one workspace; in a channel shared with another, that one's people write to its own app."""
    team = body.get("team_id") or (body.get("team") or {}).get("id")
    return team is not None and team != desk.organization.slack_id


class _Begins(ListenerStartHandler):
    """From here on, whatever this thread logs carries the request's number."""

    def handle(self, request: BoltRequest, response: BoltResponse | None) -> None:  # noqa: ARG002 - Bolt's signature
        visit: Visit | None = request.context.get("visit")
        if visit is not None:
            bind_contextvars(request=visit.key[:12])


class _Ends(ListenerCompletionHandler):
    """One line for each command, press and form."""

    def handle(self, request: BoltRequest, response: BoltResponse | None) -> None:  # noqa: ARG002 - Bolt's signature
        visit: Visit | None = request.context.get("visit")
        if visit is not None:
            took = round((time.monotonic() - visit.received_at) * 1000)
            log.info("answered", extra={"story": visit.story, "outcome": visit.outcome, "ms": took})
        clear_contextvars()


def _visit(desk: Desk, body: Body, context: BoltContext) -> Visit:
    now, slack_id = desk.clock(), context.user_id or ""
    visit = Visit(
        desk,
        slack_id,
        key=_key(body),
        now=now,
        speak=lambda _message, _keep: None,
        place=_place(body),
        trigger_id=body.get("trigger_id"),
        response_url=body.get("response_url", ""),
        hurried=body.get("type") == "view_submission",
        story=_story(body),
    )
    visit.speak = _speaker(visit, body)
    return visit


def _place(body: Body) -> str:
    container, event = body.get("container", {}), body.get("event", {})
    return str(body.get("channel_id") or container.get("channel_id") or event.get("channel") or "")


def _story(body: Body) -> str:
    """Our own names of what was done; what was typed is named once it is read."""
    match body.get("type"):
        case "block_actions":
            return f"press {body['actions'][0].get('action_id')}"
        case "view_submission":
            return f"form {body['view'].get('callback_id')}"
        case "event_callback":
            return f"event {body['event'].get('type')}"
        case kind:
            return str(kind or "command")


def _key(body: Body) -> str:
    """What stays the same when Slack delivers a request again."""
    match body.get("type"):
        case "block_actions":
            action, container = body["actions"][0], body.get("container", {})
            place = container.get("message_ts") or container.get("view_id")
            return request_key("press", place, action.get("action_id"), action.get("value"), body["user"]["id"])
        case "view_submission":
            return request_key("form", body["view"]["id"])
        case "event_callback":
            event = body["event"]
            return request_key("event", event.get("channel"), event.get("ts") or body.get("event_id"))
        case _:
            return request_key("command", body.get("trigger_id"))


def _speaker(visit: Visit, body: Body) -> Callable[[Message, bool], Any]:
    """How this person is answered."""
    if body.get("type") == "block_actions" and body.get("container", {}).get("type") == "view":
        return lambda message, _keep: home.publish(visit, answer=message)
    if body.get("type") == "event_callback":
        return _speaker_in(visit, body["event"])
    if visit.response_url:
        replace = _is_theirs(body)
        return lambda message, keep: visit.answer_at(visit.response_url, message, replace=replace and not keep)
    return lambda message, _keep: visit.answer_directly(message)


def _is_theirs(body: Body) -> bool:
    """Whether a pressed message is for this person alone, so that the answer may take its place."""
    container = body.get("container", {})
    return bool(container.get("is_ephemeral")) or str(container.get("channel_id", "")).startswith("D")


def _speaker_in(visit: Visit, event: Body) -> Callable[[Message, bool], Any]:
    """In a direct message openly; in a channel, beside the mention, for that person's eyes only."""
    client, channel = visit.desk.client, event.get("channel", "")
    if event.get("channel_type") == "im":
        return lambda message, _keep: client.chat_postMessage(channel=channel, **message.as_arguments())
    thread = {"thread_ts": event["thread_ts"]} if "thread_ts" in event else {}
    return lambda message, _keep: client.chat_postEphemeral(
        channel=channel, user=visit.slack_id, **thread, **message.as_arguments()
    )


def _apologise(error: Exception, context: BoltContext, body: Body) -> BoltResponse | None:
    """The one error handler: a refusal is worded, anything else gets an id that stands in the log as well."""
    visit: Visit | None = context.get("visit")
    if visit is None:
        log.error("no visit", exc_info=error)
        return None
    database_failed = isinstance(error, Busy | Unwritable)
    # Failing after a change it does not mean that nothing was done.
    if isinstance(error, Refusal) and not (database_failed and visit.has_changed):
        visit.outcome = type(error).__name__
        if visit.hurried and context.ack.response is None:
            return _form_error(errors.words(error, visit.default_reader), body)
        reader = visit.reader_if_known if database_failed else visit.reader
        visit.answer(errors.answer(error, reader), keep=database_failed)
        return None
    incident = secrets.token_hex(4)
    visit.outcome = f"incident {incident}"
    log.error("incident %s", incident, exc_info=error)
    if visit.hurried and context.ack.response is None:
        return _form_error(errors.unexpected_words(incident, visit.default_reader), body)
    visit.answer(errors.unexpected(incident, visit.default_reader), keep=True)
    return None


def _form_error(words: str, body: Body) -> BoltResponse:
    """Said at the form's first field: whatever was filled in stays."""
    first = next(block["block_id"] for block in body["view"]["blocks"] if block["type"] == "input")
    return BoltResponse(
        status=200,
        body=json.dumps({"response_action": "errors", "errors": {first: words}}),
        headers={"Content-Type": "application/json"},
    )
