"""Asking for what somebody else holds: from a refusal or by command, answered at a tap, told to everybody."""

from __future__ import annotations

from datetime import timedelta

from core import rules
from core.actors import Operator
from core.facts import Rule, Subject
from tests.scenarios.conftest import World

# It is Thursday 3 December 2026, 10:00 in Berlin, where Alice is, and 18:00 in Tokyo and Seoul, where Haruka and Minjun
# are.


def asked(world: World) -> None:
    """Alice holds 13-18; Haruka wants 22-24 (14-16 in Berlin), is refused, and asks."""
    world.book("alice", "13-18 for thesis runs")
    haruka = world.person("haruka")
    haruka.types("#gpu", "/gpu book 22:00-24:00 for a demo")
    refusal = haruka.waits_for("#gpu", "Not booked")
    assert refusal.buttons[-1] == "Ask Alice Weber"
    refusal.press("Ask Alice Weber")
    haruka.waits_for("#gpu", "✓ Asked Alice Weber for GPU0 · Thu 3 Dec, 22:00–24:00 JST · 2 h.")
    assert "What would work" in refusal.words
    world.tick()


def test_from_the_refusal_to_a_yes(world: World) -> None:
    asked(world)
    alice, haruka = world.person("alice"), world.person("haruka")
    question = alice.waits_for("@gpu", "asks you for")
    assert 'GPU0 · Thu 3 Dec, 14:00–16:00 CET · 2 h · "a demo". Do you hand it over?' in question.words
    assert question.buttons == ["Yes, hand it over", "No, I need it"]
    question.press("Yes, hand it over")

    answer = alice.waits_for("@gpu", "✓ Handed over to")
    assert "Thu 3 Dec, 14:00–16:00 CET" in answer.words
    assert "Thu 3 Dec, 13:00–14:00 CET" in answer.words
    assert "Thu 3 Dec, 16:00–18:00 CET" in answer.words
    assert answer.buttons == ["Change", "Cancel", "Change", "Cancel"]
    world.later(seconds=5)
    told = haruka.waits_for("@gpu", "✓ Alice Weber has handed it over to you: GPU0")
    assert '22:00–24:00 JST · 2 h · "a demo"' in told.words
    assert told.buttons == ["Change", "Cancel"]
    news = world.person("minjun").waits_for("#gpu", "GPU0 · Alice Weber has handed it over to")
    assert news.notified == set()
    for who, count in (("alice", 2), ("haruka", 1)):
        world.person(who).types("#gpu", "/gpu mine")
        world.person(who).waits_for("#gpu", f"You have {count} booking")


def test_a_no_is_told_and_changes_nothing(world: World) -> None:
    asked(world)
    alice = world.person("alice")
    alice.waits_for("@gpu", "asks you for").press("No, I need it")
    alice.waits_for("@gpu", "✓ You keep it.")
    world.tick()
    world.person("haruka").waits_for("@gpu", "Alice Weber needs GPU0 · Thu 3 Dec, 22:00–24:00 JST · 2 h and keeps it.")
    world.later(hours=3)
    assert not any("has not answered" in message.words for message in world.person("haruka").sees("@gpu"))


def test_without_an_answer_nothing_changes_and_a_late_one_is_told_so(world: World) -> None:
    asked(world)
    alice, haruka = world.person("alice"), world.person("haruka")
    question = alice.waits_for("@gpu", "asks you for")
    world.later(hours=2)
    haruka.waits_for("@gpu", "Alice Weber has not answered, so GPU0 · Thu 3 Dec, 22:00–24:00 JST · 2 h stays theirs.")
    question.press("Yes, hand it over")
    alice.waits_for("@gpu", "That could be answered until Thu 3 Dec, 12:00. Nothing was changed.")


def test_an_answer_pressed_twice_is_one(world: World) -> None:
    asked(world)
    alice = world.person("alice")
    question = alice.waits_for("@gpu", "asks you for")
    question.press("Yes, hand it over")
    world.slack.deliver_again()
    alice.waits_for("@gpu", "✓ Handed over to")
    world.person("haruka").types("#gpu", "/gpu mine")
    world.person("haruka").waits_for("#gpu", "You have 1 booking.")


def test_by_command_whoever_holds_it_now_is_asked(world: World) -> None:
    world.book("alice", "now for 4h")
    haruka, alice = world.person("haruka"), world.person("alice")
    haruka.types("#gpu", "/gpu ask GPU0 for a deadline")
    haruka.waits_for("#gpu", "✓ Asked Alice Weber for GPU0 · Thu 3 Dec, 18:00–22:00 JST · 4 h.")
    haruka.types("#gpu", "/gpu ask GPU0 for a deadline")
    haruka.waits_for("#gpu", "You have asked Alice Weber for that already")
    haruka.types("#gpu", "/gpu ask GPU0 19:00-20:00")  # a part of it
    again = haruka.waits_for("#gpu", "To ask for another part, withdraw this first.")
    assert again.buttons == ["Withdraw"]
    minjun = world.person("minjun")
    minjun.types("#gpu", "/gpu ask GPU0 now")
    assert minjun.waits_for("#gpu", "Whom do you want to ask?").buttons == ["Ask Alice Weber"]
    world.later(minutes=30)
    alice.waits_for("@gpu", "asks you for").press("Yes, hand it over")
    answer = alice.waits_for("@gpu", "✓ Handed over to")
    assert "10:30–14:00 CET" in answer.words
    world.tick()
    told = [message.words for message in world.person("minjun").sees("#gpu")]
    assert sum("has handed it over" in words for words in told) == 1
    assert not any("has ended early" in words for words in told)


