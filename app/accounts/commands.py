"""Changing accounts: register, sign in, refresh, sign out, block."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, select

from app.accounts import access, queries
from app.accounts.events import SessionsEnded
from app.accounts.models import Block, SignInSession, User
from app.accounts.tokens import (
    Tokens,
    hash_token,
    make_access_token,
    make_refresh_token,
    new_session_id,
)
from app.actor import Actor
from app.contract.command import command
from app.errors import N_, PalabreError, invalid
from app.realtime.event import Event
from app.store import WriteSession
from config import Settings

# A client that lost the answer may retry with its old refresh token for this long.
REPLAY_MILLISECONDS = 30_000


@dataclass(frozen=True, slots=True)
class SignInResult:
    """A user with the tokens of one sign-in session."""

    user: dict[str, Any]
    tokens: Tokens
    actor: Actor


def register(
    session: WriteSession,
    keys: Settings,
    email: str,
    password_hash: str,
    name: str,
    locale: str | None,
) -> tuple[SignInResult, list[Event]]:
    """Creates an account and its first sign-in session; ``conflict`` if the address is taken."""
    if queries.user_by_email(session, email) is not None:
        raise PalabreError(
            "conflict",
            N_("This e-mail address already has an account. Sign in, or use another one."),
        )
    user = User(
        email=email,
        name=name,
        password_hash=password_hash,
        locale=locale,
        role="member",
        created_at=session.now,
    )
    session.add(user)
    session.flush()
    return sign_in(session, keys, user.id)


def sign_in(
    session: WriteSession, keys: Settings, user_id: int
) -> tuple[SignInResult, list[Event]]:
    """Begins a sign-in session for a user whose password has just been verified."""
    user = access.access_user(session, user_id)
    row = SignInSession(
        id=new_session_id(),
        user_id=user.id,
        generation=0,
        rotated_at=session.now,
        created_at=session.now,
        token_hash="",
    )
    session.add(row)
    signed_in = _issue(keys, user, row)
    row.token_hash = hash_token(signed_in.tokens.refresh)
    return signed_in, []


@command(limit=None)
def refresh(
    session: WriteSession, keys: Settings, session_id: str, token: str
) -> tuple[SignInResult | None, list[Event]]:
    """Rotates a refresh token; the result is ``None`` when the session is over.

    Reuse of an old token ends the session and closes its live connections.
    """
    row = session.get(SignInSession, session_id)
    if row is None or row.revoked_at is not None:
        return None, []
    user = access.access_user(session, row.user_id)
    hashed = hash_token(token)
    if hashed == row.previous_hash and session.now - row.rotated_at <= REPLAY_MILLISECONDS:
        return _issue(keys, user, row), []
    if hashed != row.token_hash:
        return None, _end(session, [row])
    row.generation += 1
    row.rotated_at = session.now
    signed_in = _issue(keys, user, row)
    row.previous_hash, row.token_hash = row.token_hash, hash_token(signed_in.tokens.refresh)
    return signed_in, []


@command(limit=None)
def sign_out(session: WriteSession, actor: Actor) -> tuple[None, list[Event]]:
    """Ends the session the actor is signed in with. Idempotent."""
    row = session.get(SignInSession, actor.session_id)
    live = row is not None and row.revoked_at is None
    return None, _end(session, [row]) if row is not None and live else []


def set_role(session: WriteSession, email: str, role: str) -> tuple[dict[str, Any], list[Event]]:
    """Makes a user a ``member``, ``moderator`` or ``admin``."""
    if role not in ("member", "moderator", "admin"):
        raise invalid("role", "must be member, moderator or admin")
    user = session.scalars(select(User).where(User.email == email.lower())).first()
    if user is None:
        raise PalabreError("not_found", N_("No account has this e-mail address."))
    user.role = role
    return queries.user_view(user), []


@command(limit="write")
def set_locale(session: WriteSession, actor: Actor, locale: str) -> tuple[None, list[Event]]:
    """Stores the language a user reads."""
    access.access_user(session, actor.user_id).locale = locale
    return None, []


@command(limit="write", refuses=("not_found",))
def block(session: WriteSession, actor: Actor, user_id: int) -> tuple[dict[str, Any], list[Event]]:
    """Blocks a user: neither can write to the other. Idempotent."""
    other = access.access_user(session, user_id)
    if other.id == actor.user_id:
        raise invalid("id", "cannot be yourself")
    if not queries.has_blocked(session, actor.user_id, other.id):
        session.add(Block(blocker_id=actor.user_id, blocked_id=other.id, created_at=session.now))
    return queries.user_view(other), []


@command(limit="write", refuses=("not_found",))
def unblock(
    session: WriteSession, actor: Actor, user_id: int
) -> tuple[dict[str, Any], list[Event]]:
    """Removes a block. Idempotent."""
    other = access.access_user(session, user_id)
    session.execute(
        delete(Block).where(Block.blocker_id == actor.user_id, Block.blocked_id == other.id)
    )
    return queries.user_view(other), []


def _issue(keys: Settings, user: User, row: SignInSession) -> SignInResult:
    actor = Actor(user.id, row.id)
    refresh_token = make_refresh_token(keys, user.id, row.id, row.generation, row.rotated_at)
    tokens = Tokens(make_access_token(keys, actor), refresh_token, keys.access_token_seconds)
    return SignInResult(queries.user_view(user), tokens, actor)


def _end(session: WriteSession, rows: list[SignInSession]) -> list[Event]:
    for row in rows:
        row.revoked_at = session.now
    return [SessionsEnded(session_ids=frozenset(row.id for row in rows))]
