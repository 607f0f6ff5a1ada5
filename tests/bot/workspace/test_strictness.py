"""What Slack refuses, this workspace refuses, with the same codes."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.webhook import WebhookClient

from bot.workspace import Person, Workspace
from tests.bot.workspace import hello_app
from tests.bot.workspace.hello_app import FORM, buttons, section

if TYPE_CHECKING:
    from collections.abc import Iterator


class Clock:
    """A clock that stands still until moved."""

    def __init__(self) -> None:
        self.now = 1_780_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def slack(clock: Clock) -> Iterator[Workspace]:
    with Workspace(clock=clock) as workspace:
        workspace.ack_seconds = 0.2
        yield workspace


@pytest.fixture
def web(slack: Workspace) -> WebClient:
    return WebClient(slack.bot_token, base_url=slack.api_url, retry_handlers=[])


def refusal(call: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
    """The answer of a call that must be refused."""
    with pytest.raises(SlackApiError) as caught:
        call(*args, **kwargs)
    answer: dict[str, Any] = caught.value.response.data
    return answer


def code(call: Any, *args: Any, **kwargs: Any) -> str:
    return str(refusal(call, *args, **kwargs)["error"])


def last_payload(slack: Workspace) -> dict[str, Any]:
    return slack.delivered[-1].payload


# ── tokens and scopes ───────────────────────────────────────────────────────


def test_auth_test_says_who_the_bot_is(slack: Workspace, web: WebClient) -> None:
    answer = web.auth_test()

    assert answer["team_id"] == slack.team_id
    assert answer["user"] == "gpu"
    assert answer["url"] == slack.url + "/"
    assert "chat:write" in answer.headers["x-oauth-scopes"]


def test_tokens_are_checked(slack: Workspace, web: WebClient) -> None:
    def as_(token: str | None) -> WebClient:
        return WebClient(token, base_url=slack.api_url)

    assert code(as_("xoxb-other").auth_test) == "invalid_auth"
    assert code(as_(None).auth_test) == "not_authed"
    assert code(as_(slack.app_token).auth_test) == "not_allowed_token_type"
    assert code(web.apps_connections_open, app_token=slack.bot_token) == "not_allowed_token_type"
    slack.revoke_token()
    assert code(web.auth_test) == "token_revoked"


def test_a_method_without_its_scope_names_the_scope(web: WebClient, slack: Workspace) -> None:
    slack.state.manifest = replace(slack.state.manifest, scopes=("chat:write", "commands"))
    answer = refusal(web.conversations_info, channel=slack.channel_id("#gpu"))

    assert answer["error"] == "missing_scope"
    assert answer["needed"] == "channels:read"
    assert "chat:write" in answer["provided"]
    assert code(web.reactions_add, channel="C", name="tada", timestamp="1") == "unknown_method"


def test_unknown_conversations_and_people(slack: Workspace, web: WebClient) -> None:
    assert code(web.chat_postMessage, channel="C0NOWHERE", text="hi") == "channel_not_found"
    assert code(web.users_info, user="U0NOBODY") == "user_not_found"
    assert code(web.conversations_open, users="U0NOBODY") == "user_not_found"
    assert code(web.conversations_history, channel="C0NOWHERE") == "channel_not_found"
    slack.archive("#general")
    assert code(web.chat_postMessage, channel=slack.channel_id("#general"), text="hi") == "is_archived"
    slack.kick_bot("#gpu")
    assert code(web.chat_postMessage, channel=slack.channel_id("#gpu"), text="hi") == "not_in_channel"
    assert code(web.conversations_history, channel=slack.channel_id("#gpu")) == "not_in_channel"


def test_users_info_tells_zone_language_and_flags() -> None:
    people = [
        Person("ren", "Ren", tz="Asia/Kolkata", locale="ja-JP", guest=True),
        Person("old", "Old Account", deleted=True),
        Person("far", "Far Away", connected=True),
    ]
    with Workspace(people=people) as slack:
        web = WebClient(slack.bot_token, base_url=slack.api_url)
        ren = web.users_info(user=slack.user_id("ren"), include_locale=True)["user"]
        assert (ren["tz"], ren["tz_offset"], ren["locale"]) == ("Asia/Kolkata", 19800, "ja-JP")
        assert ren["is_restricted"]
        assert "locale" not in web.users_info(user=slack.user_id("ren"))["user"]
        assert web.users_info(user=slack.user_id("old"))["user"]["deleted"]
        assert web.users_info(user=slack.user_id("far"))["user"]["team_id"] != slack.team_id
        assert web.users_info(user=web.auth_test()["user_id"])["user"]["is_bot"]


# ── messages ────────────────────────────────────────────────────────────────


def test_messages_may_not_be_empty_or_endless(slack: Workspace, web: WebClient) -> None:
    channel = slack.channel_id("#gpu")

    nothing = {"channel": channel, "text": ""}
    assert code(web.api_call, "chat.postMessage", params=nothing) == "no_text"
    assert code(web.chat_postMessage, channel=channel, text="x" * 40_001) == "msg_too_long"
    said = web.chat_postMessage(channel=channel, text="x")["ts"]
    assert code(web.chat_update, channel=channel, ts=said, text="x" * 4_001) == "msg_too_long"
    assert code(web.chat_update, channel=channel, ts="1.2", text="x") == "message_not_found"
    typed = slack.person("alice")
    typed.types("#gpu", "mine")
    assert code(web.chat_update, channel=channel, ts=typed.sees("#gpu")[-1].ts, text="x") == "cant_update_message"


def test_ephemeral_messages_cannot_be_updated_or_found(slack: Workspace, web: WebClient) -> None:
    channel, alice = slack.channel_id("#gpu"), slack.person("alice")
    ts = web.chat_postEphemeral(channel=channel, user=alice.id, text="psst")["message_ts"]

    assert alice.waits_for("#gpu", "psst").ephemeral
    assert code(web.chat_update, channel=channel, ts=ts, text="x") == "message_not_found"
    assert web.conversations_history(channel=channel)["messages"] == []
    assert code(web.chat_postEphemeral, channel=channel, user="U0NOBODY", text="x") == "user_not_in_channel"


def test_edited_is_marked_for_words_but_not_for_blocks(slack: Workspace, web: WebClient) -> None:
    channel, alice = slack.channel_id("#gpu"), slack.person("alice")
    ts = web.chat_postMessage(channel=channel, text="one")["ts"]

    web.chat_update(channel=channel, ts=ts, text="two", blocks=[section("two")])
    assert not alice.waits_for("#gpu", "two").edited
    web.chat_update(channel=channel, ts=ts, text="three")
    assert alice.waits_for("#gpu", "three").edited


def test_what_cannot_be_edited(slack: Workspace, web: WebClient, clock: Clock) -> None:
    gpu = slack.channel_id("#gpu")
    slack.person("alice").types("#gpu", "mine")
    hers = slack.person("alice").sees("#gpu")[0].ts
    ours = web.chat_postMessage(channel=gpu, text="first")["ts"]
    assert code(web.chat_update, channel=gpu, ts=hers, text="ours now") == "cant_update_message"
    assert code(web.chat_delete, channel=gpu, ts=hers) == "cant_delete_message"
    assert code(web.chat_update, channel=gpu, ts="1.2", text="nowhere") == "message_not_found"

    slack.edit_window = 60
    clock.now += 59
    web.chat_update(channel=gpu, ts=ours, text="second")
    clock.now += 2
    assert code(web.chat_update, channel=gpu, ts=ours, text="third") == "edit_window_closed"
    slack.edit_window = None

    slack.person("alice").sees("#gpu")[1].delete()
    assert code(web.chat_update, channel=gpu, ts=ours, text="third") == "message_not_found"
    last = web.chat_postMessage(channel=gpu, text="last")["ts"]
    slack.archive("#gpu")
    assert code(web.chat_update, channel=gpu, ts=last, text="later") == "is_inactive"


@pytest.mark.parametrize("change", [{"name": "x" * 25}, {"type": "both"}, {"description": ""}])
def test_shortcuts_that_slack_would_not_take(change: dict[str, str]) -> None:
    manifest = hello_app.with_shortcuts()
    manifest["features"]["shortcuts"][0] |= change
    with pytest.raises(ValueError, match="shortcut"):
        Workspace(manifest=manifest)


def test_metadata_comes_back_when_asked_for(slack: Workspace, web: WebClient) -> None:
    channel = slack.channel_id("#gpu")
    metadata = {"event_type": "notice", "event_payload": {"id": 7}}
    web.chat_postMessage(channel=channel, text="hi", metadata=metadata)

    assert "metadata" not in web.conversations_history(channel=channel)["messages"][0]
    found = web.conversations_history(channel=channel, include_all_metadata=True)["messages"][0]
    assert found["metadata"] == metadata
    bad = {"event_type": "", "event_payload": {}}
    assert code(web.chat_postMessage, channel=channel, text="x", metadata=bad) == "invalid_metadata_format"


def test_history_is_cut_into_pages(slack: Workspace, web: WebClient) -> None:
    channel = slack.channel_id("#gpu")
    for number in range(5):
        web.chat_postMessage(channel=channel, text=f"n{number}")

    first = web.conversations_history(channel=channel, limit=2)
    second = web.conversations_history(channel=channel, limit=2, cursor=first["response_metadata"]["next_cursor"])
    assert [m["text"] for m in first["messages"] + second["messages"]] == ["n4", "n3", "n2", "n1"]
    middle = second["messages"][0]["ts"]
    older = web.conversations_history(channel=channel, latest=middle)["messages"]
    assert [m["text"] for m in older] == ["n1", "n0"]
    newer = web.conversations_history(channel=channel, oldest=middle, inclusive=True)["messages"]
    assert [m["text"] for m in newer] == ["n4", "n3", "n2"]
    assert code(web.conversations_history, channel=channel, cursor="made up") == "invalid_cursor"


def test_who_is_woken(slack: Workspace, web: WebClient) -> None:
    channel, alice = slack.channel_id("#gpu"), slack.person("alice")

    def woken(text: str) -> set[str]:
        web.chat_postMessage(channel=channel, text=text)
        return alice.sees("#gpu")[-1].notified

    assert woken(f"hello <@{alice.id}>") == {"alice"}
    assert woken("hello <!channel>") == {"alice", "haruka", "minjun"}
    assert woken("a purpose of &lt;!channel&gt; wakes nobody") == set()
    assert woken("`<!here>`") == set()


def test_one_message_a_second_when_rate_limited(slack: Workspace, web: WebClient, clock: Clock) -> None:
    slack.rate_limited = True
    channel = slack.channel_id("#gpu")
    web.chat_postMessage(channel=channel, text="one")

    with pytest.raises(SlackApiError) as caught:
        web.chat_postMessage(channel=channel, text="two")
    assert caught.value.response.status_code == 429
    assert caught.value.response.headers["Retry-After"] == "1"
    web.chat_postMessage(channel=slack.channel_id("#general"), text="elsewhere")
    clock.now += 1
    web.chat_postMessage(channel=channel, text="two")


# ── blocks ──────────────────────────────────────────────────────────────────

LONG_BUTTON = buttons("x" * 76)
TWINS = {
    "type": "actions",
    "elements": [
        {"type": "button", "action_id": "a", "text": {"type": "plain_text", "text": "A"}},
        {"type": "button", "action_id": "a", "text": {"type": "plain_text", "text": "B"}},
    ],
}
OVERFLOW = {
    "type": "overflow",
    "options": [{"text": {"type": "plain_text", "text": str(n)}, "value": str(n)} for n in range(6)],
}


@pytest.mark.parametrize(
    ("block", "problem"),
    [
        (section("x" * 3001), "must be less than 3001 characters [json-pointer:/blocks/0/text/text]"),
        (section(""), "must be more than 0 characters [json-pointer:/blocks/0/text/text]"),
        ({"type": "section"}, "missing required field: text [json-pointer:/blocks/0]"),
        (
            {"type": "header", "text": {"type": "mrkdwn", "text": "no"}},
            "unsupported type: mrkdwn [json-pointer:/blocks/0/text/type]",
        ),
        (
            {"type": "header", "text": {"type": "plain_text", "text": "x" * 151}},
            "must be less than 151 characters [json-pointer:/blocks/0/text/text]",
        ),
        ({"type": "fanfare"}, "unsupported type: fanfare [json-pointer:/blocks/0/type]"),
        ({"type": "divider", "colour": 1}, "invalid additional property: colour [json-pointer:/blocks/0]"),
        (LONG_BUTTON, "must be less than 76 characters [json-pointer:/blocks/0/elements/0/text/text]"),
        (buttons(*map(str, range(26))), "no more than 25 items allowed [json-pointer:/blocks/0/elements]"),
        (TWINS, "`action_id` a already exists for this block [json-pointer:/blocks/0/elements]"),
        (
            {"type": "context", "elements": [{"type": "mrkdwn", "text": "x"}] * 11},
            "no more than 10 items allowed [json-pointer:/blocks/0/elements]",
        ),
        (
            section("x") | {"accessory": OVERFLOW},
            "no more than 5 items allowed [json-pointer:/blocks/0/accessory/options]",
        ),
        (
            section("x") | {"accessory": {"type": "plain_text_input", "action_id": "a"}},
            "unsupported type: plain_text_input [json-pointer:/blocks/0/accessory/type]",
        ),
        (
            {"type": "section", "fields": [{"type": "mrkdwn", "text": "x"}] * 11},
            "no more than 10 items allowed [json-pointer:/blocks/0/fields]",
        ),
    ],
)
def test_blocks_that_slack_refuses(slack: Workspace, web: WebClient, block: dict[str, Any], problem: str) -> None:
    answer = refusal(web.chat_postMessage, channel=slack.channel_id("#gpu"), text="x", blocks=[block])

    assert answer["error"] == "invalid_blocks"
    assert answer["response_metadata"]["messages"] == [f"[ERROR] {problem}"]


def test_too_many_blocks_and_twice_the_same_id(slack: Workspace, web: WebClient) -> None:
    channel = slack.channel_id("#gpu")

    assert code(web.chat_postMessage, channel=channel, blocks=[section("x")] * 51, text="x") == "invalid_blocks"
    twins = [section("x") | {"block_id": "b"}] * 2
    assert code(web.chat_postMessage, channel=channel, blocks=twins, text="x") == "invalid_blocks"
    web.chat_postMessage(channel=channel, blocks=[section("x")] * 50, text="x")


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (
            {"title": {"type": "plain_text", "text": "x" * 25}},
            "must be less than 25 characters [json-pointer:/view/title/text]",
        ),
        ({"blocks": [section("x")] * 101}, "no more than 100 items allowed [json-pointer:/view/blocks]"),
        (
            {"private_metadata": "x" * 3001},
            "must be less than 3001 characters [json-pointer:/view/private_metadata]",
        ),
        ({"type": "home"}, "value must be one of: modal [json-pointer:/view/type]"),
        ({"submit": None}, "must be an object [json-pointer:/view/submit]"),
    ],
)
def test_views_that_slack_refuses(slack: Workspace, web: WebClient, change: dict[str, Any], problem: str) -> None:
    alice = slack.person("alice")
    alice.types("#gpu", "/gpu form")

    answer = refusal(web.views_open, trigger_id=last_payload(slack)["trigger_id"], view=FORM | change)

    assert answer["error"] == "invalid_arguments"
    assert f"[ERROR] {problem}" in answer["response_metadata"]["messages"]
    assert alice.form is None


# ── handles ─────────────────────────────────────────────────────────────────


def test_a_trigger_opens_one_modal_within_three_seconds(slack: Workspace, web: WebClient, clock: Clock) -> None:
    alice = slack.person("alice")
    alice.types("#gpu", "/gpu form")
    trigger = last_payload(slack)["trigger_id"]

    assert code(web.views_open, trigger_id="made.up", view=FORM) == "invalid_trigger_id"
    web.views_open(trigger_id=trigger, view=FORM)
    assert code(web.views_open, trigger_id=trigger, view=FORM) == "exchanged_trigger_id"
    alice.types("#gpu", "/gpu form")
    clock.now += 3.1
    assert code(web.views_open, trigger_id=last_payload(slack)["trigger_id"], view=FORM) == "expired_trigger_id"


def test_a_response_url_works_five_times_for_half_an_hour(slack: Workspace, clock: Clock) -> None:
    slack.person("alice").types("#gpu", "/gpu x")
    url = WebhookClient(last_payload(slack)["response_url"])

    for _ in range(5):
        assert url.send(text="hi").status_code == 200
    sixth = url.send(text="hi")
    assert (sixth.status_code, json.loads(sixth.body)["error"]) == (404, "used_url")
    slack.person("alice").types("#gpu", "/gpu x")
    clock.now += 1801
    late = WebhookClient(last_payload(slack)["response_url"]).send(text="hi")
    assert (late.status_code, json.loads(late.body)["error"]) == (404, "expired_url")


def test_a_view_that_changed_meanwhile_is_not_overwritten(slack: Workspace, web: WebClient) -> None:
    alice = slack.person("alice")
    alice.types("#gpu", "/gpu form")
    view = web.views_open(trigger_id=last_payload(slack)["trigger_id"], view=FORM)["view"]
    form = alice.waits_for_form("Say hello")
    form.fill("To whom", "Bob")

    web.views_update(view_id=view["id"], hash=view["hash"], view=FORM)
    assert form.values["To whom"] == "Bob"
    assert code(web.views_update, view_id=view["id"], hash=view["hash"], view=FORM) == "hash_conflict"
    form.close()
    assert code(web.views_update, view_id=view["id"], view=FORM) == "not_found"


def test_three_modals_may_be_stacked(slack: Workspace, web: WebClient) -> None:
    alice = slack.person("alice")
    for call in (web.views_open, web.views_push, web.views_push):
        alice.types("#gpu", "/gpu form")
        call(trigger_id=last_payload(slack)["trigger_id"], view=FORM)
    alice.types("#gpu", "/gpu form")
    trigger = last_payload(slack)["trigger_id"]

    assert code(web.views_push, trigger_id=trigger, view=FORM) == "push_limit_reached"


# ── what people see when the app fails ──────────────────────────────────────


def test_without_an_app_a_command_fails_in_words(slack: Workspace) -> None:
    alice = slack.person("alice")

    alice.types("#gpu", "/gpu x")
    alice.types("#gpu", "/dance")

    assert alice.sees("#gpu")[0].words == '/gpu failed with the error "dispatch_failed"'
    assert "not a valid command" in alice.sees("#gpu")[1].words


def test_a_request_url_that_is_gone_or_broken(slack: Workspace) -> None:
    alice = slack.person("alice")
    slack.events_url = "http://127.0.0.1:9/slack/events"

    alice.types("#gpu", "/gpu x")

    assert "dispatch_failed" in alice.sees("#gpu")[0].words


def test_form_and_json_bodies_are_both_read(slack: Workspace) -> None:
    headers = {"Authorization": f"Bearer {slack.bot_token}"}
    args = {"channel": slack.channel_id("#gpu"), "blocks": [section("by json")]}
    with httpx.Client(base_url=slack.api_url, headers=headers, trust_env=False) as client:
        assert client.post("chat.postMessage", json=args).json()["ok"]
        form = args | {"blocks": json.dumps([section("by form")])}
        assert client.post("chat.postMessage", data=form).json()["ok"]
        bad = args | {"blocks": "{not json"}
        assert client.post("chat.postMessage", data=bad).json()["error"] == "invalid_blocks_format"

    assert [m.words for m in slack.person("alice").sees("#gpu")] == ["by json", "by form"]
    assert [call.error for call in slack.calls] == ["", "", "invalid_blocks_format"]


def test_private_channels_are_hidden_from_outsiders(slack: Workspace, web: WebClient) -> None:
    secret = slack.add_channel("#secret", private=True, bot_in=False)

    assert code(web.chat_postMessage, channel=secret, text="hi") == "channel_not_found"


def test_a_newcomer_is_in_all_public_channels(slack: Workspace, web: WebClient) -> None:
    noor = slack.add_person(Person("noor", "Noor", tz="Asia/Karachi"))
    web.chat_postMessage(channel=slack.channel_id("#gpu"), text=f"welcome <@{noor.id}>")

    assert noor.waits_for("#gpu", "welcome @Noor").notified == {"noor"}


def test_a_direct_message_can_be_addressed_by_person(slack: Workspace, web: WebClient) -> None:
    haruka = slack.person("haruka")
    by_id = web.chat_postMessage(channel=haruka.id, text="こんにちは")
    opened = web.conversations_open(users=haruka.id)["channel"]["id"]

    assert by_id["channel"] == opened
    assert haruka.waits_for("@gpu", "こんにちは").notified == {"haruka"}


PNG = b"\x89PNG\r\n\x1a\n" + b"not looked at any further"


def image(file_id: str) -> dict[str, Any]:
    return {"type": "image", "alt_text": "a week", "slack_file": {"id": file_id}}


def test_a_file_is_uploaded_in_three_steps_and_shown_when_slack_has_looked_at_it() -> None:
    with Workspace(manifest=with_files()) as slack:
        slack.file_seconds = 3600
        web = WebClient(slack.bot_token, base_url=slack.api_url, retry_handlers=[])
        gpu, alice = slack.channel_id("#gpu"), slack.person("alice")
        asked = web.files_getUploadURLExternal(filename="week.png", length=len(PNG), alt_txt="a week")
        completed: list[dict[str, str | None]] = [{"id": asked["file_id"], "title": "Week"}]
        assert code(web.files_completeUploadExternal, files=completed) == "file_not_found"
        assert httpx.post(asked["upload_url"], content=b"shorter").status_code == 400
        assert httpx.post(asked["upload_url"], content=PNG).text == f"OK - {len(PNG)}"
        web.files_completeUploadExternal(files=completed)

        shown = [image(asked["file_id"])]
        told = refusal(web.chat_postMessage, channel=gpu, text="Week", blocks=shown)
        assert (told["error"], told["errors"]) == (
            "invalid_blocks",
            ["[ERROR] invalid slack file [json-pointer:/blocks/0/slack_file]"],
        )
        slack.file_seconds = 0
        web.chat_postMessage(channel=gpu, text="Week", blocks=shown)

        message = alice.waits_for("#gpu", "a week")
        assert [(picture.alt, picture.data) for picture in message.pictures] == [("a week", PNG)]


def test_a_file_can_be_shared_at_once() -> None:
    with Workspace(manifest=with_files()) as slack:
        web = WebClient(slack.bot_token, base_url=slack.api_url, retry_handlers=[])
        direct = web.conversations_open(users=slack.user_id("alice"))["channel"]["id"]
        web.files_upload_v2(content=PNG, filename="week.png", alt_txt="a week", channel=direct, initial_comment="Week")
        shared = slack.person("alice").waits_for("@gpu", "Week")
        assert [picture.alt for picture in shared.pictures] == ["a week"]

        upload = {"content": PNG, "filename": "week.png"}
        assert code(web.files_upload_v2, **upload, channel="C0NOWHERE") == "channel_not_found"
        assert code(web.files_upload_v2, **upload, channel=slack.user_id("alice")) == "channel_not_found"
        slack.kick_bot("#gpu")
        assert code(web.files_upload_v2, **upload, channel=slack.channel_id("#gpu")) == "not_in_channel"


def test_what_cannot_be_shown_as_an_image() -> None:
    with Workspace(manifest=with_files()) as slack:
        slack.file_seconds = 0
        web = WebClient(slack.bot_token, base_url=slack.api_url, retry_handlers=[])
        gpu = slack.channel_id("#gpu")
        text = web.files_upload_v2(content="words", filename="words.txt")["file"]["id"]
        for file_id in (text, "F0NOWHERE99"):
            assert code(web.chat_postMessage, channel=gpu, text="Week", blocks=[image(file_id)]) == "invalid_blocks"
        assert code(web.files_getUploadURLExternal, filename="week.png", length=0) == "invalid_arguments"
        assert refusal(web.files_info, file=text)["needed"] == "files:read"


def with_files() -> dict[str, Any]:
    manifest = hello_app.with_shortcuts()
    scopes = manifest["oauth_config"]["scopes"]["bot"]
    manifest["oauth_config"]["scopes"]["bot"] = sorted({*scopes, "files:write"})
    return manifest
