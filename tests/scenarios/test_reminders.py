"""The promises: before the start, at the start, before the end, at the end; once, and to whom they concern."""

from __future__ import annotations

from tests.scenarios.conftest import World


def words(person, where: str) -> list[str]:  # type: ignore[no-untyped-def]
    return [message.words for message in person.sees(where) if not message.ephemeral]


def test_the_four_moments_of_a_booking(world: World) -> None:
    world.book("alice", "13:00-18:00 for thesis runs")  # 12:00-17:00 UTC
    alice, minjun = world.person("alice"), world.person("minjun")
    world.tick()

    assert world.later(hours=2, minutes=50) == 1
    before = alice.waits_for("@gpu", "Starts in 10 min")
    assert before.buttons == ["Release"]

    assert world.later(minutes=10) == 1
    start = minjun.waits_for("#gpu", "is yours now")
    assert "GPU0 is yours now, @Alice Weber, until" in start.words
    assert start.notified == {"alice"}

    assert world.later(hours=4, minutes=45) == 1
    ending = alice.waits_for("@gpu", "Ends in 15 min")
    assert "Nobody is booked after you." in ending.words
    assert ending.buttons == ["+1 h", "+2 h", "+4 h", "End now"]

    assert world.later(minutes=15) == 1
    end = minjun.waits_for("#gpu", "time has ended")
    assert end.notified == set()
    assert world.later(hours=12) == 0


def test_the_next_person_is_handed_over_to_in_one_line(world: World) -> None:
    world.book("alice", "now for 2h")
    world.book("haruka", "20:00-22:00")  # 11:00 UTC
    world.tick()
    world.later(hours=1, minutes=45)
    assert "right after you, so it cannot be extended" in world.person("alice").waits_for("@gpu", "Ends in").words
    world.later(minutes=15)
    line = world.person("minjun").waits_for("#gpu", "goes from Alice Weber to")
    assert line.notified == {"haruka"}
    assert not any("has ended" in said or "is yours now" in said for said in words(world.person("minjun"), "#gpu")[1:])


def test_extending_from_the_reminder(world: World) -> None:
    world.book("alice", "now for 2h")
    world.tick()
    world.later(hours=1, minutes=45)
    alice = world.person("alice")
    alice.waits_for("@gpu", "Ends in 15 min").press("+1 h")
    alice.waits_for("@gpu", "✓ Extended to 13:00")
    world.tick()
    assert world.later(minutes=15) == 0  # the old end is not told
    world.later(minutes=45)
    alice.waits_for("@gpu", "Ends in 15 min")


def test_nothing_is_said_of_what_was_cancelled(world: World) -> None:
    answer = world.book("alice", "13:00-18:00")
    world.tick()
    answer.press("Cancel")
    world.person("alice").waits_for("#gpu", "✓ Cancelled")
    world.tick()
    world.person("minjun").waits_for("#gpu", "it is free again")
    assert world.later(hours=12) == 0


def test_what_fell_due_in_silence_is_said_once_and_called_late(world: World) -> None:
    world.book("alice", "13:00-18:00")
    world.tick()
    world.later(hours=4)  # an hour after its start
    start = world.person("minjun").waits_for("#gpu", "is yours now")
    assert "(late: this was due at" in start.words
    assert world.tick() == 0


def test_many_due_together_become_one_message(world: World) -> None:
    for number in range(1, 5):
        world.add_gpu("lab-node-1", f"GPU{number}")
        world.book("alice", f"13:00-14:00 on GPU{number}")
    world.tick()
    assert world.later(hours=3) == 1
    message = world.person("minjun").waits_for("#gpu", "is yours now")
    assert message.words.count("is yours now") == 4


def test_slack_answering_429_and_500_loses_and_doubles_nothing(world: World) -> None:
    world.slack.fail("chat.postMessage", status=429, retry_after=30)
    world.book("alice", "now for 2h")
    assert world.tick() == 0
    assert world.later(seconds=20) == 0
    world.slack.fail("chat.postMessage", status=500)
    assert world.later(seconds=20) == 0
    assert world.later(minutes=1) == 1
    starts = [said for said in words(world.person("minjun"), "#gpu") if "is yours now" in said]
    assert len(starts) == 1


def test_a_post_that_was_taken_although_it_failed_is_not_posted_again(world: World) -> None:
    world.slack.fail("chat.postMessage", reset=True)
    world.book("alice", "now for 2h")
    world.tick()
    world.later(minutes=2)
    starts = [said for said in words(world.person("minjun"), "#gpu") if "is yours now" in said]
    assert len(starts) == 1


def test_a_channel_that_cannot_be_reached_is_told_to_an_admin(world: World) -> None:
    world.book("alice", "now for 2h")  # Alice is the workspace's admin
    world.slack.kick_bot("#gpu")
    world.tick()
    told = world.person("alice").waits_for("@gpu", "I could not tell the lab's channel")
    assert "Slack says: not_in_channel. Invite me there with /invite" in told.words


def test_what_follows_at_once_for_the_same_person_is_no_hand_over(world: World) -> None:
    world.book("alice", "13:00-14:00")
    world.book("alice", "14:00-16:00 for evals")
    world.later(hours=3)
    world.later(hours=1)
    line = world.person("minjun").waits_for("#gpu", "▶ GPU0 is yours now, @Alice Weber, until 00:00")
    assert "goes from" not in line.words
