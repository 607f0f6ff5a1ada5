"""What people and machines get wrong: a clear sentence, nothing lost, nothing doubled, no traceback."""

from __future__ import annotations

import logging

import pytest

from bot.workspace.driver import PATIENCE, PersonDriver
from tests.scenarios.conftest import World

SENTENCES = [
    ("book soonish", "no time|too vague"),
    ("book yesterday 13-18", "is over already"),
    ("book 2026-12-04 18:00 to 2026-12-04 10:00", "ends before it starts"),
    ("book tomorrow 13:00-13:02", "The shortest booking is 5 min"),
    ("book tomorrow for 9 days", "no time|too vague|the longest booking is 7 d"),
    ("book 2027-06-01 13:00-18:00", "Bookings open 60 d before"),
    ("book 13-18 on GPU9", "There is no GPU “GPU9” here. There is GPU0."),
    ("book 13-18 on lab-node-9", "There is no GPU “lab-node-9”"),
    ("book 0 gpus 13-18", "Ask for at least 1"),
    ("book 999 gpus 13-18", "there is only 1"),
    ("book any H100 13-18", "There is no “H100” here"),
    ("book every monday 9-12", "and until when?"),
    ("'; DROP TABLE slots; --", "I do not understand"),
    ("🤖🔥", "I do not understand"),
    ("<script>alert(1)</script>", "I do not understand"),
    ("extend 2h", "nothing booked"),
    ("extned 2h", "Did you mean /gpu extend"),
    ("cancle tomorrow 13-18", "Did you mean /gpu cancel"),
    ("remove tomorrow 13-18", "Free: GPU0"),
    ("free tomorrow for 30 days", "no time|longest booking is 7 d"),
    ("book on GPU0 gpu11111111+gpu11111111+gpu11111111+gpu11111111+gpu11111111!", "Write when|There is no GPU"),
    ("board foo", "I do not understand “foo” there, and did nothing."),
    ("status foo", "This works: /gpu status [<day>]"),
    ("status 2019-01-01", "Tue 1 Jan 2019 is over."),
    ("x" * 10_000, "I read up to"),
]


@pytest.mark.parametrize(("text", "expected"), SENTENCES, ids=[text[:30] for text, _ in SENTENCES])
def test_bad_input_gets_a_clear_sentence(world: World, text: str, expected: str) -> None:
    alice = world.person("alice")
    alice.types("@gpu", text)
    waits_for_any(alice, expected.split("|"))
    alice.types("@gpu", "mine")
    alice.waits_for("@gpu", "You have nothing booked")


def waits_for_any(person: PersonDriver, parts: list[str]) -> None:
    person.wait(
        lambda: any(part in message.words for message in person.sees_now("@gpu") for part in parts) or None,
        PATIENCE,
        lambda: f"none of {parts} in {[message.words for message in person.sees('@gpu')]}",
    )


def test_text_from_people_is_data(world: World) -> None:
    alice = world.person("alice")
    alice.types("#gpu", "/gpu 13:00-18:00 for <!channel> *bold* <@U0|x> & \u202emore")
    answer = alice.waits_for("#gpu", "✓ Booked")
    assert "<!channel> bold <@U0|x> & more" in answer.words
    world.tick()
    told = world.person("minjun").waits_for("#gpu", "booked by")
    assert told.notified == set()


def test_a_purpose_that_is_too_long_is_refused_with_its_length(world: World) -> None:
    alice = world.person("alice")
    alice.types("#gpu", f"/gpu 13:00-18:00 for {'x' * 300}")
    alice.waits_for("#gpu", "The purpose has 300 characters, and 200 fit")


def test_guests_are_told_whom_to_ask(world: World) -> None:
    minjun = world.person("minjun")
    minjun.account.guest = True
    minjun.types("#gpu", "/gpu 13:00-18:00")
    minjun.waits_for("#gpu", "Guests of this workspace cannot book")


