"""The access matrix of the pages and their forms."""

from __future__ import annotations

import itertools
from typing import Any

from tests.access.rest_rows import of_product, request_to_somebody
from tests.support.matrix import NOBODY, Call, Row, Standing, everybody
from tests.support.people import PASSWORD

SIGN_IN = "303 /sign-in?next="
HIDDEN = "404"
FORBIDDEN = "403"
_addresses = itertools.count(1)


def page(
    method: str,
    rule: str,
    outsider: str,
    participant: str | None = None,
    owner: str | None = None,
    **options: Any,
) -> Row:
    """A row for signed-in readers; ``participant`` and ``owner`` as the outsider unless said."""
    outcomes = dict.fromkeys(NOBODY, SIGN_IN) | {
        Standing.OUTSIDER: outsider,
        Standing.PARTICIPANT: participant or outsider,
        Standing.OWNER: owner or participant or outsider,
    }
    return Row((method, rule), outcomes, **options)


def entrance(method: str, rule: str, signed_in: str, **options: Any) -> Row:
    """A row of a page for those who are not signed in."""
    return Row((method, rule), everybody(signed_in) | dict.fromkeys(NOBODY, "200"), **options)


def of_conversation(target: Any) -> dict[str, Any]:
    """``/conversations/{conversation_id}``."""
    return {"conversation_id": target.conversation}


def of_group(target: Any) -> dict[str, Any]:
    """The same for a group."""
    return {"conversation_id": target.group}


def of_message(target: Any) -> dict[str, Any]:
    """``/messages/{message_id}``."""
    return {"message_id": target.message}


def of_this_product(target: Any) -> dict[str, Any]:
    """``/products/{product_id}``."""
    return {"product_id": of_product(target)["id"]}


def of_user(target: Any) -> dict[str, Any]:
    """``/people/{user_id}``."""
    return {"user_id": target.user}


def of_this_lesson(target: Any) -> dict[str, Any]:
    """``/lessons/{lesson_id}``."""
    return {"lesson_id": target.lesson}


def of_this_request(target: Any) -> dict[str, Any]:
    """``/contact-requests/{request_id}``."""
    return {"request_id": target.request}


def lesson_form(call: Call) -> Any:
    """A lesson for somebody who has nothing to do with it."""
    when = {"date": "2030-01-01", "time": "10:00", "timezone": "UTC", "duration_minutes": "60"}
    return {"student_id": call.target.user, "title": call.name, **when}


def request_form(call: Call) -> Any:
    """A word to somebody who has answered all earlier requests."""
    request_to_somebody(call)
    return {"message": f"From {call.name}"}


def text(call: Call) -> Any:
    """The composer."""
    return {"text": f"From {call.name}"}


def product_form(call: Call) -> Any:
    """A product."""
    return {"title": f"{call.name}'s", "currency": "EUR", "status": "available"}


def sign_up_form(_call: Call) -> Any:
    """Somebody who has never been here."""
    return {
        "name": "New",
        "email": f"page{next(_addresses)}@matrix.example",
        "password": PASSWORD,
    }


def sign_in_form(call: Call) -> Any:
    """Somebody's right password."""
    return {"email": call.scene.people["Erin"].email, "password": PASSWORD}


