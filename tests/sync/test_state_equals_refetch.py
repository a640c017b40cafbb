"""State equals refetch: what a client held, plus an event, is what it would read anew.

For every event of the catalogue, on both namespaces, there are stories in which somebody hears it;
an event without one fails here. The same is asked of the answer to ``sync`` in each story.
"""

from __future__ import annotations

import copy
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from tests.docs import schemas
from tests.support import tokens
from tests.support.both import Half, connect_both
from tests.support.client_state import refetch, snake
from tests.support.people import PASSWORD, Person
from tests.support.server import Server

LISTS = ("conversations", "order", "total")
TALK = (*LISTS, "messages")
EVERYTHING = (*TALK, "lessons", "contact_requests")
PRESENCE = ("user_online", "user_offline")
STARTS_AT = "2030-01-01T10:00:00.000Z"


class Story:
    """Bob reads. He asked Alice about her kora, and is in a group of hers with Charlie."""

    def __init__(self, server: Server, alice: Person, bob: Person, charlie: Person) -> None:
        self.server, self.alice, self.bob, self.charlie = server, alice, bob, charlie
        self.product = alice.post("/products", {"title": "Kora", "price": "450.00"})
        people = [bob.id, charlie.id]
        self.group: int = alice.post(
            "/conversations", {"participant_ids": people, "title": "Griots"}
        )["id"]
        self.question = bob.post(
            "/messages", {"product_id": self.product["id"], "text": "Still for\n sale?"}
        )["message"]
        self.talk: int = self.question["conversation_id"]
        self.answer = self.say(alice, "Yes!", self.question["id"])
        self.thanks = self.say(bob, "Good. " + "And good. " * 30, self.answer["id"])
        self.price = self.say(alice, "It is 450", self.thanks["id"])
        self.last = self.say(alice, "Francs, no", self.price["id"])
        self.path = f"/conversations/{self.talk}"
        self.marketplace, self.talemy = connect_both(bob)

    def say(self, who: Person, text: str, reply_to: int | None = None) -> Any:
        """A message in the talk."""
        body = {"text": text, "reply_to_id": reply_to}
        return who.post(f"/conversations/{self.talk}/messages", body)["message"]

    def join(self) -> None:
        """Bob looks at both conversations."""
        for conversation_id in (self.talk, self.group):
            self.marketplace.ok("join_conversation", {"conversation_id": conversation_id})

    def socket(self, namespace: str) -> Half:
        """Bob's end of a namespace."""
        return self.marketplace if namespace == "/" else self.talemy


Act = Callable[[Story], Any]


@dataclass(frozen=True)
class Proof:
    """A story in which Bob hears an event; ``parts`` of his state are what it speaks of."""

    namespace: str
    event: str
    act: Act
    parts: tuple[str, ...]
    joined: bool
    before: Act

    @property
    def key(self) -> tuple[str, str]:
        """The event."""
        return self.namespace, self.event

    def __str__(self) -> str:
        return f"{self.namespace} {self.event}: {self.act.__name__.replace('_', ' ').strip()}"


PROOFS: list[Proof] = []


def proves(
    *events: str,
    namespace: str = "/",
    parts: tuple[str, ...] = EVERYTHING,
    joined: bool = True,
    before: Act = lambda _: None,
) -> Callable[[Act], Act]:
    """Names what Bob hears in a story."""

    def decorate(act: Act) -> Act:
        PROOFS.extend(Proof(namespace, event, act, parts, joined, before) for event in events)
        return act

    return decorate


@pytest.fixture(scope="module")
def others(server: Server) -> Iterator[tuple[Person, Person]]:
    """Alice, who is always online, and Charlie, who never is: people are dear to make."""
    alice, charlie = Person(server, "Alice"), Person(server, "Charlie")
    alice.connect()
    yield alice, charlie
    alice.close()
    charlie.close()


@pytest.fixture
def story(server: Server, others: tuple[Person, Person], bob: Person) -> Story:
    """Bob, about to hear something."""
    alice, charlie = others
    return Story(server, alice, bob, charlie)


def test_every_event_of_the_catalogue_has_a_story() -> None:
    emitted = {
        (namespace, event)
        for namespace, found in schemas.catalogue()["namespaces"].items()
        for event in found["serverEvents"]
    }
    assert {proof.key for proof in PROOFS} == emitted


def test_the_comparison_sees_every_part(story: Story) -> None:
    _a_lesson(story)
    _a_request(story)
    held = refetch(story.bob).parts(EVERYTHING)
    assert all(held.values()), held
    other = refetch(story.charlie).parts(EVERYTHING)
    assert all(held[part] != other[part] for part in (*TALK, "lessons"))


