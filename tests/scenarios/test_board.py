"""The lab's board: one message in the channel that is always right."""

from __future__ import annotations

from bot.delivery import Sender
from bot.displays import LEASE
from bot.upkeep import Upkeep
from bot.workspace.driver import MessageHandle
from core import displays
from tests.scenarios.conftest import World


def put(world: World, who: str = "alice") -> MessageHandle:
    person = world.person(who)
    before = max((message.ts for message in person.sees("#gpu")), default="0")
    person.types("#gpu", "/gpu board")
    person.waits_for("#gpu", "The board stands in", after=before)
    return board(world)


def board(world: World) -> MessageHandle:
    return world.person("minjun").waits_for("#gpu", "this message keeps itself up to date")


def boards(world: World) -> list[MessageHandle]:
    seen = world.person("minjun").sees("#gpu")
    return [message for message in seen if "keeps itself up to date" in message.words and not message.gone]


def delete(world: World, shown: MessageHandle) -> None:
    """As an admin of the workspace may."""
    next(each for each in world.person("alice").sees("#gpu") if each.ts == shown.ts).delete()


def posts(world: World) -> list[str]:
    return [message.words for message in world.person("minjun").sees("#gpu") if not message.ephemeral]


def test_it_is_edited_in_place_and_bookings_are_no_posts(world: World) -> None:
    shown = put(world)
    assert "1 of 1 GPU is free now." in shown.words
    before = posts(world)
    world.book("haruka", "20:30-22:00 for <!channel>")
    world.later(seconds=5)
    assert "GPU0 · 佐藤遥" in shown.words
    assert "Changed lately\n• today 18:00 · 佐藤遥 booked GPU0 · today 20:30–22:00" in shown.words
    assert "<!channel>" not in shown.words.partition("Changed lately")[2]
    assert shown.notified == set()
    assert len(posts(world)) == len(before), "told on the board, and nowhere else"
    assert [each.ts for each in boards(world)] == [shown.ts]


def test_each_reads_it_in_their_own_zone(world: World) -> None:
    put(world)
    world.book("haruka", "20:30-22:00")
    world.later(seconds=5)
    assert "12:30" in world.person("alice").waits_for("#gpu", "this message keeps itself").words
    assert "20:30" in world.person("haruka").waits_for("#gpu", "this message keeps itself").words
    assert "until 20:30" not in board(world).text, "a notification's words name the zone"
    assert "JST" in board(world).text


def test_starts_and_ends_are_still_told_in_the_channel(world: World) -> None:
    put(world)
    world.book("alice", "now for 1h")
    world.tick()
    world.person("minjun").waits_for("#gpu", "is yours now")
    world.later(hours=1)
    world.person("minjun").waits_for("#gpu", "GPU0 is free")
    assert "1 of 1 GPU is free now." in board(world).words


def test_it_turns_with_the_hour_and_rests_in_between(world: World) -> None:
    put(world)
    world.later(minutes=1)
    calls = len(world.slack.calls)
    for _ in range(20):
        world.later(minutes=1)
    assert len(world.slack.calls) == calls, "nothing changed"
    world.later(hours=1)
    assert [call.method for call in list(world.slack.calls)[calls:]] == ["chat.update"]


def test_changes_within_seconds_are_one_edit(world: World) -> None:
    put(world)
    world.later(minutes=1)
    world.book("alice", "tomorrow 13-14")
    world.tick()
    calls = len([call for call in world.slack.calls if call.method == "chat.update"])
    for who, hour in (("alice", 15), ("alice", 17), ("alice", 19)):
        world.book(who, f"tomorrow {hour}-{hour + 1}")
    world.tick()
    assert len([call for call in world.slack.calls if call.method == "chat.update"]) == calls
    world.later(seconds=5)
    assert len([call for call in world.slack.calls if call.method == "chat.update"]) == calls + 1
    assert "19:00" in world.person("alice").waits_for("#gpu", "this message keeps itself").words


def test_deleted_by_somebody_it_is_posted_anew(world: World) -> None:
    shown = put(world)
    delete(world, shown)
    world.book("haruka", "20:30-22:00")
    world.later(seconds=5)
    world.tick()
    again = board(world)
    assert again.ts != shown.ts
    assert len(boards(world)) == 1
    world.book("haruka", "22:30-23:00")
    world.later(seconds=6)
    assert [each.ts for each in boards(world)] == [again.ts]


