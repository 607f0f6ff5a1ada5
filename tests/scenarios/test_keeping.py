"""What people do with what they hold: extend, end, cancel, change; and keep their hands off the others'."""

from __future__ import annotations

from datetime import timedelta

import pytest

from core import rules
from core.actors import Operator
from core.errors import Busy
from core.facts import Rule, Subject
from tests.scenarios.conftest import World


def test_mine_lists_each_with_its_buttons(world: World) -> None:
    world.book("alice", "now for 2h")
    world.book("alice", "tomorrow 13-18")
    alice = world.person("alice")
    alice.types("#gpu", "/gpu mine")
    mine = alice.waits_for("#gpu", "You have 2 bookings.")
    assert mine.buttons == ["+30 min", "+1 h", "+2 h", "Change", "End now", "Change", "Cancel"]


def test_extending_by_button_and_by_word(world: World) -> None:
    world.book("alice", "now for 2h").press("+1 h")
    alice = world.person("alice")
    assert "Thu 3 Dec, 10:00–13:00 CET" in alice.waits_for("#gpu", "✓ Extended to 13:00").words
    alice.types("#gpu", "/gpu extend 30m")
    alice.waits_for("#gpu", "✓ Extended to 13:30")


def test_an_extension_that_meets_the_next_booking_offers_what_fits(world: World) -> None:
    world.book("alice", "now for 2h")
    world.book("haruka", "20:30-22:00")  # from 12:30 in Berlin
    alice = world.person("alice")
    alice.types("#gpu", "/gpu extend 2h")
    refusal = alice.waits_for("#gpu", "Not extended")
    assert "from Thu 3 Dec, 12:30" in refusal.words
    assert "30 min would fit" in refusal.words
    assert "Or wait for 1 h 30 min from Thu 3 Dec, 12:30 on:" in refusal.words
    assert refusal.buttons == ["Take 30 min", "Wait for GPU0"]
    refusal.press("Take 30 min")
    alice.waits_for("#gpu", "✓ Extended to 12:30")
    alice.types("#gpu", "/gpu extend 90m")
    alice.waits_for("#gpu", "Yours ends right before it").press("Wait for GPU0")
    waiting = alice.waits_for("#gpu", "✓ You wait for 1 h 30 min on GPU0.")
    assert "You have GPU0 · Thu 3 Dec, 14:00–15:30 CET; it is moved forward" in waiting.words


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("extend until 14:30", "✓ Extended to 14:30"),
        ("extend to 3pm please", "✓ Extended to 15:00"),
        ("extend until tomorrow 9", "10:00 – Fri 4 Dec, 09:00 CET · 23 h"),
        ("extend until 11:00", "You hold it until Thu 3 Dec, 12:00 already. For how much longer?"),
    ],
)
def test_extending_until_a_time(world: World, asked: str, told: str) -> None:
    world.book("alice", "now for 2h")
    alice = world.person("alice")
    alice.types("#gpu", f"/gpu {asked}")
    alice.waits_for("#gpu", told)


def test_whoever_cannot_extend_may_wait_for_any_gpu_as_good(world: World) -> None:
    world.add_gpu("lab-node-2", "GPU1")
    world.add_gpu("lab-node-2", "GPU2", "A100", 80)
    world.book("alice", "now for 2h on GPU0 for training")
    world.book("haruka", "20:00-22:00 on GPU0")  # from 12:00 in Berlin
    alice = world.person("alice")
    alice.types("#gpu", "/gpu extend 2h")
    refusal = alice.waits_for("#gpu", "Not extended")
    assert refusal.buttons == ["Wait for GPU0", "Wait for any RTX 5090"]
    refusal.press("Wait for any RTX 5090")
    booked = alice.waits_for("#gpu", "✓ Booked GPU1").words
    assert "12:00–14:00 CET" in booked
    assert "training" in booked


