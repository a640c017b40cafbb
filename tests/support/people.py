"""The cast, with REST clients and sockets: Alice owns, Bob belongs, Charlie must see nothing."""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable
from typing import Any

import engineio
import requests
import socketio

from tests.support.patience import PATIENCE_SECONDS
from tests.support.server import Server

PASSWORD = "correct horse battery"


class Person:
    """A user with an account, a REST client and any number of sockets."""

    def __init__(self, server: Server, name: str) -> None:
        self.server = server
        self.name = name
        self.email = f"{name.lower()}.{secrets.token_hex(4)}@example.org"
        self.http = requests.Session()
        body = {"email": self.email, "password": PASSWORD, "name": name}
        answer = self.http.post(
            f"{server.url}/api/v1/auth/register", json=body, timeout=PATIENCE_SECONDS
        )
        assert answer.status_code == 201, answer.text
        self.keep(answer.json())
        self.id: int = answer.json()["user"]["id"]
        self.sockets: list[Socket] = []

    def keep(self, answer: dict[str, Any]) -> None:
        """Uses the tokens of a response from now on."""
        self.token: str = answer["access_token"]
        self.refresh_token: str = answer["refresh_token"]

    def call(self, method: str, path: str, json: Any = None, **options: Any) -> requests.Response:
        """Sends a REST request under ``/api/v1`` and returns the response."""
        headers = {"Authorization": f"Bearer {options.pop('token', self.token)}"}
        return self.http.request(
            method,
            f"{self.server.url}/api/v1{path}",
            json=json,
            headers=headers,
            timeout=PATIENCE_SECONDS,
            **options,
        )

    def get(self, path: str, **params: Any) -> Any:
        """Returns the body of a GET that must succeed."""
        return _good(self.call("GET", path, params=params))

    def post(self, path: str, json: Any = None) -> Any:
        """Returns the body of a POST that must succeed."""
        return _good(self.call("POST", path, json))

    def patch(self, path: str, json: Any) -> Any:
        """Returns the body of a PATCH that must succeed."""
        return _good(self.call("PATCH", path, json))

    def delete(self, path: str, **params: Any) -> Any:
        """Returns the body of a DELETE that must succeed."""
        return _good(self.call("DELETE", path, params=params))

    def connect(self, namespace: str = "/", **options: Any) -> Socket:
        """Connects the official Python client; returns the connection after its ``ready``."""
        opened = Socket(self.server, {"token": self.token}, namespace, **options)
        self.sockets.append(opened)
        opened.wait_for("ready")
        return opened

    def close(self) -> None:
        """Closes the sockets and the REST client."""
        for opened in self.sockets:
            opened.close()
        self.http.close()


class InOrder(engineio.Client):  # type: ignore[misc]  # untyped library
    """An Engine.IO client that delivers messages in order and disconnects without delay.

    The official client starts a thread for every message, and threads overtake each other when
    several messages arrive at once.

    When both ends close at once, it discards its queue together with the signal that ends its
    writer; disconnecting then takes half a minute.
    """

    def _trigger_event(self, event: str, *args: Any, **_options: Any) -> Any:
        return super()._trigger_event(event, *args, run_async=False)

    def _reset(self) -> None:
        super()._reset()
        if self.write_loop_task:
            self.queue.put(None)


class OfficialClient(socketio.Client):  # type: ignore[misc]  # untyped library
    """python-socketio's client on :class:`InOrder`."""

    def _engineio_client_class(self) -> type[InOrder]:
        return InOrder


class Socket:
    """A connection of the official Python client that records every event it receives."""

    def __init__(
        self,
        server: Server,
        auth: dict[str, Any] | None,
        namespace: str = "/",
        transports: Any = None,
    ) -> None:
        self.namespace = namespace
        self.heard: list[tuple[str, Any]] = []
        self._news = threading.Condition()
        # Five seconds are its default for a POST: too few for a pipeline on a busy machine.
        self.client = OfficialClient(reconnection=False, request_timeout=PATIENCE_SECONDS)
        self.client.on("*", self._hear, namespace=namespace)
        self.client.on("connect_error", self._refused, namespace=namespace)
        self.client.on("disconnect", lambda *_: self._hear("disconnect", None), namespace=namespace)
        self.client.connect(
            server.url,
            auth=auth,
            namespaces=[namespace],
            transports=transports or ["websocket"],
            wait_timeout=PATIENCE_SECONDS,
        )

    def call(self, event: str, data: Any = None) -> dict[str, Any]:
        """Emits an event and returns the whole acknowledgement."""
        answer: dict[str, Any] = self.client.call(
            event, data, namespace=self.namespace, timeout=PATIENCE_SECONDS
        )
        return answer

    def ok(self, event: str, data: Any = None) -> Any:
        """Emits an event and returns the ``data`` of its acknowledgement, which must be ok."""
        answer = self.call(event, data)
        assert answer["ok"], answer
        return answer["data"]

    def refused(self, event: str, data: Any = None) -> dict[str, Any]:
        """Emits an event and returns the error of its acknowledgement, which must not be ok."""
        answer = self.call(event, data)
        assert not answer["ok"], answer
        error: dict[str, Any] = answer["error"]
        return error

    def emit(self, event: str, data: Any = None) -> None:
        """Emits an event without an acknowledgement."""
        self.client.emit(event, data, namespace=self.namespace)

    def wait_for(self, event: str, where: Callable[[Any], bool] = lambda _: True) -> Any:
        """The payload of the first such event, heard already or soon."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        with self._news:
            while True:
                for name, payload in self.heard:
                    if name == event and where(payload):
                        return payload
                left = deadline - time.monotonic()
                assert left > 0, f"no {event}; heard {[name for name, _ in self.heard]}"
                self._news.wait(left)

    def all(self, event: str) -> list[Any]:
        """Returns the payloads of all such events received so far."""
        with self._news:
            return [payload for name, payload in self.heard if name == event]

    def settle(self) -> None:
        """Waits until every event that the server has sent before now has been received.

        A connection receives in order, so the acknowledgement of a new event arrives last.
        """
        self.call("sync", {"after": 2**53 - 1})

    def close(self) -> None:
        """Disconnects."""
        self.client.disconnect()

    def _hear(self, event: str, *arguments: Any) -> None:
        with self._news:
            self.heard.append((event, arguments[0] if arguments else None))
            self._news.notify_all()

    def _refused(self, data: Any) -> None:
        self._hear("connect_error", data)


def eventually(ask: Callable[[], bool]) -> None:
    """Asks until the answer is yes; for what is true soon but not at once."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not ask():
        assert time.monotonic() < deadline, "it did not become true"
        time.sleep(0.05)  # polling, with a deadline


def _good(answer: requests.Response) -> Any:
    assert answer.ok, f"{answer.request.method} {answer.url}: {answer.status_code} {answer.text}"
    return answer.json() if answer.content else None
