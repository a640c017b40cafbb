"""The access matrix of messages and read marks."""

from __future__ import annotations

from typing import Any

from tests.access.rows import (
    EVENT_FORBIDDEN,
    EVENT_HIDDEN,
    PAGE_FORBIDDEN,
    PAGE_HIDDEN,
    REST_FORBIDDEN,
    REST_HIDDEN,
    event,
    of,
    page,
    rest,
    text,
)
from tests.conversations.access_rows import conversation
from tests.products.access_rows import product
from tests.support.matrix import SECRET, Call, Target


def the_conversation(call: Call) -> Any:
    """The target's conversation, as ``/`` spells it."""
    return {"conversation_id": call.target.once(conversation)}


def the_conversation_for_talemy(call: Call) -> Any:
    """The target's conversation, as ``/talemy`` spells it."""
    return {"conversationId": call.target.once(conversation)}


def message(target: Target) -> Any:
    """Alice's, in the conversation."""
    path = f"/conversations/{target.once(conversation)}/messages"
    body = {"text": f"{SECRET} {target.number}, says Alice"}
    return target.owner.post(path, body)["message"]["id"]


def the_message(call: Call, **more: str) -> Any:
    """The target's message."""
    return {"message_id": call.target.once(message), **more}


def text_to_conversation(call: Call) -> Any:
    """A message to a conversation."""
    return {**the_conversation(call), **text(call)}


def text_about_product(call: Call) -> Any:
    """A message about a product."""
    return {"product_id": call.target.once(product), **text(call)}


def text_to_person(call: Call) -> Any:
    """A message to a user without a part in the target's things."""
    return {"recipient_id": call.target.user, **text(call)}


def quote_from_elsewhere(call: Call) -> Any:
    """A message that quotes one of another conversation."""
    reply = {"text": "Quoting", "recipient_id": call.target.user}
    return reply | {"reply_to_id": call.target.once(message)}


MESSAGES = "/conversations/<int:id>/messages"

EVENTS = [
    event(("/", "join_conversation"), the_conversation, EVENT_HIDDEN),
    event(("/", "leave_conversation"), the_conversation, "ok"),  # absent or not, the same answer
    event(("/talemy", "conversation:join"), the_conversation_for_talemy, EVENT_HIDDEN),
    event(("/talemy", "conversation:leave"), the_conversation_for_talemy, "ok"),
    event(("/", "send_message"), text_to_conversation, EVENT_HIDDEN, note="to a conversation"),
    event(
        ("/", "send_message"),
        text_about_product,
        "ok",
        owner=EVENT_FORBIDDEN,
        newcomer=True,
        note="about a product",
    ),
    event(("/", "send_message"), text_to_person, "ok", newcomer=True, note="to a person"),
    event(
        ("/", "send_message"),
        quote_from_elsewhere,
        "invalid_payload",
        "invalid_payload",
        "invalid_payload",
        newcomer=True,
        note="quoting a message of another conversation",
    ),
    event(("/", "mark_messages_read"), the_conversation, EVENT_HIDDEN),
    event(("/", "delete_message"), the_message, EVENT_HIDDEN, EVENT_FORBIDDEN, note="for everyone"),
    event(
        ("/", "delete_message"),
        lambda call: the_message(call, scope="me"),
        EVENT_HIDDEN,
        note="for oneself",
    ),
    event(
        ("/", "edit_message"),
        lambda call: the_message(call, text=f"{call.name} was here"),
        EVENT_HIDDEN,
        EVENT_FORBIDDEN,
    ),
    event(
        ("/", "typing"), lambda call: {**the_conversation(call), "is_typing": True}, EVENT_HIDDEN
    ),
    event(
        ("/talemy", "message:send"),
        lambda call: {**the_conversation_for_talemy(call), **text(call)},
        EVENT_HIDDEN,
    ),
]

REST = [
    rest("GET", MESSAGES, REST_HIDDEN, "200", path=of("id", conversation)),
    rest("POST", MESSAGES, REST_HIDDEN, "201", path=of("id", conversation), payload=text),
    rest(
        "POST",
        "/messages",
        REST_HIDDEN,
        "201",
        payload=text_to_conversation,
        note="to a conversation",
    ),
    rest(
        "POST",
        "/messages",
        "201",
        "201",
        REST_FORBIDDEN,
        payload=text_about_product,
        newcomer=True,
        note="about a product",
    ),
    rest("POST", "/messages", "201", payload=text_to_person, newcomer=True, note="to a person"),
    rest(
        "POST",
        "/conversations/<int:id>/read",
        REST_HIDDEN,
        "200",
        path=of("id", conversation),
        payload=lambda _: {},
    ),
    rest(
        "PATCH",
        "/messages/<int:id>",
        REST_HIDDEN,
        REST_FORBIDDEN,
        "200",
        path=of("id", message),
        payload=text,
    ),
    rest(
        "DELETE",
        "/messages/<int:id>",
        REST_HIDDEN,
        REST_FORBIDDEN,
        "200",
        path=of("id", message),
        note="for everyone",
    ),
    rest(
        "DELETE",
        "/messages/<int:id>",
        REST_HIDDEN,
        "200",
        path=of("id", message),
        query="scope=me",
        note="for oneself",
    ),
]

PAGES = [
    page(
        "POST",
        "/conversations/<int:conversation_id>/messages",
        PAGE_HIDDEN,
        "303 /conversations/",
        path=of("conversation_id", conversation),
        payload=text,
    ),
    page(
        "POST",
        "/messages/<int:message_id>/edit",
        PAGE_HIDDEN,
        PAGE_FORBIDDEN,
        "303 /conversations/",
        path=of("message_id", message),
        payload=text,
    ),
    page(
        "POST",
        "/messages/<int:message_id>/delete",
        PAGE_HIDDEN,
        PAGE_FORBIDDEN,
        "303 /conversations/",
        path=of("message_id", message),
        payload=lambda _: {"scope": "everyone"},
        note="for everyone",
    ),
    page(
        "POST",
        "/messages/<int:message_id>/delete",
        PAGE_HIDDEN,
        "303 /conversations/",
        path=of("message_id", message),
        payload=lambda _: {"scope": "me"},
        note="for oneself",
    ),
]
