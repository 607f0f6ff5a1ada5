"""Slack user → member of the lab. Slack is asked about somebody on their first visit, and again after an hour."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import available_timezones

from slack_sdk import WebClient
from slack_sdk.errors import SlackClientError

from core import facts, members
from core.facts import Standing
from core.work import Database

log = logging.getLogger(__name__)

FRESH = timedelta(hours=1)


def known(database: Database, organization: facts.Organization, slack_id: str, now: datetime) -> facts.Member | None:
    """What our own table says of somebody."""
    with database.read(now) as work:
        return members.find(work, organization.id, slack_id)


def find(
    database: Database, client: WebClient, organization: facts.Organization, slack_id: str, now: datetime
) -> facts.Member:
    """The member, asked for at Slack if new or not seen for an hour. Call it after the acknowledgement.

    When Slack does not answer, what we know stands, or the lab's own zone and language.
    """
    member = known(database, organization, slack_id, now)
    if member and member.checked_at and now - member.checked_at < FRESH:
        return member
    try:
        user = client.users_info(user=slack_id, include_locale=True)["user"]
    except (SlackClientError, OSError) as error:
        log.warning("users.info failed: %s", type(error).__name__)
        return member or _newcomer(database, organization, slack_id, now)
    with database.begin(now) as work:
        return members.save(work, organization.id, slack_id, **_read(user, organization))


def at_once(database: Database, organization: facts.Organization, slack_id: str, now: datetime) -> facts.Member:
    """The member as our table has them, or somebody new with the lab's defaults; never waits for Slack."""
    return known(database, organization, slack_id, now) or _newcomer(database, organization, slack_id, now)


def _newcomer(database: Database, organization: facts.Organization, slack_id: str, now: datetime) -> facts.Member:
    with database.begin(now) as work:
        return members.save(
            work,
            organization.id,
            slack_id,
            name=slack_id,
            zone=organization.zone,
            language=organization.language,
            standing=Standing.MEMBER,
            checked=False,
        )


def _read(user: dict[str, Any], organization: facts.Organization) -> dict[str, Any]:
    """What `users.info` says, in our words."""
    profile = user.get("profile", {})
    zone = user.get("tz") or organization.zone
    return {
        "name": profile.get("display_name") or profile.get("real_name") or user.get("real_name") or user["id"],
        "zone": zone if zone in available_timezones() else organization.zone,
        "language": user.get("locale") or organization.language,
        "standing": _standing(user, organization),
        "admin": bool(user.get("is_admin") or user.get("is_owner")),
    }


def _standing(user: dict[str, Any], organization: facts.Organization) -> Standing:
    if user.get("deleted"):
        return Standing.DEACTIVATED
    if user.get("is_bot") or user["id"] == "USLACKBOT":
        return Standing.BOT
    if user.get("is_stranger") or user.get("team_id", organization.slack_id) != organization.slack_id:
        return Standing.STRANGER
    if user.get("is_restricted") or user.get("is_ultra_restricted"):
        return Standing.GUEST
    return Standing.MEMBER
