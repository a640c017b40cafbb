"""What happens inside the server's process when storage refuses one of a connection's commands."""

from __future__ import annotations

from typing import Any

from sqlalchemy import text

from app.actor import Actor
from app.contract.command import command
from app.contract.types import Nothing
from app.errors import PalabreError
from app.realtime import dispatch
from app.realtime.connection import Connection, connections
from app.realtime.dispatch import dispatcher
from app.realtime.event import Event
from app.realtime.publisher import publisher
from app.realtime.registry import on
from app.store import Job, WriteSession, store
from app.store.writer import writer
from app.store.writer.jobs import Command
from tests.support.commits import Commits

Outcome = tuple[dict[str, Any], list[Event]]


class Caller:
    """A connection, and the answers it is given."""

    def __init__(self, sid: str) -> None:
        self.connection = Connection("/", sid, sid, Actor(1, sid), 2**40, 2**40)
        self.answers: list[str] = []
        connections.add(self.connection)

    def say(self, *events: str) -> list[str]:
        """Send some, one right behind the other; what became of each, when all is answered."""
        answered = len(self.answers)
        for event in events:
            dispatcher.receive("/", self.connection.sid, 1, [event, {}], 100)
        while self.connection.last_job is not None:
            self.connection.last_job.join()
        return self.answers[answered:]


def what_is_on_its_way(_app: Any) -> Any:
    """One caller is refused by storage, and had sent more before the refusal reached it."""
    alice, bob = _callers("alice", "bob")
    dispatch.HELD_SECONDS = 3600.0
    found = {"refused": alice.say("storage_fails"), "on_its_way": alice.say("store", "store")}
    found |= {"reads": alice.say("read"), "somebody_else": bob.say("store")}
    found["own_mistake"] = bob.say("mistaken", "store")
    alice.connection.held_until = 1.0  # the time to wait is over
    found["again"] = alice.say("store", "store")
    return found


def a_full_queue(_app: Any) -> Any:
    """The queue is full for a moment, and what comes next finds room."""
    (alice,) = _callers("alice")
    dispatch.HELD_SECONDS = 3600.0
    room, writer.MAX_WAITING = writer.MAX_WAITING, 0
    refused = alice.say("store")
    writer.MAX_WAITING = room
    return refused + alice.say("store")


def _callers(*names: str) -> list[Caller]:
    """People on a server that is asked for nothing but this."""
    store.start(Commits())
    dispatcher.bind(reads_wait=False)
    commands: dict[str, Command] = {
        "store": _store,
        "storage_fails": _fail_as_storage_does,
        "mistaken": _fail_by_itself,
    }
    for name, function in commands.items():
        declared = command(limit="event")(function)
        on(name, Nothing, Nothing, command=declared)(_submitting(declared))
    on("read", Nothing, Nothing)(lambda _connection, _payload: {})
    callers = {name: Caller(name) for name in names}

    def note(connection: Connection, _ack_id: int, answer: dict[str, Any]) -> None:
        said = "ok" if answer["ok"] else answer["error"]["code"]
        callers[connection.sid].answers.append(said)

    publisher.acknowledge = note  # type: ignore[method-assign]
    return list(callers.values())


def _submitting(function: Command) -> Any:
    def handler(connection: Connection, _payload: Nothing) -> Job:
        return store.submit(function, after=connection.last_job)

    return handler


def _store(session: WriteSession) -> Outcome:
    return {"revision": session.revision}, []


def _fail_as_storage_does(session: WriteSession) -> Outcome:
    session.execute(text("SELECT * FROM what_is_gone"))
    return {}, []


def _fail_by_itself(_session: WriteSession) -> Outcome:
    raise PalabreError("forbidden", "no")
