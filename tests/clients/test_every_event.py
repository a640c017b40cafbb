"""Buyer and seller go through every event of namespace ``/``, each with an official client.

After every step the state of each client equals what REST then returns (``mirror.py``).
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.clients.conftest import Connect
from tests.clients.mirror import Mirror
from tests.clients.talk import Side, Talk
from tests.support.people import Person

pytestmark = pytest.mark.system

WAYS = {
    "websocket": ["websocket"],
    "polling": ["polling"],
    "upgrade": ["polling", "websocket"],
}


@pytest.fixture(params=["js buys", "python buys"])
def kinds(request: pytest.FixtureRequest) -> tuple[str, str]:
    """Which client the buyer has, and which the seller."""
    return ("js", "python") if request.param == "js buys" else ("python", "js")


@pytest.fixture(params=list(WAYS))
def talk(
    request: pytest.FixtureRequest,
    kinds: tuple[str, str],
    alice: Person,
    bob: Person,
    charlie: Person,
    kora: Any,
    connect: Connect,
) -> Talk:
    """All connections open, before the first message."""
    ways = WAYS[request.param]
    sides = []
    for person, kind in zip((bob, alice), kinds, strict=True):
        socket = connect(person, kind, ways)
        sides.append(Side(person, socket, Mirror(person, socket)))
    outsiders = [connect(charlie, "js"), connect(charlie, "python")]
    return Talk(sides[0], sides[1], outsiders, kora["id"], transport=ways[-1])


def test_every_event_and_both_halves_of_each_fact(talk: Talk) -> None:
    _the_buyer_asks(talk)
    _both_join(talk)
    _they_type(talk)
    _the_seller_replies(talk)
    _read_marks_only_move_forward(talk)
    _a_message_is_edited(talk)
    _messages_are_deleted(talk)
    _only_the_sender_may_change_a_message(talk)
    _a_retry_is_answered_with_the_first_message(talk)
    _a_pipeline_keeps_its_order(talk)
    _the_conversation_changes(talk)
    _an_error_without_an_acknowledgement_is_an_event(talk)
    _a_token_is_renewed(talk)
    _one_who_has_left_is_notified(talk)
    _a_second_connection_is_notified_unless_it_joins(talk)
    _a_group_and_a_removal(talk)
    _everything_again_by_sync(talk)
    _nobody_else_heard_a_word(talk)
    assert [side.socket.transport for side in (talk.buyer, talk.seller)] == [talk.transport] * 2


def _the_buyer_asks(talk: Talk) -> None:
    talk.question = talk.buyer.send(
        product_id=talk.product_id, text="Still for\n sale?", client_id="first"
    )
    talk.id = talk.question["conversation_id"]
    buyer, seller = talk.buyer.mirror.hear(), talk.seller.mirror.hear()
    talk.buyer.mirror.take_sent(talk.question)
    assert _names(buyer)[-1:] == ["conversation_updated"]  # not joined: no new_message
    assert _names(seller)[-2:] == ["conversation_updated", "message_notification"]
    told = seller[-1][1]
    assert told["message"] == talk.question["message"]
    assert (told["unread_count"], told["unread_total"]) == (1, 1)
    assert talk.agree() == ([], [])


def _both_join(talk: Talk) -> None:
    for side in (talk.buyer, talk.seller):
        joined = side.socket.ok("join_conversation", {"conversation_id": talk.id})
        assert joined["conversation"] == side.mirror.state.conversations[talk.id]
        assert joined["messages"] == side.mirror.list(talk.id)
        assert not joined["has_more"]
    again = talk.buyer.socket.ok("join_conversation", {"conversation_id": talk.id, "after_seq": 1})
    assert again["messages"] == []
    assert talk.agree() == ([], [])


def _they_type(talk: Talk) -> None:
    for is_typing in (True, False):
        payload = {"conversation_id": talk.id, "is_typing": is_typing}
        assert talk.buyer.socket.ok("typing", payload) == {}
        buyer, seller = talk.hear()
        assert buyer == []
        assert [name for name, _ in seller] == ["typing"]
        told = seller[0][1]
        assert told.pop("expires_in") > 0
        assert told == {**payload, "user_id": talk.buyer.id}


def _the_seller_replies(talk: Talk) -> None:
    original = talk.question["message"]
    sent = talk.seller.send(conversation_id=talk.id, text="Yes!", reply_to_id=original["id"])
    quote = {"id": original["id"], "sender_id": talk.buyer.id, "excerpt": "Still for sale?"}
    assert sent["message"]["reply_to"] == quote
    buyer, seller = talk.hear()
    heard = [("new_message", {"message": sent["message"], "revision": sent["message"]["revision"]})]
    assert buyer == seller == heard


def _read_marks_only_move_forward(talk: Talk) -> None:
    talk.buyer.send(conversation_id=talk.id, text="Good")
    talk.buyer.send(conversation_id=talk.id, text="I take it")
    talk.agree()
    for up_to, mark, unread, told in ((3, 3, 1, True), (1, 3, 1, False), (None, 4, 0, True)):
        payload = {"conversation_id": talk.id, **({"up_to_seq": up_to} if up_to else {})}
        answer = talk.seller.socket.ok("mark_messages_read", payload)
        expected = {"conversation_id": talk.id, "last_read_seq": mark, "unread_count": unread}
        assert answer == expected
        assert talk.agree() == ((["messages_read"], ["messages_read"]) if told else ([], []))
    path = f"/conversations/{talk.id}/read"
    assert talk.seller.person.post(path, {"up_to_seq": 2})["last_read_seq"] == 4
    assert talk.buyer.person.post(path, {})["last_read_seq"] == 4
    assert talk.agree() == (["messages_read"], ["messages_read"])


def _a_message_is_edited(talk: Talk) -> None:
    message_id = talk.question["message"]["id"]
    payload = {"message_id": message_id, "text": "Is it " + "still " * 40 + "there?"}
    edited = talk.buyer.socket.ok("edit_message", payload)["message"]
    assert edited["edited_at"]
    assert edited["seq"] == 1
    buyer, seller = talk.hear()
    heard = [("message_edited", {"message": edited, "revision": edited["revision"]})]
    assert buyer == seller == heard
    assert talk.buyer.socket.ok("edit_message", payload)["message"] == edited
    assert talk.agree() == ([], [])
    by_rest = talk.buyer.person.patch(f"/messages/{message_id}", {"text": "Is it there?"})
    assert by_rest["message"]["text"] == "Is it there?"
    assert talk.agree() == (["message_edited"], ["message_edited"])


def _messages_are_deleted(talk: Talk) -> None:
    first = talk.question["message"]["id"]
    last = talk.buyer.send(conversation_id=talk.id, text="Oh")["message"]["id"]
    talk.agree()
    payload = {"message_id": first, "scope": "me"}
    assert talk.seller.socket.ok("delete_message", payload)["message"]["text"] is None
    assert talk.agree() == ([], ["message_deleted"])
    talk.buyer.socket.ok("edit_message", {"message_id": first, "text": "Only I see this"})
    buyer, seller = talk.hear()
    assert [name for name, _ in buyer] == [name for name, _ in seller] == ["message_edited"]
    assert buyer[0][1]["message"]["text"] == "Only I see this"
    assert seller[0][1]["message"]["text"] is None  # to the seller it stays a tombstone
    reply = talk.seller.mirror.list(talk.id)[1]["id"]
    talk.seller.socket.ok("edit_message", {"message_id": reply, "text": "Yes, it is"})
    assert talk.agree() == (["message_edited"], ["message_edited"])
    deleted = talk.buyer.socket.ok("delete_message", {"message_id": last})["message"]
    assert deleted["deleted_at"]
    buyer, seller = talk.hear()
    assert buyer == seller
    assert buyer[0][1]["scope"] == "everyone"
    assert buyer[0][1]["deleted_by"] == talk.buyer.id
    # Twice is no error, and nothing new.
    talk.buyer.person.delete(f"/messages/{last}", scope="everyone")
    assert talk.agree() == ([], [])


def _only_the_sender_may_change_a_message(talk: Talk) -> None:
    theirs = {"message_id": talk.seller.mirror.list(talk.id)[2]["id"]}
    assert talk.seller.socket.refused("delete_message", theirs)["code"] == "forbidden"
    edit = {**theirs, "text": "Mine"}
    assert talk.seller.socket.refused("edit_message", edit)["code"] == "forbidden"
    assert talk.agree() == ([], [])


def _a_retry_is_answered_with_the_first_message(talk: Talk) -> None:
    body = {"text": "Once", "client_id": "once"}
    first = talk.seller.send(conversation_id=talk.id, **body)
    assert talk.agree() == (["new_message"], ["new_message"])
    assert talk.seller.send(conversation_id=talk.id, **body) == first
    path = f"/conversations/{talk.id}/messages"
    by_rest = talk.seller.person.call("POST", path, body)
    assert (by_rest.status_code, by_rest.json()) == (200, first)
    other = {"conversation_id": talk.id, "text": "Twice", "client_id": "once"}
    assert talk.seller.socket.refused("send_message", other)["code"] == "conflict"
    assert talk.agree() == ([], [])


def _a_pipeline_keeps_its_order(talk: Talk) -> None:
    for side in (talk.buyer, talk.seller):
        texts = [f"{side.id} says {number}" for number in range(25)]
        payloads = [{"conversation_id": talk.id, "text": text} for text in texts]
        answers = side.socket.pipeline("send_message", payloads)
        numbers = [answer["data"]["message"]["seq"] for answer in answers]
        assert numbers == list(range(numbers[0], numbers[0] + 25))
        buyer, seller = talk.hear()
        assert [told["message"]["text"] for _, told in buyer] == texts
        assert buyer == seller


def _the_conversation_changes(talk: Talk) -> None:
    path = f"/conversations/{talk.id}"
    for change in ({"archived": True}, {"muted": True}, {"archived": False, "muted": False}):
        assert talk.buyer.person.patch(path, change).items() >= change.items()
        assert talk.agree() == (["conversation_updated"], [])
    talk.seller.person.patch(path, {"status": "closed"})
    assert talk.agree() == (["conversation_updated"], ["conversation_updated"])
    refused = {"conversation_id": talk.id, "text": "Too late"}
    assert talk.buyer.socket.refused("send_message", refused)["code"] == "conversation_closed"
    talk.buyer.person.patch(path, {"status": "open"})
    assert talk.agree() == (["conversation_updated"], ["conversation_updated"])
    talk.seller.person.patch(f"/products/{talk.product_id}", {"status": "reserved"})
    assert talk.agree() == (["conversation_updated"], ["conversation_updated"])


def _an_error_without_an_acknowledgement_is_an_event(talk: Talk) -> None:
    talk.buyer.socket.emit("edit_message", {"message_id": "one", "text": "?"})
    buyer, seller = talk.hear()
    assert seller == []
    assert [name for name, _ in buyer] == ["error"]
    told = buyer[0][1]
    assert (told["event"], told["code"]) == ("edit_message", "invalid_payload")
    assert told["message"]


def _a_token_is_renewed(talk: Talk) -> None:
    person = talk.buyer.person
    renewed = person.call("POST", "/auth/refresh", token=person.refresh_token).json()
    person.keep(renewed)
    assert talk.buyer.socket.ok("authenticate", {"token": person.token})["expires_at"]
    stolen = {"token": talk.seller.person.token}
    assert talk.buyer.socket.refused("authenticate", stolen)["code"] == "forbidden"
    assert talk.buyer.socket.refused("authenticate", {"token": "x"})["code"] == "unauthenticated"
    assert talk.agree() == ([], [])


def _one_who_has_left_is_notified(talk: Talk) -> None:
    assert talk.seller.socket.ok("leave_conversation", {"conversation_id": talk.id}) == {}
    talk.buyer.send(conversation_id=talk.id, text="Are you there?")
    assert talk.agree() == (["new_message"], ["message_notification"])
    talk.buyer.socket.ok("typing", {"conversation_id": talk.id, "is_typing": True})
    assert talk.agree() == ([], [])
    talk.seller.socket.ok("join_conversation", {"conversation_id": talk.id})
    talk.buyer.send(conversation_id=talk.id, text="Ah, there you are")
    assert talk.agree() == (["new_message"], ["new_message"])


def _a_second_connection_is_notified_unless_it_joins(talk: Talk) -> None:
    second = talk.seller.person.connect()
    talk.buyer.send(conversation_id=talk.id, text="Two tabs")
    second.settle()
    assert [name for name, _ in second.heard] == ["ready", "message_notification"]
    talk.seller.send(conversation_id=talk.id, text="Mine is no news to my other tab")
    talk.seller.person.post(f"/conversations/{talk.id}/read", {})
    second.settle()
    assert [name for name, _ in second.heard][2:] == ["messages_read"]
    assert talk.agree()[0] == ["new_message", "new_message", "messages_read"]


def _a_group_and_a_removal(talk: Talk) -> None:
    body = {"title": "Musicians", "participant_ids": [talk.buyer.id]}
    group = talk.seller.person.post("/conversations", body)
    assert talk.agree() == (["conversation_updated"], ["conversation_updated"])
    for side in (talk.buyer, talk.seller):
        side.socket.ok("join_conversation", {"conversation_id": group["id"]})
    talk.buyer.send(conversation_id=group["id"], text="Hello all")
    assert talk.agree() == (["new_message"], ["new_message"])
    path = f"/conversations/{group['id']}/participants/{talk.buyer.id}"
    assert talk.seller.person.call("DELETE", path).status_code == 204
    assert talk.agree() == (["conversation_removed"], ["conversation_updated"])
    late = {"conversation_id": group["id"], "text": "And another thing"}
    assert talk.buyer.socket.refused("send_message", late)["code"] == "not_found"
    talk.seller.send(conversation_id=group["id"], text="He is gone")
    assert talk.agree() == ([], ["new_message"])


def _everything_again_by_sync(talk: Talk) -> None:
    for side in (talk.buyer, talk.seller):
        fresh = side.socket.ok("sync", {"after": 0})
        assert fresh == side.person.get("/changes", after=0)
        held = side.mirror.state.conversations
        assert {view["id"]: view for view in fresh["conversations"]} == held
        known = [message for cid in held for message in side.mirror.list(cid)]
        assert sorted(fresh["messages"], key=_id) == sorted(known, key=_id)
        assert _by_pages(side, 7) == sorted(known, key=_id)
        nothing = side.socket.ok("sync", {"after": fresh["cursor"]})
        assert nothing["messages"] == nothing["conversations"] == nothing["reads"] == []
        assert not nothing["has_more"]
        assert side.socket.ok("sync", {"after": 5})["reset"]  # no such history


def _by_pages(side: Side, limit: int) -> list[Any]:
    found: dict[int, Any] = {}
    page: dict[str, Any] = {"cursor": 0, "has_more": True}
    while page["has_more"]:
        page = side.person.get("/changes", after=page["cursor"], limit=limit)
        found |= {message["id"]: message for message in page["messages"]}
    return sorted(found.values(), key=_id)


def _nobody_else_heard_a_word(talk: Talk) -> None:
    for socket in talk.outsiders:
        socket.settle()
        assert {name for name, _ in socket.heard} <= {"ready", "transport"}


def _names(news: list[tuple[str, Any]]) -> list[str]:
    return [name for name, _ in news]


def _id(view: Any) -> int:
    found: int = view["id"]
    return found