def test_slack_not_telling_who_somebody_is_is_said(world: World) -> None:
    world.slack.fail("users.info", status=500, times=3)
    alice = world.person("alice")
    alice.types("#gpu", "/gpu book 21:00-22:00")
    answer = alice.waits_for("#gpu", "✓ Booked")
    assert "21:00–22:00 JST" in answer.words  # the lab's zone
    assert "Slack did not tell me your time zone" in answer.words


def test_what_was_not_foreseen_gets_an_id_in_answer_and_log(
    world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_args: object) -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr("core.availability.occupancy", broken)
    alice = world.person("alice")
    with caplog.at_level(logging.ERROR):
        alice.types("#gpu", "/gpu status")
        answer = alice.waits_for("#gpu", "Something went wrong")
    incident = answer.words.rsplit("number: ", 1)[1].rstrip(".")
    assert len(incident) == 8
    assert f"incident {incident}" in caplog.text
    assert "secret detail" not in answer.words


def test_a_button_that_was_never_ours_is_harmless(world: World) -> None:
    alice = world.person("alice")
    alice.types("#gpu", "/gpu status")
    status = alice.waits_for("#gpu", "free now")
    status.press_raw("take:0", "{not json", alice)
    alice.waits_for("#gpu", "Something went wrong")
    status.press_raw("cancel", '{"id":12345,"v":1}', alice)
    alice.waits_for("#gpu", "That booking does not exist here")


def test_an_answer_that_slack_refuses_at_first_still_arrives(world: World) -> None:
    world.slack.fail("chat.postMessage", status=500)
    alice = world.person("alice")
    alice.types("@gpu", "book 13-18")
    alice.waits_for("@gpu", "✓ Booked")


def test_a_form_that_came_too_late_offers_itself_again(world: World) -> None:
    world.slack.fail("views.open", error="expired_trigger_id")
    alice = world.person("alice")
    alice.types("#gpu", "/gpu book")
    alice.waits_for("#gpu", "Please try again").press("Book a GPU")
    alice.waits_for_form("Book a GPU")


def test_a_form_sent_long_after_it_was_opened_is_answered_in_direct_messages(world: World) -> None:
    alice = world.person("alice")
    alice.types("#gpu", "/gpu book")
    form = alice.waits_for_form("Book a GPU")
    world.clock.forward(minutes=45)
    form.fill("When", "tomorrow 13-18")
    assert form.submit() == {}
    alice.waits_for("@gpu", "✓ Booked")


def test_a_button_in_the_channel_answers_its_presser_only(world: World) -> None:
    world.add_gpu("lab-node-1", "GPU1")
    world.book("alice", "now for 2h on GPU0")
    world.book("haruka", "now for 2h on GPU1")
    world.tick()
    minjun = world.person("minjun")
    told = minjun.waits_for("#gpu", "is yours now")
    told.press("Manage mine")
    assert minjun.waits_for("#gpu", "You have nothing booked").ephemeral
    assert "is yours now" in told.words


def test_a_purpose_is_one_line(world: World) -> None:
    alice = world.person("alice")
    alice.types("@gpu", "book 13-18 for one\ntwo\n\nthree")
    assert '"one two three"' in alice.waits_for("@gpu", "✓ Booked").words


def test_a_refusal_by_a_hundred_gpus_fits_into_a_message(world: World) -> None:
    for number in range(1, 100):
        world.add_gpu(f"node-with-a-long-name-{number % 4}", f"GPU{number}")
    world.book("haruka", "tomorrow 21:00-22:00 100 gpus on any nodes for " + "x" * 200)
    alice = world.person("alice")
    alice.types("#gpu", "/gpu book tomorrow 13-14 100 gpus on any nodes for " + "y" * 200)
    refusal = alice.waits_for("#gpu", "Not booked")
    assert "… and 92 more." in refusal.words
    refusal.press(refusal.buttons[0])
    alice.waits_for("#gpu", "✓ Booked")


def test_edits_and_other_bots_are_left_alone_and_acknowledged(world: World) -> None:
    alice = world.person("alice")
    ack = alice.types("#gpu", "@gpu brilliant!")
    assert not ack.late
    alice.waits_for("#gpu", "I do not understand")
