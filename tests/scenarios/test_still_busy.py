"""Somebody's time begins, and the last holder's work is on their GPU still."""

from __future__ import annotations

from bot.workspace.driver import MessageHandle
from tests.scenarios.conftest import World


def begun(world: World) -> MessageHandle:
    """Alice has had it for two hours, and now it is Haruka's; the channel says so."""
    world.book("alice", "now for 2h")
    world.book("haruka", "20:00-22:00")
    world.later(hours=2)
    return world.person("haruka").waits_for("#gpu", "GPU0 goes from Alice Weber to")


def test_the_last_holder_is_asked_and_the_answer_reaches_the_new_one(world: World) -> None:
    start = begun(world)
    haruka, alice = world.person("haruka"), world.person("alice")
    start.press("GPU still busy")
    haruka.waits_for("#gpu", "✓ Asked Alice Weber, who had GPU0 before you.")
    world.tick()
    question = alice.waits_for("@gpu", "has GPU0 now, and finds it still busy. Is it your work?")
    assert question.buttons == ["Stopped", "15 more minutes"]
    question.press("15 more minutes")
    waiting = alice.waits_for("@gpu", "that you need 15 more minutes")
    world.tick()
    haruka.waits_for("@gpu", "Alice Weber needs GPU0 for 15 more minutes, and asks you for patience.")

    waiting.press("Stopped")
    alice.waits_for("@gpu", "✓ Thank you.")
    world.tick()
    haruka.waits_for("@gpu", "Alice Weber has stopped what was running on GPU0: it is all yours.")

    alice.types("#gpu", "/gpu audit")
    told = alice.waits_for("#gpu", "What was changed, the newest first:").words
    assert "佐藤遥 asked Alice Weber, whose work was still running: GPU0" in told
    assert "Alice Weber asked 佐藤遥 for 15 more minutes: GPU0" in told
    assert "Alice Weber told 佐藤遥 that their work has stopped: GPU0" in told


def test_only_who_holds_it_now_has_somebody_asked(world: World) -> None:
    start = begun(world)
    minjun = world.person("minjun")
    start.press_raw("still_busy", start.blocks[-1]["elements"][-1]["value"], minjun)
    minjun.waits_for("#gpu", "only they can change it")
    world.tick()
    assert not any("still busy" in message.words for message in world.person("alice").sees("@gpu"))


def test_pressed_again_nobody_is_asked_twice_until_a_while_later(world: World) -> None:
    start = begun(world)
    haruka = world.person("haruka")
    start.press("GPU still busy")
    haruka.waits_for("#gpu", "✓ Asked Alice Weber")
    haruka.types("#gpu", "/gpu busy GPU0")
    before = haruka.waits_for("#gpu", "Alice Weber has just been asked about GPU0.")
    world.later(minutes=10)
    haruka.types("#gpu", "/gpu busy")
    haruka.waits_for("#gpu", "✓ Asked Alice Weber", after=before.ts)
    world.tick()
    questions = [each for each in world.person("alice").sees("@gpu") if "Is it your work?" in each.words]
    assert len(questions) == 2


def test_somebody_elses_answer_does_not_count(world: World) -> None:
    start = begun(world)
    start.press("GPU still busy")
    world.person("haruka").waits_for("#gpu", "✓ Asked")
    world.tick()
    question = world.person("alice").waits_for("@gpu", "Is it your work?")
    minjun = world.person("minjun")
    start.press_raw("busy:stopped", question.blocks[-1]["elements"][0]["value"], minjun)
    minjun.waits_for("#gpu", "only they can change it")


def test_where_nobody_held_it_before_that_is_said(world: World) -> None:
    world.book("haruka", "now for 2h")
    haruka = world.person("haruka")
    haruka.types("#gpu", "/gpu busy")
    haruka.waits_for("#gpu", "Nobody else has booked it in the last day")


def test_what_has_not_begun_is_nobodys_fault(world: World) -> None:
    world.book("haruka", "tomorrow 20-22")
    haruka = world.person("haruka")
    haruka.types("#gpu", "/gpu busy")
    haruka.waits_for("#gpu", "It has not begun yet")


def test_a_start_asks_only_where_somebody_held_it_lately(world: World) -> None:
    world.book("alice", "in 1h for 1h")
    world.later(hours=1)
    first = world.person("haruka").waits_for("#gpu", "GPU0 is yours now")
    assert "GPU still busy" not in first.buttons
    world.book("haruka", "20:00-21:00")
    world.later(hours=1)
    assert "GPU still busy" in world.person("haruka").waits_for("#gpu", "GPU0 goes from Alice Weber to").buttons
