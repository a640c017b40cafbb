"""How connections begin and end, seen by both official clients: refusals, tokens, presence, restarts."""

from __future__ import annotations

import threading
import time
from pathlib import Path
from typing import Any

import jwt
import pytest
import socketio

from tests.clients.conftest import Connect, OpenedSocket
from tests.clients.javascript import JavaScriptSocket, Node
from tests.support.people import Person
from tests.support.server import Server

pytestmark = pytest.mark.system

KINDS = ("js", "python")
TOKEN_SECONDS = 5
GRACE_SECONDS = 5


@pytest.mark.parametrize("token", ["", "not a token", "a.b.c"])
def test_a_broken_token_is_refused_with_a_code(server: Server, node: Node, token: str) -> None:
    refusals = _refusals(server, node, token)

    for refusal in refusals:
        assert refusal["message"]
        assert refusal["data"]["code"] == "unauthenticated"
        assert refusal["data"]["message"] == refusal["message"]


def test_tokens_end_and_sessions_with_them(tmp_path: Path, node: Node, connect: Connect) -> None:
    settings = {"JWT_ACCESS_TOKEN_EXPIRES": str(TOKEN_SECONDS), "RATELIMIT_ENABLED": "false"}
    with Server(tmp_path / "server", **settings) as server:
        alice, bob = Person(server, "Alice"), Person(server, "Bob")
        try:
            _one_renews_and_one_does_not(alice, connect)
            _signing_out_ends_the_session(bob, connect)
            _ended_tokens_are_refused(alice, bob, server, node)
            _a_restart_is_announced(alice, server, connect)
        finally:
            alice.close()
            bob.close()


def _one_renews_and_one_does_not(alice: Person, connect: Connect) -> None:
    left, *renewing = [connect(alice, kind) for kind in ("js", *KINDS)]
    for socket in (left, *renewing):
        assert socket.wait_for("token_expiring")["expires_at"] == _end_of(socket)
    _renew_late(alice)
    renewed = [socket.ok("authenticate", {"token": alice.token}) for socket in renewing]
    _is_ended(left, "token_expired")
    assert not any(socket.all("session_ended") for socket in renewing)
    left.wait_for("disconnect")
    for socket, answer in zip(renewing, renewed, strict=True):
        # Warned of the new token too: it lives no longer than the warning is early.
        socket.wait_for("token_expiring", lambda told, end=answer: told == end)
        _is_ended(socket, "token_expired")
        socket.wait_for("disconnect")


def _renew_late(person: Person) -> None:
    """Until the new token lives at least two seconds longer than the one that is in use."""
    first = _expiry(person.token)
    while _expiry(person.token) < first + 2:
        person.keep(person.call("POST", "/auth/refresh", token=person.refresh_token).json())
        time.sleep(0.1)  # polling: the clock decides


def _expiry(token: str) -> int:
    claims: dict[str, int] = jwt.decode(token, options={"verify_signature": False})
    return claims["exp"]


def _signing_out_ends_the_session(bob: Person, connect: Connect) -> None:
    bob.keep(bob.call("POST", "/auth/refresh", token=bob.refresh_token).json())
    sockets = [connect(bob, kind, ways) for kind in KINDS for ways in (["websocket"], ["polling"])]
    began = time.monotonic()
    assert bob.call("POST", "/auth/logout").status_code == 204
    for socket in sockets:
        _is_ended(socket, "token_revoked")
    assert time.monotonic() - began < 1
    for socket in sockets:
        socket.wait_for("disconnect")


def _ended_tokens_are_refused(alice: Person, bob: Person, server: Server, node: Node) -> None:
    for person, code in ((alice, "token_expired"), (bob, "token_revoked")):
        for refusal in _refusals(server, node, person.token):
            assert refusal["data"]["code"] == code


def _a_restart_is_announced(alice: Person, server: Server, connect: Connect) -> None:
    alice.keep(alice.call("POST", "/auth/refresh", token=alice.refresh_token).json())
    sockets = [
        connect(alice, kind, ways) for kind in KINDS for ways in (["websocket"], ["polling"])
    ]
    assert server.stop() < 10
    for socket in sockets:
        _is_ended(socket, "server_restarting")
        socket.wait_for("disconnect")
    server.start()


def test_presence_is_about_people(server: Server, connect: Connect) -> None:
    """One watches with each client while the other comes and goes with the other one."""
    failures: list[BaseException] = []

    def go(kinds: tuple[str, str]) -> None:
        try:
            _come_and_go(server, connect, *kinds)
        except BaseException as error:
            failures.append(error)

    # Both at once: most of the time is the grace period.
    threads = [threading.Thread(target=go, args=(kinds,)) for kinds in (KINDS, KINDS[::-1])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for failure in failures:
        raise failure


def _come_and_go(server: Server, connect: Connect, here: str, there: str) -> None:
    alice, bob, charlie = (Person(server, name) for name in ("Alice", "Bob", "Charlie"))
    conversation = alice.post("/conversations", {"recipient_id": bob.id})["id"]
    watching, outsider = connect(alice, here), connect(charlie, here)
    assert not _online(alice, conversation, bob)
    first = connect(bob, there)
    assert watching.wait_for("user_online") == {"user_id": bob.id, "last_seen_at": None}
    assert _online(alice, conversation, bob)
    assert alice.id in first.wait_for("ready")["online_user_ids"]
    second = connect(bob, there)
    first.close()  # the second tab is still there
    second.close()
    last = connect(bob, there)  # back within the grace period
    began = time.monotonic()
    last.close()
    told = watching.wait_for("user_offline")
    assert time.monotonic() - began > GRACE_SECONDS - 0.5
    watching.settle()
    assert len(watching.all("user_online")) == len(watching.all("user_offline")) == 1
    presence = alice.get("/presence", user_ids=str(bob.id))["items"]
    assert presence == [{"user_id": bob.id, "online": False, "last_seen_at": told["last_seen_at"]}]
    assert not _online(alice, conversation, bob)
    outsider.settle()
    assert {name for name, _ in outsider.heard} <= {"ready", "transport"}
    for person in (alice, bob, charlie):
        person.close()


def _online(reader: Person, conversation_id: int, whom: Person) -> bool:
    people = reader.get(f"/conversations/{conversation_id}")["participants"]
    online: bool = next(p["user"]["online"] for p in people if p["user"]["id"] == whom.id)
    assert reader.get(f"/users/{whom.id}")["online"] == online
    return online


def _refusals(server: Server, node: Node, token: str) -> list[Any]:
    """What each client is told when it connects with a token that is no good."""
    socket = JavaScriptSocket(node, server, token, "/", ["websocket"])
    client, told = socketio.Client(reconnection=False), []
    client.on("connect_error", told.append)
    with pytest.raises(socketio.exceptions.ConnectionError):
        client.connect(server.url, auth={"token": token}, transports=["websocket"])
    answer = socket.wait_for("connect_error")
    assert not socket.all("ready")
    socket.close()
    return [answer, told[0]]


def _is_ended(socket: OpenedSocket, code: str) -> None:
    told = socket.wait_for("session_ended")
    assert told["code"] == code
    assert told["message"]


def _end_of(socket: OpenedSocket) -> str:
    end: str = socket.wait_for("ready")["token_expires_at"]
    return end
