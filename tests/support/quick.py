"""The server as it is, save that hashing a password costs next to nothing.

Argon2 takes a fifth of a second of a core on purpose. Tests of anything else make hundreds of people, and
would do little but hash. Whatever is about signing in starts ``wsgi:app``.
"""

from __future__ import annotations

from wsgi import app  # first: it patches for gevent

from argon2 import PasswordHasher  # isort: skip

from app.accounts import passwords  # isort: skip

passwords._hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)

__all__ = ["app"]
