"""How a client's messages and read marks follow events and ``sync``."""

from __future__ import annotations

from tests.conversations.client_state import move_to_top, participant, set_unread, stamp
from tests.support.client_state import ClientState, View, changes_nothing
from tests.support.people import Person

EXCERPT_LENGTH = 140


def refetch(state: ClientState, person: Person) -> None:
    """Read the messages of every conversation."""
    for conversation_id in state.conversations:
        page = person.get(f"/conversations/{conversation_id}/messages", limit=100)
        assert page["next_cursor"] is None, "a test with more messages must read more pages"
        state.messages[conversation_id] = {view["seq"]: view for view in page["items"]}


# --- new messages


def _new_message(state: ClientState, payload: View) -> None:
    """``new_message`` and ``message:sent``."""
    take(state, payload["message"])


def _notification(state: ClientState, payload: View) -> None:
    """``message_notification`` and ``message:new``, which carry the counts."""
    take(state, payload["message"], counting=False)
    set_unread(state, state.conversations[payload["conversation_id"]], payload["unread_count"])
    assert payload.get("unread_total", state.total) == state.total


def take(state: ClientState, message: View, *, counting: bool = True) -> None:
    """Hold a message unless a later version is held; the latest moves its conversation up."""
    conversation = state.conversations[message["conversation_id"]]
    known = state.messages.setdefault(conversation["id"], {}).get(message["seq"])
    if known is None or known["revision"] < message["revision"]:
        _put(state, message)
    stamp(conversation, message["revision"])
    if message["seq"] > conversation["last_seq"]:
        conversation["last_seq"] = message["seq"]
        conversation["last_message"] = message
        conversation["updated_at"] = message["created_at"]
        move_to_top(state, conversation["id"])
        if counting and message["sender"]["id"] != state.me:
            set_unread(state, conversation, conversation["unread_count"] + 1)


def _from_page(state: ClientState, message: View) -> None:
    """Pages carry the counts with their conversations."""
    take(state, message, counting=False)


def _put(state: ClientState, message: View) -> None:
    messages = state.messages[message["conversation_id"]]
    by_id = {view["id"]: view for view in messages.values()}
    quoted = by_id.get((message["reply_to"] or {}).get("id"))
    if quoted is not None:
        message["reply_to"]["excerpt"] = _excerpt(quoted["text"])
    messages[message["seq"]] = message
    _show(state, message)


def _show(state: ClientState, message: View) -> None:
    """Bring every quote of a message, and every list that ends with it, up to date."""
    conversation = state.conversations[message["conversation_id"]]
    _show_last(conversation, message)
    for reply in state.messages[conversation["id"]].values():
        if reply["reply_to"] is not None and reply["reply_to"]["id"] == message["id"]:
            reply["reply_to"]["excerpt"] = _excerpt(message["text"])
            _show_last(conversation, reply)


def _show_last(conversation: View, message: View) -> None:
    last = conversation["last_message"]
    if last is not None and last["id"] == message["id"]:
        conversation["last_message"] = message


def _excerpt(text: str | None) -> str | None:
    if text is None:
        return None
    line = " ".join(text.split())
    return line if len(line) <= EXCERPT_LENGTH else line[: EXCERPT_LENGTH - 1].rstrip() + "…"


# --- changes of messages


def _edited(state: ClientState, payload: View) -> None:
    message = payload["message"]
    known = state.messages[message["conversation_id"]][message["seq"]]
    if known["revision"] < message["revision"]:
        _put(state, message)
    stamp(state.conversations[message["conversation_id"]], payload["revision"])


def _deleted(state: ClientState, payload: View) -> None:
    conversation = state.conversations[payload["conversation_id"]]
    message = state.messages[conversation["id"]][payload["seq"]]
    assert message["id"] == payload["message_id"]
    mark = participant(conversation, state.me)["last_read_seq"]
    unread = message["seq"] > mark and _counts(state, message)
    message.update(text=None, deleted_at=payload["deleted_at"], revision=payload["revision"])
    _show(state, message)
    stamp(conversation, payload["revision"])
    set_unread(state, conversation, conversation["unread_count"] - unread)


def _counts(state: ClientState, message: View) -> bool:
    return message["sender"]["id"] != state.me and message["deleted_at"] is None


# --- read marks


def _read(state: ClientState, payload: View) -> None:
    conversation = state.conversations[payload["conversation_id"]]
    mark = participant(conversation, payload["user_id"])
    mark["last_read_seq"] = max(mark["last_read_seq"], payload["last_read_seq"])
    stamp(conversation, payload["revision"])
    if payload["user_id"] == state.me:
        messages = state.messages[conversation["id"]].values()
        unread = [m for m in messages if m["seq"] > mark["last_read_seq"] and _counts(state, m)]
        set_unread(state, conversation, len(unread))


EVENTS = {
    "new_message": _new_message,
    "message:sent": _new_message,
    "message_notification": _notification,
    "message:new": _notification,
    "messages_read": _read,
    "message_edited": _edited,
    "message_deleted": _deleted,
    "typing": changes_nothing,
}
PAGE = {"messages": _from_page, "reads": _read}
