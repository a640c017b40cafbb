"""The access matrix of conversations and their participants."""

from __future__ import annotations

from typing import Any

from tests.access.rows import (
    PAGE_FORBIDDEN,
    PAGE_HIDDEN,
    REST_FORBIDDEN,
    REST_HIDDEN,
    of,
    page,
    rest,
)
from tests.products.access_rows import product
from tests.support.matrix import SECRET, Call, Target


def conversation(target: Target) -> Any:
    """Bob's with Alice, about her product."""
    body = {"product_id": target.once(product), "text": f"{SECRET} {target.number}"}
    return target.participant.post("/messages", body)["conversation_id"]


def group(target: Target) -> Any:
    """Alice's group."""
    body = {"title": f"{SECRET} {target.number}", "participant_ids": [target.bob]}
    return target.owner.post("/conversations", body)["id"]


def about_product(call: Call) -> Any:
    """A product that Bob and Alice talk about already."""
    return call.target.once(conversation) and {"product_id": call.target.once(product)}


CONVERSATION = "/conversations/<int:id>"
PARTICIPANT = "/conversations/<int:id>/participants/<int:user_id>"
PAGE = "/conversations/<int:conversation_id>"

REST = [
    rest("GET", "/conversations", "200"),
    rest(
        "POST",
        "/conversations",
        "201",
        "200",
        REST_FORBIDDEN,
        payload=about_product,
        newcomer=True,
        note="about a product",
    ),
    rest(
        "POST",
        "/conversations",
        "200",  # all of them have written to her before
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
    rest("GET", CONVERSATION, REST_HIDDEN, "200", path=of("id", conversation)),
    rest(
        "PATCH",
        CONVERSATION,
        REST_HIDDEN,
        "200",
        path=of("id", conversation),
        payload=lambda _: {"archived": True},
    ),
    rest(
        "PATCH",
        CONVERSATION,
        REST_HIDDEN,
        REST_FORBIDDEN,
        "200",
        path=of("id", group),
        payload=lambda _: {"status": "closed"},
        note="close a group",
    ),
    rest(
        "POST",
        f"{CONVERSATION}/participants",
        REST_HIDDEN,
        REST_FORBIDDEN,
        "201",
        path=of("id", group),
        payload=lambda call: {"user_id": call.target.user},
    ),
    rest(
        "POST",
        f"{CONVERSATION}/participants",
        REST_HIDDEN,
        REST_FORBIDDEN,
        REST_FORBIDDEN,
        path=of("id", conversation),
        payload=lambda call: {"user_id": call.target.user},
        note="of two people's conversation",
    ),
    rest(
        "DELETE",
        PARTICIPANT,
        REST_HIDDEN,
        "204",
        path=lambda target: {"id": target.once(group), "user_id": target.bob},
        note="the participant",
    ),
    rest(
        "DELETE",
        PARTICIPANT,
        REST_HIDDEN,
        REST_FORBIDDEN,
        "204",
        path=lambda target: {"id": target.once(group), "user_id": target.alice},
        note="the owner",
    ),
]

PAGES = [
    page("GET", "/conversations", "200"),
    page("GET", PAGE, PAGE_HIDDEN, "200", path=of("conversation_id", conversation)),
    page(
        "POST",
        PAGE,
        PAGE_HIDDEN,
        "303 /conversations/",
        path=of("conversation_id", conversation),
        payload=lambda _: {"archived": "true"},
    ),
    page(
        "POST",
        PAGE,
        PAGE_HIDDEN,
        PAGE_FORBIDDEN,
        "303 /conversations/",
        path=of("conversation_id", group),
        payload=lambda _: {"status": "closed"},
        note="close a group",
    ),
    page(
        "POST",
        f"{PAGE}/leave",
        PAGE_HIDDEN,
        "303 /conversations",
        path=of("conversation_id", group),
    ),
]
