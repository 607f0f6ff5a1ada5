"""Settings from the environment and `.env`: typed, and every missing or bad one reported at once."""

from __future__ import annotations

import os
import re
from typing import Annotated, Any, Self
from zoneinfo import available_timezones

from dotenv import dotenv_values
from pydantic import AfterValidator, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from core import policy


class BadSettings(Exception):  # noqa: N818 - what is bad are the settings
    """One line per setting that is missing or bad; no line holds a secret."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


def check_zone(name: str) -> str:
    if name not in available_timezones():
        raise ValueError("is no IANA time zone; write one like Asia/Tokyo")
    return name


def check_channel(channel: str) -> str:
    if not re.fullmatch(r"[CG][A-Z0-9]{2,}", channel):
        raise ValueError("is no channel id; it looks like C0123ABCD and stands at the end of the channel's details")
    return channel


def check_offer(minutes: str) -> int:
    if not minutes.isdecimal() or not 1 <= int(minutes) <= policy.MOST_OFFER_MINUTES:
        raise ValueError(f"is no number of minutes from 1 to {policy.MOST_OFFER_MINUTES}")
    return int(minutes)


def _command(command: str) -> str:
    if not re.fullmatch(r"/[a-z0-9_-]{1,31}", command):
        raise ValueError("is no slash command; write one like /gpu")
    return command


def check_database_url(url: str) -> str:
    """The address as it came; ValueError says what is wrong with it."""
    if not re.match(r"sqlite:///.|postgresql\+psycopg://", url):
        raise ValueError("is no database; write sqlite:///gpu-slots.db or postgresql+psycopg://user:password@host/name")
    return url


def _api_url(url: str) -> str:
    if not re.match(r"https?://", url):
        raise ValueError("is no address; leave it out, or write one like https://slack.com/api/")
    return url if url.endswith("/") else f"{url}/"


def _starts_with(prefix: str) -> AfterValidator:
    def check(secret: SecretStr) -> SecretStr:
        if not secret.get_secret_value().startswith(prefix):
            raise ValueError(f"is not that kind of token; it starts with {prefix}")
        return secret

    return AfterValidator(check)


class Settings(BaseSettings):
    """Named in the environment in capitals. `Settings.load()` reads them; nothing is read at import."""

    model_config = SettingsConfigDict(
        env_file=".env", env_ignore_empty=True, extra="ignore", hide_input_in_errors=True, frozen=True
    )

    database_url: Annotated[str, AfterValidator(check_database_url), Field(repr=False)] = "sqlite:///gpu-slots.db"
    timezone: Annotated[str, AfterValidator(check_zone)] = "UTC"
    slack_bot_token: Annotated[SecretStr, _starts_with("xoxb-")] | None = None
    slack_app_token: Annotated[SecretStr, _starts_with("xapp-")] | None = None
    slack_signing_secret: SecretStr | None = None
    slack_api_url: Annotated[str, AfterValidator(_api_url)] = "https://slack.com/api/"
    gpu_channel: Annotated[str, AfterValidator(check_channel)] | None = None
    gpu_command: Annotated[str, AfterValidator(_command)] = "/gpu"
    port: Annotated[int, Field(ge=1, le=65535)] | None = None

    @classmethod
    def load(cls, *, talks: bool = False, listens: bool = False) -> Self:
        """Read and check them. `talks`: Slack is spoken to; `listens`: and heard. Raises BadSettings."""
        problems = [] if not (talks or listens) else _missing(_given(), listens=listens)
        try:
            settings = cls()
        except ValidationError as error:
            raise BadSettings([_problem(dict(each)) for each in error.errors()] + problems) from None
        if problems:
            raise BadSettings(problems)
        return settings


def _given() -> set[str]:
    """The names that are set to something, good or bad."""
    everything = {**dotenv_values(".env"), **os.environ}
    return {name.upper() for name, value in everything.items() if value}


def _missing(given: set[str], *, listens: bool) -> list[str]:
    problems = []
    if "SLACK_BOT_TOKEN" not in given:
        problems.append("SLACK_BOT_TOKEN is missing: the bot's own token, xoxb-…, from OAuth & Permissions")
    if listens and not given & {"SLACK_APP_TOKEN", "SLACK_SIGNING_SECRET"}:
        problems.append(
            "SLACK_APP_TOKEN is missing: for Socket Mode, xapp-…, from Basic Information;"
            " or set SLACK_SIGNING_SECRET and PORT, for HTTP"
        )
    if listens and "SLACK_APP_TOKEN" not in given and "SLACK_SIGNING_SECRET" in given and "PORT" not in given:
        problems.append("PORT is missing: over HTTP, Slack has to reach us somewhere")
    return problems


def _problem(error: dict[str, Any]) -> str:
    name, message = str(error["loc"][0]).upper(), str(error["msg"]).removeprefix("Value error, ")
    return f"{name} {message[0].lower()}{message[1:]}"
