"""Times that come again: typed, in the form, taken as far as they are free, and cancelled in one go."""

from __future__ import annotations

from tests.scenarios.conftest import World

# It is Thursday 3 December 2026, 10:00 in Berlin, where Alice is.


def test_every_weekday_until_a_day_is_booked_in_one_go(world: World) -> None:
    alice = world.person("alice")
    alice.types("#gpu", "/gpu book every weekday 13-15 until Dec 18 on GPU0 for thesis runs")
    answer = alice.waits_for("#gpu", "✓ Booked 12 times")
    assert (
        'GPU0 (RTX 5090) on lab-node-1 · every weekday, 13:00–15:00 CET · Thu 3 Dec – Fri 18 Dec · "thesis runs"'
        in answer.words
    )
    assert answer.buttons == ["Cancel all that remain"]
    world.tick()
    news = [message.words for message in world.person("minjun").sees("#gpu") if "booked by" in message.words]
    assert len(news) == 1
    assert "GPU0 booked by Alice Weber 12 times: every weekday" in news[0]
    world.later(hours=2, minutes=50)
    alice.waits_for("@gpu", "Starts in 10 min")


def test_mine_shows_it_as_one_with_its_next_time(world: World) -> None:
    world.book("alice", "now for 1h")
    alice = world.person("alice")
    alice.types("#gpu", "/gpu every monday 9-12 until Dec 28")
    alice.waits_for("#gpu", "✓ Booked 4 times")
    alice.types("#gpu", "/gpu mine")
    mine = alice.waits_for("#gpu", "You have 5 bookings.")
    assert "every week on Mon, 4 times until Mon 28 Dec. Next: GPU0 (RTX 5090) on lab-node-1 · Mon 7 Dec" in mine.words
    assert mine.buttons[-5:] == [
        "Change next",
        "Cancel next",
        "Another time…",
        "Change all…",
        "Cancel all that remain",
    ]
    mine.press("Cancel next")
    alice.waits_for("#gpu", "✓ Cancelled")
    alice.types("#gpu", "/gpu mine")
    mine = alice.waits_for("#gpu", "You have 4 bookings.")
    assert "3 times until Mon 28 Dec" in mine.words
    mine.press("Cancel all that remain")
    alice.waits_for("#gpu", "✓ Cancelled 3 times: GPU0")
    alice.types("#gpu", "/gpu mine")
    alice.waits_for("#gpu", "You have 1 booking.")


def test_what_is_taken_is_listed_and_the_rest_is_one_tap_away(world: World) -> None:
    world.book("haruka", "on 2026-12-08 20:00-21:00")  # 12:00-13:00 in Berlin
    alice = world.person("alice")
    alice.types("#gpu", "/gpu book every day 11-13 until Dec 10 for evals")
    refusal = alice.waits_for("#gpu", "✗ Not booked: 1 of 8 times cannot be had.")
    assert "Tue 8 Dec, 11:00–13:00 CET: taken: 佐藤遥" in refusal.words
    alice.types("#gpu", "/gpu mine")
    alice.waits_for("#gpu", "You have nothing booked")
    refusal.press("Book the 7 free ones")
    answer = alice.waits_for("#gpu", "✓ Booked 7 times")
    assert '"evals"' in answer.words
    assert "Left out:" in answer.words
    assert "Tue 8 Dec, 11:00–13:00 CET: taken: 佐藤遥" in answer.words


def test_without_an_end_it_is_asked_for(world: World) -> None:
    alice = world.person("alice")
    alice.types("#gpu", "/gpu book every weekday 9-12")
    question = alice.waits_for("#gpu", "every weekday, and until when?")
    assert question.buttons == ["For 2 weeks", "For 4 weeks", "For 8 weeks"]
    question.press("For 2 weeks")
    alice.waits_for("#gpu", "✓ Booked 10 times")


def test_a_question_is_answered_and_books_nothing(world: World) -> None:
    alice = world.person("alice")
    alice.types("#gpu", "/gpu free every monday 9-12 until Dec 20")
    answer = alice.waits_for("#gpu", "Free: 2 of 2 times.")
    assert answer.buttons == ["Book the 2 free ones"]
    alice.types("#gpu", "/gpu mine")
    alice.waits_for("#gpu", "You have nothing booked")
    answer.press("Book the 2 free ones")
    alice.waits_for("#gpu", "✓ Booked 2 times")


