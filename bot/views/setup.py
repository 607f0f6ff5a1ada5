"""What an admin's Home says as long as the lab is not set up, and the test message."""

from __future__ import annotations

from bot.reader import Reader
from bot.views import kit
from bot.views.kit import Block, Message
from core.setup import Progress, Step


def checklist(progress: Progress, reader: Reader) -> list[Block]:
    lines = [_line(said, step in progress.done, reader) for step, said in _steps(reader).items()]
    buttons = [
        kit.button(reader.say("Lab settings"), "admin:settings"),
        kit.button(reader.say("Add a GPU"), "admin:gpu_new"),
        kit.button(reader.say("Limits"), "admin:limits"),
        kit.button(reader.say("Send a test"), "test_message", spoken=reader.say("Send a test message to the channel")),
        kit.button(reader.say("Hide this list"), "finish_setup"),
    ]
    return [kit.header(reader.say("Set up your lab")), *kit.sections(lines), {"type": "actions", "elements": buttons}]


def to_channel(reader: Reader) -> Message:
    return kit.message(reader.say("This is a test: the lab's GPU bookings will be told here."))


def arrived(channel: str, reader: Reader) -> Message:
    return kit.message(reader.say("✓ The test message is in <#{channel}>.", channel=channel))


def no_channel(reader: Reader) -> Message:
    return kit.message(
        reader.say("The lab has no channel yet. Invite me to one with `/invite`, and press my button there.")
    )


def refused(channel: str, code: str, reader: Reader) -> Message:
    return kit.message(
        reader.say(
            "<#{channel}> did not take the test message. Slack says: `{code}`. Invite me there with `/invite`.",
            channel=channel,
            code=code,
        )
    )


def _line(said: str, is_done: bool, reader: Reader) -> str:
    return reader.say("☑ {step} (done)", step=said) if is_done else reader.say("☐ {step}", step=said)


def _steps(reader: Reader) -> dict[Step, str]:
    return {
        Step.CHANNEL: reader.say("Channel: invite me with `/invite`, and make it the lab's"),
        Step.GPUS: reader.say("GPUs: add all that the lab has"),
        Step.LIMITS: reader.say("Limits: how long, how far ahead and how many at once"),
        Step.LANGUAGE: reader.say("Language: the one that the channel is written to in"),
        Step.TEST: reader.say("Test message: see that it arrives"),
    }