def test_whoever_cannot_change_ones_own_may_wait_for_what_is_missing(world: World) -> None:
    world.add_gpu("lab-node-2", "GPU1")
    world.book("alice", "gpu0 13-15 for training")
    world.book("haruka", "gpu0 23:00-24:00")  # 15:00 to 16:00 here
    world.book("haruka", "gpu1 20:00-24:00")
    alice = world.person("alice")
    alice.types("#gpu", "/gpu change gpu0 to 13-16")
    refusal = alice.waits_for("#gpu", "Or wait for 1 h from Thu 3 Dec, 15:00 on:")
    assert "✗ Taken: GPU0: " in refusal.words
    assert refusal.buttons == ["Change", "Cancel", "Wait for GPU0", "Wait for any RTX 5090"]
    alice.types("#gpu", "/gpu change gpu0 to gpu1 13-15")
    alice.waits_for("#gpu", "Or wait for 2 h from Thu 3 Dec, 13:00 on:").press("Wait for GPU1")
    alice.waits_for("#gpu", "✓ You wait for 2 h on GPU1.")
    refusal.press("Change")
    form = alice.waits_for_form("Change booking")
    form.fill("When", "13-16")
    typed = "/gpu wait 1h on GPU0 after 2026-12-03 15:00"
    assert form.submit()["When"].endswith(f"To wait for it, close this and type {typed}.")
    alice.types("#gpu", typed)
    alice.waits_for("#gpu", "✓ You wait for 1 h on GPU0.")


def test_all_that_fits_comes_before_the_usual_steps(world: World) -> None:
    world.book("alice", "now for 2h")
    world.book("haruka", "23:20-24:00")  # from 15:20 in Berlin
    alice = world.person("alice")
    alice.types("#gpu", "/gpu extend 12h")
    refusal = alice.waits_for("#gpu", "Not extended")
    assert refusal.buttons == ["Take 3 h 20 min", "+30 min", "+1 h", "+2 h", "Wait for GPU0"]
    refusal.press("Take 3 h 20 min")
    alice.waits_for("#gpu", "✓ Extended to 15:20")


def test_extending_into_ones_own_next_booking_offers_to_join_them(world: World) -> None:
    world.book("alice", "now for 2h")  # to 12:00
    world.book("alice", "13-15")
    alice = world.person("alice")
    alice.types("#gpu", "/gpu extend 4h")
    refusal = alice.waits_for("#gpu", "Not extended: you have GPU0 from Thu 3 Dec, 13:00 yourself.")
    assert "1 h would close the gap between the two." in refusal.words
    assert refusal.buttons == ["Take 1 h", "Next one +1 h"]
    refusal.press("Take 1 h")
    alice.waits_for("#gpu", "✓ Extended to 13:00")
    alice.types("#gpu", "/gpu extend 1h")
    alice.waits_for("#gpu", "You hold it until Thu 3 Dec, 15:00 already.")
    alice.types("#gpu", "/gpu extend 3h")
    alice.waits_for("#gpu", "To hold it until Thu 3 Dec, 16:00, extend the next one.").press("Next one +1 h")
    alice.waits_for("#gpu", "✓ Extended to 16:00")


def test_extending_beyond_a_limit_offers_all_that_fits(world: World) -> None:
    lab = world.desk.organization.id
    with world.desk.database.begin(world.clock()) as work:
        said = {Rule.LONGEST: timedelta(hours=3, minutes=20)}
        rules.set_for(work, Operator(lab), Subject.LAB, lab, said)
    world.book("alice", "now for 2h")
    alice = world.person("alice")
    alice.types("#gpu", "/gpu extend 4h")
    refusal = alice.waits_for("#gpu", "the longest booking is 3 h 20 min")
    assert refusal.buttons == ["Take 1 h 20 min", "+30 min", "+1 h"]
    refusal.press("Take 1 h 20 min")
    alice.waits_for("#gpu", "✓ Extended to 13:20")
    alice.types("#gpu", "/gpu extend 30m")
    refusal = alice.waits_for("#gpu", "That makes 3 h 50 min, and the longest booking is 3 h 20 min. Yours cannot")
    assert refusal.words.endswith("get any longer. Ask an admin, if you need it to.")
    assert refusal.buttons == []
    alice.types("#gpu", "/gpu extend banana")
    answer = alice.waits_for("#gpu", "“banana” is no length of time. Write one like /gpu extend 2h.")
    assert answer.buttons == ["Change", "End now"]


