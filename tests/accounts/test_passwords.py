"""Passwords are hashed as they should be: most tests run on a server that does not take the trouble."""

from __future__ import annotations

from argon2 import PasswordHasher, Type

from app.accounts import passwords


def test_a_hash_takes_argon2ids_own_time_and_memory() -> None:
    hasher = passwords._hasher
    assert hasher.type is Type.ID
    assert (hasher.time_cost, hasher.memory_cost, hasher.parallelism) == (
        PasswordHasher().time_cost, PasswordHasher().memory_cost, PasswordHasher().parallelism,
    )  # fmt: skip
    assert hasher.time_cost >= 2
    assert hasher.memory_cost >= 19 * 1024  # what OWASP asks for, in KiB
