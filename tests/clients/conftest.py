"""Two people, each with one of the two official clients."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator

import pytest

from tests.clients.javascript import JavaScriptSocket, Node, PythonSocket
from tests.support.people import Person
from tests.support.server import ROOT

OpenedSocket = JavaScriptSocket | PythonSocket
Connect = Callable[..., OpenedSocket]


@pytest.fixture(scope="session")
def node() -> Iterator[Node]:
    """Node.js with the official client of ``clients/typescript``."""
    found = shutil.which("node")
    client = ROOT / "clients" / "typescript" / "node_modules" / "socket.io-client"
    if not found or not client.exists():
        message = "the official JavaScript client is not installed; bin/test does that"
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        pytest.skip(message)
    running = Node(found)
    yield running
    running.stop()


@pytest.fixture
def connect(node: Node) -> Connect:
    """``connect(person, "js" or "python", transports)``: a new connection, past its ``ready``."""

    def open_socket(
        person: Person,
        kind: str,
        transports: list[str] | None = None,
        namespace: str = "/",
        token: str | None = None,
    ) -> OpenedSocket:
        ways, key = transports or ["websocket"], token or person.token
        opened: OpenedSocket
        if kind == "js":
            opened = JavaScriptSocket(node, person.server, key, namespace, ways)
        else:
            opened = PythonSocket(person.server, {"token": key}, namespace, ways)
        person.sockets.append(opened)
        opened.wait_for("ready")
        return opened

    return open_socket