def test_what_is_offered_to_be_taken_more_passes_wherever_it_is_offered(world: World) -> None:
    lab = world.desk.organization.id
    world.add_gpu("lab-node-1", "GPU1")
    world.book("alice", "gpu0 now for 2h")
    world.book("alice", "gpu1 12:30-13:30")
    with world.desk.database.begin(world.clock()) as work:
        rules.set_for(work, Operator(lab), Subject.LAB, lab, {Rule.AT_ONCE: 1})
    alice = world.person("alice")
    alice.types("#gpu", "/gpu mine")
    mine = alice.waits_for("#gpu", "You have 2 bookings.")
    assert mine.buttons == ["+30 min", "Change", "End now", "Change", "Cancel"]
    alice.types("#gpu", "/gpu extend gpu0 1h")
    assert alice.waits_for("#gpu", "What still fits:").buttons[0] == "Take 30 min"
    world.later(hours=1, minutes=45)
    reminder = alice.waits_for("@gpu", "Ends in 15 min")
    assert reminder.buttons == ["+30 min", "End now"]
    reminder.press("+30 min")
    alice.waits_for("@gpu", "✓ Extended to 12:30")


def test_extending_with_no_length_asks_for_one(world: World) -> None:
    world.book("alice", "now for 2h")
    alice = world.person("alice")
    alice.types("#gpu", "/gpu extend")
    alice.waits_for("#gpu", "For how much longer?").press("+2 h")
    alice.waits_for("#gpu", "✓ Extended to 14:00")


def test_ending_now_frees_it_and_tells_the_channel(world: World) -> None:
    world.book("alice", "now for 4h")
    world.tick()
    world.clock.forward(hours=1)
    alice = world.person("alice")
    alice.types("#gpu", "/gpu end")
    assert "you used 1 h" in alice.waits_for("#gpu", "✓ Ended GPU0").words
    world.tick()
    world.person("minjun").waits_for("#gpu", "GPU0 is free: Alice Weber has ended early")
    world.book("haruka", "now for 1h")


def test_some_gpus_can_be_given_back(world: World) -> None:
    world.add_gpu("lab-node-1", "GPU1")
    world.book("alice", "now for 4h 2 gpus")
    world.clock.forward(hours=1)
    alice = world.person("alice")
    alice.types("#gpu", "/gpu end GPU1")
    assert "✓ Released GPU1. You keep GPU0." in alice.waits_for("#gpu", "Released").words
    world.tick()
    world.person("haruka").waits_for("#gpu", "GPU1 is free again")
    world.book("haruka", "now for 1h on GPU1")


def test_cancelling_before_the_start(world: World) -> None:
    answer = world.book("alice", "tomorrow 13-18")
    answer.press("Cancel")
    alice = world.person("alice")
    alice.waits_for("#gpu", "✓ Cancelled")
    world.book("haruka", "tomorrow 21-22")

    pressed_late = world.book("alice", "tomorrow 16-17")
    alice.types("#gpu", "/gpu extend")
    alice.waits_for("#gpu", "For how much longer? Write it, like /gpu extend 2h.")
    alice.types("#gpu", "/gpu cancel tomorrow")
    alice.waits_for("#gpu", "✓ Cancelled: GPU0 (RTX 5090) on lab-node-1 · Fri 4 Dec, 16:00–17:00")
    pressed_late.press("Cancel")
    alice.waits_for("#gpu", "That is cancelled already.")


def test_several_that_could_be_meant_are_asked_about(world: World) -> None:
    world.book("alice", "tomorrow 13-14")
    world.book("alice", "tomorrow 15-16")
    alice = world.person("alice")
    alice.types("#gpu", "/gpu cancel")
    which = alice.waits_for("#gpu", "Which one?")
    assert which.buttons == ["Change", "Cancel", "Change", "Cancel"]


def test_which_one_to_extend_is_asked_with_the_length_that_was_said(world: World) -> None:
    world.add_gpu("lab-node-1", "GPU1")
    world.book("alice", "now for 2h on GPU0")
    world.book("alice", "now for 3h on GPU1")
    alice = world.person("alice")
    alice.types("#gpu", "/gpu extend 100h")
    assert "+100 h" in alice.waits_for("#gpu", "Which one?").buttons
    alice.types("#gpu", "/gpu extend 12h")
    which = alice.waits_for("#gpu", "+12 h")
    assert which.buttons == ["+12 h", "Change", "End now"] * 2
    which.press("+12 h")
    alice.waits_for("#gpu", "✓ Extended to 00:00: GPU0")


