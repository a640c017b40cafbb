"""People and sockets that hold whatever the server says against what the code declares."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

import requests

from tests.docs import schemas
from tests.support.people import Person, Socket
from tests.support.server import Server


@dataclass
class Seen:
    """What was heard, and what was wrong with it."""

    answers: set[tuple[str, str, int]] = field(default_factory=set)
    acknowledged: set[tuple[str, str]] = field(default_factory=set)
    refused: set[tuple[str, str]] = field(default_factory=set)
    events: set[tuple[str, str]] = field(default_factory=set)
    wrong: list[str] = field(default_factory=list)

    def answer(self, answer: requests.Response) -> None:
        """Look at one REST answer."""
        method = str(answer.request.method)
        path = _template(answer.request.path_url.partition("?")[0])
        self.answers.add((method, path, answer.status_code))
        responses = schemas.operation(method, path)["responses"]
        declared = responses.get(str(answer.status_code))
        where = f"{method} {path} {answer.status_code}"
        if declared is None:
            self.wrong.append(f"{where} is not declared")
        elif (schema := schemas.body_schema(declared)) is not None:
            kind = answer.headers["Content-Type"].partition(";")[0]
            if kind not in declared["content"]:
                self.wrong.append(f"{where} came as {kind}")
            self._check(where, answer.json(), schema, schemas.openapi())
        elif answer.status_code == 204 and answer.content:
            self.wrong.append(f"{where} has a body")

    def acknowledgement(self, namespace: str, event: str, answer: Any) -> None:
        """Look at one acknowledgement."""
        found = schemas.namespace(namespace)
        if answer.get("ok") is True and set(answer) == {"ok", "data"}:
            self.acknowledged.add((namespace, event))
            schema = found["clientEvents"][event]["data"]
            self._check(f"ack of {namespace} {event}", answer["data"], schema, found)
        elif answer.get("ok") is False and set(answer) == {"ok", "error"}:
            self.refused.add((namespace, answer["error"]["code"]))
            self._check(f"refusal of {namespace} {event}", answer["error"], found["error"], found)
        else:
            self.wrong.append(f"ack of {namespace} {event} is {answer}")

    def event(self, namespace: str, event: str, payload: Any) -> None:
        """Look at one server event."""
        self.events.add((namespace, event))
        found = schemas.namespace(namespace)
        if event not in found["serverEvents"]:
            self.wrong.append(f"{namespace} {event} is not in the catalogue")
            return
        self._check(f"{namespace} {event}", payload, found["serverEvents"][event], found)

    def _check(self, what: str, value: Any, schema: Any, where: Any) -> None:
        self.wrong += [f"{what}: {problem}" for problem in schemas.problems(value, schema, where)]


class WatchedPerson(Person):
    """A person whose every answer is looked at."""

    def __init__(self, server: Server, name: str, seen: Seen) -> None:
        super().__init__(server, name)
        self.seen = seen

    def call(self, method: str, path: str, json: Any = None, **options: Any) -> requests.Response:
        """One REST request."""
        answer = super().call(method, path, json, **options)
        self.seen.answer(answer)
        return answer

    def connect(self, namespace: str = "/", **options: Any) -> Socket:
        """A new connection whose every word is looked at."""
        opened = WatchedSocket(self, namespace, **options)
        self.sockets.append(opened)
        opened.wait_for("ready")
        return opened


class WatchedSocket(Socket):
    """A connection whose every word is looked at."""

    def __init__(self, person: WatchedPerson, namespace: str, **options: Any) -> None:
        self.seen = person.seen
        super().__init__(person.server, {"token": person.token}, namespace, **options)

    def call(self, event: str, data: Any = None) -> dict[str, Any]:
        """Emit and look at the acknowledgement."""
        answer = super().call(event, data)
        self.seen.acknowledgement(self.namespace, event, answer)
        return answer

    def _hear(self, event: str, *arguments: Any) -> None:
        if event not in ("disconnect", "connect_error"):
            self.seen.event(self.namespace, event, arguments[0] if arguments else None)
        super()._hear(event, *arguments)


def _template(path: str) -> str:
    """``/api/v1/users/3`` → ``/api/v1/users/{id}``."""
    for template in schemas.openapi()["paths"]:
        pattern = re.sub(r"\\\{\w+\\\}", r"\\d+", re.escape(template))
        if re.fullmatch(pattern, path):
            return str(template)
    raise AssertionError(f"{path} is not in openapi.json")