ROWS = [
    Row(("GET", "/"), everybody("302 /products")),
    Row(("GET", "/products"), everybody("200")),
    Row(("GET", "/products/<int:product_id>"), everybody("200"), path=of_this_product),
    Row(
        ("POST", "/preferences/language"),
        everybody("303 /"),
        payload=lambda _: {"language": "en"},
    ),
    Row(("POST", "/preferences/theme"), everybody("303 /"), payload=lambda _: {"theme": "dark"}),
    entrance("GET", "/sign-in", "302 /"),
    Row(("POST", "/sign-in"), everybody("303 /"), sign_in_form),
    entrance("GET", "/sign-up", "302 /"),
    Row(("POST", "/sign-up"), everybody("303 /"), sign_up_form),
    Row(("POST", "/sign-out"), everybody("303 /products"), spends_session=True),
    page("GET", "/account", "200"),
    page("POST", "/people/<int:user_id>/block", "303 /account", path=of_user),
    page("POST", "/people/<int:user_id>/unblock", "303 /account", path=of_user),
    page(
        "POST",
        "/products/<int:product_id>/contact",
        "303 /conversations/",
        "303 /conversations/",
        FORBIDDEN,
        path=of_this_product,
        payload=text,
        newcomer=True,
    ),
    page("GET", "/products/new", "200"),
    page("POST", "/products/new", "303 /products/", payload=product_form),
    page(
        "GET", "/products/<int:product_id>/edit", FORBIDDEN, FORBIDDEN, "200", path=of_this_product
    ),
    page(
        "POST",
        "/products/<int:product_id>/edit",
        FORBIDDEN,
        FORBIDDEN,
        "303 /products/",
        path=of_this_product,
        payload=product_form,
    ),
    page("GET", "/conversations", "200"),
    page("GET", "/conversations/<int:conversation_id>", HIDDEN, "200", path=of_conversation),
    page(
        "POST",
        "/conversations/<int:conversation_id>",
        HIDDEN,
        "303 /conversations/",
        path=of_conversation,
        payload=lambda _: {"archived": "true"},
    ),
    page(
        "POST",
        "/conversations/<int:conversation_id>",
        HIDDEN,
        FORBIDDEN,
        "303 /conversations/",
        path=of_group,
        payload=lambda _: {"status": "closed"},
        note="close a group",
    ),
    page(
        "POST",
        "/conversations/<int:conversation_id>/leave",
        HIDDEN,
        "303 /conversations",
        path=of_group,
    ),
    page(
        "POST",
        "/conversations/<int:conversation_id>/messages",
        HIDDEN,
        "303 /conversations/",
        path=of_conversation,
        payload=text,
    ),
    page(
        "POST",
        "/messages/<int:message_id>/edit",
        HIDDEN,
        FORBIDDEN,
        "303 /conversations/",
        path=of_message,
        payload=text,
    ),
    page(
        "POST",
        "/messages/<int:message_id>/delete",
        HIDDEN,
        FORBIDDEN,
        "303 /conversations/",
        path=of_message,
        payload=lambda _: {"scope": "everyone"},
        note="for everyone",
    ),
    page(
        "POST",
        "/messages/<int:message_id>/delete",
        HIDDEN,
        "303 /conversations/",
        path=of_message,
        payload=lambda _: {"scope": "me"},
        note="for oneself",
    ),
    page("GET", "/lessons", "200"),
    page("GET", "/lessons/new", "200"),
    page("POST", "/lessons/new", "303 /lessons/", payload=lesson_form, newcomer=True),
    page("GET", "/lessons/<int:lesson_id>", HIDDEN, "200", path=of_this_lesson),
    page(
        "POST",
        "/lessons/<int:lesson_id>",
        HIDDEN,
        "303 /lessons/",
        path=of_this_lesson,
        payload=lambda _: {"status": "confirmed"},
        note="confirm",
    ),
    page(
        "POST",
        "/lessons/<int:lesson_id>",
        HIDDEN,
        FORBIDDEN,
        "303 /lessons/",
        path=lambda target: {"lesson_id": target.confirmed_lesson},
        payload=lambda _: {"status": "completed"},
        note="complete",
    ),
    page("GET", "/contact-requests", "200"),
    page(
        "POST",
        "/contact-requests/<int:request_id>",
        HIDDEN,
        "303 /contact-requests",
        FORBIDDEN,
        path=of_this_request,
        payload=lambda _: {"status": "declined"},
        note="decline",
    ),
    page(
        "POST",
        "/contact-requests/<int:request_id>",
        HIDDEN,
        FORBIDDEN,
        "303 /contact-requests?direction=sent",
        path=of_this_request,
        payload=lambda _: {"status": "cancelled"},
        note="withdraw",
    ),
    page("GET", "/people/<int:user_id>", "200", path=of_user),
    page(
        "POST",
        "/people/<int:user_id>/contact-request",
        "303 /contact-requests?direction=sent",
        path=of_user,
        payload=request_form,
        newcomer=True,
    ),
    page(
        "POST",
        "/people/<int:user_id>/message",
        "303 /conversations/",
        path=of_user,
        payload=text,
        newcomer=True,
    ),
]
