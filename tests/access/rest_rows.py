"""The access matrix of REST, its documentation, and what is asked by machines."""

from __future__ import annotations

import itertools
from typing import Any

from tests.access.event_rows import text_about_product, text_to_conversation, text_to_person
from tests.support.matrix import NOBODY, Call, Row, Standing, everybody
from tests.support.people import PASSWORD

HIDDEN = "404 not_found"
FORBIDDEN = "403 forbidden"
_addresses = itertools.count(1)


def rest(
    method: str,
    rule: str,
    outsider: str,
    participant: str | None = None,
    owner: str | None = None,
    **options: Any,
) -> Row:
    """A row for signed-in people; ``participant`` and ``owner`` as the outsider unless said."""
    refusals = ("401 unauthenticated", "401 token_expired", "401 token_revoked")
    outcomes = dict(zip(NOBODY, refusals, strict=True)) | {
        Standing.OUTSIDER: outsider,
        Standing.PARTICIPANT: participant or outsider,
        Standing.OWNER: owner or participant or outsider,
    }
    return Row((method, f"/api/v1{rule}"), outcomes, **options)


def of_conversation(target: Any) -> dict[str, Any]:
    """``/conversations/{id}``."""
    return {"id": target.conversation}


def of_group(target: Any) -> dict[str, Any]:
    """``/conversations/{id}`` of a group."""
    return {"id": target.group}


def of_message(target: Any) -> dict[str, Any]:
    """``/messages/{id}``."""
    return {"id": target.message}


def of_product(target: Any) -> dict[str, Any]:
    """``/products/{id}``."""
    return {"id": target.product}


def of_user(target: Any) -> dict[str, Any]:
    """``/users/{id}``."""
    return {"id": target.user}


def of_lesson(target: Any) -> dict[str, Any]:
    """``/lessons/{id}``."""
    return {"id": target.lesson}


def of_request(target: Any) -> dict[str, Any]:
    """``/contact-requests/{id}``."""
    return {"id": target.request}


def lesson_for_somebody(call: Call) -> Any:
    """A lesson for somebody who has nothing to do with it."""
    starts_at = "2030-01-01T10:00:00Z"
    return {"student_id": call.target.user, "title": call.name, "starts_at": starts_at}


def request_to_somebody(call: Call) -> Any:
    """A request to somebody who has answered all earlier ones."""
    erin = call.scene.people["Erin"]
    waiting = erin.get("/contact-requests", status="pending", direction="received")["items"]
    for request in waiting:
        erin.patch(f"/contact-requests/{request['id']}", {"status": "declined"})
    return {"recipient_id": call.target.user}


def about_product(call: Call) -> Any:
    """A product that Bob and Alice talk about already."""
    return call.target.conversation and {"product_id": call.target.product}


def text(call: Call) -> Any:
    """A message."""
    return {"text": f"From {call.name}"}


def new_account(_call: Call) -> Any:
    """Somebody who has never been here."""
    email = f"new{next(_addresses)}@matrix.example"
    return {"email": email, "password": PASSWORD, "name": "New"}


CONVERSATION = "/conversations/<int:id>"
PARTICIPANT = "/conversations/<int:id>/participants/<int:user_id>"

