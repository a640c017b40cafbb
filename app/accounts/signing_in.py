"""Signing up and in, for REST and for pages."""

from __future__ import annotations

from flask import request

from app.accounts import commands, queries
from app.accounts.commands import SignInResult
from app.accounts.passwords import hash_password, verify_password
from app.accounts.schemas import Register, SignIn
from app.accounts.tokens import settings
from app.contract.command import Limit, command
from app.errors import N_, PalabreError
from app.store import store


def _by_address(given: Register | SignIn) -> tuple[object, ...]:
    return (request.remote_addr,)


def _by_account(given: SignIn) -> tuple[object, ...]:
    return (request.remote_addr, given.email.strip().lower())


@command(limit=(Limit("register", _by_address),), refuses=("conflict",))
def sign_up(given: Register) -> SignInResult:
    """Registers a user; shared with the sign-up page."""
    hashed = hash_password(given.password)
    return store.write(commands.register, settings(), given.email, hashed, given.name, given.locale)


@command(
    limit=(Limit("sign_in_address", _by_address), Limit("sign_in", _by_account)),
    refuses=("unauthenticated",),
)
def sign_in(given: SignIn) -> SignInResult:
    """Signs a user in; shared with the sign-in page. All refusals read alike and take as long."""
    with store.reading() as session:
        user = queries.user_by_email(session, given.email)
        found = (user.id, user.password_hash) if user is not None else (0, None)
    if not verify_password(found[1], given.password):
        raise PalabreError("unauthenticated", N_("Wrong e-mail address or password."))
    return store.write(commands.sign_in, settings(), found[0])
