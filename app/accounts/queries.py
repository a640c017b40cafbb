"""Reading people."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import Block, SignInSession, User
from app.presence.leases import leases
from app.store.types import AnyRow, iso

USER_COLUMNS = (User.id, User.name, User.avatar_url, User.role, User.last_seen_at)


def user_view(user: User | AnyRow) -> dict[str, Any]:
    """A User as on the wire."""
    return {
        "id": user.id,
        "name": user.name,
        "avatar_url": user.avatar_url,
        "role": user.role,
        **presence_of(user.id, user.last_seen_at),
    }


def presence_of(user_id: int, last_seen_at: int | None) -> dict[str, Any]:
    """``online``, and ``last_seen_at`` for those who are not."""
    online = leases.is_online(user_id)
    last_seen = None if online else leases.last_seen(user_id, iso(last_seen_at))
    return {"online": online, "last_seen_at": last_seen}


def load_users(session: Session, user_ids: Iterable[int]) -> dict[int, dict[str, Any]]:
    """Several people by id, in one query."""
    rows = session.execute(select(*USER_COLUMNS).where(User.id.in_(set(user_ids))))
    return {row.id: user_view(row) for row in rows}


def find_users(session: Session, q: str | None, limit: int, after_id: int) -> list[dict[str, Any]]:
    """People whose name contains ``q``, by id, after ``after_id``."""
    statement = select(*USER_COLUMNS).where(User.id > after_id).order_by(User.id).limit(limit)
    if q:
        statement = statement.where(User.name.icontains(q, autoescape=True))
    return [user_view(row) for row in session.execute(statement)]


def user_by_email(session: Session, email: str) -> User | None:
    """The account with this address, if there is one."""
    return session.scalars(select(User).where(User.email == email.strip().lower())).first()


def session_is_live(session: Session, session_id: str) -> bool:
    """Whether a sign-in session exists and has not been ended."""
    return (
        session.execute(
            select(SignInSession.id).where(
                SignInSession.id == session_id, SignInSession.revoked_at.is_(None)
            )
        ).first()
        is not None
    )


def is_blocked(session: Session, one: int, other: int) -> bool:
    """Whether either of two people has blocked the other."""
    pair = (one, other)
    return (
        session.execute(
            select(Block.blocker_id).where(Block.blocker_id.in_(pair), Block.blocked_id.in_(pair))
        ).first()
        is not None
    )


def has_blocked(session: Session, blocker_id: int, blocked_id: int) -> bool:
    """Whether the first has blocked the second."""
    return session.get(Block, (blocker_id, blocked_id)) is not None


def blocked_people(session: Session, blocker_id: int) -> list[dict[str, Any]]:
    """Whom someone has blocked, latest first."""
    rows = session.execute(
        select(*USER_COLUMNS)
        .join(Block, Block.blocked_id == User.id)
        .where(Block.blocker_id == blocker_id)
        .order_by(Block.created_at.desc(), User.id)
    )
    return [user_view(row) for row in rows]