# --- stories --------------------------------------------------------------------------------------


@proves("new_message")
def _somebody_writes(story: Story) -> None:
    story.say(story.alice, "One more thing")


@proves("new_message")
def _bob_writes_elsewhere(story: Story) -> None:
    story.say(story.bob, "From my other device")


@proves("new_message", before=lambda s: s.bob.delete(f"/messages/{s.last['id']}", scope="me"))
def _a_reply_quotes_what_bob_has_deleted_for_himself(story: Story) -> None:
    story.say(story.alice, "As I said", story.last["id"])


@proves("new_message")
def _the_group_talks_and_moves_to_the_top(story: Story) -> None:
    story.charlie.post(f"/conversations/{story.group}/messages", {"text": "Hello all"})


@proves("message_notification", joined=False)
def _a_message_where_bob_is_not_looking(story: Story) -> None:
    story.say(story.alice, "Are you there?", story.question["id"])


@proves("message_notification", "conversation_updated", joined=False)
def _the_first_message_of_somebody_new(story: Story) -> None:
    story.charlie.post("/messages", {"recipient_id": story.bob.id, "text": "We have not met"})


@proves("message:new", namespace="/talemy", parts=TALK)
def _a_message_to_talemy(story: Story) -> None:
    story.say(story.alice, "Are you there?", story.question["id"])


@proves("message:sent", namespace="/talemy", parts=TALK)
def _ones_own_message_to_talemy(story: Story) -> None:
    story.say(story.bob, "From my other device", story.last["id"])


@proves("messages_read")
def _bob_reads_a_part(story: Story) -> None:
    story.bob.post(f"{story.path}/read", {"up_to_seq": 4})


@proves("messages_read", joined=False)
def _bob_reads_everything_elsewhere(story: Story) -> None:
    story.bob.post(f"{story.path}/read", {})


@proves("messages_read")
def _the_other_reads(story: Story) -> None:
    story.alice.post(f"{story.path}/read", {})


@proves("message_deleted")
def _an_unread_message_is_deleted(story: Story) -> None:
    story.alice.delete(f"/messages/{story.price['id']}")


@proves("message_deleted", before=lambda s: s.bob.post(f"{s.path}/read", {}), joined=False)
def _a_read_message_is_deleted(story: Story) -> None:
    story.alice.delete(f"/messages/{story.answer['id']}")


@proves("message_deleted")
def _the_last_message_is_deleted(story: Story) -> None:
    story.alice.delete(f"/messages/{story.last['id']}")


@proves("message_deleted")
def _what_the_last_message_quotes_is_deleted_for_bob(story: Story) -> None:
    story.bob.delete(f"/messages/{story.price['id']}", scope="me")


@proves("message_deleted", before=lambda s: s.bob.delete(f"/messages/{s.price['id']}", scope="me"))
def _a_tombstone_of_bobs_is_deleted_for_everyone(story: Story) -> None:
    story.alice.delete(f"/messages/{story.price['id']}")


@proves("message_edited")
def _a_quoted_message_is_edited(story: Story) -> None:
    story.alice.patch(f"/messages/{story.price['id']}", {"text": "It is  \n 440 " + "now " * 50})


@proves("message_edited", joined=False)
def _the_last_message_is_edited(story: Story) -> None:
    story.alice.patch(f"/messages/{story.last['id']}", {"text": "Euros"})


@proves("message_edited", before=lambda s: s.bob.delete(f"/messages/{s.price['id']}", scope="me"))
def _a_tombstone_of_bobs_is_edited(story: Story) -> None:
    story.alice.patch(f"/messages/{story.price['id']}", {"text": "It is 440"})


@proves("message_edited", before=lambda s: s.bob.delete(f"/messages/{s.price['id']}", scope="me"))
def _a_reply_to_a_tombstone_of_bobs_is_edited(story: Story) -> None:
    story.alice.patch(f"/messages/{story.last['id']}", {"text": "Euros"})


@proves("conversation_updated")
def _a_conversation_is_opened_before_anything_is_said(story: Story) -> None:
    story.charlie.post("/conversations", {"recipient_id": story.bob.id})


@proves("conversation_updated")
def _the_other_closes(story: Story) -> None:
    story.alice.patch(story.path, {"status": "closed"})


@proves("conversation_updated", before=lambda s: s.alice.patch(s.path, {"status": "closed"}))
def _bob_opens_again(story: Story) -> None:
    story.bob.patch(story.path, {"status": "open"})


@proves("conversation_updated", joined=False)
def _bob_archives_and_mutes(story: Story) -> None:
    story.bob.patch(story.path, {"archived": True, "muted": True})


