"""The door to people."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy.orm import Session

from app.accounts.models import User
from app.accounts.queries import load_users
from app.errors import not_found


def access_user(session: Session, user_id: int) -> User:
    """A person by id; raises ``not_found``. Every signed-in person may see every profile."""
    user = session.get(User, user_id)
    if user is None:
        raise not_found()
    return user


def access_users(session: Session, user_ids: Collection[int]) -> None:
    """Raise ``not_found`` unless each of some people exists."""
    if len(load_users(session, user_ids)) < len(set(user_ids)):
        raise not_found()


def access_profile(session: Session, user_id: int) -> dict[str, Any]:
    """The same as everybody sees them; raises ``not_found``."""
    found = load_users(session, [user_id]).get(user_id)
    if found is None:
        raise not_found()
    return found
