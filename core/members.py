"""People of a lab: who they are to us."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from sqlalchemy import Row, Select, select, update

from core import audit, errors, facts, models, recipients
from core.actors import Actor, Operator
from core.facts import Action, Role, Standing, Subject
from core.work import Work


def find(work: Work, organization_id: int, slack_id: str) -> facts.Member | None:
    row = work.session.scalar(_by_slack_id(organization_id, slack_id))
    return fact(row) if row else None


def admins(work: Work, organization_id: int) -> tuple[facts.Member, ...]:
    rows = work.session.scalars(
        select(models.Member)
        .where(models.Member.organization_id == organization_id, models.Member.role == Role.ADMIN)
        .order_by(models.Member.id)
    )
    return tuple(map(fact, rows))


def of_id(work: Work, organization_id: int, member_id: int) -> facts.Member:
    """UnknownMember when there is none of that number in this lab."""
    row = work.session.get(models.Member, member_id)
    if row is None or row.organization_id != organization_id:
        raise errors.UnknownMember(str(member_id))
    return fact(row)


def must_be_admin(work: Work, by: Actor | Operator) -> None:
    """Raise AdminsOnly for everybody else. Whoever runs commands on the machine is one."""
    if isinstance(by, Actor) and not by.is_admin:
        raise errors.AdminsOnly(admins(work, by.organization_id))


def set_role(work: Work, by: Actor | Operator, member_id: int, role: Role, *, why: str = "") -> facts.Member:
    """Name an admin, or take it back. Raises AdminsOnly, MayNotBook for who is no member, and LastAdmin."""
    must_be_admin(work, by)
    lock_organization(work, by.organization_id)
    member = of_id(work, by.organization_id, member_id)
    if member.role is role:
        return member
    if role is Role.ADMIN and member.standing is not Standing.MEMBER:
        raise errors.MayNotBook(member.standing)
    others = [each for each in admins(work, by.organization_id) if each.id != member_id]
    if role is Role.USER and not any(each.standing is Standing.MEMBER for each in others):
        raise errors.LastAdmin(member)
    row = work.session.get_one(models.Member, member_id)
    row.role = role
    work.session.flush()
    audit.record(
        work,
        by,
        Action.CHANGED,
        Subject.MEMBER,
        member_id,
        before={"role": member.role},
        after={"role": role},
        concerns=member_id,
        why=why,
    )
    return fact(row)


def lock_organization(work: Work, organization_id: int) -> None:
    """One at a time may change what a lab consists of; bookings, which only refer to the lab, do not wait for it."""
    locked = select(models.Organization.id).where(models.Organization.id == organization_id)
    work.session.execute(locked.with_for_update(key_share=True))


def save(
    work: Work,
    organization_id: int,
    slack_id: str,
    *,
    name: str,
    zone: str,
    language: str | None,
    standing: Standing,
    admin: bool = False,
    checked: bool = True,
) -> facts.Member:
    """Find or create a member and keep what is known of them now.

    `language` may be unknown, of who is known. `admin` makes a new member one; afterwards the lab's own word on roles
    stands. `checked`: Slack was asked.
    """
    # Two first commands of one person may come at once; the lab's row makes one wait for the other.
    lock_organization(work, organization_id)
    row = work.session.scalar(_by_slack_id(organization_id, slack_id))
    if row is None:
        role = Role.ADMIN if admin else Role.USER
        row = models.Member(organization_id=organization_id, slack_id=slack_id, role=role)
        work.session.add(row)
    row.name, row.zone, row.standing = name, zone, standing
    row.language = language or row.language
    if checked:
        row.checked_at = work.now
    work.session.flush()
    recipients.number(work, organization_id, recipients.to_member(row.id))
    return fact(row)


def _by_slack_id(organization_id: int, slack_id: str) -> Select[models.Member]:
    return select(models.Member).where(
        models.Member.organization_id == organization_id, models.Member.slack_id == slack_id
    )


def choose(work: Work, actor: Actor, choices: facts.Choices) -> facts.Member:
    """Keep what somebody chooses for themselves; from then on it overrules what Slack says."""
    row = work.session.get_one(models.Member, actor.member_id, with_for_update={"key_share": True})
    before = _choices(row)
    row.own_zone, row.own_language = choices.zone, choices.language
    row.before_start, row.before_end = choices.before_start, choices.before_end
    row.quiet_from, row.quiet_until = choices.quiet_from, choices.quiet_until
    if choices != before:
        audit.record(
            work,
            actor,
            Action.CHOSEN,
            Subject.MEMBER,
            row.id,
            before=asdict(before),
            after=asdict(choices),
            concerns=row.id,
        )
    return fact(row)


def welcome(work: Work, member_id: int) -> bool:
    """Whether this is the first time that they are welcomed; it is noted."""
    noted = (
        update(models.Member)
        .where(models.Member.id == member_id, models.Member.welcomed_at.is_(None))
        .values(welcomed_at=work.now)
        .returning(models.Member.id)
    )
    return work.session.scalar(noted) is not None


def fact(row: models.Member | Row[*tuple[Any, ...]]) -> facts.Member:
    """Of a member, or of a row that has all the columns of one."""
    return facts.Member(
        row.id,
        row.slack_id,
        row.name,
        row.own_zone or row.zone,
        row.own_language or row.language,
        Role(row.role),
        Standing(row.standing),
        row.checked_at,
        _choices(row),
        row.welcomed_at is not None,
    )


def _choices(row: models.Member | Row[*tuple[Any, ...]]) -> facts.Choices:
    return facts.Choices(
        row.own_zone, row.own_language, row.before_start, row.before_end, row.quiet_from, row.quiet_until
    )