def test_whoever_is_named_besides_the_gpu_needs_no_time(world: World) -> None:
    world.book("alice", "now for 5h")
    haruka = world.person("haruka")
    haruka.types("#gpu", "/gpu ask Alice for GPU0")
    haruka.waits_for("#gpu", "✓ Asked Alice Weber for GPU0")


def test_several_holders_are_chosen_from(world: World) -> None:
    world.add_gpu("lab-node-1", "GPU1")
    world.book("alice", "13-18 on GPU0")
    world.book("minjun", "21:00-24:00 on GPU1")
    haruka = world.person("haruka")
    haruka.types("#gpu", "/gpu ask 22:00-23:00")
    choice = haruka.waits_for("#gpu", "Whom do you want to ask?")
    assert len(choice.buttons) == 2
    choice.press("Ask Alice Weber")
    haruka.waits_for("#gpu", "✓ Asked Alice Weber for GPU0 · Thu 3 Dec, 22:00–23:00 JST · 1 h.")


def test_what_nobody_else_holds_is_booked_and_not_asked_for(world: World) -> None:
    world.book("alice", "now for 2h")
    alice = world.person("alice")
    alice.types("#gpu", "/gpu ask GPU0")
    assert alice.waits_for("#gpu", "nobody to ask").buttons == ["Book a GPU"]


def test_of_what_is_too_short_to_be_booked_nobody_is_asked(world: World) -> None:
    world.book("alice", "13-18")
    haruka = world.person("haruka")
    haruka.types("#gpu", "/gpu book 19:00-21:03")  # Alice begins at 21:00
    refusal = haruka.waits_for("#gpu", "Not booked")
    assert not any("Ask" in label for label in refusal.buttons)
    assert "Wait for it" in refusal.buttons


def test_somebody_elses_question_is_not_answered(world: World) -> None:
    asked(world)
    question = world.person("alice").waits_for("@gpu", "asks you for")
    minjun = world.person("minjun")
    minjun.types("#gpu", "/gpu status")
    minjun.waits_for("#gpu", "GPU").press_raw("hand_over", question.blocks[1]["elements"][0]["value"], minjun)
    minjun.waits_for("#gpu", "only they can change it")


def test_what_was_ended_meanwhile_is_not_handed_over(world: World) -> None:
    asked(world)
    alice = world.person("alice")
    question = alice.waits_for("@gpu", "asks you for")
    alice.types("#gpu", "/gpu cancel")
    alice.waits_for("#gpu", "✓ Cancelled")
    question.press("Yes, hand it over")
    alice.waits_for("@gpu", "You do not hold all of that any more, so there is nothing to hand over.")


def test_who_asked_withdraws_it(world: World) -> None:
    asked(world)
    alice, haruka = world.person("alice"), world.person("haruka")
    question = alice.waits_for("@gpu", "asks you for")
    haruka.waits_for("#gpu", "✓ Asked Alice Weber").press("Withdraw")
    haruka.waits_for("#gpu", "✓ Withdrawn: Alice Weber is not asked for GPU0")
    question.press("Yes, hand it over")
    alice.waits_for("@gpu", "佐藤遥 has withdrawn that: you keep it.")
    world.later(hours=3)
    assert not any("has not answered" in message.words for message in haruka.sees("@gpu"))


def test_of_what_was_cancelled_meanwhile_who_asked_hears_at_once(world: World) -> None:
    asked(world)
    alice, haruka = world.person("alice"), world.person("haruka")
    alice.types("#gpu", "/gpu cancel")
    alice.waits_for("#gpu", "✓ Cancelled")
    world.tick()
    haruka.waits_for("@gpu", "no longer to be had")
    haruka.waits_for("#gpu", "✓ Asked Alice Weber").press("Withdraw")
    haruka.waits_for("#gpu", "What you asked Alice Weber for is no longer to be had")


def test_nobody_is_asked_for_less_than_may_be_booked(world: World) -> None:
    lab = world.desk.organization.id
    with world.desk.database.begin(world.clock()) as work:
        rules.set_for(work, Operator(lab), Subject.LAB, lab, {Rule.SHORTEST: timedelta(minutes=30)})
    world.book("alice", "13:00-14:00")  # 21:00 to 22:00 there
    world.book("minjun", "22:00-23:00")  # 14:00 to 15:00 in Berlin
    haruka = world.person("haruka")
    haruka.types("#gpu", "/gpu book 21:40-23:00")
    refusal = haruka.waits_for("#gpu", "✗ Not booked")
    assert [label for label in refusal.buttons if "Ask" in label] == ["Ask 김민준"]
    haruka.types("#gpu", "/gpu ask 21:40-23:00")
    assert haruka.waits_for("#gpu", "Whom do you want to ask?").buttons == ["Ask 김민준"]
