"""The access matrix of accounts: signing in and out, people, blocks, and preferences."""

from __future__ import annotations

import itertools
from typing import Any

from tests.access.rows import EVENT_FORBIDDEN, entrance, event, of_user, page, rest
from tests.support.matrix import Call, Row, everybody
from tests.support.people import PASSWORD

_addresses = itertools.count(1)


def own_token(call: Call) -> Any:
    """A fresh token of one's own; the outsider presents the owner's."""
    name = "Alice" if call.name == "Charlie" else call.name
    return {"token": call.scene.people[name].token}


def new_account(_call: Call) -> Any:
    """An account that does not exist yet."""
    email = f"new{next(_addresses)}@matrix.example"
    return {"email": email, "password": PASSWORD, "name": "New"}


def credentials(call: Call) -> Any:
    """Erin's address and password."""
    return {"email": call.scene.people["Erin"].email, "password": PASSWORD}


EVENTS = [
    event(("/", "authenticate"), own_token, EVENT_FORBIDDEN),
    event(("/talemy", "authenticate"), own_token, EVENT_FORBIDDEN),
]

REST = [
    Row(("POST", "/api/v1/auth/register"), everybody("201"), new_account),
    Row(("POST", "/api/v1/auth/login"), everybody("200"), credentials),
    rest("POST", "/auth/refresh", "200", refresh=True),
    rest("POST", "/auth/logout", "204", spends_session=True),
    rest("GET", "/auth/me", "200"),
    rest("GET", "/users", "200"),
    rest("GET", "/users/<int:id>", "200", path=of_user("id")),
    rest("PUT", "/users/<int:id>/block", "200", path=of_user("id")),
    rest("DELETE", "/users/<int:id>/block", "200", path=of_user("id")),
    rest("GET", "/blocks", "200"),
    rest("GET", "/presence", "200", query="user_ids=1,2,3"),
]

PAGES = [
    Row(
        ("POST", "/preferences/language"),
        everybody("303 /"),
        payload=lambda _: {"language": "en"},
    ),
    Row(("POST", "/preferences/theme"), everybody("303 /"), payload=lambda _: {"theme": "dark"}),
    entrance("GET", "/sign-in", "302 /"),
    Row(("POST", "/sign-in"), everybody("303 /"), credentials),
    entrance("GET", "/sign-up", "302 /"),
    Row(("POST", "/sign-up"), everybody("303 /"), new_account),
    Row(("POST", "/sign-out"), everybody("303 /products"), spends_session=True),
    page("GET", "/account", "200"),
    page("POST", "/people/<int:user_id>/block", "303 /account", path=of_user("user_id")),
    page("POST", "/people/<int:user_id>/unblock", "303 /account", path=of_user("user_id")),
]
