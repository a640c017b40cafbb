"""Signing up and in, for REST and for pages."""

from __future__ import annotations

from flask import request

from app import limits
from app.accounts import commands, queries
from app.accounts.commands import SignInResult
from app.accounts.passwords import hash_password, verify_password
from app.accounts.schemas import Register, SignIn
from app.accounts.tokens import settings
from app.errors import N_, PalabreError
from app.store import store


def sign_up(given: Register) -> SignInResult:
    """Register someone; shared with the sign-up page."""
    limits.spend("register", request.remote_addr)
    hashed = hash_password(given.password)
    return store.write(commands.register, settings(), given.email, hashed, given.name, given.locale)


def sign_in(given: SignIn) -> SignInResult:
    """Sign someone in; shared with the sign-in page. Every refusal reads and takes the same."""
    limits.spend("sign_in_address", request.remote_addr)
    limits.spend("sign_in", request.remote_addr, given.email.strip().lower())
    with store.reading() as session:
        user = queries.user_by_email(session, given.email)
        found = (user.id, user.password_hash) if user is not None else (0, None)
    if not verify_password(found[1], given.password):
        raise PalabreError("unauthenticated", N_("Wrong e-mail address or password."))
    return store.write(commands.sign_in, settings(), found[0])
