"""Who is acting, with which rights, and from where."""

from __future__ import annotations

from dataclasses import dataclass

from core import errors, facts
from core.facts import Role, Standing, Surface


@dataclass(frozen=True)
class Actor:
    """Who is acting now, with rights."""

    organization_id: int
    member_id: int
    role: Role
    standing: Standing
    surface: Surface = Surface.SLACK

    @classmethod
    def of(cls, organization_id: int, member: facts.Member) -> Actor:
        return cls(organization_id, member.id, member.role, member.standing)

    @property
    def is_admin(self) -> bool:
        return self.role is Role.ADMIN and self.standing is Standing.MEMBER

    def must_be_member(self) -> None:
        """Raise MayNotBook for guests, strangers, bots and deactivated accounts."""
        if self.standing is not Standing.MEMBER:
            raise errors.MayNotBook(self.standing)


@dataclass(frozen=True)
class Operator:
    """Whoever runs commands on the machine itself, or the bot of its own accord: nobody the lab knows by name."""

    organization_id: int
    surface: Surface = Surface.CONSOLE
    member_id: None = None