@proves("conversation_updated")
def _the_product_is_sold(story: Story) -> None:
    story.alice.patch(f"/products/{story.product['id']}", {"status": "sold", "price": "400.00"})


@proves("conversation_updated")
def _somebody_leaves_the_group(story: Story) -> None:
    story.charlie.call("DELETE", f"/conversations/{story.group}/participants/{story.charlie.id}")


def _without_bob(story: Story) -> None:
    story.alice.call("DELETE", f"/conversations/{story.group}/participants/{story.bob.id}")
    for text in ("He is gone", "And will be back"):
        story.charlie.post(f"/conversations/{story.group}/messages", {"text": text})


# What was said before is read where it is shown.
@proves("conversation_updated", before=_without_bob, parts=LISTS, joined=False)
def _bob_is_brought_back(story: Story) -> None:
    path = f"/conversations/{story.group}/participants"
    assert story.alice.call("POST", path, {"user_id": story.bob.id}).status_code == 201


@proves(
    "conversation_removed",
    before=lambda s: s.alice.post(f"/conversations/{s.group}/messages", {"text": "?"}),
)
def _bob_is_removed(story: Story) -> None:
    story.alice.call("DELETE", f"/conversations/{story.group}/participants/{story.bob.id}")


@proves("conversation_removed", joined=False)
def _bob_leaves(story: Story) -> None:
    story.bob.call("DELETE", f"/conversations/{story.group}/participants/{story.bob.id}")


def _a_lesson(story: Story) -> Any:
    body = {"student_id": story.bob.id, "title": "Kora", "starts_at": STARTS_AT}
    return story.alice.post("/lessons", body)


@proves("lesson:created", namespace="/talemy", parts=("lessons",))
def _a_lesson_is_scheduled(story: Story) -> None:
    _a_lesson(story)


# On `/` the lesson itself comes by sync.
@proves("conversation_updated", parts=TALK)
def _a_lesson_brings_a_conversation(story: Story) -> None:
    _a_lesson(story)


@proves("lesson:statusUpdated", namespace="/talemy", before=_a_lesson)
def _a_lesson_goes_on(story: Story) -> None:
    (lesson,) = story.bob.get("/lessons")["items"]
    story.bob.patch(f"/lessons/{lesson['id']}", {"status": "confirmed"})
    story.alice.patch(f"/lessons/{lesson['id']}", {"status": "completed"})


def _a_request(story: Story) -> Any:
    body = {"recipient_id": story.bob.id, "message": "May I?"}
    return story.charlie.post("/contact-requests", body)


@proves("contactRequest:created", namespace="/talemy")
def _a_request_comes(story: Story) -> None:
    _a_request(story)


@proves("contactRequest:statusUpdated", namespace="/talemy", before=_a_request)
def _a_request_is_withdrawn(story: Story) -> None:
    (request,) = story.bob.get("/contact-requests")["items"]
    story.charlie.patch(f"/contact-requests/{request['id']}", {"status": "cancelled"})


# Talemy learns of the conversation by its id in the request, or by sync.
@proves(
    "contactRequest:statusUpdated",
    namespace="/talemy",
    before=_a_request,
    parts=("contact_requests",),
)
@proves("conversation_updated", before=_a_request, parts=TALK)
def _a_request_is_accepted(story: Story) -> None:
    (request,) = story.bob.get("/contact-requests")["items"]
    story.bob.patch(f"/contact-requests/{request['id']}", {"status": "accepted"})


def _shows_dora_everywhere(story: Story) -> None:
    story.charlie = Person(story.server, "Dora")
    _a_request(story)
    body = {"student_id": story.charlie.id, "title": "Kora", "starts_at": STARTS_AT}
    story.bob.post("/lessons", body)


def _dora_is_here(story: Story) -> None:
    _shows_dora_everywhere(story)
    _comes(story)


def _comes(story: Story) -> None:
    story.charlie.connect()
    story.marketplace.wait_for("user_online", lambda d: d["user_id"] == story.charlie.id)


@proves("user_online", before=_shows_dora_everywhere)
def _somebody_comes(story: Story) -> None:
    _comes(story)
    _agree_on_presence(story)


@proves("user_offline", before=_dora_is_here)
def _somebody_goes(story: Story) -> None:
    story.charlie.close()
    story.marketplace.wait_for("user_offline", lambda d: d["user_id"] == story.charlie.id)
    _agree_on_presence(story)