ROWS = [
    Row(("POST", "/api/v1/auth/register"), everybody("201"), new_account),
    Row(
        ("POST", "/api/v1/auth/login"),
        everybody("200"),
        lambda call: {"email": call.scene.people["Erin"].email, "password": PASSWORD},
    ),
    rest("POST", "/auth/refresh", "200", refresh=True),
    rest("POST", "/auth/logout", "204", spends_session=True),
    rest("GET", "/auth/me", "200"),
    rest("GET", "/users", "200"),
    rest("GET", "/users/<int:id>", "200", path=of_user),
    rest("PUT", "/users/<int:id>/block", "200", path=of_user),
    rest("DELETE", "/users/<int:id>/block", "200", path=of_user),
    rest("GET", "/blocks", "200"),
    rest("GET", "/presence", "200", query="user_ids=1,2,3"),
    rest("GET", "/products", "200"),
    rest("POST", "/products", "201", payload=lambda call: {"title": f"{call.name}'s"}),
    rest("GET", "/products/<int:id>", "200", path=of_product),
    rest(
        "PATCH",
        "/products/<int:id>",
        FORBIDDEN,
        FORBIDDEN,
        "200",
        path=of_product,
        payload=lambda call: {"title": f"{call.name} was here"},
    ),
    rest("GET", "/conversations", "200"),
    rest(
        "POST",
        "/conversations",
        "201",
        "200",
        FORBIDDEN,
        payload=about_product,
        newcomer=True,
        note="about a product",
    ),
    rest(
        "POST",
        "/conversations",
        "200",  # they have written to her before
        payload=lambda call: {"recipient_id": call.target.user},
        newcomer=True,
        note="with a person",
    ),
    rest(
        "POST",
        "/conversations",
        "201",
        payload=lambda call: {"participant_ids": [call.target.user], "title": call.name},
        newcomer=True,
        note="a group",
    ),
    rest("GET", CONVERSATION, HIDDEN, "200", path=of_conversation),
    rest(
        "PATCH",
        CONVERSATION,
        HIDDEN,
        "200",
        path=of_conversation,
        payload=lambda _: {"archived": True},
    ),
    rest(
        "PATCH",
        CONVERSATION,
        HIDDEN,
        FORBIDDEN,
        "200",
        path=of_group,
        payload=lambda _: {"status": "closed"},
        note="close a group",
    ),
    rest(
        "POST",
        f"{CONVERSATION}/participants",
        HIDDEN,
        FORBIDDEN,
        "201",
        path=of_group,
        payload=lambda call: {"user_id": call.target.user},
    ),
    rest(
        "POST",
        f"{CONVERSATION}/participants",
        HIDDEN,
        FORBIDDEN,
        FORBIDDEN,
        path=of_conversation,
        payload=lambda call: {"user_id": call.target.user},
        note="of two people's conversation",
    ),
    rest(
        "DELETE",
        PARTICIPANT,
        HIDDEN,
        "204",
        path=lambda target: {"id": target.group, "user_id": target.bob},
        note="the participant",
    ),
    rest(
        "DELETE",
        PARTICIPANT,
        HIDDEN,
        FORBIDDEN,
        "204",
        path=lambda target: {"id": target.group, "user_id": target.alice},
        note="the owner",
    ),
    rest("GET", f"{CONVERSATION}/messages", HIDDEN, "200", path=of_conversation),
    rest("POST", f"{CONVERSATION}/messages", HIDDEN, "201", path=of_conversation, payload=text),
    rest(
        "POST", "/messages", HIDDEN, "201", payload=text_to_conversation, note="to a conversation"
    ),
    rest(
        "POST",
        "/messages",
        "201",
        "201",
        FORBIDDEN,
        payload=text_about_product,
        newcomer=True,
        note="about a product",
    ),
    rest("POST", "/messages", "201", payload=text_to_person, newcomer=True, note="to a person"),
    rest(
        "POST",
        f"{CONVERSATION}/read",
        HIDDEN,
        "200",
        path=of_conversation,
        payload=lambda _: {},
    ),
    rest("PATCH", "/messages/<int:id>", HIDDEN, FORBIDDEN, "200", path=of_message, payload=text),
    rest(
        "DELETE",
        "/messages/<int:id>",
        HIDDEN,
        FORBIDDEN,
        "200",
        path=of_message,
        note="for everyone",
    ),
    rest(
        "DELETE",
        "/messages/<int:id>",
        HIDDEN,
        "200",
        path=of_message,
        query="scope=me",
        note="for oneself",
    ),
    rest("GET", "/lessons", "200"),
    rest("POST", "/lessons", "201", payload=lesson_for_somebody, newcomer=True),
    rest("GET", "/lessons/<int:id>", HIDDEN, "200", path=of_lesson),
    rest(
        "PATCH",
        "/lessons/<int:id>",
        HIDDEN,
        "200",
        path=of_lesson,
        payload=lambda _: {"status": "confirmed"},
        note="confirm",
    ),
    rest(
        "PATCH",
        "/lessons/<int:id>",
        HIDDEN,
        FORBIDDEN,
        "200",
        path=lambda target: {"id": target.confirmed_lesson},
        payload=lambda _: {"status": "completed"},
        note="complete",
    ),
    rest("GET", "/contact-requests", "200"),
    rest("POST", "/contact-requests", "201", payload=request_to_somebody, newcomer=True),
    rest("GET", "/contact-requests/<int:id>", HIDDEN, "200", path=of_request),
    rest(
        "PATCH",
        "/contact-requests/<int:id>",
        HIDDEN,
        "200",
        FORBIDDEN,
        path=of_request,
        payload=lambda _: {"status": "declined"},
        note="decline",
    ),
    rest(
        "PATCH",
        "/contact-requests/<int:id>",
        HIDDEN,
        FORBIDDEN,
        "200",
        path=of_request,
        payload=lambda _: {"status": "cancelled"},
        note="cancel",
    ),
    rest("GET", "/changes", "200", query="after=0"),
    # For machines, and for those who write a client: nothing in them is anybody's.
    *(
        Row(("GET", rule), everybody("200"))
        for rule in (
            "/healthz",
            "/readyz",
            "/metrics",
            "/api/v1/openapi.json",
            "/api/v1/swagger",
            "/api/v1/oauth2-redirect.html",
        )
    ),
    Row(("GET", "/api/v1/"), everybody("302")),
    Row(
        ("GET", "/static/<path:filename>"),
        everybody("200"),
        path=lambda _: {"filename": "css/base.css"},
    ),
    Row(
        ("GET", "/api/v1/swagger/<path:filename>"),
        everybody("200"),
        path=lambda _: {"filename": "css/swagger-ui.css"},
    ),
    Row(
        ("GET", "/api/v1/static/<path:filename>"),
        everybody(HIDDEN),
        path=lambda _: {"filename": "nothing"},
    ),
]
