"""Scenarios for the tests of the store, run inside a process like the server's."""

from __future__ import annotations

import socket
import sqlite3
import threading
import time
from itertools import pairwise
from typing import Any

import gevent
from gevent.event import Event as GreenEvent
from sqlalchemy import func, select, text

from app.accounts.models import User
from app.actor import Actor
from app.conversations.models import Participant
from app.errors import PalabreError
from app.messages.commands import delete_message
from app.messages.events import TypingChanged
from app.messages.models import Message
from app.messages.schemas import DeleteMessage
from app.realtime.event import Event
from app.store import Job, WriteSession, store
from app.store.prepared import Prepared, PreparedFor
from app.store.revision import can_serve, current_revision
from tests.support.commits import Commits


def _add_user(session: WriteSession, name: str, fail: bool = False) -> tuple[int, list[Event]]:
    session.add(
        User(email=f"{name}@x.org", name=name, password_hash="-", created_at=session.revision)
    )
    session.flush()
    if fail:
        raise PalabreError("forbidden", "no")
    return session.revision, [_spoken(session.revision)]


def _spoken(revision: int) -> Event:
    return TypingChanged(
        revision=revision, conversation_id=1, user_id=1, is_typing=True, expires_in=1
    )


def _names() -> list[str]:
    with store.reading() as session:
        return sorted(name for (name,) in session.query(User.name))


def _hold_thread(_session: WriteSession, gate: Any) -> tuple[None, list[Event]]:
    with gate:  # released again, because a command may run twice
        return None, []


def one_bad_command_fails_alone(_app: Any) -> Any:
    """Runs three commands in one batch; the second raises an error after it has written."""
    published: list[int] = []
    store.start(Commits(lambda batch: published.extend(event.revision for event in batch.events)))
    gate = gevent.monkey.get_original("_thread", "allocate_lock")()
    gate.acquire()
    jobs = [gevent.spawn(store.write, _hold_thread, gate)]
    gevent.sleep(0)
    while store.writer.waiting:
        gevent.sleep(0)  # until the thread is in the first command
    names = ("one", "two", "three")
    jobs += [gevent.spawn(_outcome, _add_user, name, name == "two") for name in names]
    while store.writer.waiting < len(names):
        gevent.sleep(0)  # until the others queue behind it
    before = store.writer.stats.commits
    gate.release()
    gevent.joinall(jobs)
    return {
        "outcomes": [job.value for job in jobs[1:]],
        "names": _names(),
        "commits": store.writer.stats.commits - before,
        "published": published,
    }


def _outcome(command: Any, *arguments: Any) -> Any:
    try:
        return store.write(command, *arguments)
    except PalabreError as error:
        return error.code


def nobody_hears_before_the_commit(_app: Any) -> Any:
    """Reads a row on another connection while its change is published."""
    seen: list[list[str]] = []
    store.start(Commits(lambda _batch: seen.append(_names())))
    store.write(_add_user, "one")
    return seen


def a_locked_database_is_unavailable(app: Any) -> Any:
    """Writes while another process holds the write lock, and again after its release."""
    store.start(Commits())
    path = app.config["SETTINGS"].data_dir / "palabre.db"
    other = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    longest_pause = gevent.spawn(_longest_pause, stop := GreenEvent())
    refused = _outcome(_add_user, "one")
    names_meanwhile = _names()
    other.execute("ROLLBACK")
    accepted = _outcome(_add_user, "two")
    stop.set()
    return {
        "refused": refused,
        "names_meanwhile": names_meanwhile,
        "accepted": isinstance(accepted, int),
        "names": _names(),
        "longest_pause": longest_pause.get(),
    }


