"""Reading users."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import BindParameter, bindparam, select, union_all
from sqlalchemy.orm import Session

from app.accounts.models import Block, SignInSession, User
from app.realtime.leases import leases
from app.store.prepared import Prepared, PreparedFor
from app.store.search import NameIndex
from app.store.types import AnyRow, iso

USER_COLUMNS = (User.id, User.name, User.avatar_url, User.role, User.last_seen_at)

_NAMES = NameIndex("user_names", User.id, User.name)
_USERS = PreparedFor(lambda ids: select(*USER_COLUMNS).where(User.id.in_(ids)))
_LIVE = Prepared(
    select(SignInSession.id).where(
        SignInSession.id == bindparam("session_id"), SignInSession.revoked_at.is_(None)
    )
)
_one: BindParameter[int] = bindparam("one")
_BLOCKED = PreparedFor(
    lambda ids: union_all(
        select(Block.blocker_id).where(Block.blocker_id == _one, Block.blocked_id.in_(ids)),
        select(Block.blocker_id).where(Block.blocked_id == _one, Block.blocker_id.in_(ids)),
    ).limit(1)
)
_other: BindParameter[int] = bindparam("other")
_BLOCKERS = Prepared(
    union_all(
        select(Block.blocker_id).where(Block.blocker_id == _one, Block.blocked_id == _other),
        select(Block.blocker_id).where(Block.blocker_id == _other, Block.blocked_id == _one),
    )
)


def user_view(user: User | AnyRow) -> dict[str, Any]:
    """Returns a User as on the wire."""
    return view_of(user.id, user.name, user.avatar_url, user.role, user.last_seen_at)


def view_of(
    user_id: int, name: str, avatar_url: str | None, role: str, last_seen_at: int | None
) -> dict[str, Any]:
    """Returns a User as on the wire, from the values of ``USER_COLUMNS``."""
    return {
        "id": user_id,
        "name": name,
        "avatar_url": avatar_url,
        "role": role,
        **presence_of(user_id, last_seen_at),
    }


def presence_of(user_id: int, last_seen_at: int | None) -> dict[str, Any]:
    """Returns ``online``, and ``last_seen_at`` for users who are offline."""
    online = leases.is_online(user_id)
    last_seen = None if online else leases.last_seen(user_id, iso(last_seen_at))
    return {"online": online, "last_seen_at": last_seen}


def load_users(session: Session, user_ids: Iterable[int]) -> dict[int, dict[str, Any]]:
    """Returns several users by id, in one query."""
    rows = _USERS.rows(session, sorted(set(user_ids)))
    return {row[0]: view_of(*row) for row in rows}


def find_users(session: Session, q: str | None, limit: int, after_id: int) -> list[dict[str, Any]]:
    """Returns users whose name matches ``q``, ordered by id, after ``after_id``."""
    statement = select(*USER_COLUMNS).where(User.id > after_id).order_by(User.id).limit(limit)
    if q := (q or "").strip():
        statement = statement.where(_NAMES.finds(session, q, limit, after=after_id))
    return [user_view(row) for row in session.execute(statement)]


def user_by_email(session: Session, email: str) -> User | None:
    """Returns the account with this address, if there is one."""
    return session.scalars(select(User).where(User.email == email.strip().lower())).first()


def session_is_live(session: Session, session_id: str) -> bool:
    """Whether a sign-in session exists and has not been ended."""
    return _LIVE.first(session, session_id=session_id) is not None


def is_blocked(session: Session, one: int, *others: int) -> bool:
    """Whether a user has blocked one of some others, or one of them has blocked that user."""
    return bool(_BLOCKED.rows(session, others, one=one))


def has_blocked(session: Session, blocker_id: int, blocked_id: int) -> bool:
    """Whether the first has blocked the second."""
    return session.get(Block, (blocker_id, blocked_id)) is not None


def block_between(session: Session, user_id: int, other_id: int) -> str:
    """Returns ``by-me`` if the user has blocked the other, else ``by-them`` or ``""``."""
    blockers = {row[0] for row in _BLOCKERS.rows(session, one=user_id, other=other_id)}
    if user_id in blockers:
        return "by-me"
    return "by-them" if blockers else ""


def blocked_people(session: Session, blocker_id: int) -> list[dict[str, Any]]:
    """Returns the users that a user has blocked, latest first."""
    rows = session.execute(
        select(*USER_COLUMNS)
        .join(Block, Block.blocked_id == User.id)
        .where(Block.blocker_id == blocker_id)
        .order_by(Block.created_at.desc(), User.id)
    )
    return [user_view(row) for row in rows]