def test_in_japanese_and_as_far_ahead_as_one_may_book(world: World) -> None:
    alice = world.person("alice")
    alice.types("#gpu", "/gpu 毎週月曜 9-12 3月末まで")
    refusal = alice.waits_for("#gpu", "✗ Not booked: 8 of 17 times cannot be had.")
    assert "Mon 8 Feb, 09:00–12:00 CET: That is too far ahead." in refusal.words
    refusal.press("Book the 9 free ones")
    assert "Mon 7 Dec – Mon 1 Feb" in alice.waits_for("#gpu", "✓ Booked 9 times").words


def test_pressed_or_delivered_again_it_is_booked_once(world: World) -> None:
    alice = world.person("alice")
    alice.types("#gpu", "/gpu book every day 13-14 until Dec 6")
    alice.waits_for("#gpu", "✓ Booked 4 times")
    world.slack.deliver_again()
    alice.types("#gpu", "/gpu mine")
    alice.waits_for("#gpu", "You have 4 bookings.")


def test_too_many_are_refused_with_the_last_day_that_would_work(world: World) -> None:
    alice = world.person("alice")
    alice.types("#gpu", "/gpu book every day 13-14 until 2027-12-31")
    alice.waits_for("#gpu", "A series has at most 100 times. Let it end by Fri 12 Mar")


def test_by_form_with_a_choice(world: World) -> None:
    alice = world.person("alice")
    alice.types("#gpu", "/gpu book")
    form = alice.waits_for_form("Book a GPU")
    form.fill("When", "tomorrow 9-12")
    form.choose("Repeat", "Every 2 weeks")
    assert form.submit() == {"Until": "Pick the last day of the series."}
    form.fill("Until", "2027-01-01")
    assert form.submit() == {}
    answer = alice.waits_for("#gpu", "✓ Booked 3 times")
    assert "every 2 weeks on Fri, 09:00–12:00 CET · Fri 4 Dec – Fri 1 Jan" in answer.words


def test_by_form_with_words(world: World) -> None:
    alice = world.person("alice")
    alice.types("#gpu", "/gpu book")
    form = alice.waits_for_form("Book a GPU")
    form.fill("When", "every weekday 9-12")
    assert "until when" in form.submit()["When"]
    form.fill("When", "every weekday 9-12 until Dec 11")
    assert form.submit() == {}
    alice.waits_for("#gpu", "✓ Booked 7 times")


def test_home_shows_it_as_one(world: World) -> None:
    alice = world.person("alice")
    alice.types("#gpu", "/gpu book every day 13-14 until Dec 6")
    alice.waits_for("#gpu", "✓ Booked 4 times")
    home = alice.opens_home()
    home.waits_for("every day, 4 times until Sun 6 Dec. Next:")
    home.press("Cancel all that remain")
    home.waits_for("✓ Cancelled 4 times")
    home.waits_for("You have nothing booked.")


def test_any_time_of_a_long_series_can_be_cancelled(world: World) -> None:
    alice = world.person("alice")
    alice.types("#gpu", "/gpu every day 13-14 until Jan 10")
    alice.waits_for("#gpu", "✓ Booked 39 times")
    alice.types("#gpu", "/gpu cancel")
    question = alice.waits_for("#gpu", "Which one? You have 39.")
    assert "39 times until Sun 10 Jan" in question.words  # in one card
    question.press("Another time…")
    dates = alice.waits_for("#gpu", "Which time of this series: every day?")
    dates.choose("Pick a time", "Sat 2 Jan, 13:00–14:00")
    alice.waits_for("#gpu", "Booked: GPU0 (RTX 5090) on lab-node-1 · Sat 2 Jan").press("Cancel")
    alice.waits_for("#gpu", "✓ Cancelled: GPU0 (RTX 5090) on lab-node-1 · Sat 2 Jan, 13:00–14:00 CET")
    alice.types("#gpu", "/gpu cancel friday")
    alice.waits_for("#gpu", "✓ Cancelled: GPU0 (RTX 5090) on lab-node-1 · Fri 4 Dec, 13:00–14:00 CET")
    alice.types("#gpu", "/gpu 12月31日をキャンセル")
    alice.waits_for("#gpu", "✓ Cancelled: GPU0 (RTX 5090) on lab-node-1 · Thu 31 Dec, 13:00–14:00 CET")
    alice.types("#gpu", "/gpu cancel friday")
    alice.waits_for("#gpu", "You have no such booking Fri 4 Dec, 00:00")


