"""People and an app talk, over Socket Mode and over signed HTTP alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.workspace import Workspace
from bot.workspace.errors import SlackError
from tests.bot.workspace import hello_app

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(params=["socket", "http"])
def hello(request: pytest.FixtureRequest) -> Iterator[Workspace]:
    connect = hello_app.by_socket if request.param == "socket" else hello_app.by_http
    with Workspace(manifest=hello_app.with_shortcuts()) as slack, connect(slack):
        yield slack


def test_a_command_is_answered_to_its_speaker_alone(hello: Workspace) -> None:
    alice, minjun = hello.person("alice"), hello.person("minjun")

    ack = alice.types("#gpu", "/gpu there")

    answer = alice.waits_for("#gpu", "hello there")
    assert answer.ephemeral
    assert answer.buttons == ["Again", "Replace", "Delete", "Hang"]
    assert not ack.late
    assert minjun.sees("#gpu") == []


def test_a_command_may_be_answered_in_its_acknowledgement(hello: Workspace) -> None:
    alice = hello.person("alice")

    alice.types("#gpu", "/gpu quick")

    assert alice.waits_for("#gpu", "quick hello").ephemeral


def test_a_press_can_answer_replace_or_delete(hello: Workspace) -> None:
    alice = hello.person("alice")
    alice.types("#gpu", "/gpu there")
    answer = alice.waits_for("#gpu", "hello there")

    answer.press("Again")
    alice.waits_for("#gpu", "hello again")
    answer.press("Replace")
    assert alice.waits_for("#gpu", "replaced").ts == answer.ts

    alice.types("#gpu", "/gpu twice")
    second = alice.waits_for("#gpu", "hello twice")
    second.press("Delete")
    hello.settle(lambda: second.gone)
    assert [message.words for message in alice.sees("#gpu")] == ["replaced", "hello again"]


def test_a_form_shows_mistakes_at_their_fields_and_keeps_what_was_typed(hello: Workspace) -> None:
    alice = hello.person("alice")
    alice.types("#gpu", "/gpu form")
    form = alice.waits_for_form("Say hello")

    assert form.submit() == {"To whom": "Please complete this required field."}
    form.fill("To whom", "nobody")
    assert form.submit() == {"To whom": "There must be somebody."}
    assert form.values["To whom"] == "nobody"
    form.fill("To whom", "Bob")
    form.choose("How", "Loudly", "Kindly")
    assert form.submit() == {}

    assert alice.form is None
    assert alice.waits_for("@gpu", "hello Bob loud kind").notified == {"alice"}


def test_a_submission_may_update_stack_or_clear_the_forms(hello: Workspace) -> None:
    alice = hello.person("alice")
    alice.types("#gpu", "/gpu form")
    form = alice.waits_for_form("Say hello")

    form.fill("To whom", "update")
    form.submit()
    assert (form.title, form.values["To whom"]) == ("After update", "update")
    form.fill("To whom", "push")
    form.submit()
    above = alice.waits_for_form("After push")
    assert above.values["To whom"] is None
    above.close()
    assert alice.waits_for_form("After update").values["To whom"] == "push"
    form.submit()
    top = alice.waits_for_form("After push")
    top.fill("To whom", "clear")
    top.submit()
    assert alice.form is None


def test_every_control_reports_what_was_chosen(hello: Workspace) -> None:
    alice = hello.person("alice")
    alice.types("#gpu", "/gpu controls")
    message = alice.waits_for("#gpu", "Pick")

    message.choose("Pick", "B")
    alice.waits_for("#gpu", "chose pick b")
    message.choose("more", "Drop")
    alice.waits_for("#gpu", "chose more drop")
    message.choose("one", "Right")
    alice.waits_for("#gpu", "chose one right")
    message.choose("moment", "4100043600")
    alice.waits_for("#gpu", "chose moment 4100043600")
    state = hello.delivered[-1].payload["state"]["values"]["controls"]
    assert state["pick"]["selected_option"]["value"] == "b"
    with pytest.raises(AssertionError, match="no option"):
        message.choose("Pick", "C")


def test_home_is_published_when_opened_and_changes_with_a_press(hello: Workspace) -> None:
    haruka = hello.person("haruka")

    home = haruka.opens_home().waits_for("Hello @佐藤遥")
    home.press("Wave")

    home.waits_for("You waved")
    assert hello.person("alice").home.words == ""


def test_direct_messages_and_mentions_reach_the_app(hello: Workspace) -> None:
    alice = hello.person("alice")

    alice.types("@gpu", "fish & chips")
    alice.waits_for("@gpu", "you said fish & chips")
    alice.types("#general", "hey @gpu")

    said, answer = alice.sees("#general")[0], alice.waits_for("#general", "you called?")
    assert answer.thread_ts == said.ts


def test_an_answer_stands_in_its_thread_with_the_slash_refused_there(hello: Workspace) -> None:
    alice, haruka = hello.person("alice"), hello.person("haruka")
    alice.types("#general", "who has GPU0?")
    asked = alice.waits_for("#general", "who has GPU0?")

    haruka.types("#general", "me @gpu", thread=asked)
    alice.waits_for("#general", "you called?")
    alice.types("#general", "/gpu status", thread=asked)

    assert [answer.words for answer in asked.thread] == [
        "me @gpu",
        "you called?",
        "/gpu is not supported in threads. Sorry!",
    ]
    assert [answer.words for answer in asked.thread[0].thread] == []
    web = WebClient(hello.bot_token, base_url=hello.api_url)
    told = web.conversations_replies(channel=hello.channel_id("#general"), ts=asked.ts)["messages"]
    assert (told[0]["reply_count"], told[0]["reply_users"]) == (2, [haruka.id, hello.user_id("gpu")])
    assert {answer["parent_user_id"] for answer in told[1:]} == {alice.id}
    history = web.conversations_history(channel=hello.channel_id("#general"))["messages"]
    assert [message["text"] for message in history] == ["who has GPU0?"]


def test_an_answer_below_an_answer_joins_the_thread(hello: Workspace) -> None:
    alice = hello.person("alice")
    alice.types("#general", "one")
    first = alice.waits_for("#general", "one")
    alice.types("#general", "two", thread=first)
    web = WebClient(hello.bot_token, base_url=hello.api_url)

    general = hello.channel_id("#general")
    web.chat_postMessage(channel=general, text="three", thread_ts=first.thread[0].ts, reply_broadcast=True)

    assert [each.words for each in first.thread] == ["two", "three"]
    history = web.conversations_history(channel=general)["messages"]
    assert [message["text"] for message in history] == ["three", "one"]


def test_a_global_shortcut_opens_a_form(hello: Workspace) -> None:
    alice = hello.person("alice")

    alice.uses_shortcut("Hello anywhere")

    alice.waits_for_form("Say hello")
    payload = hello.delivered[-1].payload
    assert (payload["type"], payload["callback_id"]) == ("shortcut", "hello_anywhere")
    assert not {"channel", "message", "response_url"} & set(payload)
    with pytest.raises(AssertionError, match="no global shortcut 'Hello there'"):
        alice.uses_shortcut("Hello there")


def test_a_message_shortcut_tells_the_message_and_answers_its_user_alone(hello: Workspace) -> None:
    alice, haruka = hello.person("alice"), hello.person("haruka")
    haruka.types("#general", "evals tomorrow")

    alice.waits_for("#general", "evals tomorrow").uses_shortcut("Hello there")

    answer = alice.waits_for("#general", "“evals tomorrow” in general")
    assert answer.ephemeral
    assert hello.delivered[-1].payload["message"]["user"] == haruka.id
    with pytest.raises(LookupError):
        answer.uses_shortcut("Hello there")


def test_people_change_and_delete_what_they_said(hello: Workspace) -> None:
    alice, haruka = hello.person("alice"), hello.person("haruka")
    haruka.types("@gpu", "bok")
    haruka.waits_for("@gpu", "you said bok")
    said = haruka.sees("@gpu")[0]

    said.edit("book")
    assert (said.words, said.edited) == ("book", True)
    changed = hello.delivered[-1].payload["event"]
    assert (changed["subtype"], changed["previous_message"]["text"]) == ("message_changed", "bok")

    said.delete()
    assert hello.delivered[-1].payload["event"]["subtype"] == "message_deleted"
    assert said.gone

    haruka.types("#general", "mine")
    alice.waits_for("#general", "mine").delete()  # as an admin may
    alice.types("#general", "hers")
    with pytest.raises(SlackError, match="cant_delete_message"):
        haruka.waits_for("#general", "hers").delete()


def test_another_apps_bot_is_heard_as_slack_tells_of_it() -> None:
    with Workspace(manifest=hello_app.with_shortcuts()) as slack, hello_app.by_http(slack):
        other = slack.add_app("ci")

        other.posts("#gpu", "@gpu status")
        other.posts("#gpu", "@gpu status", username="deploys")

        as_account, by_webhook = (each.payload["event"] for each in slack.delivered if each.kind == "events_api")
        own = slack.state.own
        for event in (as_account, by_webhook):
            assert event["type"] == "app_mention"
            assert event["bot_id"] == other.bot.id != own.id
            assert event["app_id"] == event["bot_profile"]["app_id"] == other.bot.app_id != own.app_id
        assert (as_account["user"], as_account.get("subtype")) == (other.bot.account.id, None)
        assert (by_webhook["username"], by_webhook["subtype"]) == ("deploys", "bot_message")
        assert "user" not in by_webhook
        web = WebClient(slack.bot_token, base_url=slack.api_url, retry_handlers=[])
        told = web.conversations_history(channel=slack.channel_id("#gpu"))["messages"]
        assert [each.get("username") for each in told] == ["deploys", None]
        with pytest.raises(SlackApiError, match="cannot_dm_bot"):
            web.conversations_open(users=other.bot.account.id)
