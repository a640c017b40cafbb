"""REST: conversations and their participants."""

from __future__ import annotations

from typing import Any

from flask import Response

from app.accounts.bearer import actor, blueprint
from app.contract.inputs import ById
from app.conversations import access, commands, queries
from app.conversations.cache import lists
from app.conversations.objects import Conversation, Conversations
from app.conversations.schemas import (
    AddParticipant,
    ChangeConversation,
    FindConversations,
    OpenConversation,
    ParticipantPath,
)
from app.http.rest import items
from app.store import store

api = blueprint("conversations", __name__)


@api.get("/conversations", responses={200: Conversations})
def list_conversations(query: FindConversations) -> Any:
    """Returns the caller's conversations, latest activity first."""
    user_id, before = actor().user_id, query.position

    def load() -> dict[str, Any]:
        with store.reading() as session:
            return items(
                *queries.list_conversations(session, user_id, query.archived, query.limit, before)
            )

    if before is not None:  # later pages are rarely requested twice
        return load()
    body = lists.cached(user_id, f"{query.archived}:{query.limit}", load)
    return Response(body, mimetype="application/json")


@api.post(
    "/conversations",
    command=commands.open_conversation,
    responses={200: Conversation, 201: Conversation},
)
def open_conversation(body: OpenConversation) -> Any:
    """Opens a conversation, or returns the existing one."""
    opened = store.write(commands.open_conversation, actor(), body)
    return opened.conversation, 201 if opened.created else 200


@api.get("/conversations/<int:id>", refuses=("not_found",), responses={200: Conversation})
def show_conversation(path: ById) -> Any:
    """Returns one conversation."""
    with store.reading() as session:
        access.check_membership(session, actor(), path.id)
        return queries.conversation_view(session, actor().user_id, path.id)


@api.patch(
    "/conversations/<int:id>", command=commands.change_conversation, responses={200: Conversation}
)
def change_conversation(path: ById, body: ChangeConversation) -> Any:
    """Archives, mutes, opens or closes a conversation."""
    return store.write(commands.change_conversation, actor(), path.id, body)


@api.post(
    "/conversations/<int:id>/participants",
    command=commands.add_participant,
    responses={200: Conversation, 201: Conversation},
)
def add_participant(path: ById, body: AddParticipant) -> Any:
    """Adds a user to a group."""
    opened = store.write(commands.add_participant, actor(), path.id, body.user_id)
    return opened.conversation, 201 if opened.created else 200


@api.delete(
    "/conversations/<int:id>/participants/<int:user_id>",
    command=commands.remove_participant,
    responses={204: None},
)
def remove_participant(path: ParticipantPath) -> Any:
    """Removes a participant from a group; with the caller's own id, leaves it."""
    store.write(commands.remove_participant, actor(), path.id, path.user_id)
    return Response(status=204)