def test_all_that_remain_are_changed_by_command(world: World) -> None:
    world.add_gpu("lab-node-1", "GPU1")
    world.book("haruka", "on 2026-12-08 22:00-23:00 on GPU0")  # 14:00-15:00 in Berlin
    alice = world.person("alice")
    alice.types("#gpu", "/gpu change all to 13-15")
    alice.waits_for("#gpu", "You have no series.")
    alice.types("#gpu", "/gpu every weekday 9-12 until Dec 11 on GPU0")
    alice.waits_for("#gpu", "✓ Booked 7 times")
    world.tick()
    alice.types("#gpu", "/gpu change all to 13-15 for evals")
    refusal = alice.waits_for("#gpu", "✗ Not changed: 1 of 6 times cannot be had so.")  # one has begun
    assert "Tue 8 Dec, 13:00–15:00 CET: taken: 佐藤遥" in refusal.words
    refusal.press("Change the 5 others")
    answer = alice.waits_for(
        "#gpu", "✓ Changed 5 times: GPU0 (RTX 5090) on lab-node-1 · every weekday, 13:00–15:00 CET"
    )
    assert '"evals"' in answer.words
    assert "Left as they were:" in answer.words
    world.slack.deliver_again()
    world.tick()
    news = [message.words for message in world.person("minjun").sees("#gpu") if "changed 5 times" in message.words]
    assert len(news) == 1
    alice.types("#gpu", "/gpu 全部をGPU1に変更")
    alice.waits_for("#gpu", "✓ Changed 6 times: GPU1 (RTX 5090)")
    alice.types("#gpu", "/gpu change tuesday to 16-18 on GPU0")
    alice.waits_for("#gpu", "✓ Changed: GPU0 (RTX 5090) on lab-node-1 · Tue 8 Dec, 16:00–18:00 CET")


def test_all_that_remain_are_changed_in_the_form(world: World) -> None:
    alice = world.person("alice")
    alice.types("#gpu", "/gpu every weekday 9-12 until Dec 11 for thesis")
    alice.waits_for("#gpu", "✓ Booked 7 times")
    alice.types("#gpu", "/gpu change all")
    form = alice.waits_for_form("Change series")
    assert "6 times remain." in form.words
    form.fill("From", "22:00")
    form.fill("To", "23:30")
    form.fill("Purpose", "evals")
    assert form.submit() == {}
    answer = alice.waits_for(
        "#gpu", "✓ Changed 6 times: GPU0 (RTX 5090) on lab-node-1 · every weekday, 22:00–23:30 CET"
    )
    assert '"evals"' in answer.words
    alice.types("#gpu", "/gpu change monday")
    alice.waits_for_form("Change booking")


def test_what_of_a_series_cannot_be_had_may_be_waited_for(world: World) -> None:
    world.book("haruka", "on 2026-12-08 17:00-20:00")  # 9:00 to 12:00 in Berlin
    world.book("haruka", "on 2026-12-09 18:00-19:00")
    alice = world.person("alice")
    alice.types("#gpu", "/gpu every weekday 9-11 from Dec 7 until Dec 11 for evals")
    refusal = alice.waits_for("#gpu", "✗ Not booked: 2 of 5 times cannot be had.")
    assert "What cannot be had now may come free:" in refusal.words
    assert refusal.buttons == ["Book the 3 free ones", "Wait for Tue 8 Dec", "Wait for Wed 9 Dec"]
    refusal.press("Wait for Tue 8 Dec")
    waiting = alice.waits_for("#gpu", "✓ You wait for 2 h on 1 GPU.")
    assert "Tue 8 Dec, 12:00–14:00 CET; it is moved forward" in waiting.words
    refusal.press("Wait for Wed 9 Dec")
    assert "Wed 9 Dec, 11:00–13:00 CET" in alice.waits_for("#gpu", "You have GPU0 · Wed 9 Dec").words
    alice.types("#gpu", "/gpu wait 2h after 2026-12-09 9:00")
    alice.waits_for("#gpu", "You wait for that already.")
    refusal.press("Book the 3 free ones")
    alice.waits_for("#gpu", "✓ Booked 3 times")

    alice.types("#gpu", "/gpu every day 9-10 until Feb 3 from Jan 30")
    far = alice.waits_for("#gpu", "2 of 5 times cannot be had.")
    assert far.buttons == ["Book the 3 free ones", "Wait for Tue 2 Feb", "Wait for Wed 3 Feb"]


