"""REST: accounts, users, blocks, presence."""

from __future__ import annotations

from typing import Any

from flask import Response, jsonify, request
from flask_jwt_extended import get_jwt
from flask_jwt_extended.config import config as jwt_config
from flask_jwt_extended.utils import get_jwt_request_location

from app.accounts import access, commands, queries, signing_in
from app.accounts.bearer import actor, blueprint, verify_token
from app.accounts.commands import SignInResult
from app.accounts.cookies import clear_cookies, set_cookies
from app.accounts.objects import BlockState, OwnUser, PresenceList, SignedIn, User, Users
from app.accounts.schemas import FindUsers, PresenceOf, Register, SignIn, UserPath
from app.accounts.tokens import settings
from app.errors import N_, PalabreError
from app.http import rest
from app.http.openapi import REFRESHING
from app.http.rest import items
from app.store import store

auth = rest.blueprint("auth", __name__)
api = blueprint("accounts", __name__)


@auth.post("/auth/register", command=signing_in.sign_up, responses={201: SignedIn})
def register(body: Register) -> Any:
    """Creates an account and signs in."""
    return _answer(signing_in.sign_up(body)), 201


@auth.post("/auth/login", command=signing_in.sign_in, responses={200: SignedIn})
def login(body: SignIn) -> Any:
    """Signs in."""
    return _answer(signing_in.sign_in(body))


@auth.post(
    "/auth/refresh", command=commands.refresh, security=REFRESHING, responses={200: SignedIn}
)
def refresh() -> Any:
    """Exchanges a refresh token for new tokens; reuse of an old one ends the session."""
    verify_token(refresh=True)
    # A header alone proves nothing: behind HTTP authentication, every page's request has one.
    by_header = get_jwt_request_location() == "headers"
    token = (
        request.headers["Authorization"].split()[-1]
        if by_header
        else request.cookies[jwt_config.refresh_cookie_name]
    )
    renewed = store.write(commands.refresh, settings(), str(get_jwt()["sid"]), token)
    if renewed is None:
        raise PalabreError("token_revoked", N_("Your session has ended. Sign in again."))
    body = _answer(renewed)
    if by_header:
        return body
    # A page keeps its refresh token where scripts cannot read it.
    del body["refresh_token"]
    response = jsonify(body)
    set_cookies(response, renewed)
    return response


@api.post("/auth/logout", command=commands.sign_out, responses={204: None})
def logout() -> Any:
    """Ends this session and closes its live connections."""
    store.write(commands.sign_out, actor())
    response = Response(status=204)
    clear_cookies(response)
    return response


@api.get("/auth/me", responses={200: OwnUser})
def me() -> Any:
    """Returns the signed-in user."""
    with store.reading() as session:
        user = access.access_user(session, actor().user_id)
        return {**queries.user_view(user), "email": user.email, "locale": user.locale}


@api.get("/users", responses={200: Users})
def find_users(query: FindUsers) -> Any:
    """Searches users by name."""
    after = query.position or 0
    with store.reading() as session:
        found = queries.find_users(session, query.q, query.limit + 1, after)
    page = found[: query.limit]
    return items(page, str(page[-1]["id"]) if len(found) > query.limit else None)


@api.get("/users/<int:id>", refuses=("not_found",), responses={200: User})
def show_user(path: UserPath) -> Any:
    """Returns one user."""
    with store.reading() as session:
        return access.access_profile(session, path.id)


@api.put("/users/<int:id>/block", command=commands.block, responses={200: BlockState})
def block(path: UserPath) -> Any:
    """Blocks a user."""
    return {"user": store.write(commands.block, actor(), path.id), "blocked": True}


@api.delete("/users/<int:id>/block", command=commands.unblock, responses={200: BlockState})
def unblock(path: UserPath) -> Any:
    """Removes a block."""
    return {"user": store.write(commands.unblock, actor(), path.id), "blocked": False}


@api.get("/blocks", responses={200: Users})
def blocks() -> Any:
    """Lists the users the caller has blocked."""
    with store.reading() as session:
        return items(queries.blocked_people(session, actor().user_id))


@api.get("/presence", responses={200: PresenceList})
def presence(query: PresenceOf) -> Any:
    """Returns which of some users are online."""
    ids = [int(part) for part in query.user_ids.split(",")]
    with store.reading() as session:
        people = queries.load_users(session, ids)
    keys = ("online", "last_seen_at")
    return items([{"user_id": i, **{k: people[i][k] for k in keys}} for i in ids if i in people])


def _answer(signed_in: SignInResult) -> dict[str, Any]:
    return {
        "user": signed_in.user,
        "access_token": signed_in.tokens.access,
        "refresh_token": signed_in.tokens.refresh,
        "expires_in": signed_in.tokens.expires_in,
    }
