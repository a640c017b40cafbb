"""The access matrix of contact requests, and of the page of a person."""

from __future__ import annotations

from typing import Any

from tests.access.rows import (
    PAGE_FORBIDDEN,
    PAGE_HIDDEN,
    REST_FORBIDDEN,
    REST_HIDDEN,
    of_user,
    page,
    rest,
    text,
)
from tests.support.matrix import SECRET, Call, Path, Target


def request(target: Target) -> Any:
    """Alice asks Bob for contact; there is one such request at a time."""
    pending = target.owner.get("/contact-requests", status="pending", direction="sent")["items"]
    for sent in pending:
        if sent["recipient"]["id"] == target.bob:
            return sent["id"]
    body = {"recipient_id": target.bob, "message": SECRET}
    return target.owner.post("/contact-requests", body)["id"]


def of_request(name: str) -> Path:
    """The path's parameter of this name is the id of the one request that is pending."""
    return lambda target: {name: target.anew(request)}


def new_request(call: Call) -> Any:
    """A request to Erin, once she has answered all earlier ones."""
    erin = call.scene.people["Erin"]
    pending = erin.get("/contact-requests", status="pending", direction="received")["items"]
    for received in pending:
        erin.patch(f"/contact-requests/{received['id']}", {"status": "declined"})
    return {"recipient_id": call.target.user}


def request_form(call: Call) -> Any:
    """The form of such a request."""
    new_request(call)
    return {"message": f"From {call.name}"}


REST = [
    rest("GET", "/contact-requests", "200"),
    rest("POST", "/contact-requests", "201", payload=new_request, newcomer=True),
    rest("GET", "/contact-requests/<int:id>", REST_HIDDEN, "200", path=of_request("id")),
    rest(
        "PATCH",
        "/contact-requests/<int:id>",
        REST_HIDDEN,
        "200",
        REST_FORBIDDEN,
        path=of_request("id"),
        payload=lambda _: {"status": "declined"},
        note="decline",
    ),
    rest(
        "PATCH",
        "/contact-requests/<int:id>",
        REST_HIDDEN,
        REST_FORBIDDEN,
        "200",
        path=of_request("id"),
        payload=lambda _: {"status": "cancelled"},
        note="cancel",
    ),
]

PAGES = [
    page("GET", "/contact-requests", "200"),
    page(
        "POST",
        "/contact-requests/<int:request_id>",
        PAGE_HIDDEN,
        "303 /contact-requests",
        PAGE_FORBIDDEN,
        path=of_request("request_id"),
        payload=lambda _: {"status": "declined"},
        note="decline",
    ),
    page(
        "POST",
        "/contact-requests/<int:request_id>",
        PAGE_HIDDEN,
        PAGE_FORBIDDEN,
        "303 /contact-requests?direction=sent",
        path=of_request("request_id"),
        payload=lambda _: {"status": "cancelled"},
        note="withdraw",
    ),
    page("GET", "/people/<int:user_id>", "200", path=of_user("user_id")),
    page(
        "POST",
        "/people/<int:user_id>/contact-request",
        "303 /contact-requests?direction=sent",
        path=of_user("user_id"),
        payload=request_form,
        newcomer=True,
    ),
    page(
        "POST",
        "/people/<int:user_id>/message",
        "303 /conversations/",
        path=of_user("user_id"),
        payload=text,
        newcomer=True,
    ),
]
