"""How a client's conversations follow events and ``sync``: their order and their unread counts."""

from __future__ import annotations

from collections.abc import Iterator

from tests.support.client_state import ClientState, View
from tests.support.people import Person


def refetch(state: ClientState, person: Person) -> None:
    """Read the list of conversations."""
    listed = person.get("/conversations", limit=100)["items"]
    state.order = [view["id"] for view in listed]
    state.kinds["conversations"] = {view["id"]: view for view in listed}
    state.total = sum(view["unread_count"] for view in listed)


def users(state: ClientState) -> Iterator[View]:
    """Everyone who takes part in a conversation."""
    for conversation in state.conversations.values():
        yield from (participant["user"] for participant in conversation["participants"])


def stamp(conversation: View, revision: int) -> None:
    """Move a conversation's revision forward."""
    conversation["revision"] = max(conversation["revision"], revision)


def participant(conversation: View, user_id: int) -> View:
    """A participant of a conversation; a new one has read nothing yet."""
    known = (p for p in conversation["participants"] if p["user"]["id"] == user_id)
    return next(known, {"last_read_seq": 0})


def set_unread(state: ClientState, conversation: View, count: int) -> None:
    """Set a conversation's unread count, and the total with it."""
    state.total += count - conversation["unread_count"]
    conversation["unread_count"] = count


def move_to_top(state: ClientState, conversation_id: int) -> None:
    """Make a conversation the first of the list."""
    state.order.remove(conversation_id)
    state.order.insert(0, conversation_id)


def _replace(state: ClientState, conversation: View) -> None:
    known = state.conversations.get(conversation["id"])
    if known is None:
        state.conversations[conversation["id"]] = {**conversation, "unread_count": 0}
        state.messages.setdefault(conversation["id"], {})
        _list(state, conversation)
    elif known["revision"] <= conversation["revision"]:
        _update(state, known, conversation)
    set_unread(state, state.conversations[conversation["id"]], conversation["unread_count"])


def _update(state: ClientState, known: View, conversation: View) -> None:
    for one in conversation["participants"]:
        mark = participant(known, one["user"]["id"])["last_read_seq"]
        one["last_read_seq"] = max(mark, one["last_read_seq"])
    state.conversations[conversation["id"]] = {
        **conversation,
        "unread_count": known["unread_count"],
    }
    if conversation["last_seq"] > known["last_seq"]:
        state.order.remove(conversation["id"])
        _list(state, conversation)


def _list(state: ClientState, conversation: View) -> None:
    """Put a conversation where its latest activity belongs."""
    moments = [_activity(state.conversations[known]) for known in state.order]
    later = [moment for moment in moments if moment > _activity(conversation)]
    state.order.insert(len(later), conversation["id"])


def _activity(conversation: View) -> str:
    moment: str = (conversation["last_message"] or conversation)["created_at"]
    return moment


def _forget(state: ClientState, conversation_id: int) -> None:
    removed = state.conversations.pop(conversation_id, None)
    if removed is not None:
        state.order.remove(conversation_id)
        state.messages.pop(conversation_id)
        state.total -= removed["unread_count"]


EVENTS = {
    "conversation_updated": lambda state, payload: _replace(state, payload["conversation"]),
    "conversation_removed": lambda state, payload: _forget(state, payload["conversation_id"]),
}
PAGE = {"conversations": _replace, "removed_conversation_ids": _forget}
