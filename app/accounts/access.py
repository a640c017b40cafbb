"""Access checks for users."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy.orm import Session

from app.accounts.models import User
from app.accounts.queries import load_users
from app.errors import not_found


def access_user(session: Session, user_id: int) -> User:
    """Returns a user by id; raises ``not_found``. Every signed-in user may see every profile."""
    user = session.get(User, user_id)
    if user is None:
        raise not_found()
    return user


def access_users(session: Session, user_ids: Collection[int]) -> None:
    """Raises ``not_found`` unless all of these users exist."""
    if len(load_users(session, user_ids)) < len(set(user_ids)):
        raise not_found()


def access_profile(session: Session, user_id: int) -> dict[str, Any]:
    """Returns a user's public profile, as on the wire; raises ``not_found``."""
    found = load_users(session, [user_id]).get(user_id)
    if found is None:
        raise not_found()
    return found