def test_when_edits_are_refused_it_is_posted_anew_and_the_old_one_goes(world: World) -> None:
    shown = put(world)
    world.slack.fail("chat.update", error="edit_window_closed")
    world.book("haruka", "20:30-22:00")
    world.later(seconds=5)
    assert shown.gone
    assert len(boards(world)) == 1


def test_an_old_one_that_has_to_stay_is_not_taken_for_the_new_one(world: World) -> None:
    old = put(world)
    world.slack.fail("chat.update", error="edit_window_closed")
    world.slack.fail("chat.delete", error="cant_delete_message")
    world.book("haruka", "20:30-22:00")
    world.later(seconds=5)
    (new,) = (each for each in boards(world) if each.ts != old.ts)
    assert "20:30" in new.words
    world.book("haruka", "22:30-23:00")
    world.later(seconds=6)
    (new,) = (each for each in boards(world) if each.ts != old.ts)
    assert "22:30" in new.words


def test_a_lost_answer_does_not_make_two(world: World) -> None:
    shown = put(world)
    delete(world, shown)
    world.slack.fail("chat.postMessage", reset=True)
    world.book("haruka", "20:30-22:00")
    world.later(seconds=5)
    world.later(seconds=35)
    assert len(boards(world)) == 1


def test_an_archived_channel_is_waited_for(world: World) -> None:
    put(world)
    world.book("haruka", "20:30-22:00")
    world.slack.archive("#gpu")
    world.later(seconds=5)
    assert "佐藤遥" not in board(world).words
    world.slack.state.channel_named("#gpu").archived = False
    world.later(minutes=5)
    assert "佐藤遥" not in board(world).words, "it is tried now and then"
    world.later(minutes=6)
    assert "佐藤遥" in board(world).words


def test_a_rate_limit_is_obeyed_and_holds_up_no_reminder(world: World) -> None:
    put(world)
    world.slack.fail("chat.update", status=429, retry_after=60)
    world.book("haruka", "now for 1h")
    world.later(seconds=5)
    world.person("minjun").waits_for("#gpu", "is yours now")
    assert "佐藤遥" not in board(world).words
    world.later(seconds=30)
    assert "佐藤遥" not in board(world).words
    world.later(seconds=31)
    assert "佐藤遥" in board(world).words


def test_another_process_takes_over_after_a_crash(world: World) -> None:
    put(world)
    world.book("haruka", "20:30-22:00")
    world.clock.forward(seconds=6)
    with world.desk.database.read(world.clock()) as work:
        [stale] = displays.stale(work, world.desk.organization.id)
    with world.desk.database.begin(world.clock()) as work:
        assert displays.claim(work, stale, LEASE) is not None
    other = Upkeep(world.desk, Sender(world.desk))
    world.clock.forward(seconds=1)
    other.look_after()
    assert "佐藤遥" not in board(world).words, "it is being drawn, as far as anybody knows"
    world.clock.forward(seconds=30)
    other.look_after()
    assert "佐藤遥" in board(world).words


def test_put_again_it_moves_and_off_takes_it_away(world: World) -> None:
    first = put(world)
    world.clock.forward(seconds=30)
    second = put(world)
    assert first.gone
    assert second.ts != first.ts
    assert len(boards(world)) == 1
    alice = world.person("alice")
    alice.types("#gpu", "/gpu board off")
    alice.waits_for("#gpu", "The board is gone.")
    assert boards(world) == []
    world.book("haruka", "20:30-22:00")
    world.tick()
    world.person("minjun").waits_for("#gpu", "booked by 佐藤遥")
    alice.types("#gpu", "/gpu board off")
    alice.waits_for("#gpu", "There is no board.")


def test_where_the_bot_is_not_the_cure_is_said(world: World) -> None:
    world.slack.fail("chat.postMessage", error="not_in_channel")
    alice = world.person("alice")
    alice.types("#gpu", "/gpu board")
    assert "/invite @gpu" in alice.waits_for("#gpu", "I am not in").words
    assert boards(world) == []
    world.book("haruka", "20:30-22:00")
    world.tick()
    world.person("minjun").waits_for("#gpu", "booked by 佐藤遥")


def test_its_buttons_answer_only_whoever_presses(world: World) -> None:
    shown = put(world)
    assert shown.buttons == ["Book 1 now", "Book 2+", "My bookings", "Details", "Week picture"]
    world.person("minjun").waits_for("#gpu", "this message keeps itself").press("Book 1 now")
    answer = world.person("minjun").waits_for("#gpu", "For how long?")
    assert answer.ephemeral
    assert not shown.gone
