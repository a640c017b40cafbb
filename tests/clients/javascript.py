"""The official JavaScript client, with the same handle as the Python one in ``tests/support``."""

from __future__ import annotations

import itertools
import json
import queue
import subprocess
import threading
from pathlib import Path
from typing import Any

from tests.support.patience import PATIENCE_SECONDS
from tests.support.people import Socket
from tests.support.server import Server

SCRIPT = Path(__file__).parent / "js" / "peer.mjs"


class Node:
    """One Node.js process that holds any number of clients."""

    def __init__(self, node: str) -> None:
        self._numbers = itertools.count(1)
        self._writing = threading.Lock()
        self._sockets: dict[int, JavaScriptSocket] = {}
        self._answers: dict[int, queue.Queue[dict[str, Any]]] = {}
        self._process = subprocess.Popen(
            [node, str(SCRIPT)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        threading.Thread(target=self._listen, daemon=True).start()

    def open(self, socket: JavaScriptSocket, url: str, options: dict[str, Any]) -> int:
        """Begin to connect; returns the socket's number."""
        number = next(self._numbers)
        self._sockets[number] = socket
        self.tell("open", number, url=url, options=options)
        return number

    def tell(self, what: str, socket: int, **more: Any) -> None:
        """Give a command."""
        assert self._process.stdin is not None
        with self._writing:
            self._process.stdin.write(json.dumps({"do": what, "socket": socket, **more}) + "\n")
            self._process.stdin.flush()

    def ask(self, socket: int, event: str, payload: Any) -> queue.Queue[dict[str, Any]]:
        """Emit with a callback, at once; the answer arrives in the queue."""
        number = next(self._numbers)
        answers = self._answers[number] = queue.Queue()
        self.tell("call", socket, id=number, event=event, payload=payload)
        return answers

    def stop(self) -> None:
        """End the process."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(timeout=PATIENCE_SECONDS)

    def _listen(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            said = json.loads(line)
            if "id" in said:
                self._answers.pop(said["id"]).put(said)
            else:
                self._sockets[said["socket"]]._hear(said["event"], said["payload"])


class JavaScriptSocket(Socket):
    """One connection of the official JavaScript client, which remembers everything it hears."""

    def __init__(
        self, node: Node, server: Server, token: str, namespace: str, transports: list[str]
    ) -> None:
        self.namespace = namespace
        self.heard: list[tuple[str, Any]] = []
        self._news = threading.Condition()
        self._node = node
        url = server.url + ("" if namespace == "/" else namespace)
        options = {"auth": {"token": token}, "transports": transports}
        self._number = node.open(self, url, options)

    @property
    def transport(self) -> str:
        """What it speaks over at the moment."""
        name: str = self.all("transport")[-1]
        return name

    def call(self, event: str, data: Any = None) -> dict[str, Any]:
        """Emit and return the whole acknowledgement."""
        return _answer(self._node.ask(self._number, event, data))

    def pipeline(self, event: str, payloads: list[Any]) -> list[dict[str, Any]]:
        """Emit everything without waiting, then return the acknowledgements."""
        asked = [self._node.ask(self._number, event, payload) for payload in payloads]
        return [_answer(answers) for answers in asked]

    def emit(self, event: str, data: Any = None) -> None:
        """Emit without asking for an acknowledgement."""
        self._node.tell("emit", self._number, event=event, payload=data)

    def close(self) -> None:
        """Disconnect."""
        self._node.tell("close", self._number)


class PythonSocket(Socket):
    """The Python client, with the two things the JavaScript one can do besides."""

    @property
    def transport(self) -> str:
        """What it speaks over at the moment."""
        name: str = self.client.transport()
        return name

    def pipeline(self, event: str, payloads: list[Any]) -> list[dict[str, Any]]:
        """Emit everything without waiting, then return the acknowledgements."""
        answers: list[queue.Queue[dict[str, Any]]] = [queue.Queue() for _ in payloads]
        for payload, box in zip(payloads, answers, strict=True):
            self.client.emit(event, payload, namespace=self.namespace, callback=box.put)
        # Each waits for a commit of its own, and over polling nothing is heard before the last one.
        return [box.get(timeout=PATIENCE_SECONDS) for box in answers]


def _answer(answers: queue.Queue[dict[str, Any]]) -> dict[str, Any]:
    said = answers.get(timeout=PATIENCE_SECONDS)
    assert said["error"] is None, said["error"]
    answer: dict[str, Any] = said["answer"]
    return answer
