"""App Home: everything at a glance, right while it is looked at, and one's own settings."""

from __future__ import annotations

from core import members
from core.facts import Standing
from tests.conftest import wait_until
from tests.scenarios.conftest import World


def publishes(world: World) -> int:
    return len([call for call in world.slack.calls if call.method == "views.publish"])


def test_now_today_the_coming_week_mine_and_settings(world: World) -> None:
    world.book("haruka", "now for 2h")
    world.book("alice", "tomorrow 13-18 for thesis")
    home = world.person("alice").opens_home().waits_for("My settings")
    assert "in use: 佐藤遥 until 12:00" in home.words
    assert "Thu 3 Dec · 10:00–12:00 佐藤遥" in home.words
    assert "Fri 4 Dec · 13:00–18:00 you" in home.words
    assert "Thu 10 Dec · free all day" in home.words
    assert "Your GPU time this week:" in home.words
    assert "Language: English, as Slack says" in home.words
    assert "Time zone: Europe/Berlin (10:00), as Slack says" in home.words
    assert "Reminders: before the start and before the end, as direct messages" in home.words


def test_many_of_ones_own_are_folded(world: World) -> None:
    """So that the settings below are not at the end of a long way down."""
    for hour in range(13, 20):
        world.book("alice", f"tomorrow {hour}:00-{hour + 1}:00")
    home = world.person("alice").opens_home().waits_for("… and 2 more.")
    assert home.buttons.count("Cancel") == 5
    home.press("All my bookings")
    home.waits_for("You have 7 bookings.")
    assert home.buttons.count("Cancel") == 12, "the answer stands on top"


def test_it_follows_what_others_do_while_it_is_looked_at(world: World) -> None:
    home = world.person("alice").opens_home().waits_for("My settings")
    world.book("haruka", "now for 2h")
    world.later(seconds=4)
    home.waits_for("in use: 佐藤遥")
    count = publishes(world)
    world.later(minutes=3)
    assert publishes(world) == count, "nothing changed"
    world.later(minutes=8)
    world.book("haruka", "tomorrow 13-14")
    world.later(minutes=1)
    assert publishes(world) == count, "nobody looks any more, as far as anybody can tell"


def test_what_happens_within_seconds_is_one_refresh(world: World) -> None:
    world.person("alice").opens_home().waits_for("My settings")
    world.book("haruka", "tomorrow 13-14")
    world.book("haruka", "tomorrow 15-16")
    world.book("haruka", "tomorrow 17-18")
    world.tick()
    assert publishes(world) == 1
    world.later(seconds=4)
    assert publishes(world) == 2


def test_an_answer_on_it_can_be_read_in_peace(world: World) -> None:
    world.book("alice", "tomorrow 13-14")
    world.clock.forward(minutes=1)
    home = world.person("alice").opens_home().waits_for("My settings")
    world.clock.forward(seconds=30)
    home.press("Cancel")
    home.waits_for("✓ Cancelled")
    world.book("haruka", "tomorrow 13-14")
    world.later(seconds=10)
    home.waits_for("✓ Cancelled")
    world.later(seconds=10)
    home.waits_for("佐藤遥")
    assert "✓ Cancelled" not in home.words


def test_a_rate_limit_is_obeyed(world: World) -> None:
    home = world.person("alice").opens_home().waits_for("My settings")
    world.book("haruka", "now for 2h")
    world.slack.fail("views.publish", status=429, retry_after=30)
    world.later(seconds=5)
    world.later(seconds=20)
    assert "in use" not in home.words
    world.later(seconds=11)
    home.waits_for("in use: 佐藤遥")


def test_settings_overrule_what_slack_says(world: World) -> None:
    alice = world.person("alice")
    home = alice.opens_home().waits_for("My settings")
    home.press("Settings")
    form = alice.waits_for_form("My settings")
    assert form.values == {
        "Language": "As Slack says",
        "Time zone": "As Slack says",
        "Reminders": ["Before the start", "Before the end"],
        "Quiet hours from": None,
        "Quiet hours until": None,
    }
    form.choose("Time zone", "Asia/Tokyo")
    form.choose("Language", "English")
    assert form.submit() == {}
    home.waits_for("Time zone: Asia/Tokyo (18:00)")
    assert "as Slack says" not in home.words
    world.later(hours=2)
    alice.types("#gpu", "/gpu 22:00-23:00")
    assert "22:00–23:00 JST" in alice.waits_for("#gpu", "✓ Booked").words, "and Slack, asked again, changes nothing"


