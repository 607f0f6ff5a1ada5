"""A small Bolt app for the workspace's own tests: hello in every way an app can talk."""

from __future__ import annotations

import contextlib
import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import yaml
from slack_bolt import App, BoltRequest
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_sdk import WebClient

from bot.workspace.manifest import DEFAULT_PATH

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.workspace import Workspace

FORM: dict[str, Any] = {
    "type": "modal",
    "callback_id": "hello_form",
    "title": {"type": "plain_text", "text": "Say hello"},
    "submit": {"type": "plain_text", "text": "Say it"},
    "close": {"type": "plain_text", "text": "Never mind"},
    "private_metadata": "",
    "blocks": [
        {
            "type": "input",
            "block_id": "whom",
            "label": {"type": "plain_text", "text": "To whom"},
            "element": {"type": "plain_text_input", "action_id": "words"},
        },
        {
            "type": "input",
            "block_id": "how",
            "optional": True,
            "label": {"type": "plain_text", "text": "How"},
            "element": {
                "type": "multi_static_select",
                "action_id": "ways",
                "options": [
                    {"text": {"type": "plain_text", "text": "Loudly"}, "value": "loud"},
                    {"text": {"type": "plain_text", "text": "Kindly"}, "value": "kind"},
                ],
            },
        },
    ],
}


def with_shortcuts() -> dict[str, Any]:
    """The bot's own manifest, with two shortcuts of this app."""
    data: dict[str, Any] = yaml.safe_load(DEFAULT_PATH.read_text(encoding="utf-8"))
    names = {"global": ("Hello anywhere", "hello_anywhere"), "message": ("Hello there", "hello_there")}
    data["features"]["shortcuts"] = [
        {"type": kind, "name": name, "callback_id": callback_id, "description": "Says hello"}
        for kind, (name, callback_id) in names.items()
    ]
    return data


def section(text: str) -> dict[str, Any]:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}}


def plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text}


def options(*labels: str) -> list[dict[str, Any]]:
    return [{"text": plain(label), "value": label.lower()} for label in labels]


CONTROLS: dict[str, Any] = {
    "type": "actions",
    "block_id": "controls",
    "elements": [
        {
            "type": "static_select",
            "action_id": "pick",
            "placeholder": plain("Pick"),
            "options": options("A", "B"),
        },
        {"type": "overflow", "action_id": "more", "options": options("Keep", "Drop")},
        {"type": "radio_buttons", "action_id": "one", "options": options("Left", "Right")},
        {"type": "datetimepicker", "action_id": "moment", "initial_date_time": 4100040000},
        {
            "type": "button",
            "action_id": "end",
            "value": "end",
            "text": plain("End"),
            "style": "danger",
            "confirm": {
                "title": plain("Really?"),
                "text": {"type": "mrkdwn", "text": "It *ends* now."},
                "confirm": plain("Yes, end"),
                "deny": plain("No"),
            },
        },
    ],
}


def buttons(*labels: str) -> dict[str, Any]:
    return {
        "type": "actions",
        "elements": [
            {
                "type": "button",
                "action_id": label.lower(),
                "value": label,
                "text": {"type": "plain_text", "text": label},
            }
            for label in labels
        ],
    }