def what_would_overtake(_app: Any) -> Any:
    """Queues further commands of one connection while its first is about to be refused."""
    store.start(Commits())
    gate = gevent.monkey.get_original("_thread", "allocate_lock")()
    gate.acquire()
    first = store.submit(_hold_and_fail, gate, after=None)
    while store.writer.waiting:
        gevent.sleep(0)  # until the thread runs it: the next commands belong to a later batch
    second = store.submit(_add_user, "second", after=first)
    theirs = store.submit(_add_user, "theirs", after=None)
    third = store.submit(_add_user, "third", after=second)
    gate.release()
    outcomes = [_outcome_of(job) for job in (first, second, theirs, third)]
    later = store.submit(_add_user, "later", after=None)
    own = store.submit(_add_user, "own", True, after=later)
    last = store.submit(_add_user, "last", after=own)
    return {
        "refused": [outcomes[0], outcomes[1], outcomes[3]],
        "after_its_own_refusal": _outcome_of(own),
        "accepted": all(isinstance(_outcome_of(job), int) for job in (theirs, later, last)),
        "names": _names(),
    }


def _hold_and_fail(session: WriteSession, gate: Any) -> tuple[None, list[Event]]:
    gate.acquire()
    return _fail_as_storage_does(session)


def _outcome_of(job: Job) -> Any:
    try:
        return job.wait()
    except PalabreError as error:
        return error.code


def storage_that_refuses(_app: Any) -> Any:
    """Retries a refused command for a second, then writes to storage that accepts again."""
    store.start(Commits())
    began, tries = time.monotonic(), 0
    while time.monotonic() - began < 1.0:
        assert _outcome(_fail_as_storage_does) == "unavailable"
        tries += 1
    seconds = time.monotonic() - began
    return {
        "refusals": tries / seconds,
        "batches": store.writer.stats.failed_batches / seconds,
        "accepted": isinstance(_outcome(_add_user, "one"), int),
    }


def _fail_as_storage_does(session: WriteSession) -> tuple[None, list[Event]]:
    session.execute(text("SELECT * FROM what_is_gone"))
    return None, []


def a_loop_that_never_rests(_app: Any) -> Any:
    """Keeps the loop busy except for its pauses for the writer, and records when a job settles."""
    told: list[int] = []
    store.start(Commits(lambda batch: told.append(batch.last)))
    store.write(_add_user, "before")
    idle = store.writer.let_run()
    job = store.submit(_add_user, "meanwhile", after=None)
    until, news = time.monotonic() + 20, False
    while not news and time.monotonic() < until:
        news = store.writer.let_run()
    early = (job.settled, len(told))
    turns: list[tuple[bool, int]] = []
    check = gevent.get_hub().loop.check()  # called once per loop iteration, after the watchers
    check.start(lambda: turns.append((job.settled, len(told))))
    while not turns:
        gevent.sleep(0)
    check.stop()
    return {
        "idle": idle, "news": news, "early": early, "next_turn": turns[0],
        "news_afterwards": store.writer.let_run(),
    }  # fmt: skip


def what_shares_a_commit(_app: Any) -> Any:
    """Counts the commits of two groups of commands that should share one each.

    The first are commands of one loop iteration. The second are a command that was queued during a
    commit, and one that is queued when that commit is acknowledged.
    """
    store.start(Commits())
    commits = [store.writer.stats.commits]
    jobs = [store.submit(_add_user, "one", after=None)]
    _busy()
    jobs.append(store.submit(_add_user, "another", after=None))
    _all_of(jobs, commits)
    gate = gevent.monkey.get_original("_thread", "allocate_lock")()
    gate.acquire()
    first = store.submit(_hold_thread, gate, after=None)
    first.then(lambda _job: jobs.append(store.submit(_add_user, "answered", after=None)))
    while store.writer.waiting:
        gevent.sleep(0.001)
    jobs.append(store.submit(_add_user, "waiting", after=None))
    gate.release()
    _busy()
    first.join()
    _all_of(jobs, commits)
    return [after - before for before, after in pairwise(commits)]


def _busy() -> None:
    """Blocks the loop, but not the thread."""
    gevent.monkey.get_original("time", "sleep")(0.05)


def _all_of(jobs: list[Job], commits: list[int]) -> None:
    for job in jobs:
        job.join()
    commits.append(store.writer.stats.commits)


