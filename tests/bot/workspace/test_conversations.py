"""People and an app talk, over Socket Mode and over signed HTTP alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.bot.workspace import hello_app

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.workspace import Workspace


@pytest.fixture(params=["socket", "http"])
def hello(request: pytest.FixtureRequest, slack: Workspace) -> Iterator[Workspace]:
    connect = hello_app.by_socket if request.param == "socket" else hello_app.by_http
    with connect(slack):
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
