"""Waiting for what is taken: by command or from a refusal, offered, taken, passed on."""

from __future__ import annotations

from datetime import timedelta

from core import rules
from core.actors import Operator
from core.facts import Rule, Subject
from tests.scenarios.conftest import World


def test_waiting_from_a_refusal_and_taking_what_comes_free(world: World) -> None:
    first = world.book("alice", "now for 6h")  # to 16:00 in Berlin, 0:00 in Tokyo
    haruka = world.person("haruka")
    haruka.types("#gpu", "/gpu now for 4h for evals")
    haruka.waits_for("#gpu", "Not booked").press("Wait for it")
    waiting = haruka.waits_for("#gpu", "✓ You wait for 4 h on 1 GPU.")
    assert "You have GPU0 · Fri 4 Dec, 00:00–04:00 JST; it is moved forward" in waiting.words
    assert "You are the first who waits." in waiting.words
    assert waiting.buttons == ["Take it for me", "Stop waiting"]

    world.later(hours=1)
    first.press("End now")
    world.person("alice").waits_for("#gpu", "✓ Ended")
    world.tick()
    offer = haruka.waits_for("@gpu", "Come free for you")
    assert "GPU0 · Thu 3 Dec, 19:00–23:00 JST" in offer.words
    assert "If you pass, you keep Fri 4 Dec, 00:00–04:00 JST." in offer.words
    assert offer.buttons == ["Take it", "Pass", "Stop waiting"]

    minjun = world.person("minjun")
    minjun.types("#gpu", "/gpu now for 1h")
    refusal = minjun.waits_for("#gpu", "Not booked")
    assert "@佐藤遥 (offered until 19:10) · Thu 3 Dec, 19:00–23:00 KST" in refusal.words
    assert not any("Ask" in label for label in refusal.buttons)  # nobody has it to give
    for typed, said in (
        ("/gpu status", "offered to 佐藤遥 until 19:10; if taken, in use until 23:00"),
        ("/gpu today", "19:00–23:00 佐藤遥 (offered until 19:10)"),
        ("/gpu who", "Nobody holds a GPU now."),
        ("/gpu who", "• 佐藤遥 (offered until 19:10): GPU0 until 23:00"),
        ("/gpu ask GPU0", "GPU0 is on offer to 佐藤遥 until 19:10; if they take it, they have it until"),
    ):
        minjun.types("#gpu", typed)
        minjun.waits_for("#gpu", said)
    minjun.opens_home().waits_for("19:00–23:00 佐藤遥 (offered until 19:10)")
    haruka.types("#gpu", "/gpu status")
    haruka.waits_for("#gpu", "offered to you until 19:10")
    offer.press("Take it")
    assert "19:00–23:00 JST" in haruka.waits_for("@gpu", "✓ Booked GPU0").words
    world.slack.deliver_again()
    world.tick()
    haruka.types("#gpu", "/gpu mine")
    assert "You have 1 booking." in haruka.waits_for("#gpu", "You have 1").words


def test_who_does_not_answer_loses_it_to_the_next(world: World) -> None:
    first = world.book("alice", "now for 6h")
    haruka, minjun = world.person("haruka"), world.person("minjun")
    for person in (haruka, minjun):
        person.types("#gpu", "/gpu wait 4h")
        person.waits_for("#gpu", "✓ You wait for 4 h")
    assert "1 person asked before you." in minjun.waits_for("#gpu", "✓ You wait").words
    world.later(hours=1)
    first.press("End now")
    world.person("alice").waits_for("#gpu", "✓ Ended")
    world.tick()
    old = haruka.waits_for("@gpu", "Come free for you")
    world.later(minutes=10)
    haruka.waits_for("@gpu", "You did not answer in time")
    minjun.waits_for("@gpu", "Come free for you").press("Pass")
    minjun.waits_for("@gpu", "✓ Passed. You wait on for 4 h")
    old.press("Take it")
    haruka.waits_for("@gpu", "no longer on offer")

    alice = world.person("alice")
    alice.types("#gpu", "/gpu audit")
    told = alice.waits_for("#gpu", "What was changed, the newest first:").words
    for said in (
        "佐藤遥 waits for 4 h",
        "the bot offered 佐藤遥 GPU0",
        "the bot offers 佐藤遥 no longer GPU0",
        "the bot offered 김민준 GPU0",
        "김민준 passed what was offered: GPU0",
    ):
        assert said in told


def test_what_comes_free_is_taken_for_who_said_so(world: World) -> None:
    first = world.book("alice", "now for 6h")
    haruka = world.person("haruka")
    haruka.types("#gpu", "/gpu wait 2h on GPU0 auto for evals")
    haruka.waits_for("#gpu", "What comes free is taken for you at once")
    world.later(hours=1)
    first.press("End now")
    world.person("alice").waits_for("#gpu", "✓ Ended")
    world.tick()
    moved = haruka.waits_for("@gpu", "✓ Moved forward for you")
    assert "19:00–21:00 JST" in moved.words
    assert "It was Fri 4 Dec, 00:00–02:00 JST." in moved.words
    world.person("minjun").waits_for("#gpu", "GPU0 is yours now")
    world.person("alice").types("#gpu", "/gpu audit")
    told = world.person("alice").waits_for("#gpu", "What was changed, the newest first:").words
    assert "the bot moved forward 佐藤遥’s GPU0" in told