def test_a_change_of_a_series_that_cannot_be_had_may_be_waited_for(world: World) -> None:
    world.book("haruka", "on 2026-12-08 20:00-21:00")  # 12:00 in Berlin
    alice = world.person("alice")
    alice.types("#gpu", "/gpu every weekday 9-11 from Dec 7 until Dec 9")
    alice.waits_for("#gpu", "✓ Booked 3 times")
    alice.types("#gpu", "/gpu change all to 11:30-13")
    refusal = alice.waits_for("#gpu", "✗ Not changed: 1 of 3 times cannot be had so.")
    assert refusal.buttons == ["Change the 2 others", "Wait for Tue 8 Dec"]
    refusal.press("Wait for Tue 8 Dec")
    alice.waits_for("#gpu", "✓ You wait for 1 h 30 min on GPU0.")
    refusal.press("Change the 2 others")
    alice.waits_for("#gpu", "✓ Changed 2 times")


def test_a_series_comes_on_other_weekdays_from_now_on(world: World) -> None:
    world.book("haruka", "on 2026-12-15 17:00-20:00")  # Tuesday, 9:00 to 12:00 in Berlin
    alice = world.person("alice")
    alice.types("#gpu", "/gpu every mon and wed 9-12 from Dec 7 until Dec 16 for evals")
    alice.waits_for("#gpu", "✓ Booked 4 times")
    world.tick()
    world.clock.forward(days=4, hours=1)  # Monday at 11:00: one of them runs
    alice.types("#gpu", "/gpu change all to tue and fri")
    refusal = alice.waits_for("#gpu", "✗ Not changed: 1 of 4 times cannot be had so.")
    assert "Tue 15 Dec, 09:00–12:00 CET: taken: 佐藤遥" in refusal.words
    refusal.press("Change the 3 others")
    answer = alice.waits_for("#gpu", "✓ Changed 3 times: GPU0 (RTX 5090) on lab-node-1 · every week on Tue, Fri")
    assert "Left as they were:" in answer.words
    world.slack.deliver_again()
    while world.tick():
        pass
    told = [message.words for message in world.person("minjun").sees("#gpu") if "changed 4 times" in message.words]
    assert len(told) == 1
    assert "every week on Tue, Fri" in told[0]
    alice.types("#gpu", "/gpu mine")
    assert "every week on Tue, Fri, 4 times until Fri 18 Dec." in alice.waits_for("#gpu", "You have 5 bookings.").words

    alice.types("#gpu", "/gpu change all")
    form = alice.waits_for_form("Change series")
    assert form.values["Weekdays"] == ["Tue", "Fri"]
    form.choose("Weekdays")
    assert form.submit() != {}
    form.choose("Weekdays", "Thu")
    assert form.submit() == {}
    answer = alice.waits_for("#gpu", "✓ Changed 2 times: GPU0 (RTX 5090) on lab-node-1 · every week on Thu")
    assert "2 on other days are cancelled." in answer.words
    alice.types("#gpu", "/gpu 全部を火曜と木曜 13-15に変更")
    answer = alice.waits_for("#gpu", "✓ Changed 4 times: GPU0 (RTX 5090) on lab-node-1 · every week on Tue, Thu, 13:00")
    assert "Tue 8 Dec – Thu 17 Dec" in answer.words
    alice.types("#gpu", "/gpu change all to 2 hours later")  # which names no days
    alice.waits_for("#gpu", "until when? Choose a length")
    alice.types("#gpu", "/gpu change all to every 2 weeks on mon")
    alice.waits_for("#gpu", "✗ Every how many weeks it comes, and its end, stay as they are.")


def test_a_series_that_has_begun_is_announced_with_the_hours_of_them_all(world: World) -> None:
    alice = world.person("alice")
    alice.types("#gpu", "/gpu every day 9-12 until Dec 6")  # it is 10:00
    alice.waits_for("#gpu", "✓ Booked 4 times")
    world.tick()
    told = world.person("minjun").waits_for("#gpu", "GPU0 booked by Alice Weber 4 times").words
    assert "every day, Thu 3 Dec, 17:00–20:00 JST to Sun 6 Dec" in told