def build(slack: Workspace, **options: Any) -> App:  # noqa: C901, PLR0915 - a list of listeners
    """The app: `/gpu …` says hello, opens a form, or does as told."""
    client = WebClient(slack.bot_token, base_url=slack.api_url, proxy=None)
    app = App(client=client, signing_secret=slack.signing_secret, **options)

    @app.command("/gpu")
    def command(ack: Any, respond: Any, command: Any, client: Any) -> None:
        text = command.get("text", "")
        if text == "silent":
            return
        if text == "broken":
            ack(text="x", blocks=[buttons("x" * 76)])
            return
        if text == "quick":
            ack("quick hello")
            return
        ack()
        if text == "form":
            client.views_open(trigger_id=command["trigger_id"], view=FORM)
        elif text == "controls":
            client.chat_postMessage(channel=command["channel_id"], text="controls", blocks=[CONTROLS])
        elif text == "date":
            date = "<!date^4100040000^{date_short_pretty} {time}|Fri 4 Dec 2099, 04:00 UTC>"
            client.chat_postMessage(channel=command["channel_id"], text=date)
        elif text.startswith("tell "):
            client.chat_postMessage(channel=command["channel_id"], text=text.removeprefix("tell "))
        else:
            respond(
                text="hello",
                blocks=[section(f"*hello* {text}"), buttons("Again", "Replace", "Delete", "Hang")],
            )
        return

    @app.action("again")
    def again(ack: Any, respond: Any) -> None:
        ack()
        respond(text="hello again")

    @app.action("replace")
    def replace(ack: Any, respond: Any) -> None:
        ack()
        respond(text="replaced", replace_original=True)

    @app.action("delete")
    def delete(ack: Any, respond: Any) -> None:
        ack()
        respond(delete_original=True)

    @app.action(re.compile("^(pick|more|one|moment|end)$"))
    def chosen(ack: Any, body: Any, respond: Any) -> None:
        ack()
        action = body["actions"][0]
        shown = action.get("selected_option", {}).get("value") or action.get("selected_date_time")
        respond(text=f"chose {action['action_id']} {shown or action.get('value')}")

    @app.action("hang")
    def hang() -> None:
        """Never acknowledge."""

    @app.view("hello_form")
    def submitted(ack: Any, view: Any, client: Any, body: Any) -> None:
        whom = view["state"]["values"]["whom"]["words"]["value"]
        if whom == "nobody":
            ack(response_action="errors", errors={"whom": "There must be somebody."})
            return
        if whom == "wrong field":
            ack(response_action="errors", errors={"no_such_block": "Nobody sees this."})
            return
        if whom in {"update", "push"}:
            next_form = FORM | {"title": plain(f"After {whom}")}
            ack(response_action=whom, view=next_form)
            return
        if whom == "clear":
            ack(response_action="clear")
            return
        if whom == "nobody listens":
            return
        ways = [option["value"] for option in view["state"]["values"]["how"]["ways"]["selected_options"]]
        ack()
        direct = client.conversations_open(users=body["user"]["id"])["channel"]["id"]
        client.chat_postMessage(channel=direct, text=f"hello {whom} {' '.join(ways)}")

    @app.event("app_home_opened")
    def home(event: Any, client: Any) -> None:
        if event["tab"] == "home":
            view = {"type": "home", "blocks": [section(f"Hello <@{event['user']}>"), buttons("Wave")]}
            client.views_publish(user_id=event["user"], view=view)

    @app.action("wave")
    def wave(ack: Any, body: Any, client: Any) -> None:
        ack()
        view = {"type": "home", "blocks": [section("You waved")]}
        client.views_publish(user_id=body["user"]["id"], view=view, hash=body["view"]["hash"])

    @app.event("message")
    def message(event: Any, say: Any) -> None:
        if not event.get("subtype"):
            say(f"you said {event['text']}")

    @app.shortcut("hello_anywhere")
    def anywhere(ack: Any, shortcut: Any, client: Any) -> None:
        ack()
        client.views_open(trigger_id=shortcut["trigger_id"], view=FORM)

    @app.shortcut("hello_there")
    def there(ack: Any, shortcut: Any, respond: Any) -> None:
        ack()
        respond(text=f"“{shortcut['message']['text']}” in {shortcut['channel']['name']}")

    @app.event("app_mention")
    def mention(event: Any, say: Any) -> None:
        say(text="you called?", thread_ts=event["ts"])

    return app


@contextlib.contextmanager
def by_socket(slack: Workspace, **options: Any) -> Iterator[App]:
    """The app, connected over Socket Mode."""
    app = build(slack, **options)
    handler = SocketModeHandler(app, slack.app_token)
    handler.client.proxy = None
    handler.connect()
    try:
        slack.wait_connected()
        yield app
    finally:
        # The SDK's processor looks up once a second; a last empty message lets it stop at once.
        handler.client.message_processor.event.set()
        handler.client.message_queue.put("{}")
        handler.close()


@contextlib.contextmanager
def by_http(slack: Workspace, **options: Any) -> Iterator[App]:
    """The app, behind a request URL."""
    app = build(slack, **options)

    class Receiver(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            headers = {name.lower(): [value] for name, value in self.headers.items()}
            answer = app.dispatch(BoltRequest(body=body, headers=headers))  # type: ignore[arg-type]
            self.send_response(answer.status)
            for name, values in answer.headers.items():
                self.send_header(name, values[0])
            self.end_headers()
            self.wfile.write(answer.body.encode())

        def log_message(self, *_args: Any) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    slack.events_url = f"http://127.0.0.1:{server.server_port}/slack/events"
    try:
        yield app
    finally:
        slack.events_url = None
        server.shutdown()
        server.server_close()
        thread.join()
