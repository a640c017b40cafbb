"""The page of a conversation: the inbox beside it, the messages, the composer.

Shared by the page itself and by forms that show it again with a problem.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from flask import g, render_template, request
from sqlalchemy.orm import Session

from app.accounts.queries import block_between
from app.actor import Actor
from app.conversations.access import access_conversation, access_view
from app.conversations.queries import list_conversations
from app.conversations.rows import (
    LIST_LENGTH,
    conversation_title,
    counterpart,
    list_context,
    names_of,
    others,
)
from app.conversations.topics import Topic, topic_data, topic_of
from app.errors import PalabreError
from app.messages.access import access_message
from app.messages.commands import mark_read
from app.messages.queries import message_for, page_before
from app.messages.rows import MessageRow, message_items
from app.messages.schemas import MarkRead
from app.store import store
from app.web.blueprint import number
from app.web.page_data import take_state
from app.web.reader import signed_in_reader

View = dict[str, Any]

PAGE_LENGTH = 50


@dataclass(frozen=True)
class Draft:
    """A refused text, and the reason for the refusal."""

    text: str | None = None
    problem: str = ""
    status: int = 200
    editing_id: int | None = None
    replying_id: int | None = None


@dataclass(frozen=True)
class Question:
    """The requested part of a conversation: an older page, a message to answer, edit or delete."""

    before_seq: int | None = None
    chosen: dict[str, int | None] = field(default_factory=dict)


class Standing(NamedTuple):
    """The reader's rights and read mark in a conversation, before the page moves the mark."""

    read_seq: int
    last_seq: int
    may_close: bool


@dataclass(frozen=True)
class Thread:
    """A conversation and the inbox beside it, from one snapshot."""

    conversation: View
    topic: Topic | None
    messages: list[View]
    has_more: bool
    listed: list[View]
    next_cursor: str | None
    chosen: dict[str, View | None]
    blocked: str

    @property
    def is_latest(self) -> bool:
        """Whether the newest message is on this page."""
        return not self.messages or self.messages[-1]["seq"] == self.conversation["last_seq"]


def show_thread(conversation_id: int) -> Any:
    """Returns the page, after marking the messages on it as read."""
    actor, question = signed_in_reader(), _question_of_address()
    with store.reading() as session:
        standing = _standing(session, actor, conversation_id)
    _mark_shown(actor, conversation_id, standing, question.before_seq)
    with store.reading() as session:
        thread = _load(session, actor, conversation_id, question)
    return _render(thread, actor, standing, Draft(), standing.read_seq), 200


def show_again(conversation_id: int, draft: Draft) -> Any:
    """Returns the page with a refused draft and the reason; marks nothing as read."""
    actor, chosen = signed_in_reader(), {"replying": draft.replying_id, "editing": draft.editing_id}
    with store.reading() as session:
        standing = _standing(session, actor, conversation_id)
        thread = _load(session, actor, conversation_id, Question(chosen=chosen))
    return _render(thread, actor, standing, draft, thread.conversation["last_seq"]), draft.status


def _question_of_address() -> Question:
    """Returns the request's ``?before_seq=``, ``?reply_to=``, ``?edit=`` and ``?delete=``."""
    names = {"replying": "reply_to", "editing": "edit", "deleting": "delete"}
    chosen = {intent: number(name) for intent, name in names.items()}
    return Question(number("before_seq"), chosen)


def _standing(session: Session, actor: Actor, conversation_id: int) -> Standing:
    membership = access_conversation(session, actor, conversation_id)
    conversation = membership.conversation
    may_close = conversation.kind != "group" or conversation.created_by == actor.user_id
    return Standing(membership.participant.last_read_seq, conversation.last_seq, may_close)


def _mark_shown(
    actor: Actor, conversation_id: int, standing: Standing, before_seq: int | None
) -> None:
    """Marks the messages that the page will show as read."""
    last = standing.last_seq
    wanted = last if before_seq is None else min(before_seq - 1, last)
    # A page that a browser prefetches is not being read yet.
    if wanted > standing.read_seq and "prefetch" not in request.headers.get("Sec-Purpose", ""):
        store.write(mark_read, actor, MarkRead(conversation_id=conversation_id, up_to_seq=wanted))


