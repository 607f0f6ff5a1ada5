"""Slack user → member of the lab. Slack is asked about somebody on their first visit, and again after an hour."""

from __future__ import annotations

import logging
import re
from datetime import datetime, timedelta
from functools import cache
from typing import Any, Protocol
from zoneinfo import available_timezones

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError

from core import displays, facts, members, organizations
from core.facts import Standing
from core.work import Database

log = logging.getLogger(__name__)

FRESH = timedelta(hours=1)
_LOCALE = re.compile(r"[A-Za-z]{2,8}(?:[-_][A-Za-z0-9]{1,8})*")
_LONGEST_LOCALE = 16  # characters that the table keeps
_UNKNOWN = frozenset({"user_not_found", "user_not_visible", "users_not_found"})


class Desk(Protocol):
    """What of the booking desk is needed here."""

    @property
    def database(self) -> Database: ...
    @property
    def organization(self) -> facts.Organization: ...
    @property
    def client(self) -> WebClient: ...


def find(desk: Desk, slack_id: str, now: datetime, *, hurried: bool = False) -> facts.Member:
    """The member, asked for at Slack if new or not seen for an hour. Call it after the acknowledgement, or `hurried`.

    When Slack does not answer, soon if `hurried`, what we know stands, or the lab's own zone and language; it is asked
    again next time. Somebody Slack does not know here is a stranger.
    """
    member = _known(desk, slack_id, now)
    return member if member and is_fresh(member, now) else _ask(desk, slack_id, member, now, hurried)


def refresh(desk: Desk, member: facts.Member, now: datetime) -> facts.Member:
    """The same of somebody who was looked up just now, `hurried`."""
    return member if is_fresh(member, now) else _ask(desk, member.slack_id, member, now, hurried=True)


def _ask(desk: Desk, slack_id: str, member: facts.Member | None, now: datetime, hurried: bool) -> facts.Member:
    try:
        user = _asking(desk.client, hurried).users_info(user=slack_id, include_locale=True)["user"]
    except SlackApiError as error:
        if error.response.get("error") in _UNKNOWN:
            return _save_stranger(desk, slack_id, now)
        log.warning("users.info failed: %s", error.response.get("error"))
    except (SlackClientError, OSError) as error:
        log.warning("users.info failed: %s", type(error).__name__)
    else:
        with desk.database.begin(now) as work:
            lab = organizations.of_id(work, desk.organization.id)
            return members.save(work, lab.id, slack_id, **_read(user, lab))
    return member or _newcomer(desk, slack_id, now)


def changed(desk: Desk, user: dict[str, Any], now: datetime) -> None:
    """Slack says unasked what is so of somebody now. It leaves out their locale now and then; that stays as it was.

    Who never came to us is no concern of ours.
    """
    if _known(desk, user["id"], now) is None:
        return
    with desk.database.begin(now) as work:
        lab = organizations.of_id(work, desk.organization.id)
        said = _read(user, lab) | {"language": _locale(user)}
        member = members.save(work, lab.id, user["id"], **said, checked=False)
        displays.outdate_home(work, lab.id, member.id)


def is_fresh(member: facts.Member, now: datetime) -> bool:
    """Whether Slack need not be asked about them again."""
    return member.checked_at is not None and now - member.checked_at < FRESH


def _known(desk: Desk, slack_id: str, now: datetime) -> facts.Member | None:
    """What our own table says of somebody."""
    with desk.database.read(now) as work:
        return members.find(work, desk.organization.id, slack_id)


def _asking(client: WebClient, hurried: bool) -> WebClient:
    if not hurried:
        return client
    return WebClient(token=client.token, base_url=client.base_url, timeout=1, retry_handlers=[])


def _save_stranger(desk: Desk, slack_id: str, now: datetime) -> facts.Member:
    return _save_unchecked(desk, slack_id, now, Standing.STRANGER)


def _newcomer(desk: Desk, slack_id: str, now: datetime) -> facts.Member:
    return _save_unchecked(desk, slack_id, now, Standing.MEMBER)


def _save_unchecked(desk: Desk, slack_id: str, now: datetime, standing: Standing) -> facts.Member:
    with desk.database.begin(now) as work:
        lab = organizations.of_id(work, desk.organization.id)
        return members.save(
            work,
            lab.id,
            slack_id,
            name=slack_id,
            zone=lab.zone,
            language=lab.language,
            standing=standing,
            checked=False,
        )


def _read(user: dict[str, Any], organization: facts.Organization) -> dict[str, Any]:
    """What `users.info` says, in our words."""
    profile = user.get("profile", {})
    zone = user.get("tz") or organization.zone
    return {
        "name": profile.get("display_name") or profile.get("real_name") or user.get("real_name") or user["id"],
        "zone": zone if zone in _zones() else organization.zone,
        "language": _locale(user) or organization.language,
        "standing": _standing(user, organization),
        "admin": bool(user.get("is_admin") or user.get("is_owner")),
    }


@cache
def _zones() -> frozenset[str]:
    """Python reads a whole folder for them each time."""
    return frozenset(available_timezones())


def _locale(user: dict[str, Any]) -> str | None:
    """`ja-JP`, of any language, also of one that nobody writes here; None for what is no locale."""
    locale = str(user.get("locale") or "")
    return locale if _LOCALE.fullmatch(locale) and len(locale) <= _LONGEST_LOCALE else None


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