def test_seeing_what_one_waits_for_and_stopping(world: World) -> None:
    world.book("alice", "now for 6h")
    haruka = world.person("haruka")
    haruka.types("#gpu", "/gpu wait")
    haruka.waits_for("#gpu", "You wait for nothing")
    haruka.types("#gpu", "/gpu wait 4h before tomorrow 2:00")
    asked = haruka.waits_for("#gpu", "Nothing fits yet")
    assert "come free by Thu 3 Dec, 22:00" in asked.words
    asked.press("Take it for me")
    haruka.waits_for("#gpu", "What comes free is taken for you at once")
    haruka.types("#gpu", "/gpu mine")
    listed = haruka.waits_for("#gpu", "You wait for 1 thing.")
    assert listed.buttons == ["Ask me first", "Stop waiting"]
    haruka.types("#gpu", "/gpu wait 2h on GPU0 before tomorrow 2:00")
    haruka.waits_for("#gpu", "✓ You wait for 2 h on GPU0")
    haruka.types("#gpu", "/gpu wait off")
    both = haruka.waits_for("#gpu", "You wait for 2 things.")
    assert both.buttons.count("Stop waiting") == 2  # which one?
    listed.press("Stop waiting")
    haruka.waits_for("#gpu", "✓ You no longer wait for 4 h on 1 GPU")
    haruka.types("#gpu", "/gpu 空き待ちをやめる")
    haruka.waits_for("#gpu", "✓ You no longer wait for 2 h on GPU0")
    haruka.types("#gpu", "/gpu wait")
    haruka.waits_for("#gpu", "You wait for nothing")


def test_what_cannot_be_waited_for_is_said(world: World) -> None:
    world.book("alice", "now for 6h")
    haruka = world.person("haruka")
    for typed, said in (
        ("/gpu wait long", "is no length of time"),
        ("/gpu wait 4h before 19:00", "do not fit into"),
        ("/gpu wait 10 days", "the longest booking is 7 d"),
        ("/gpu wait 4h on GPU7", "There is no GPU “GPU7”"),
        ("/gpu wait 4h 3 gpus", "there is only 1"),
    ):
        haruka.types("#gpu", typed)
        haruka.waits_for("#gpu", said)
    haruka.types("#gpu", "/gpu wait 4h")
    haruka.waits_for("#gpu", "✓ You wait")
    haruka.types("#gpu", "/gpu wait 4h")
    haruka.waits_for("#gpu", "You wait for that already")


def test_a_limit_is_waited_for_where_waiting_serves(world: World) -> None:
    lab = world.desk.organization.id
    with world.desk.database.begin(world.clock()) as work:
        rules.set_for(work, Operator(lab), Subject.LAB, lab, {Rule.OPEN: timedelta(hours=5)})
    world.book("haruka", "now for 4h")
    haruka = world.person("haruka")
    haruka.types("#gpu", "/gpu tomorrow 9-12 for evals")
    refusal = haruka.waits_for("#gpu", "You have 4 h, and this would add 3 h.")
    assert refusal.buttons == ["GPU0 09:00–10:00", "Wait until I may"]
    refusal.press("Wait until I may")
    assert "Nothing fits yet." in haruka.waits_for("#gpu", "✓ You wait for 3 h on 1 GPU.").words
    world.later(hours=3)
    assert "Fri 4 Dec, 09:00–12:00 JST" in haruka.waits_for("@gpu", "Come free for you").words
    for typed in ("/gpu tomorrow 10-18", "/gpu wait 8h"):
        haruka.types("#gpu", typed)
        refusal = haruka.waits_for("#gpu", "this alone makes 8 h. Ask for a shorter time")
        assert "Wait until I may" not in refusal.buttons


def test_what_is_free_is_booked_at_once(world: World) -> None:
    haruka = world.person("haruka")
    haruka.types("#gpu", "/gpu wait 4h")
    assert "18:00–22:00 JST" in haruka.waits_for("#gpu", "✓ Booked GPU0").words


def test_what_is_too_far_ahead_is_had_as_soon_as_it_opens(world: World) -> None:
    lab = world.desk.organization.id
    with world.desk.database.begin(world.clock()) as work:
        rules.set_for(work, Operator(lab), Subject.LAB, lab, {Rule.AHEAD: timedelta(days=1)})
    haruka = world.person("haruka")
    haruka.types("#gpu", "/gpu tomorrow 18:05-20:05")  # it is 18:00
    haruka.waits_for("#gpu", "That is too far ahead.").press("Wait until I may")
    haruka.waits_for("#gpu", "✓ You wait for 2 h on 1 GPU.")
    world.tick()
    assert not any("Come free" in message.words for message in haruka.sees("@gpu"))
    world.later(minutes=5)
    assert "Fri 4 Dec, 18:05–20:05 JST" in haruka.waits_for("@gpu", "Come free for you").words
