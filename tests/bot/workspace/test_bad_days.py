"""Slack and the app on a bad day: lateness, retries, lost connections, failing calls."""

from __future__ import annotations

import json
import socket
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.error import URLError

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.socket_mode import SocketModeClient
from slack_sdk.socket_mode.response import SocketModeResponse

from tests.bot.workspace import hello_app

if TYPE_CHECKING:
    from collections.abc import Iterator

    from slack_sdk.socket_mode.request import SocketModeRequest

    from bot.workspace import Workspace


@pytest.fixture(params=["socket", "http"])
def hello(request: pytest.FixtureRequest, slack: Workspace) -> Iterator[Workspace]:
    slack.ack_seconds = 60
    connect = hello_app.by_socket if request.param == "socket" else hello_app.by_http
    with connect(slack):
        yield slack


def test_a_late_command_is_shown_as_failed(hello: Workspace) -> None:
    alice = hello.person("alice")

    hello.ack_seconds = 0.5
    ack = alice.types("#gpu", "/gpu silent")

    assert ack.late
    shown = alice.waits_for("#gpu", "/gpu failed because the app did not respond")
    assert shown.author == "Slackbot"
    assert "operation_timeout" in shown.words


def test_a_press_without_an_answer_shows_the_triangle(hello: Workspace) -> None:
    alice = hello.person("alice")
    alice.types("#gpu", "/gpu x")
    message = alice.waits_for("#gpu", "hello x")

    hello.ack_seconds = 0.5
    assert message.press("Hang").late
    assert message.trouble
    hello.ack_seconds = 60
    message.press("Again")
    assert not message.trouble


def test_a_submission_without_an_answer_leaves_the_form_open(hello: Workspace) -> None:
    alice = hello.person("alice")
    alice.types("#gpu", "/gpu form")
    form = alice.waits_for_form("Say hello")
    form.fill("To whom", "nobody listens")

    hello.ack_seconds = 0.5
    form.submit()

    assert form.trouble == "We had some trouble connecting. Try again?"
    assert form.open
    assert form.values["To whom"] == "nobody listens"


def test_errors_for_unknown_fields_are_trouble_and_leave_a_complaint(hello: Workspace) -> None:
    alice = hello.person("alice")
    alice.types("#gpu", "/gpu form")
    form = alice.waits_for_form("Say hello")
    form.fill("To whom", "wrong field")

    assert form.submit() == {}
    assert form.trouble
    assert "no_such_block" in hello.complaints[0]


def test_submitting_twice_reaches_the_app_twice(hello: Workspace) -> None:
    alice = hello.person("alice")
    alice.types("#gpu", "/gpu form")
    form = alice.waits_for_form("Say hello")
    form.fill("To whom", "Bob")

    form.submit_twice()

    hello.settle(lambda: [m.text for m in alice.sees("@gpu")] == ["hello Bob ", "hello Bob "])


def test_the_last_delivery_can_come_again(hello: Workspace) -> None:
    alice = hello.person("alice")
    alice.types("#gpu", "/gpu x")
    alice.waits_for("#gpu", "hello x")

    hello.deliver_again()

    hello.settle(lambda: [m.words[:7] for m in alice.sees("#gpu")] == ["hello x", "hello x"])


def test_an_event_that_nobody_took_comes_again_after_a_reconnect(slack: Workspace) -> None:
    slack.retry_after = (0.0, 0.1)
    alice = slack.person("alice")

    alice.types("@gpu", "is anybody there?")
    with hello_app.by_socket(slack):
        alice.waits_for("@gpu", "you said is anybody there?")


def test_the_app_is_asked_to_reconnect_and_does(slack: Workspace) -> None:
    alice = slack.person("alice")
    with hello_app.by_socket(slack):
        slack.disconnect_sockets("refresh_requested")
        slack.wait_connected()
        alice.types("#gpu", "/gpu still here")
        alice.waits_for("#gpu", "hello still here")


def test_several_connections_take_turns(slack: Workspace) -> None:
    alice = slack.person("alice")
    with hello_app.by_socket(slack), hello_app.by_socket(slack):
        slack.settle(lambda: slack.connections == 2)
        for number in range(4):
            alice.types("#gpu", f"/gpu n{number}")
            alice.waits_for("#gpu", f"hello n{number}")


def test_events_not_in_the_manifest_are_not_delivered(slack: Workspace) -> None:
    slack.person("alice").types("#general", "nobody asked for channel messages")

    assert slack.delivered == []


def test_forged_presses_reach_the_app_as_sent(hello: Workspace) -> None:
    alice, minjun = hello.person("alice"), hello.person("minjun")
    alice.types("#gpu", "/gpu tell all of us")
    message = alice.waits_for("#gpu", "all of us")

    message.press_raw("replace", "stolen", as_person=minjun)

    assert alice.waits_for("#gpu", "replaced").ts == message.ts
    assert hello.delivered[-1].payload["user"]["id"] == minjun.id


