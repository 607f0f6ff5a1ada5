"""The promises: before the start, at the start, before the end, at the end; once, and to whom they concern."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.workspace.driver import MessageHandle
from core import booking, members, organizations, reservations
from core.actors import Actor, Operator
from tests.scenarios.conftest import World


def words(person, where: str) -> list[str]:  # type: ignore[no-untyped-def]
    return [message.words for message in person.sees(where) if not message.ephemeral]


def posts(world: World) -> list[MessageHandle]:
    """What stands in the channel for everybody, threads aside."""
    seen = world.person("minjun").sees("#gpu")
    return [each for each in seen if not each.ephemeral and not each.gone and each.thread_ts in {"", each.ts}]


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


def test_who_is_next_themselves_is_told_so(world: World) -> None:
    world.book("alice", "now for 2h")
    world.book("alice", "12:00-13:00")  # 11:00 UTC
    world.later(hours=1, minutes=45)
    ending = world.person("alice").waits_for("@gpu", "Ends in")
    assert "Your next booking begins right then." in ending.words
    assert "you is next" not in ending.words


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
    assert len(posts(world)) == 1
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


def test_a_change_rewrites_what_was_told_and_is_no_post(world: World) -> None:
    world.book("alice", "now for 1h")
    world.book("haruka", "20:00-22:00 for evals")  # 12:00-14:00 in Berlin
    world.tick()
    told = posts(world)
    assert len(told) == 1, "due in one minute: one message"
    assert told[0].notified == {"alice"}
    alice, haruka = world.person("alice"), world.person("haruka")
    haruka.types("#gpu", "/gpu extend 1h")
    haruka.waits_for("#gpu", "✓ Extended to 23:00")
    alice.types("#gpu", "/gpu extend 30m")
    alice.waits_for("#gpu", "✓ Extended to 11:30")
    world.tick()
    assert "GPU0 is yours now, @Alice Weber, until 19:30" in told[0].words
    assert "佐藤遥’s booking is now" in told[0].words
    assert "23:00" in told[0].words
    assert "23:00 JST" in told[0].text, "also for who hears it"
    haruka.types("#gpu", "/gpu cancel")
    haruka.waits_for("#gpu", "✓ Cancelled")
    world.tick()
    assert "佐藤遥 cancelled" in told[0].words
    assert "is now" not in told[0].words
    world.later(hours=1, minutes=30)
    assert [each.ts for each in posts(world)][:1] == [told[0].ts]
    assert len(posts(world)) == 2, "and its end"


def test_what_one_person_books_within_a_minute_is_one_message(world: World) -> None:
    """A line more each, without a sound; what somebody else books, or a minute later, is a post of its own."""
    world.book("alice", "20:00-21:00")
    world.tick()
    [told] = posts(world)
    alices = world.book("alice", "21:00-22:00")
    world.book("haruka", "22:00-23:00")
    world.tick()
    world.tick()
    assert len(posts(world)) == 2
    assert told.words.count("booked by Alice Weber") == 2
    assert "佐藤遥" not in told.words
    assert told.buttons == ["Manage mine"]
    alices.press("Cancel")
    world.person("alice").waits_for("#gpu", "✓ Cancelled")
    world.tick()
    assert told.words.count("booked by Alice Weber") == 1
    assert "Alice Weber cancelled" in told.words
    world.clock.forward(minutes=1)
    world.book("alice", "23:00-24:00")
    world.tick()
    assert len(posts(world)) == 3


def test_with_a_board_a_start_is_still_put_right(world: World) -> None:
    world.book("alice", "now for 1h")
    world.tick()
    alice = world.person("alice")
    alice.types("#gpu", "/gpu board")
    alice.waits_for("#gpu", "The board stands in")
    alice.types("#gpu", "/gpu extend 30m")
    alice.waits_for("#gpu", "✓ Extended to 11:30")
    world.tick()
    assert "until 19:30" in world.person("minjun").waits_for("#gpu", "is yours now").words
    assert len(posts(world)) == 2, "the start, and the board"


@pytest.mark.parametrize("lost", ["deleted", "too old", "archived"])
def test_what_cannot_be_rewritten_is_told_anew(world: World, lost: str) -> None:
    world.book("haruka", "21:00-22:00")
    world.tick()
    [told] = posts(world)
    match lost:
        case "deleted":
            next(each for each in world.person("alice").sees("#gpu") if each.ts == told.ts).delete()
        case "too old":
            world.slack.fail("chat.update", error="edit_window_closed")
        case "archived":
            with world.desk.database.begin(world.clock()) as work:
                by = Operator(world.desk.organization.id)
                organizations.change(work, by, channel=world.slack.channel_id("#general"))
            world.slack.archive("#gpu")
    world.slack.fail("chat.postMessage", reset=True)
    world.person("haruka").types("@gpu", "extend 1h")
    world.person("haruka").waits_for("@gpu", "✓ Extended to 23:00")
    world.tick()
    world.later(minutes=2)
    where = "#general" if lost == "archived" else "#gpu"
    anew = [each for each in world.person("minjun").sees(where) if "booking is now" in each.words]
    assert len(anew) == 1, "once, although the first answer was lost"
    world.person("haruka").types("@gpu", "cancel")
    world.person("haruka").waits_for("@gpu", "✓ Cancelled")
    world.tick()
    assert "it is free again" in anew[0].words


def test_slack_failing_at_a_rewriting_loses_and_doubles_nothing(world: World) -> None:
    world.book("haruka", "21:00-22:00")
    world.tick()
    [told] = posts(world)
    world.slack.fail("chat.update", status=429, retry_after=30)
    world.person("haruka").types("#gpu", "/gpu extend 1h")
    world.person("haruka").waits_for("#gpu", "✓ Extended to 23:00")
    world.tick()
    world.later(seconds=20)
    assert "23:00" not in told.words
    world.slack.fail("chat.update", reset=True)
    world.later(minutes=1)
    world.later(minutes=1)
    assert "23:00" in told.words
    assert len(posts(world)) == 1
    assert world.later(minutes=1) == 0


def test_who_overruled_somebody_and_why_is_told_in_the_thread(world: World) -> None:
    world.person("alice").types("#gpu", "/gpu mine")  # the workspace's admin, once the bot has met her
    world.person("alice").waits_for("#gpu", "You have nothing booked")
    world.book("haruka", "21:00-22:00 for evals")
    world.tick()
    [told] = posts(world)
    lab = world.desk.organization.id
    with world.desk.database.begin(world.clock()) as work:
        [held] = reservations.ahead(work, lab)
        admin = members.admins(work, lab)[0]
        booking.cancel(work, Actor.of(lab, admin), held.id, version=None, why="power <!channel> cut")
    world.slack.fail("chat.postMessage", reset=True)
    world.tick()
    world.later(minutes=2)
    assert "佐藤遥’s booking" in told.words
    assert "was cancelled" in told.words
    assert "free" not in told.words
    [told_why] = told.thread
    assert "Alice Weber cancelled 佐藤遥’s booking: GPU0" in told_why.words
    assert "Why: power <!channel> cut" in told_why.words
    assert told_why.notified == set()
    assert len(posts(world)) == 1


def test_why_some_gpus_of_a_run_end_earlier_is_told_in_its_thread(world: World) -> None:
    world.add_gpu("lab-node-1", "GPU1")
    world.person("alice").types("#gpu", "/gpu mine")
    world.person("alice").waits_for("#gpu", "You have nothing booked")
    world.book("haruka", "now for 8h 2 gpus for evals")
    world.tick()
    [told] = posts(world)
    with world.desk.database.begin(world.clock()) as work:
        admin = Actor.of(world.desk.organization.id, members.admins(work, world.desk.organization.id)[0])
        [held] = reservations.ahead(work, admin.organization_id)
        end = world.clock() + timedelta(hours=2)
        booking.shorten(work, admin, held.id, version=None, names=["GPU1"], end=end, why="the fan of GPU1")
    world.tick()
    world.tick()
    [told_why] = told.thread
    assert "Alice Weber changed 佐藤遥’s booking, which was GPU1" in told_why.words
    assert "Why: the fan of GPU1" in told_why.words


def test_one_of_a_series_is_told_in_the_thread_of_the_series(world: World) -> None:
    alice = world.person("alice")
    alice.types("#gpu", "/gpu book every weekday 13-15 until Dec 18 on GPU0")
    alice.waits_for("#gpu", "✓ Booked 12 times")
    world.tick()
    [told] = posts(world)
    alice.types("#gpu", "/gpu mine")
    alice.waits_for("#gpu", "You have 12 bookings.").press("Cancel next")
    alice.waits_for("#gpu", "✓ Cancelled")
    world.tick()
    [one] = told.thread
    assert "GPU0 · Alice Weber cancelled today 21:00 – 23:00; it is free again" in one.words
    alice.types("#gpu", "/gpu mine")
    alice.waits_for("#gpu", "You have 11 bookings.").press("Cancel all that remain")
    alice.waits_for("#gpu", "✓ Cancelled 11 times")
    world.tick()
    assert "cancelled 11 times" in told.words
    assert len(posts(world)) == 1
    assert len(told.thread) == 1


def test_a_part_that_goes_on_to_the_next_person_is_one_line(world: World) -> None:
    for number in range(1, 4):
        world.add_gpu("lab-node-1", f"GPU{number}")
    world.book("alice", "now for 2h on GPU0,GPU1,GPU2")
    world.book("haruka", "20:00-22:00 on GPU1,GPU3 for evals")  # 12:00 in Berlin
    world.later(hours=1, minutes=58)
    world.later(minutes=2)
    line = posts(world)[-1]
    assert line.notified == {"haruka"}
    assert line.words.splitlines()[0] == (
        '⇄ GPU1 goes from Alice Weber to @佐藤遥, with GPU3 as well, until 22:00 · "evals" · GPU0, GPU2 are free'
    )
    assert "is yours now" not in line.words
    assert "has ended" not in line.words