def _agree_on_presence(story: Story) -> None:
    """``GET /presence`` says what the last event did."""
    told = [name for name, _ in story.marketplace.heard if name in ("user_online", "user_offline")]
    (found,) = story.bob.get("/presence", user_ids=str(story.charlie.id))["items"]
    assert found["online"] == (told[-1] == "user_online")


# --- what says nothing about what is stored: nothing that can be fetched is another afterwards


def _alice_looks(story: Story) -> None:
    story.alice.sockets[0].ok("join_conversation", {"conversation_id": story.talk})


@proves("typing", before=_alice_looks)
def _somebody_types_and_stops(story: Story) -> None:
    socket = story.alice.sockets[0]
    for is_typing in (True, False):
        socket.ok("typing", {"conversation_id": story.talk, "is_typing": is_typing})


@proves("error")
def _an_event_is_refused(story: Story) -> None:
    story.marketplace.emit("send_message", {"conversation_id": story.talk, "text": " "})


@proves("error", namespace="/talemy")
def _an_event_of_talemy_is_refused(story: Story) -> None:
    story.talemy.emit("message:send", {"conversationId": story.talk, "text": " "})


@proves("token_expiring")
@proves("token_expiring", namespace="/talemy")
def _a_token_is_about_to_end(story: Story) -> None:
    soon = int(time.time()) + 50
    for half in connect_both(story.bob, tokens.changed(story.server, story.bob.token, exp=soon)):
        half.wait_for("token_expiring")


@proves("session_ended")
@proves("session_ended", namespace="/talemy")
def _another_session_is_signed_out(story: Story) -> None:
    body = {"email": story.bob.email, "password": PASSWORD}
    token = story.bob.call("POST", "/auth/login", body).json()["access_token"]
    halves = connect_both(story.bob, token)
    story.bob.call("POST", "/auth/logout", token=token)
    for half in halves:
        half.wait_for("session_ended")


@proves("ready")
@proves("ready", namespace="/talemy")
def _another_connection_is_told_the_state(story: Story) -> None:
    for half in connect_both(story.bob):
        told = snake(half.wait_for("ready"))
        contacts = f"{story.alice.id},{story.charlie.id}"
        present = story.bob.get("/presence", user_ids=contacts)["items"]
        assert told["user"] == story.bob.get(f"/users/{story.bob.id}")
        assert told["online_user_ids"] == [p["user_id"] for p in present if p["online"]]
        assert told["unread_total"] == refetch(story.bob).total > 0
        assert told["cursor"] == story.bob.get("/changes", after=told["cursor"])["cursor"]


# --- the proof ------------------------------------------------------------------------------------


class Ears:
    """What Bob hears on one namespace from now on, on all of his connections."""

    def __init__(self, story: Story, namespace: str) -> None:
        self.story = story
        self.namespace = namespace
        self.first = story.socket(namespace)
        self.first.settle()
        self._before = len(self.first.heard)

    def news(self) -> list[tuple[str, Any]]:
        """What his first connection has heard."""
        self.first.settle()
        return self.first.heard[self._before :]

    def names(self) -> set[str]:
        """What any of them has heard."""
        others = [s for s in self.story.bob.sockets if s.namespace == self.namespace]
        more = [heard for socket in others if socket is not self.first for heard in socket.heard]
        return {name for name, _ in [*self.news(), *more]}


@pytest.mark.parametrize("proof", PROOFS, ids=str)
def test_what_was_held_and_what_was_heard_is_what_is_read_anew(story: Story, proof: Proof) -> None:
    proof.before(story)
    if proof.joined:
        story.join()
    ears, held = Ears(story, proof.namespace), refetch(story.bob)
    synced, cursor = copy.deepcopy(held), story.bob.get("/changes", after=0)["cursor"]

    proof.act(story)

    assert proof.event in ears.names(), "the story does not tell of its event"
    for event, payload in ears.news():
        held.apply(event, payload)
    anew = refetch(story.bob)
    assert held.parts(proof.parts) == anew.parts(proof.parts)
    if proof.event in PRESENCE:
        return  # no part of synchronisation
    page = story.bob.get("/changes", after=cursor)
    everything = LISTS if proof.parts is LISTS else EVERYTHING
    synced.apply_page(page)
    assert synced.parts(everything) == anew.parts(everything), "after sync alone"
    held.apply_page(page)
    assert held.parts(everything) == anew.parts(everything), "and after both"


def test_the_proof_can_fail(story: Story) -> None:
    ears, held = Ears(story, "/"), refetch(story.bob)
    story.say(story.alice, "Not applied")
    assert [name for name, _ in ears.news()] == ["message_notification"]
    for part in TALK:
        assert held.parts((part,)) != refetch(story.bob).parts((part,)) or part == "order"
