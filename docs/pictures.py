"""Takes the README's pictures again, on the local workspace with the real bot: `.venv/bin/python docs/pictures.py`."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from bot.workspace import Workspace
from bot.workspace.demo import BotProcess

HERE = Path(__file__).parent
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, Workspace() as slack, sync_playwright() as playwright:
        bot = BotProcess(slack, Path(folder))
        bot.wait_connected(slack)
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        window = browser.new_context(viewport={"width": 1100, "height": 820}, device_scale_factor=1.5)
        try:
            take(window.new_page(), slack)
        finally:
            browser.close()
            bot.stop()


def take(page: Page, slack: Workspace) -> None:
    page.goto(f"{slack.url}/?as=alice")
    write(page, "/gpu book now for 2h for thesis runs", "✓ Booked")
    haruka = slack.person("haruka")
    haruka.types("#gpu", "/gpu book tomorrow 13:00-18:00 for evals")
    haruka.waits_for("#gpu", "✓ 予約しました")
    write(page, "/gpu book tomorrow 8:00-12:00", "Not booked")
    page.get_by_role("log").get_by_text("booked by").last.wait_for()
    page.wait_for_timeout(3_000)  # what is new is tinted for a moment
    page.screenshot(path=HERE / "booking.png")


def write(page: Page, words: str, answer: str) -> None:
    box = page.get_by_role("textbox", name="Message")
    box.fill(words)
    box.press("Enter")
    page.get_by_role("log").get_by_text(answer).first.wait_for()


if __name__ == "__main__":
    main()