def test_reminders_can_be_left_out_and_come_back(world: World) -> None:
    world.book("alice", "11:00-12:00")
    alice = world.person("alice")
    home = alice.opens_home().waits_for("My settings")
    home.press("Settings")
    form = alice.waits_for_form("My settings")
    form.choose("Reminders", "Before the end")
    form.submit()
    home.waits_for("Reminders: before the end only")
    world.later(minutes=55)
    assert not any("Starts in" in message.words for message in alice.sees("@gpu"))
    world.later(minutes=55)
    alice.waits_for("@gpu", "Ends in 10 min")
    home.press("Settings")
    form = alice.waits_for_form("My settings")
    assert form.values["Reminders"] == ["Before the end"]
    form.choose("Reminders")
    form.submit()
    home.waits_for("Reminders: none")


def test_what_slack_tells_of_somebody_is_so_at_once(world: World) -> None:
    alice = world.person("alice")
    home = alice.opens_home().waits_for("CET")

    def alice_is(**facts: object) -> bool:
        with world.desk.database.read(world.clock()) as work:
            member = members.find(work, world.desk.organization.id, alice.id)
        return all(getattr(member, fact) == value for fact, value in facts.items())

    world.slack.change_person("alice", tz="America/New_York", locale="ko-KR")
    wait_until(lambda: alice_is(zone="America/New_York", language="ko-KR"))
    world.later(seconds=10)
    assert "EST" in home.words
    assert "America/New_York" in home.words
    assert "새로 고침" in home.buttons
    world.slack.change_person("minjun", tz="UTC")  # who never came
    with world.desk.database.read(world.clock()) as work:
        assert members.find(work, world.desk.organization.id, world.person("minjun").id) is None
    world.slack.deactivate("alice")
    wait_until(lambda: alice_is(standing=Standing.DEACTIVATED))


def test_quiet_hours_of_ones_own_are_chosen_on_home_and_by_command(world: World) -> None:
    alice = world.person("alice")
    home = alice.opens_home().waits_for("Quiet hours: as the lab says")
    home.press("Settings")
    form = alice.waits_for_form("My settings")
    form.fill("Quiet hours from", "23:00")
    assert form.submit() == {"Quiet hours until": "Pick both the start and the end of the quiet hours, or neither."}
    form.fill("Quiet hours until", "07:30")
    assert form.submit() == {}
    home.waits_for("Quiet hours: 23:00–07:30")
    for words, answer in [
        ("quiet", "Quiet hours: 23:00–07:30"),
        ("quiet 10pm-8am", "Quiet hours: 22:00–08:00"),
        ("quiet soonish", "I do not understand “soonish” there, and did nothing."),
        ("quiet off", "Quiet hours: none"),
        ("quiet lab", "As the lab says. Quiet hours: none"),
    ]:
        alice.types("#gpu", f"/gpu {words}")
        alice.waits_for("#gpu", answer)
    alice.types("#gpu", "/gpu history")
    alice.waits_for("#gpu", "Alice Weber changed their own settings: Quiet hours from: 22:00 → 00:00")


def test_a_change_of_zone_in_slack_is_noticed_within_the_hour(world: World) -> None:
    world.book("alice", "13:00-14:00")
    alice = world.person("alice")
    alice.account.tz = "America/New_York"
    world.later(hours=2, minutes=51)
    assert "07:00–08:00 EST" in alice.waits_for("@gpu", "Starts in").words


def test_a_hundred_gpus_are_a_line_for_each_node_and_each_day(world: World) -> None:
    for number in range(99):
        world.add_gpu(f"n{number // 8}", f"GPU{number % 8}", model="A100")
    world.book("haruka", "now for 5h 100 gpus any nodes")
    world.book("alice", "tomorrow 8-20 4 gpus")
    home = world.person("alice").opens_home().waits_for("My settings")
    assert "0 of 100 GPUs are free now. The first to come free is lab-node-1/GPU0, at 15:00." in home.words
    assert "n11 · A100 · busy 0–7 佐藤遥 → 15:00" in home.words
    assert "Thu 3 Dec · 0 of 100 free all day, 36 % booked" in home.words
    assert "Fri 4 Dec · 96 of 100 free all day, 2 % booked · 4 GPUs yours" in home.words

    # The detail of a day is behind its button, and of a node behind its menu.
    home.press("Details")
    home.waits_for("Thu 3 Dec: 0 of 100 GPUs are free all day.")
    home.choose(home.menus[-1], "Tomorrow")
    home.waits_for("n12 · Fri 4 Dec: 3 of 3 GPUs are free all day.")
    assert "My settings" in home.words
