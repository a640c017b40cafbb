"""The application with cheap password hashes.

Argon2 takes CPU time on purpose. Tests that are not about signing in create hundreds of users and
would spend most of their time hashing. Tests of signing in start ``wsgi:app``.
"""

from __future__ import annotations

from wsgi import app  # first, because it patches for gevent

from argon2 import PasswordHasher  # isort: skip

from app.accounts import passwords  # isort: skip

passwords._hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)

__all__ = ["app"]
