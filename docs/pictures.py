"""Takes the README's pictures again, on the local workspace with the real bot: `.venv/bin/python docs/pictures.py`."""

from __future__ import annotations

import io
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from PIL import Image
from playwright.sync_api import Locator, Page, sync_playwright

from bot.workspace import Workspace
from bot.workspace.clock import MovableClock
from bot.workspace.demo import CLOCK, BotProcess, on_clock, opened

HERE = Path(__file__).parent
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]


# What somebody types, and what the answer says.
JAPANESE = (
    ("/gpu 明後日13時から18時まで 評価のために予約して", "✓ 予約しました"),
    ("/gpu 明後日の午後2時から3時間空いてますか？", "予約済みです"),
    ("/gpu 私の予約", "予約が2件あります"),
)
KOREAN = (
    ("/gpu 예약 모레 오전 9시부터 12시까지 학습용", "✓ 예약했습니다"),
    ("/gpu 모레 11시부터 3시간", "예약하지 못했습니다"),
    ("/gpu 상태", "지금 비어 있는 GPU"),
)


def main() -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        window = browser.new_context(viewport={"width": 1100, "height": 820}, device_scale_factor=1.5)
        try:
            with at_work(lived_in=False) as slack:
                take(window.new_page(), slack)
                talk(window.new_page(), slack, "haruka", "japanese.png", JAPANESE)
                talk(window.new_page(), slack, "minjun", "korean.png", KOREAN)
            with at_work(lived_in=True) as slack:
                take_status(window.new_page(), slack)
                take_home(window.new_page(), slack)
                take_week(window.new_page(), slack)
        finally:
            browser.close()


@contextmanager
def at_work(*, lived_in: bool) -> Iterator[Workspace]:
    """A Slack with the bot in it, on a Thursday morning; of a new lab, or of one with a past."""
    with tempfile.TemporaryDirectory() as name:
        until_thursday(Path(name))
        with opened(Path(name), lived_in=lived_in) as slack:
            bot = BotProcess(slack, Path(name), on_clock(Path(name)))
            try:
                bot.wait_connected(slack)
                yield slack
            finally:
                bot.stop()


def until_thursday(folder: Path) -> None:
    """On to 08:00 UTC, when it is the same day everywhere that people of the demo live; half of the week is over."""
    clock = MovableClock(folder / CLOCK)
    now = clock.now()
    morning = now.replace(hour=8, minute=0, second=0) + timedelta(days=(3 - now.weekday()) % 7)
    clock.forward((morning - now) % timedelta(days=7) / timedelta(seconds=1))


def take(page: Page, slack: Workspace) -> None:
    page.goto(f"{slack.url}/?as=alice")
    write(page, "/gpu book now for 2h for thesis runs", "✓ Booked")
    haruka = slack.person("haruka")
    haruka.types("#gpu", "/gpu book tomorrow 13:00-18:00 for evals")
    haruka.waits_for("#gpu", "✓ 予約しました")
    write(page, "/gpu book tomorrow 8:00-12:00", "Not booked")
    page.get_by_role("log").get_by_text("booked by").last.wait_for()
    page.wait_for_timeout(3_000)  # what is new is tinted for a moment
    keep(page, "booking.png")


def take_status(page: Page, slack: Workspace) -> None:
    """What the lab is doing, as one person sees it, under the board that all of them see."""
    page.set_viewport_size({"width": 1100, "height": 1060})  # the whole of both
    page.goto(f"{slack.url}/?as=alice")
    page.get_by_role("log").get_by_text("keeps itself up to date").wait_for()
    write(page, "/gpu status", "Times in CET.")
    page.wait_for_timeout(3_000)
    keep(page, "status.png")


def take_home(page: Page, slack: Workspace) -> None:
    page.goto(f"{slack.url}/?as=alice&in=%40gpu")
    page.get_by_role("link", name="Home").click()
    page.get_by_text("My settings").wait_for()
    page.wait_for_timeout(1_000)
    keep(page, "home.png")


def take_week(page: Page, slack: Workspace) -> None:
    """The picture of a week, where it comes: in the direct messages of who asked."""
    page.goto(f"{slack.url}/?as=alice&in=%40gpu")
    write(page, "picture", "% booked")
    picture = page.get_by_role("log").get_by_role("article").last
    picture.get_by_role("img").last.wait_for()
    page.wait_for_timeout(3_000)
    keep(picture, "week.png")


def talk(page: Page, slack: Workspace, who: str, name: str, said: tuple[tuple[str, str], ...]) -> None:
    """A conversation in somebody's own language."""
    page.goto(f"{slack.url}/?as={who}")
    for words, answer in said:
        write(page, words, answer)
    page.wait_for_timeout(3_000)
    keep(page, name)


def keep(what: Page | Locator, name: str) -> None:
    """In few colours: a third as large, and nobody sees it."""
    taken = Image.open(io.BytesIO(what.screenshot())).convert("RGB")
    few = taken.quantize(256, Image.Quantize.MEDIANCUT, kmeans=2, dither=Image.Dither.NONE)
    few.save(HERE / name, optimize=True)


def write(page: Page, words: str, answer: str) -> None:
    box = page.get_by_role("textbox", name="Message")
    box.fill(words)
    box.press("Enter")
    page.get_by_role("log").get_by_text(answer).first.wait_for()


if __name__ == "__main__":
    main()
