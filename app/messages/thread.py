"""The page of a conversation: the inbox beside, the messages, the composer.

Shared by the page that opens a conversation and by the forms that come back to it with a problem.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from typing import Any

from flask import g, render_template, request
from sqlalchemy.orm import Session

from app.accounts.queries import has_blocked, is_blocked
from app.accounts.reader import signed_in_reader
from app.actor import Actor
from app.conversations.access import access_conversation
from app.conversations.queries import conversation_view, list_conversations
from app.conversations.rows import (
    ConversationRow,
    MessageRow,
    conversation_row,
    conversation_title,
    counterpart,
    message_items,
    names_of,
    others,
)
from app.errors import PalabreError
from app.lessons.queries import lesson_about
from app.messages.access import access_message
from app.messages.commands import mark_read
from app.messages.queries import message_for, page_before
from app.messages.schemas import MarkRead
from app.store import store
from app.web.blueprint import number
from app.web.page_data import take_state

View = dict[str, Any]

LIST_LENGTH = 50
PAGE_LENGTH = 50


@dataclass(frozen=True)
class Draft:
    """What was being written when something was refused, and why it was."""

    text: str | None = None
    problem: str = ""
    status: int = 200
    editing_id: int | None = None
    replying_id: int | None = None


@dataclass(frozen=True)
class Question:
    """What the address asks for: an older page, and a message to answer, edit or delete."""

    before_seq: int | None = None
    chosen: dict[str, int | None] = field(default_factory=dict)


def question_of_address() -> Question:
    """``?before_seq=``, ``?reply_to=``, ``?edit=``, ``?delete=``."""
    names = {"replying": "reply_to", "editing": "edit", "deleting": "delete"}
    return Question(
        before_seq=number("before_seq"),
        chosen={intent: number(name) for intent, name in names.items()},
    )


def question_of_draft(draft: Draft) -> Question:
    """The same for a form that comes back."""
    return Question(chosen={"replying": draft.replying_id, "editing": draft.editing_id})


def open_conversation(conversation_id: int) -> Any:
    """The page, after marking what it shows as read."""
    actor, question = signed_in_reader(), question_of_address()
    read_seq = _read_on_opening(actor, conversation_id, question.before_seq)
    return _render(actor, conversation_id, question, Draft(), read_seq)


def show_again(conversation_id: int, draft: Draft) -> Any:
    """The page with a draft and what was wrong with it."""
    return _render(signed_in_reader(), conversation_id, question_of_draft(draft), draft, None)


def _read_on_opening(actor: Actor, conversation_id: int, before_seq: int | None) -> int:
    """Mark as read what the page will show; returns where the mark stood before."""
    with store.reading() as session:
        membership = access_conversation(session, actor, conversation_id)
        before, last_seq = membership.participant.last_read_seq, membership.conversation.last_seq
    wanted = last_seq if before_seq is None else min(before_seq - 1, last_seq)
    # A page that a browser fetches in advance is not being read yet.
    if wanted > before and "prefetch" not in request.headers.get("Sec-Purpose", ""):
        store.write(mark_read, actor, MarkRead(conversation_id=conversation_id, up_to_seq=wanted))
    return before


def _render(
    actor: Actor, conversation_id: int, question: Question, draft: Draft, read_seq: int | None
) -> Any:
    with store.reading() as session:
        take_state(session)
        membership = access_conversation(session, actor, conversation_id)
        creator_id = membership.conversation.created_by
        conversation = conversation_view(session, actor.user_id, conversation_id)
        messages, has_more = page_before(
            session, actor.user_id, conversation_id, question.before_seq, PAGE_LENGTH
        )
        listed, more = list_conversations(
            session, actor.user_id, conversation["archived"], LIST_LENGTH, None
        )
        chosen = _chosen_messages(session, actor, conversation_id, question)
        blocked = _blocked(session, actor, conversation)
        lesson = (
            lesson_about(session, conversation_id) if conversation["kind"] == "lesson" else None
        )
    page = render_template(
        "conversations/show.html",
        **list_context(listed, more, actor.user_id, conversation["archived"]),
        **_thread_context(conversation, messages, actor, read_seq),
        **chosen,
        has_more=has_more,
        latest=_is_latest(conversation, messages),
        blocked=blocked,
        lesson=lesson,
        can_send=conversation["status"] == "open" and not blocked,
        may_close=conversation["kind"] != "group" or creator_id == actor.user_id,
        may_delete_for_everyone=_may_delete(chosen["deleting"], actor),
        client_id=str(uuid.uuid4()),
        draft=draft.text,
        problem=draft.problem,
        data={
            "conversations": listed,
            "conversation": conversation,
            "lesson": lesson,
            "messages": messages,
            "has_more": has_more,
        },
    )
    return page, draft.status


def list_context(
    listed: list[View], more: str | None, me_id: int, archived: bool
) -> dict[str, Any]:
    """What the list of conversations needs, alone or beside an open one."""
    return {
        "rows_of_list": [conversation_row(view, me_id) for view in listed],
        "blank_conversation_row": ConversationRow(),
        "conversations_next_cursor": more,
        "archived": archived,
    }


def _thread_context(
    conversation: View, messages: list[View], actor: Actor, read_seq: int | None
) -> dict[str, Any]:
    me_id = actor.user_id
    shown_as_read = conversation["last_seq"] if read_seq is None else read_seq
    other = counterpart(conversation, me_id)
    return {
        "conversation": conversation,
        "heading": other["name"] if other else conversation_title(conversation, me_id),
        "other": other,
        "people": names_of(others(conversation, me_id)),
        "message_items": list(message_items(messages, conversation, me_id, shown_as_read)),
        "blank_message_row": MessageRow(),
        "first_seq": messages[0]["seq"] if messages else "",
    }


def _chosen_messages(
    session: Session, actor: Actor, conversation_id: int, question: Question
) -> dict[str, View | None]:
    """The messages that the address names, each if it is there and the intent makes sense."""
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


def _blocked(session: Session, actor: Actor, conversation: View) -> str:
    """Who stands in the way of writing: ``by-me``, ``by-them`` or nobody."""
    other = counterpart(conversation, actor.user_id)
    if other is None:
        return ""
    if has_blocked(session, actor.user_id, other["id"]):
        return "by-me"
    return "by-them" if is_blocked(session, actor.user_id, other["id"]) else ""


def _is_latest(conversation: View, messages: list[View]) -> bool:
    return not messages or messages[-1]["seq"] == conversation["last_seq"]


def _may_delete(message: View | None, actor: Actor) -> bool:
    return message is not None and (
        message["sender"]["id"] == actor.user_id or g.me["role"] in ("moderator", "admin")
    )
