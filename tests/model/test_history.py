"""Whole histories, made up: the server, its events and its synchronisation against a small model.

Three people open conversations, send with retries and replies, edit, delete for everyone or for
themselves, read, archive, close, block, leave and come back; by socket of either namespace or by REST.
After each step everybody's client, fed by events, holds what the model says, and so does the server.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from hypothesis import event
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from tests.fuzz.budget import MARKS, SEED, examples
from tests.model.client import Client
from tests.model.model import Codes, Conversation, Message, Model, View, seen
from tests.support.server import Server

pytestmark = MARKS

T = TypeVar("T")
LENGTH = 25
TEXTS = st.sampled_from(["Hello", "Still for\n sale?", "é" * 150, "  spaced   out ", "?"])
WAYS = st.sampled_from(["rest", "rest", "/", "/", "/talemy"])
PEOPLE = st.integers(0, 2)
MOSTLY_RIGHT = st.sampled_from([3, 3, 3, 0, 1, 2])  # 3: whoever may
SOME = st.integers(0, 1000)  # which of those there are


STEPS: list[st.SearchStrategy[tuple[str, dict[str, Any]]]] = []
NAMES: set[str] = set()  # of all that may happen


def step(weight: int, **given: Any) -> Callable[[T], T]:
    """Something that may happen, so often as its weight says.

    All of it is one rule: hypothesis leaves out rules at random, and a short run would leave out most.
    """

    def register(happens: Any) -> Any:
        NAMES.add(happens.__name__)
        STEPS.extend([st.tuples(st.just(happens.__name__), st.fixed_dictionaries(given))] * weight)
        return happens

    return register


def pick(things: Sequence[T], number: int) -> T:
    """One of those there are, the latest first."""
    return things[-1 - number % len(things)]


def same(found: View, expected: View, what: str) -> None:
    """Two views of everything are one; if not, where they differ."""
    assert found.keys() == expected.keys(), f"{what} has {sorted(found)}, not {sorted(expected)}"
    for conversation_id, view in expected.items():
        for name, value in view.items():
            other = found[conversation_id][name]
            assert other == value, f"{what}: {name} of {conversation_id} is {other}, not {value}"


class History(RuleBasedStateMachine):
    """What may happen, in any order."""

    server: Server

    def __init__(self) -> None:
        super().__init__()
        self.model = Model()
        self.clients: list[Client] = []
        self.revisions: dict[tuple[int, int], int] = {}

    @initialize()
    def everybody_arrives(self) -> None:
        """Three who talk, one who must see nothing; the first offers a product."""
        self.clients = [Client(self.server, name) for name in ("Alice", "Bob", "Charlie")]
        self.outsider = Client(self.server, "Dora")
        product = self.clients[0].person.post("/products", {"title": "Kora"})
        self.product: int = product["id"]
        self.talk_about_product()

    def teardown(self) -> None:
        """Everybody leaves; the outsider has learnt of nothing."""
        if self.clients:
            self.outsider.hear()
            found = self.outsider.everything()
            assert not found["conversations"] + found["messages"] + found["reads"]
            assert self.outsider.shown() == {}
        for client in [*self.clients, self.outsider] if self.clients else []:
            client.person.close()

    def talk_about_product(self) -> None:
        """So that there is something to do something with from the start."""
        self.open_about_product(who=1)
        self.open_group(who=0, others={1, 2})
        for client in self.clients:  # which makes them join
            client.hear()
        for who, text in ((1, "Still for sale?"), (0, "Yes"), (0, "It is 450"), (1, "Francs?")):
            self.send(who=who, where=1, text=text, way="rest", key=0, reply=1)
            self.send(who=who, where=0, text=text, way="/", key=0, reply=0)

    @rule(chosen=st.deferred(lambda: st.one_of(STEPS)))
    def happens(self, chosen: tuple[str, dict[str, Any]]) -> None:
        """One of the things below."""
        name, given = chosen
        getattr(self, name)(**given)

    @property
    def talks(self) -> list[Conversation]:
        """All conversations."""
        return list(self.model.conversations.values())

    @property
    def groups(self) -> list[Conversation]:
        """Those that people can be brought into."""
        return [talk for talk in self.talks if talk.kind == "group"]

    @property
    def said(self) -> list[tuple[Conversation, Message]]:
        """All messages."""
        return [(talk, message) for talk in self.talks for message in talk.messages]

    def author(self, who: int, message: Message) -> Client:
        """Whoever wrote a message, or now and then somebody else."""
        own = [client for client in self.clients if client.id == message.sender]
        return own[0] if who > 2 else self.clients[who]

    def leader(self, who: int, talk: Conversation) -> Client:
        """Whoever made a group, or now and then somebody else."""
        own = [client for client in self.clients if client.id == talk.creator]
        return own[0] if who > 2 else self.clients[who]

    def expect(self, codes: Codes, told: tuple[str, View], then: Callable[[View], Any]) -> None:
        """The refusal is right, or there is none and the model goes on."""
        code, body = told
        self.note(f"{then.__qualname__.split('.')[1]}: {code}")
        if codes:
            assert code in codes, f"{code} instead of {sorted(codes)}"
        else:
            assert code == "ok", f"{code}: {body}"
            then(body)

    def note(self, outcome: str) -> None:
        """For hypothesis's own statistics."""
        event(outcome)

    # --- opening

    @step(1, who=PEOPLE, other=PEOPLE)
    def open_direct(self, who: int, other: int) -> None:
        """With another person."""
        if who != other:
            me, you = self.clients[who], self.clients[other]
            self._open(me, "direct", {you.id}, None, {"recipient_id": you.id})

    @step(1, who=st.integers(1, 2))
    def open_about_product(self, who: int) -> None:
        """With whoever offers it."""
        owner = self.clients[0].id
        self._open(
            self.clients[who], "product", {owner}, self.product, {"product_id": self.product}
        )

    @step(1, who=PEOPLE, others=st.sets(PEOPLE, min_size=1))
    def open_group(self, who: int, others: set[int]) -> None:
        """A group is always new."""
        people = {self.clients[other].id for other in others - {who}}
        if people:
            body = {"participant_ids": sorted(people), "title": "Griots"}
            self._open(self.clients[who], "group", people, None, body)

    def _open(
        self, me: Client, kind: str, others: set[int], product: int | None, body: View
    ) -> None:
        known = None if kind == "group" else self.model.find(kind, {me.id, *others}, product)
        codes = frozenset[str]() if known else self.model.why_not_open(me.id, others)

        def opened(view: View) -> None:
            assert known is None or view["id"] == known.id
            if known is None:
                self.model.open(view["id"], kind, me.id, others, product)

        self.expect(codes, me.rest("POST", "/conversations", body), opened)

    # --- sending

    @step(3, who=PEOPLE, where=SOME, text=TEXTS, way=WAYS, key=st.integers(0, 5), reply=SOME)
    def send(self, who: int, where: int, text: str, way: str, key: int, reply: int) -> None:
        """To a conversation; now and then with a key that was used before, for this or another."""
        me, talk = self.clients[who], pick(self.talks, where)
        body: View = {"text": text}
        client_id = f"key-{key}" if key else None
        original = pick(talk.messages, reply) if talk.messages and reply % 3 == 0 else None
        if client_id:
            body["client_id"] = client_id
        if original:
            body["reply_to_id"] = original.id
        codes = self.model.why_not_send(me.id, talk, text, client_id, original)
        told = self._send(me, way, talk.id, body)
        self.expect(codes, told, lambda view: self._sent(me, talk, view, original))

    def _send(self, me: Client, way: str, conversation_id: int, body: View) -> tuple[str, View]:
        if way == "rest":
            return me.rest("POST", f"/conversations/{conversation_id}/messages", body)
        body = {**body, "conversation_id": conversation_id}
        if way == "/" and me.connected:
            return me.socket("send_message", body)
        names = {"client_id": "clientId", "reply_to_id": "replyToId"}
        names["conversation_id"] = "conversationId"
        spelt = {names.get(name, name): value for name, value in body.items()}
        return me.socket("message:send", spelt, "/talemy")

    def _sent(self, me: Client, talk: Conversation, view: View, reply: Message | None) -> None:
        told = view["message"]
        key = told.get("client_id", told.get("clientId"))
        known = self.model.earlier(me.id, key)
        if known is not None:
            assert told["id"] == known[1].id, "stored twice"
            return
        assert told["seq"] == len(talk.messages) + 1
        text = told["text"]
        self.model.send(talk, Message(told["id"], told["seq"], me.id, text, key, reply, text))

    @step(1, who=PEOPLE, other=PEOPLE, text=TEXTS)
    def send_to_a_person(self, who: int, other: int, text: str) -> None:
        """Which opens the conversation, if there is none."""
        me, you = self.clients[who], self.clients[other]
        if who == other or not me.connected:
            return
        known = self.model.find("direct", {me.id, you.id})
        codes = (
            self.model.why_not_send(me.id, known, text, None, None)
            if known
            else self.model.why_not_open(me.id, {you.id})
        )

        def sent(view: View) -> None:
            talk = known or self.model.open(view["conversation_id"], "direct", me.id, {you.id})
            self._sent(me, talk, view, None)

        told = me.socket("send_message", {"recipient_id": you.id, "text": text})
        self.expect(codes, told, sent)

    # --- changing

    @step(3, who=MOSTLY_RIGHT, which=SOME, text=TEXTS, way=WAYS)
    def edit(self, who: int, which: int, text: str, way: str) -> None:
        """Anybody's message, by anybody."""
        talk, message = pick(self.said, which)
        me = self.author(who, message)
        codes = self.model.why_not_edit(me.id, talk, message)
        if way == "/" and me.connected:
            told = me.socket("edit_message", {"message_id": message.id, "text": text})
        else:
            told = me.rest("PATCH", f"/messages/{message.id}", {"text": text})
        self.expect(codes, told, lambda _: self.model.edit(message, text))

    @step(7, who=MOSTLY_RIGHT, which=SOME, scope=st.sampled_from(["everyone", "me"]), way=WAYS)
    def delete(self, who: int, which: int, scope: str, way: str) -> None:
        """Anybody's message, by anybody."""
        talk, message = pick(self.said, which)
        me = self.author(who, message)
        codes = self.model.why_not_delete(me.id, talk, message, scope)
        if way == "/" and me.connected:
            told = me.socket("delete_message", {"message_id": message.id, "scope": scope})
        else:
            told = me.rest("DELETE", f"/messages/{message.id}", scope=scope)
        self.expect(codes, told, lambda _: self.model.delete(me.id, message, scope))

    @step(6, who=PEOPLE, where=SOME, up_to=st.none() | st.integers(0, 8), way=WAYS)
    def read(self, who: int, where: int, up_to: int | None, way: str) -> None:
        """Up to somewhere, or to the end."""
        me, talk = self.clients[who], pick(self.talks, where)
        codes = frozenset[str]() if me.id in talk.here() else frozenset({"not_found"})
        body = {} if up_to is None else {"up_to_seq": up_to}
        if way == "/" and me.connected:
            told = me.socket("mark_messages_read", {"conversation_id": talk.id, **body})
        else:
            told = me.rest("POST", f"/conversations/{talk.id}/read", body)

        def moved(view: View) -> None:
            self.model.read(me.id, talk, up_to)
            now = {"last_read_seq": talk.places[me.id].read, "unread_count": talk.unread(me.id)}
            assert view == {"conversation_id": talk.id, **now}

        self.expect(codes, told, moved)

    # --- conversations and people

    @step(
        2,
        who=PEOPLE,
        where=SOME,
        change=st.fixed_dictionaries(
            {},
            optional={
                "archived": st.booleans(),
                "muted": st.booleans(),
                "status": st.sampled_from(["open", "open", "closed"]),
            },
        ).filter(bool),
    )
    def change(self, who: int, where: int, change: View) -> None:
        """Archive, mute, close, open."""
        me, talk = self.clients[who], pick(self.talks, where)
        codes = self.model.why_not_change(me.id, talk, change.get("status"))

        def changed(_: View) -> None:
            mine = talk.places[me.id]
            mine.archived = change.get("archived", mine.archived)
            mine.muted = change.get("muted", mine.muted)
            talk.open = change.get("status", "open" if talk.open else "closed") == "open"

        self.expect(codes, me.rest("PATCH", f"/conversations/{talk.id}", change), changed)

    @step(2, who=MOSTLY_RIGHT, other=PEOPLE, where=SOME)
    def bring_in(self, who: int, other: int, where: int) -> None:
        """Into a group, rightly or not."""
        you, talk = self.clients[other], pick(self.groups or self.talks, where)
        me = self.leader(who, talk)
        codes = self.model.why_not_add(me.id, talk, you.id)
        path = f"/conversations/{talk.id}/participants"
        told = me.rest("POST", path, {"user_id": you.id})
        self.expect(codes, told, lambda _: self.model.add(talk, you.id))

    @step(2, who=MOSTLY_RIGHT, other=PEOPLE, where=SOME)
    def take_out(self, who: int, other: int, where: int) -> None:
        """Of a group, rightly or not; oneself is leaving."""
        you, talk = self.clients[other], pick(self.groups or self.talks, where)
        me = self.leader(who, talk)
        codes = self.model.why_not_remove(me.id, talk, you.id)
        told = me.rest("DELETE", f"/conversations/{talk.id}/participants/{you.id}")
        self.expect(codes, told, lambda _: setattr(talk.places[you.id], "here", False))

    @step(1, who=PEOPLE, other=PEOPLE, block=st.sampled_from([True, False, False]))
    def block(self, who: int, other: int, block: bool) -> None:
        """Or take it back."""
        if who != other:
            me, you = self.clients[who], self.clients[other]
            told = me.rest("PUT" if block else "DELETE", f"/users/{you.id}/block")
            change = self.model.blocks.add if block else self.model.blocks.discard
            self.expect(frozenset(), told, lambda _: change((me.id, you.id)))

    # --- going, coming back, synchronising

    @step(2, who=PEOPLE, limit=st.sampled_from([1, 2, 5, 200]))
    def go_or_come_back(self, who: int, limit: int) -> None:
        """Whoever is away comes back, whoever is here goes."""
        me = self.clients[who]
        me.go() if me.connected else me.come_back(limit)

    @step(1, who=PEOPLE)
    def remember(self, who: int) -> None:
        """What is held now, with its cursor."""
        if self.clients[who].connected:
            self.clients[who].remember()

    @step(1, who=PEOPLE, which=SOME, limit=st.sampled_from([1, 2, 5, 200]))
    def catch_up(self, who: int, which: int, limit: int) -> None:
        """From any earlier state, in pages of any size, to the present one."""
        me = self.clients[who]
        if me.past:
            cursor, past = pick(me.past, which)
            me.past.remove((cursor, past))
            me.sync(past, cursor, limit)
            messages = [m for found in past.messages.values() for m in found.values()]
            same(seen(list(past.conversations.values()), messages), self.model.view(me.id), "sync")

    @step(1, where=SOME, way=st.sampled_from(["read", "join", "send", "list"]))
    def intrude(self, where: int, way: str) -> None:
        """Somebody who does not belong to it finds nothing."""
        talk, dora = pick(self.talks, where), self.outsider
        told = {
            "read": lambda: dora.rest("GET", f"/conversations/{talk.id}"),
            "join": lambda: dora.socket("join_conversation", {"conversation_id": talk.id}),
            "send": lambda: self._send(dora, "/", talk.id, {"text": "Let me in"}),
            "list": lambda: dora.rest("GET", f"/conversations/{talk.id}/messages"),
        }[way]()
        assert told[0] == "not_found"

    # --- what holds after each step

    @invariant()
    def everybody_agrees(self) -> None:
        """Clients, server and model."""
        for client in self.clients:
            client.hear()
            whole, expected = client.everything(), self.model.view(client.id)
            same(seen(whole["conversations"], whole["messages"]), expected, "the server")
            self._revisions_only_grow(client, whole)
            if client.connected:
                same(client.shown(), expected, "the client")
                total = sum(view["unread_count"] for view in expected.values())
                assert client.state.total == total
                client.cursor = whole["cursor"]

    def _revisions_only_grow(self, reader: Client, whole: View) -> None:
        for message in whole["messages"]:
            key = (reader.id, message["id"])  # deleting for oneself is a change for oneself
            assert message["revision"] >= self.revisions.get(key, 0)
            self.revisions[key] = message["revision"]


def test_any_history_ends_as_the_model_says(server: Server) -> None:
    machine = type("HistoryHere", (History,), {"server": server})
    if SEED is not None:
        machine._hypothesis_internal_use_seed = SEED  # what hypothesis.seed does to a test
    run_state_machine_as_test(machine, settings=examples(4, stateful_step_count=LENGTH))