def _load(session: Session, actor: Actor, conversation_id: int, question: Question) -> Thread:
    """Returns all that the page shows; raises ``not_found`` for a reader who is no participant."""
    take_state(session)
    me_id = actor.user_id
    conversation = access_view(session, actor, conversation_id)
    messages, has_more = page_before(
        session, me_id, conversation_id, question.before_seq, PAGE_LENGTH
    )
    listed, next_cursor = list_conversations(
        session, me_id, conversation["archived"], LIST_LENGTH, None
    )
    other = counterpart(conversation, me_id)
    return Thread(
        conversation=conversation,
        topic=topic_of(session, conversation),
        messages=messages,
        has_more=has_more,
        listed=listed,
        next_cursor=next_cursor,
        chosen=_chosen_messages(session, actor, conversation_id, question),
        blocked=block_between(session, me_id, other["id"]) if other else "",
    )


def _chosen_messages(
    session: Session, actor: Actor, conversation_id: int, question: Question
) -> dict[str, View | None]:
    """Returns the messages that the address names, or ``None`` for each that is not allowed."""
    chosen: dict[str, View | None] = dict.fromkeys(("replying", "editing", "deleting"))
    for intent, message_id in question.chosen.items():
        view = _message(session, actor, conversation_id, message_id) if message_id else None
        own = view is not None and view["sender"]["id"] == actor.user_id
        chosen[intent] = view if own or intent != "editing" else None
    return chosen


def _message(session: Session, actor: Actor, conversation_id: int, message_id: int) -> View | None:
    try:
        message = access_message(session, actor, message_id)
    except PalabreError:
        return None
    if message.conversation_id != conversation_id:
        return None
    view = message_for(session, actor.user_id, message_id)
    return None if view["deleted_at"] else view


def _render(thread: Thread, actor: Actor, standing: Standing, draft: Draft, read_seq: int) -> str:
    return render_template(
        "conversations/show.html",
        **list_context(
            thread.listed, thread.next_cursor, actor.user_id, thread.conversation["archived"]
        ),
        **_heading_context(thread, actor.user_id),
        **_messages_context(thread, actor.user_id, read_seq),
        **_composer_context(thread, actor, draft),
        may_close=standing.may_close,
        data=_script_data(thread),
    )


def _heading_context(thread: Thread, me_id: int) -> dict[str, Any]:
    conversation = thread.conversation
    other = counterpart(conversation, me_id)
    return {
        "conversation": conversation,
        "topic": thread.topic,
        "heading": other["name"] if other else conversation_title(conversation, me_id),
        "other": other,
        "people": names_of(others(conversation, me_id)),
    }


def _messages_context(thread: Thread, me_id: int, read_seq: int) -> dict[str, Any]:
    messages = thread.messages
    return {
        "message_items": list(message_items(messages, thread.conversation, me_id, read_seq)),
        "blank_message_row": MessageRow(),
        "first_seq": messages[0]["seq"] if messages else "",
        "has_more": thread.has_more,
        "latest": thread.is_latest,
    }


def _composer_context(thread: Thread, actor: Actor, draft: Draft) -> dict[str, Any]:
    return {
        **thread.chosen,
        "blocked": thread.blocked,
        "can_send": thread.conversation["status"] == "open" and not thread.blocked,
        "may_delete_for_everyone": _may_delete(thread.chosen["deleting"], actor),
        "client_id": str(uuid.uuid4()),
        "draft": draft.text,
        "problem": draft.problem,
    }


def _script_data(thread: Thread) -> dict[str, Any]:
    return {
        "conversations": thread.listed,
        "conversation": thread.conversation,
        **topic_data(thread.conversation, thread.topic),
        "messages": thread.messages,
        "has_more": thread.has_more,
    }


def _may_delete(message: View | None, actor: Actor) -> bool:
    return message is not None and (
        message["sender"]["id"] == actor.user_id or g.me["role"] in ("moderator", "admin")
    )
