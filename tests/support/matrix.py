"""Six standings before every door: the rows of the access matrix, and the scene they are tried in."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Any

from tests.support import tokens
from tests.support.people import PASSWORD, Person, Socket
from tests.support.server import Server

# In every text that only Alice and Bob may read.
SECRET = "between-alice-and-bob"
# An id that nothing has.
NOTHING = 2**52
NAMESPACES = ("/", "/talemy")
_numbers = itertools.count(1)


class Standing(StrEnum):
    """Who somebody is to what they ask for."""

    ANONYMOUS = "anonymous"
    EXPIRED = "expired token"
    REVOKED = "revoked session"
    OUTSIDER = "outsider"
    PARTICIPANT = "participant"
    OWNER = "owner"


NOBODY = (Standing.ANONYMOUS, Standing.EXPIRED, Standing.REVOKED)
SIGNED_IN = (Standing.OUTSIDER, Standing.PARTICIPANT, Standing.OWNER)


class Target:
    """Fresh things to act upon, made when they are asked for. Alice owns all of them, Bob takes
    part, nobody else knows.
    """

    def __init__(self, scene: Scene) -> None:
        self._alice, self._bob = scene.people["Alice"], scene.people["Bob"]
        self._number = next(_numbers)
        self.alice, self.bob = self._alice.id, self._bob.id
        self.user = scene.people["Erin"].id  # somebody else altogether

    @cached_property
    def product(self) -> int:
        """What Alice sells."""
        made = self._alice.post("/products", {"title": f"Kora {self._number}"})
        return int(made["id"])

    @cached_property
    def conversation(self) -> int:
        """About the product."""
        said = {"product_id": self.product, "text": f"{SECRET} {self._number}"}
        return int(self._bob.post("/messages", said)["conversation_id"])

    @cached_property
    def message(self) -> int:
        """Alice's, in the conversation."""
        said = {"text": f"{SECRET} {self._number}, says Alice"}
        path = f"/conversations/{self.conversation}/messages"
        return int(self._alice.post(path, said)["message"]["id"])

    @cached_property
    def group(self) -> int:
        """Alice's group."""
        group = {"title": f"{SECRET} {self._number}", "participant_ids": [self.bob]}
        return int(self._alice.post("/conversations", group)["id"])

    @cached_property
    def lesson(self) -> int:
        """Alice teaches Bob."""
        lesson = {"title": f"{SECRET} {self._number}", "student_id": self.bob}
        lesson["starts_at"] = "2030-01-01T10:00:00Z"
        return int(self._alice.post("/lessons", lesson)["id"])

    @cached_property
    def confirmed_lesson(self) -> int:
        """The same, past its first step."""
        self._bob.patch(f"/lessons/{self.lesson}", {"status": "confirmed"})
        return self.lesson

    @property
    def request(self) -> int:
        """Alice asks Bob for contact; there is one such request at a time."""
        pending = self._alice.get("/contact-requests", status="pending", direction="sent")["items"]
        for request in pending:
            if request["recipient"]["id"] == self.bob:
                return int(request["id"])
        asked = {"recipient_id": self.bob, "message": SECRET}
        return int(self._alice.post("/contact-requests", asked)["id"])


class Absent:
    """The same questions about things that do not exist."""

    product = conversation = message = group = NOTHING
    lesson = confirmed_lesson = request = user = alice = bob = NOTHING


@dataclass
class Scene:
    """The cast, signed in and connected."""

    server: Server
    people: dict[str, Person] = field(default_factory=dict)
    sockets: dict[tuple[str, str], Socket] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name in ("Alice", "Bob", "Charlie", "Dora", "Erin"):
            self.people[name] = Person(self.server, name)
        self.expired = tokens.expired(self.server, self.people["Alice"].token)
        self.revoked, self.revoked_refresh = self._revoked_session()
        self.expired_refresh = tokens.expired(self.server, self.people["Alice"].refresh_token)
        for name in ("Alice", "Bob", "Charlie", "Dora"):
            for namespace in NAMESPACES:
                self.sockets[name, namespace] = self.people[name].connect(namespace)
        self.untouched = self.target()

    def _revoked_session(self) -> tuple[str, str]:
        access, refresh = self.new_session("Alice")
        answer = self.people["Alice"].call("POST", "/auth/logout", token=access)
        assert answer.status_code == 204
        return access, refresh

    def new_session(self, name: str) -> tuple[str, str]:
        """Sign somebody in once more: an access and a refresh token to spend."""
        person = self.people[name]
        answer = person.post("/auth/login", {"email": person.email, "password": PASSWORD})
        return answer["access_token"], answer["refresh_token"]

    def target(self) -> Target:
        """Fresh things to act upon."""
        return Target(self)

    def close(self) -> None:
        """Everybody leaves."""
        for person in self.people.values():
            person.close()


@dataclass(frozen=True)
class Call:
    """One question, asked by somebody about something."""

    scene: Scene
    target: Target | Absent
    standing: Standing
    name: str  # who asks: a key of ``scene.people``

    @property
    def person(self) -> Person:
        """Who asks."""
        return self.scene.people[self.name]


Payload = Callable[[Call], Any]
Path = Callable[[Any], dict[str, Any]]


@dataclass(frozen=True)
class Row:
    """What one event or route answers to each standing.

    An outcome is what the row's kind of door says: an event ``ok`` or a code; a route a status,
    followed by a code for REST or the beginning of ``Location`` for pages.
    """

    door: tuple[str, str]  # (namespace, event) or (method, rule)
    outcomes: dict[Standing, str]
    payload: Payload = lambda _: None
    path: Path = lambda _: {}
    note: str = ""  # tells rows of the same door apart
    newcomer: bool = False  # an outsider may, and would hear of it: Dora does it, not Charlie
    spends_session: bool = False  # ends the session it is called with
    refresh: bool = False  # wants a refresh token
    query: str = ""

    @property
    def title(self) -> str:
        """How a failure names it."""
        return " ".join([*self.door, self.note]).strip()

    def asker(self, standing: Standing) -> str:
        """Whose part it is."""
        if standing is Standing.OUTSIDER:
            return "Dora" if self.newcomer else "Charlie"
        return "Bob" if standing is Standing.PARTICIPANT else "Alice"


def everybody(outcome: str) -> dict[Standing, str]:
    """The same for all six."""
    return dict.fromkeys(Standing, outcome)


def missing_rows(doors: set[tuple[str, str]], rows: list[Row], where: str) -> list[str]:
    """Sentences about doors without a row and rows without a door."""
    described = {row.door for row in rows}
    lacking = [
        f"{' '.join(door)} has no row in the access matrix: add one to {where} that says what each "
        f"of {', '.join(Standing)} is answered."
        for door in sorted(doors - described)
    ]
    stale = [
        f"{' '.join(door)} has a row in {where}, but the application does not have it any more: "
        "take the row out."
        for door in sorted(described - doors)
    ]
    return lacking + stale
