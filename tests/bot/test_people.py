"""What Slack says of somebody, in our words."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot import people
from core.facts import Member, Organization, Role, Standing

LAB = Organization(1, "T1", "Lab", "Asia/Tokyo", "ja", channel=None, announce=True)
NOW = datetime(2026, 12, 3, 9, 0, tzinfo=UTC)


def read(**facts: Any) -> dict[str, Any]:
    user = {"id": "U1", "team_id": "T1", "tz": "Europe/Berlin", "locale": "de-DE", "profile": {"real_name": "Ada"}}
    return people._read(user | facts, LAB)


@pytest.mark.parametrize(
    ("facts", "standing"),
    [
        ({}, Standing.MEMBER),
        ({"is_restricted": True}, Standing.GUEST),
        ({"is_restricted": False, "is_ultra_restricted": True}, Standing.GUEST),
        ({"is_stranger": True}, Standing.STRANGER),
        ({"team_id": "T2"}, Standing.STRANGER),
        ({"is_bot": True}, Standing.BOT),
        ({"id": "USLACKBOT"}, Standing.BOT),
        ({"deleted": True, "is_restricted": True}, Standing.DEACTIVATED),
    ],
)
def test_who_somebody_is_to_the_lab(facts: dict[str, Any], standing: Standing) -> None:
    assert read(**facts)["standing"] is standing


def test_what_slack_does_not_know_the_lab_does() -> None:
    assert (read()["zone"], read()["language"], read()["name"]) == ("Europe/Berlin", "de-DE", "Ada")
    for zone in (None, "", "Mars/Olympus"):
        assert read(tz=zone)["zone"] == "Asia/Tokyo"
    for locale in (None, "", "<!channel>", "a-" * 20):
        assert read(locale=locale)["language"] == "ja"
    assert read(profile={})["name"] == "U1"


def test_slack_is_asked_again_after_an_hour() -> None:
    seen = Member(1, "U1", "Ada", "UTC", "en", Role.USER, Standing.MEMBER, NOW)
    assert people.is_fresh(seen, NOW + timedelta(minutes=59))
    assert not people.is_fresh(seen, NOW + timedelta(hours=1))
    assert not people.is_fresh(replace(seen, checked_at=None), NOW)
