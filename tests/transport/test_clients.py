"""The official clients see nothing of the guards: polling, upgrade, acknowledgements, return."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import socketio

from tests.support.patience import PATIENCE_SECONDS
from tests.transport.server import ROOT, TransportServer, serving, wait_for

CLIENT = Path(__file__).with_name("client.mjs")
JAVASCRIPT_CLIENT = ROOT / "clients" / "typescript" / "node_modules" / "socket.io-client"


@pytest.fixture(scope="module")
def server(transport: str) -> Iterator[TransportServer]:
    with serving(transport=transport) as running:
        yield running


def test_the_javascript_client_upgrades_without_loss_and_comes_back(
    server: TransportServer,
) -> None:
    node = shutil.which("node")
    if not node or not JAVASCRIPT_CLIENT.exists():
        assert not os.environ.get("CI"), "Node and clients/typescript/node_modules are needed"
        pytest.skip("needs Node and clients/typescript/node_modules (npm ci)")
    result = subprocess.run(
        [node, str(CLIENT), f"http://127.0.0.1:{server.port}"],
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
    )
    assert result.returncode == 0, result.stderr
    assert json.loads(result.stdout) == {
        "first": "polling",
        "then": "websocket",
        "inOrder": True,
        "large": 30_000,
        "ended": "token_revoked",
        "reason": "transport close",
        "echoAfterReconnect": 42,
        "polling": [1, 2, 3],
        "refused": "no",
    }


@pytest.mark.parametrize("transports", [["polling"], ["websocket"], ["polling", "websocket"]])
def test_the_python_client_is_served(server: TransportServer, transports: list[str]) -> None:
    client = socketio.Client(reconnection=False)
    client.connect(
        f"http://127.0.0.1:{server.port}", transports=transports, wait_timeout=PATIENCE_SECONDS
    )
    assert client.transport() == transports[-1]
    assert client.call("echo", {"text": "déjà"}, timeout=PATIENCE_SECONDS) == {"text": "déjà"}
    before = len(server.state()["ended"])
    client.disconnect()
    wait_for("end of the session", lambda: len(server.state()["ended"]) == before + 1)


def test_the_python_client_hears_a_refusal(server: TransportServer) -> None:
    client = socketio.Client(reconnection=False)
    with pytest.raises(socketio.exceptions.ConnectionError):
        client.connect(
            f"http://127.0.0.1:{server.port}", auth="wrong", wait_timeout=PATIENCE_SECONDS
        )