def test_nothing_to_end_is_said_with_what_to_do_instead(world: World) -> None:
    alice = world.person("alice")
    alice.types("#gpu", "/gpu end")
    assert alice.waits_for("#gpu", "You have nothing booked").buttons == ["Book a GPU"]


def test_a_stale_button_tells_what_is_true_now(world: World) -> None:
    old = world.book("alice", "now for 2h")
    alice = world.person("alice")
    alice.types("#gpu", "/gpu extend 1h")
    alice.waits_for("#gpu", "✓ Extended")
    old.press("+1 h")
    stale = alice.waits_for("#gpu", "has changed since")
    assert "10:00–13:00" in stale.words
    assert "End now" in stale.buttons


def test_a_forged_press_is_refused(world: World) -> None:
    theirs = world.book("alice", "tomorrow 13-18")
    value = next(
        element["value"]
        for block in theirs.blocks
        for element in block.get("elements", [])
        if element.get("action_id") == "cancel"
    )
    charlie = world.person("minjun")
    charlie.types("#gpu", "/gpu status")
    status = charlie.waits_for("#gpu", "free now")
    status.press_raw("cancel", value, charlie)
    assert "Alice Weber’s, so only they can change it" in charlie.waits_for("#gpu", "only they").words
    alice = world.person("alice")
    alice.types("#gpu", "/gpu mine")
    alice.waits_for("#gpu", "You have 1 booking")


def test_cancelling_some_gpus_keeps_the_rest(world: World) -> None:
    world.add_gpu("lab-node-1", "GPU1")
    world.book("alice", "tomorrow 13-18 2 gpus")
    alice = world.person("alice")
    alice.types("#gpu", "/gpu cancel GPU1")
    answer = alice.waits_for("#gpu", "✓ Released GPU1. You keep GPU0.")
    assert "GPU0 (RTX 5090) on lab-node-1 · Fri 4 Dec" in answer.words
    world.book("haruka", "tomorrow 21-22 on GPU1")


def test_what_was_given_back_is_named_nowhere_any_more(world: World) -> None:
    world.add_gpu("lab-node-1", "GPU1")
    world.book("alice", "now for 2h 2 gpus")
    world.clock.forward(minutes=30)
    alice = world.person("alice")
    alice.types("#gpu", "/gpu end GPU1")
    alice.waits_for("#gpu", "✓ Released GPU1")
    world.book("haruka", "now for 4h on GPU1")
    world.later(hours=1, minutes=15)
    assert "GPU1" not in alice.waits_for("@gpu", "Ends in").words
    world.later(minutes=20)
    assert "GPU0 is free" in world.person("minjun").waits_for("#gpu", "time has ended").words


def test_a_command_delivered_again_is_answered_by_what_it_did(world: World) -> None:
    world.book("alice", "now for 2h")
    world.clock.forward(minutes=30)
    alice = world.person("alice")
    alice.types("#gpu", "/gpu end")
    alice.waits_for("#gpu", "✓ Ended GPU0")
    world.slack.deliver_again()
    alice.waits_for("#gpu", "Over: GPU0")


def test_pressing_while_the_database_is_busy_keeps_the_button(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    answer = world.book("alice", "tomorrow 13-18")

    def busy(*_arguments: object, **_more: object) -> None:
        raise Busy

    with monkeypatch.context() as patched:
        patched.setattr("core.booking.cancel", busy)
        answer.press("Cancel")
        world.person("alice").waits_for("#gpu", "nothing was done. Please try again.")
    answer.press("Cancel")
    world.person("alice").waits_for("#gpu", "✓ Cancelled")


def test_with_nothing_running_it_is_said_what_can_be_done(world: World) -> None:
    world.book("alice", "13-14")
    world.book("alice", "15-16")
    alice = world.person("alice")
    for typed in ("end", "busy", "extend"):
        alice.types("#gpu", f"/gpu {typed}")
        answer = alice.waits_for("#gpu", "None of yours is running now.")
        assert answer.buttons == ["Change", "Cancel"] * 2
        alice.types("#gpu", "/gpu help")
        alice.waits_for("#gpu", "Type what you want")