def a_loop_that_is_never_idle(_app: Any) -> Any:
    """Writes while a socket is readable in every loop iteration."""
    store.start(Commits())
    ready, other = socket.socketpair()
    other.send(b"x")
    always = gevent.get_hub().loop.io(ready.fileno(), 1)
    always.start(lambda: None)
    with gevent.Timeout(20, False):
        store.write(_add_user, "one")
    always.stop()
    return _names()


def _longest_pause(stop: GreenEvent) -> float:
    longest, before = 0.0, time.monotonic()
    while not stop.wait(0.01):
        now = time.monotonic()
        longest, before = max(longest, now - before), now
    return longest


def the_writer_thread_is_native(_app: Any) -> Any:
    """Compares the thread of a command with that of the event loop."""
    store.start(Commits())
    loop = gevent.monkey.get_original("threading", "get_ident")()

    def where(_session: WriteSession) -> tuple[int, list[Event]]:
        return gevent.monkey.get_original("threading", "get_ident")(), []

    return store.write(where) != loop and threading.current_thread().name


def cursors(_app: Any) -> Any:
    """Returns the cursor at the start and after a change, and whether some others can be served."""
    store.start(Commits())
    with store.reading() as session:
        start = current_revision(session)
        fresh = can_serve(session, start)
    revision = store.write(_add_user, f"n{start}")
    with store.reading() as session:
        served = {
            c: can_serve(session, c) for c in (0, 1, start - 1, start, revision, revision + 1)
        }
    store.stop()
    return {"start": start, "fresh": fresh, "revision": revision, "served": list(served.values())}


def serve_cursor(app: Any) -> Any:
    """Returns whether the cursor in the data folder's file can be served after a restart."""
    store.start(Commits())
    cursor = int((app.config["SETTINGS"].data_dir / "cursor").read_text())
    with store.reading() as session:
        served = can_serve(session, cursor)
    store.stop()
    return served


def readers_cannot_write(_app: Any) -> Any:
    """Returns SQLite's error for a write on a reading connection."""
    from sqlalchemy import text
    from sqlalchemy.exc import OperationalError

    with store.reading() as session:
        try:
            session.execute(text("DELETE FROM users"))
        except OperationalError as error:
            return str(error.orig)
    return "written"


def lists_of_ids(_app: Any) -> Any:
    """Returns, for lists of 0 to 9 ids, whether exactly their rows were found."""
    store.start(Commits())
    ids = [store.write(_add_user_id, f"n{number}") for number in range(9)]
    wanted = PreparedFor(lambda given: select(User.id).where(User.id.in_(given)))
    with store.reading() as session:
        return [
            sorted(row[0] for row in wanted.rows(session, ids[:length])) == ids[:length]
            for length in range(10)
        ]


def _add_user_id(session: WriteSession, name: str) -> tuple[int, list[Event]]:
    user = User(email=f"{name}@x.org", name=name, password_hash="-", created_at=session.revision)
    session.add(user)
    session.flush()
    return user.id, []


def one_snapshot(_app: Any) -> Any:
    """Counts rows in one snapshot before and after a commit, by either kind of statement."""
    store.start(Commits())
    count = Prepared(select(func.count()).select_from(User))
    with store.reading() as session:
        before = count.first(session)
        store.write(_add_user, "one")
        after = count.first(session)
        by_orm = session.scalar(select(func.count()).select_from(User))
    with store.reading() as session:
        later = count.first(session)
    return [before, after, (by_orm,), later]


def hide_a_message(_app: Any) -> Any:
    """Deletes a received message for its recipient only, and returns its id."""
    store.start(Commits())
    with store.reading() as session:
        message, reader_id = session.execute(
            select(Message, Participant.user_id)
            .join(Participant, Participant.conversation_id == Message.conversation_id)
            .where(Participant.user_id != Message.sender_id, Message.deleted_at.is_(None))
            .limit(1)
        ).one()
    wish = DeleteMessage(message_id=message.id, scope="me")
    store.write(delete_message, Actor(reader_id, ""), wish)
    return message.id
