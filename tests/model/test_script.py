"""One history that is written down, through the same model as those that are made up.

A short run of made-up ones seldom deletes what somebody has not read yet, or hides what is deleted
afterwards: this one does, in a conversation of two and in a group, by every way there is, and asks
after every single step whether the server, every client and the model still agree.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.model.model import Conversation, Message
from tests.model.test_history import NAMES, History
from tests.support.patience import PATIENCE_SECONDS
from tests.support.server import Server
from tests.torture.line import Line

ALICE, BOB, CHARLIE = 0, 1, 2
AUTHOR = 3  # or whoever leads the group


class Script(History):
    """Steps in the order in which they are named, each followed by the comparison."""

    def __init__(self, server: Server) -> None:
        self.server = server
        super().__init__()
        self.outcomes: set[str] = set()

    def note(self, outcome: str) -> None:
        self.outcomes.add(outcome)

    def do(self, name: str, **given: Any) -> None:
        """One step."""
        getattr(self, name)(**given)
        self.everybody_agrees()
        for client in self.clients:
            unread = sum(view["unread_count"] for view in self.model.view(client.id).values())
            assert _unread_total(self.server, client.person.token) == unread

    def say(
        self, who: int, talk: Conversation, text: str = "Hello", way: str = "/", **more: int
    ) -> Message:
        """One more message; returns it."""
        self.do(
            "send",
            who=who,
            where=self.at(talk),
            text=text,
            way=way,
            **{"key": 0, "reply": 1} | more,
        )
        return talk.messages[-1]

    def at(self, talk: Conversation) -> int:
        """How ``pick`` finds a conversation."""
        return len(self.talks) - 1 - self.talks.index(talk)

    def which(self, message: Message) -> int:
        """How ``pick`` finds a message."""
        said = [found for _, found in self.said]
        return len(said) - 1 - said.index(message)

    def delete_it(self, who: int, message: Message, scope: str, way: str = "/") -> None:
        """For everyone, or for oneself."""
        self.do("delete", who=who, which=self.which(message), scope=scope, way=way)

    def edit_it(self, who: int, message: Message, text: str, way: str = "/") -> None:
        """Another text."""
        self.do("edit", who=who, which=self.which(message), text=text, way=way)

    def read_it(self, who: int, talk: Conversation, up_to: int | None, way: str = "/") -> None:
        """Up to somewhere, or to the end."""
        self.do("read", who=who, where=self.at(talk), up_to=up_to, way=way)


def _unread_total(server: Server, token: str) -> int:
    """The sum that the server keeps, as it tells it to whoever connects."""
    line = Line(server.port, token)
    try:
        while (heard := line.read(PATIENCE_SECONDS)) is not None:
            if heard.event == "ready":
                return int(heard.payload["unread_total"])
    finally:
        line.cut()
    raise AssertionError("it was never said")


@pytest.fixture
def script(server: Server) -> Iterator[Script]:
    """Alice, Bob and Charlie, in a group; Alice and Bob about a product; Dora in neither."""
    made = Script(server)
    made.everybody_arrives()
    made.everybody_agrees()
    yield made
    made.teardown()


@pytest.fixture(params=["about a product", "in a group"])
def talk(script: Script, request: pytest.FixtureRequest) -> Conversation:
    """Each of the two conversations."""
    product, group = script.talks
    return product if request.param == "about a product" else group


def test_what_is_deleted_for_everyone_counts_as_news_to_nobody(
    script: Script, talk: Conversation
) -> None:
    for way in ("/", "rest"):
        unread = script.say(ALICE, talk, way=way)
        script.delete_it(AUTHOR, unread, "everyone", way)
        script.delete_it(AUTHOR, unread, "everyone", way)  # once more changes nothing
        before, mark, after = (script.say(ALICE, talk) for _ in range(3))
        script.read_it(BOB, talk, mark.seq, way)
        script.delete_it(AUTHOR, after, "everyone", way)
        script.delete_it(AUTHOR, before, "everyone", way)
        script.delete_it(AUTHOR, mark, "everyone", way)
        script.delete_it(BOB, script.say(ALICE, talk), "everyone", way)  # not his
        script.read_it(BOB, talk, None, way)
    assert {"delete: ok", "delete: forbidden"} <= script.outcomes


def test_what_is_deleted_for_oneself_counts_for_the_others(
    script: Script, talk: Conversation
) -> None:
    for way in ("/", "rest"):
        first, second, third = (script.say(ALICE, talk, way=way) for _ in range(3))
        script.delete_it(BOB, second, "me", way)
        script.delete_it(BOB, second, "me", way)
        script.delete_it(AUTHOR, second, "everyone", way)  # which Bob does not see any more
        script.delete_it(AUTHOR, third, "everyone", way)
        script.delete_it(BOB, third, "me", way)  # which nobody sees any more
        script.read_it(BOB, talk, first.seq, way)
        script.delete_it(BOB, first, "me", way)  # read already
        own = script.say(BOB, talk, way=way)
        script.delete_it(BOB, own, "me", way)
        script.delete_it(BOB, own, "everyone", way)
        hidden = script.say(ALICE, talk, way=way)
        script.delete_it(BOB, hidden, "me", way)
        script.read_it(BOB, talk, None, way)
        script.delete_it(AUTHOR, hidden, "everyone", way)
        script.delete_it(ALICE, script.say(ALICE, talk), "me", way)


def test_ones_own_messages_are_no_news(script: Script, talk: Conversation) -> None:
    for way in ("/", "rest", "/talemy"):
        first = script.say(ALICE, talk, way=way)
        own = script.say(BOB, talk, way=way)
        second = script.say(ALICE, talk, way=way)
        script.read_it(BOB, talk, first.seq)
        script.delete_it(AUTHOR, own, "everyone")
        script.read_it(BOB, talk, own.seq)
        script.read_it(BOB, talk, first.seq)  # not back
        script.delete_it(AUTHOR, second, "everyone")
        script.say(ALICE, talk)
        script.read_it(BOB, talk, 1000)  # further than there is anything
        script.say(ALICE, talk)
        script.read_it(ALICE, talk, None, "rest")


def test_a_mark_moves_over_what_was_no_news(script: Script, talk: Conversation) -> None:
    """Most of what is unread comes after the mark, and then before it."""
    script.read_it(BOB, talk, None)
    for passes_most in (False, True):
        hidden, gone = script.say(ALICE, talk), script.say(ALICE, talk)
        own = script.say(BOB, talk)
        later = [script.say(ALICE, talk) for _ in range(5)]
        script.delete_it(AUTHOR, gone, "everyone")
        script.delete_it(BOB, hidden, "me")
        script.delete_it(AUTHOR, later[-1], "everyone")
        script.read_it(BOB, talk, later[-2].seq if passes_most else own.seq)
        script.delete_it(AUTHOR, own, "everyone")
        script.delete_it(BOB, later[2], "me")
        script.read_it(BOB, talk, None, "rest")


def test_edits_and_quotations(script: Script, talk: Conversation) -> None:
    original = script.say(ALICE, talk, "é" * 150)
    reply = script.say(BOB, talk, "Yes", reply=0)  # to what is the last then
    assert reply.reply_to is original
    script.edit_it(AUTHOR, original, "Still for\n sale?", "rest")
    script.edit_it(AUTHOR, original, "Still for\n sale?")  # the same again
    script.edit_it(BOB, original, "Never")
    script.delete_it(BOB, original, "me")
    script.edit_it(AUTHOR, original, "Not to Bob")
    script.delete_it(AUTHOR, original, "everyone")
    script.edit_it(AUTHOR, original, "Too late")
    script.delete_it(AUTHOR, reply, "me")
    script.edit_it(AUTHOR, reply, "Seen by others", "rest")
    script.read_it(ALICE, talk, None)
    assert {"edit: ok", "edit: forbidden", "edit: conflict"} <= script.outcomes


def test_a_key_is_one_message(script: Script, talk: Conversation) -> None:
    for key, way in enumerate(("/", "rest", "/talemy"), 1):
        sent = script.say(ALICE, talk, way=way, key=key)
        script.say(ALICE, talk, way="rest", key=key)  # the same, by another way
        assert talk.messages[-1] is sent
        script.say(ALICE, talk, "Another text", way=way, key=key)
        script.edit_it(AUTHOR, sent, "Edited")
        script.say(ALICE, talk, way=way, key=key)  # still what was sent first
        script.delete_it(AUTHOR, sent, "everyone")
        script.say(ALICE, talk, way=way, key=key)
        script.say(BOB, talk, way=way, key=key)  # a key of his own
    assert {"send: ok", "send: conflict"} <= script.outcomes


def test_who_was_away_finds_it_all(script: Script, talk: Conversation) -> None:
    for limit in (1, 5):
        old, older = script.say(ALICE, talk), script.say(BOB, talk)
        script.do("remember", who=BOB)
        script.do("go_or_come_back", who=BOB, limit=limit)
        script.edit_it(AUTHOR, old, "Edited meanwhile")
        new = script.say(ALICE, talk)
        gone = script.say(ALICE, talk)
        script.delete_it(AUTHOR, gone, "everyone")
        script.delete_it(BOB, new, "me", "rest")  # by another device
        script.delete_it(AUTHOR, older, "everyone", "rest")
        script.read_it(ALICE, talk, None)
        script.say(BOB, talk, way="/talemy")
        script.read_it(BOB, talk, old.seq, "rest")
        script.do("change", who=BOB, where=script.at(talk), change={"muted": limit == 1})
        script.do("go_or_come_back", who=BOB, limit=limit)
        script.do("catch_up", who=BOB, which=0, limit=limit)
        script.read_it(BOB, talk, None)


def test_archives_and_closed_conversations(script: Script, talk: Conversation) -> None:
    where = script.at(talk)
    script.do("change", who=BOB, where=where, change={"archived": True, "muted": True})
    message = script.say(ALICE, talk)
    script.do("change", who=BOB, where=where, change={"archived": False})
    script.do("change", who=CHARLIE, where=where, change={"status": "closed"})
    script.do("change", who=ALICE, where=where, change={"status": "closed"})
    for way in ("/", "rest", "/talemy"):
        script.say(BOB, talk, way=way)
    script.edit_it(AUTHOR, message, "Too late")
    script.delete_it(AUTHOR, message, "everyone")
    script.read_it(BOB, talk, None)
    script.do("change", who=ALICE, where=where, change={"status": "open"})
    script.say(BOB, talk)
    assert {"send: conversation_closed", "edit: conversation_closed"} <= script.outcomes


def test_people_who_are_taken_out_and_come_again(script: Script) -> None:
    _, group = script.talks
    where = script.at(group)
    script.do("bring_in", who=AUTHOR, other=BOB, where=where)  # he is there
    before = script.say(ALICE, group)
    script.do("take_out", who=BOB, other=CHARLIE, where=where)  # not his to do
    script.do("take_out", who=AUTHOR, other=CHARLIE, where=where)
    script.do("take_out", who=AUTHOR, other=CHARLIE, where=where)
    while_out = script.say(BOB, group)
    script.delete_it(AUTHOR, before, "everyone")
    script.say(CHARLIE, group)
    script.read_it(CHARLIE, group, None)
    script.do("bring_in", who=BOB, other=CHARLIE, where=where)
    script.do("bring_in", who=AUTHOR, other=CHARLIE, where=where)
    script.delete_it(CHARLIE, while_out, "me")
    script.say(CHARLIE, group)
    script.read_it(CHARLIE, group, None)
    script.do("take_out", who=CHARLIE, other=CHARLIE, where=where)  # leaves
    script.do("block", who=CHARLIE, other=ALICE, block=True)
    script.do("bring_in", who=AUTHOR, other=CHARLIE, where=where)
    script.do("block", who=CHARLIE, other=ALICE, block=False)
    script.do("bring_in", who=AUTHOR, other=CHARLIE, where=where)
    script.say(ALICE, group)


def test_conversations_that_are_opened_and_people_who_block_each_other(script: Script) -> None:
    product, _ = script.talks
    script.do("open_about_product", who=BOB)  # there is one
    script.do("open_about_product", who=CHARLIE)
    script.do("open_direct", who=ALICE, other=BOB)
    direct = script.talks[-1]
    script.do("send_to_a_person", who=BOB, other=ALICE, text="Hello")
    script.do("send_to_a_person", who=CHARLIE, other=BOB, text="Hello")
    script.do("open_group", who=CHARLIE, others={ALICE, BOB})
    unread = script.say(ALICE, direct)
    script.do("block", who=BOB, other=ALICE, block=True)
    for talk in (direct, product):
        script.say(ALICE, talk)
        script.say(BOB, talk, way="rest")
    script.do("send_to_a_person", who=ALICE, other=BOB, text="Hello")
    script.edit_it(AUTHOR, unread, "Hello?")
    script.delete_it(AUTHOR, unread, "everyone")
    script.read_it(BOB, direct, None)
    script.do("block", who=BOB, other=ALICE, block=False)
    script.say(ALICE, direct)
    for way in ("read", "join", "send", "list"):
        for talk in (direct, product):
            script.do("intrude", where=script.at(talk), way=way)
    assert "send: blocked" in script.outcomes


def test_everything_that_may_happen_is_in_one_of_these_histories() -> None:
    source = Path(__file__).read_text()
    assert {name for name in NAMES if f'do("{name}"' in re.sub(r"\(\s+", "(", source)} == NAMES
