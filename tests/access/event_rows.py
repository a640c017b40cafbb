"""The access matrix of client events: one row or more for each, on each namespace."""

from __future__ import annotations

from typing import Any

from tests.support.matrix import NOBODY, NOTHING, Call, Payload, Row, Standing

HIDDEN = "not_found"


def event(
    door: tuple[str, str],
    payload: Payload,
    outsider: str,
    participant: str = "ok",
    owner: str = "ok",
    **options: Any,
) -> Row:
    """A row; nobody gets as far as an event without a live session."""
    refusals = ("unauthenticated", "token_expired", "token_revoked")
    outcomes = dict(zip(NOBODY, refusals, strict=True)) | {
        Standing.OUTSIDER: outsider,
        Standing.PARTICIPANT: participant,
        Standing.OWNER: owner,
    }
    return Row(door, outcomes, payload, **options)


def conversation(call: Call) -> Any:
    """A conversation by its id."""
    return {"conversation_id": call.target.conversation}


def conversation_for_talemy(call: Call) -> Any:
    """The same, as ``/talemy`` spells it."""
    return {"conversationId": call.target.conversation}


def text_to_conversation(call: Call) -> Any:
    """A message to a conversation."""
    return {**conversation(call), "text": f"From {call.name}"}


def text_about_product(call: Call) -> Any:
    """A message about a product."""
    return {"product_id": call.target.product, "text": f"From {call.name}"}


def text_to_person(call: Call) -> Any:
    """A message to somebody who has nothing to do with it."""
    return {"recipient_id": call.target.user, "text": f"From {call.name}"}


def own_token(call: Call) -> Any:
    """A fresh token of one's own; the outsider presents the owner's."""
    name = "Alice" if call.name == "Charlie" else call.name
    return {"token": call.scene.people[name].token}


ROWS = [
    event(("/", "join_conversation"), conversation, HIDDEN),
    event(("/", "leave_conversation"), conversation, "ok"),  # the same answer for what is not there
    event(("/", "send_message"), text_to_conversation, HIDDEN, note="to a conversation"),
    event(
        ("/", "send_message"),
        text_about_product,
        "ok",
        owner="forbidden",
        newcomer=True,
        note="about a product",
    ),
    event(("/", "send_message"), text_to_person, "ok", newcomer=True, note="to a person"),
    event(
        ("/", "send_message"),
        lambda call: (
            {"text": "Quoting", "recipient_id": call.target.user}
            | {"reply_to_id": call.target.message}
        ),
        "invalid_payload",
        "invalid_payload",
        "invalid_payload",
        newcomer=True,
        note="quoting a message of another conversation",
    ),
    event(("/", "mark_messages_read"), conversation, HIDDEN),
    event(
        ("/", "delete_message"),
        lambda call: {"message_id": call.target.message},
        HIDDEN,
        "forbidden",
        note="for everyone",
    ),
    event(
        ("/", "delete_message"),
        lambda call: {"message_id": call.target.message, "scope": "me"},
        HIDDEN,
        note="for oneself",
    ),
    event(
        ("/", "edit_message"),
        lambda call: {"message_id": call.target.message, "text": f"{call.name} was here"},
        HIDDEN,
        "forbidden",
    ),
    event(("/", "typing"), lambda call: {**conversation(call), "is_typing": True}, HIDDEN),
    event(("/", "sync"), lambda _: {"after": 0}, "ok"),
    event(("/", "sync"), lambda _: {"after": NOTHING}, "ok", note="from a cursor never given"),
    event(("/", "authenticate"), own_token, "forbidden"),
    event(("/talemy", "conversation:join"), conversation_for_talemy, HIDDEN),
    event(("/talemy", "conversation:leave"), conversation_for_talemy, "ok"),
    event(
        ("/talemy", "message:send"),
        lambda call: {**conversation_for_talemy(call), "text": f"From {call.name}"},
        HIDDEN,
    ),
    event(("/talemy", "sync"), lambda _: {"after": 0}, "ok"),
    event(("/talemy", "authenticate"), own_token, "forbidden"),
]
