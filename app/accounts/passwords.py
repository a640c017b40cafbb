"""Passwords: argon2id, off the event loop, two at a time."""

from __future__ import annotations

from functools import cache

import gevent
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from gevent.lock import BoundedSemaphore
from gevent.threadpool import ThreadPool

_hasher = PasswordHasher()
# A hash takes about 50 ms of a core and 64 MB: more than two at once would starve the event loop.
_turns = BoundedSemaphore(2)


def hash_password(password: str) -> str:
    """Returns the argon2id hash of a password; sleeps cooperatively while a thread works."""
    with _turns:
        hashed: str = _threads().apply(_hasher.hash, (password,))
    return hashed


def verify_password(password_hash: str | None, password: str) -> bool:
    """Whether a password is right; ``None``, for an unknown account, takes as long."""
    with _turns:
        right: bool = _threads().apply(_verify, (password_hash, password))
    return right


def _verify(password_hash: str | None, password: str) -> bool:
    try:
        return _hasher.verify(password_hash or _nobody(), password) and password_hash is not None
    except (VerificationError, InvalidHashError):
        return False


@cache
def _nobody() -> str:
    """Returns a hash to verify for unknown accounts, so that both refusals take the same time."""
    return _hasher.hash("nobody's password")


def _threads() -> ThreadPool:
    pool: ThreadPool = gevent.get_hub().threadpool
    return pool