# ── the Web API ─────────────────────────────────────────────────────────────


@pytest.fixture
def web(slack: Workspace) -> WebClient:
    return WebClient(slack.bot_token, base_url=slack.api_url, retry_handlers=[])


def test_a_call_can_be_refused_for_a_while(slack: Workspace, web: WebClient) -> None:
    channel = slack.channel_id("#gpu")
    slack.fail("chat.postMessage", status=429, retry_after=2)
    slack.fail("chat.postMessage", status=500)
    slack.fail("chat.postMessage", error="channel_not_found", times=2)

    seen = []
    for _ in range(5):
        try:
            web.chat_postMessage(channel=channel, text="hi")
        except SlackApiError as error:
            seen.append((error.response.status_code, error.response.headers.get("Retry-After")))
    assert seen == [(429, "2"), (500, None), (200, None), (200, None)]
    assert [(call.status, call.error) for call in slack.calls][-1] == (200, "")
    assert len(slack.person("alice").sees("#gpu")) == 1


def test_a_reset_takes_the_message_and_breaks_the_connection(slack: Workspace, web: WebClient) -> None:
    slack.fail("chat.postMessage", reset=True)

    with pytest.raises((URLError, ConnectionResetError)):
        web.chat_postMessage(channel=slack.channel_id("#gpu"), text="taken")

    assert slack.person("alice").waits_for("#gpu", "taken")


def test_an_answer_takes_as_long_as_is_set(slack: Workspace, web: WebClient) -> None:
    slack.answer_seconds = 0.2

    began = time.monotonic()
    web.chat_postMessage(channel=slack.channel_id("#gpu"), text="in no hurry")

    assert time.monotonic() - began >= 0.2
    assert slack.person("alice").sees("#gpu")


def test_silence_takes_nothing(slack: Workspace, web: WebClient) -> None:
    slack.fail("chat.postMessage", hang=300)
    web.timeout = 1

    with pytest.raises((TimeoutError, URLError)):
        web.chat_postMessage(channel=slack.channel_id("#gpu"), text="lost")

    assert slack.person("alice").sees("#gpu") == []
    started = time.monotonic()
    slack.stop()
    assert time.monotonic() - started < 60


# ── retries, seen from below Bolt ───────────────────────────────────────────


def test_an_unacknowledged_event_comes_again_with_a_retry_mark(slack: Workspace) -> None:
    slack.ack_seconds, slack.retry_after = 0.2, (0.0,)
    seen: list[tuple[str, int | None, str | None]] = []

    def listen(client: Any, request: SocketModeRequest) -> None:
        seen.append((request.envelope_id, request.retry_attempt, request.retry_reason))
        if request.retry_attempt:
            client.send_socket_mode_response(SocketModeResponse(envelope_id=request.envelope_id))

    web = WebClient(slack.bot_token, base_url=slack.api_url)
    client = SocketModeClient(slack.app_token, web_client=web)
    client.proxy = None
    client.socket_mode_request_listeners.append(listen)
    client.connect()
    try:
        slack.wait_connected()
        assert slack.person("alice").types("@gpu", "hello?").late
        slack.settle(lambda: len(seen) == 2)
    finally:
        client.close()

    (first, number, _), (second, again, reason) = seen
    assert first == second
    assert (number, again, reason) == (0, 1, "timeout")


def test_a_failed_event_comes_again_over_http(slack: Workspace) -> None:
    slack.retry_after = (0.0,)
    seen: list[tuple[str | None, str | None]] = []

    class Receiver(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if json.loads(body)["type"] != "url_verification":
                seen.append((self.headers["X-Slack-Retry-Num"], self.headers["X-Slack-Retry-Reason"]))
            self.send_response(500 if len(seen) == 1 else 200)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_args: Any) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        slack.events_url = f"http://127.0.0.1:{server.server_port}/slack/events"
        assert slack.verify_events_url()
        assert slack.person("alice").types("@gpu", "hello?").error == "http_service_error"
        slack.settle(lambda: len(seen) == 2)
    finally:
        slack.events_url = None
        server.shutdown()
        server.server_close()
        thread.join()

    assert seen == [(None, None), ("1", "http_error")]


def test_an_acknowledgement_that_slack_cannot_show(hello: Workspace) -> None:
    alice = hello.person("alice")

    alice.types("#gpu", "/gpu broken")

    assert "invalid_command_response" in alice.waits_for("#gpu", "/gpu failed").words
    assert "must be less than 76 characters" in hello.complaints[0]


def test_an_app_that_dies_in_mid_request_is_no_mistake_of_the_workspace(slack: Workspace) -> None:
    host, port = slack.url.removeprefix("http://").split(":")
    for path in ("/api/chat.postMessage", "/commands/token"):
        with socket.create_connection((host, int(port))) as dying:
            dying.sendall(f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n{{".encode())
            time.sleep(0.1)
    time.sleep(0.2)
    assert slack._mishaps == []
