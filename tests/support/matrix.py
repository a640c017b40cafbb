"""Six standings before every door: the rows of the access matrix, and the scene they are tried in."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
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
    """The relation of a caller to the thing asked for."""

    ANONYMOUS = "anonymous"
    EXPIRED = "expired token"
    REVOKED = "revoked session"
    OUTSIDER = "outsider"
    PARTICIPANT = "participant"
    OWNER = "owner"


NOBODY = (Standing.ANONYMOUS, Standing.EXPIRED, Standing.REVOKED)
SIGNED_IN = (Standing.OUTSIDER, Standing.PARTICIPANT, Standing.OWNER)


class Target:
    """Fresh things to act upon, made on demand. Alice owns all of them, Bob takes part, no other
    user has access.
    """

    def __init__(self, scene: Scene) -> None:
        self.owner, self.participant = scene.people["Alice"], scene.people["Bob"]
        self.alice, self.bob = self.owner.id, self.participant.id
        self.user = scene.people["Erin"].id  # without a part in any of it
        self.number = next(_numbers)
        self._made: dict[Make, int] = {}

    def once(self, make: Make) -> int:
        """The id of what ``make`` makes, the same each time."""
        if make not in self._made:
            self._made[make] = self.anew(make)
        return self._made[make]

    def anew(self, make: Make) -> int:
        """The id of what ``make`` makes or finds now."""
        return int(make(self))


Make = Callable[[Target], Any]


class Absent:
    """The same questions about things that do not exist."""

    user = alice = bob = NOTHING

    def once(self, _make: Make) -> int:
        """An id without a thing."""
        return NOTHING

    anew = once


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
        """Signs a person in once more: an access and a refresh token to spend."""
        person = self.people[name]
        answer = person.post("/auth/login", {"email": person.email, "password": PASSWORD})
        return answer["access_token"], answer["refresh_token"]

    def target(self) -> Target:
        """Fresh things to act upon."""
        return Target(self)

    def close(self) -> None:
        """Closes every connection."""
        for person in self.people.values():
            person.close()


@dataclass(frozen=True)
class Call:
    """One request, by a caller about a thing."""

    scene: Scene
    target: Target | Absent
    standing: Standing
    name: str  # who asks: a key of ``scene.people``

    @property
    def person(self) -> Person:
        """The caller."""
        return self.scene.people[self.name]


Payload = Callable[[Call], Any]
Path = Callable[[Any], dict[str, Any]]


@dataclass(frozen=True)
class Row:
    """The answers of one event or route to each standing.

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


def missing_rows(doors: dict[tuple[str, str], str], rows: dict[str, list[Row]]) -> list[str]:
    """Sentences about doors without a row where one belongs, and rows without their door.

    ``doors`` maps each door to the file its rows belong in, ``rows`` each file to the rows in it.
    """
    described = {row.door: where for where, found in rows.items() for row in found}
    lacking = [
        f"{' '.join(door)} has no row in the access matrix: add one to {where} that says what each "
        f"of {', '.join(Standing)} is answered."
        for door, where in sorted(doors.items())
        if described.get(door) != where
    ]
    stale = [
        f"{' '.join(door)} has a row in {where}, but the application does not have it any more: "
        "take the row out."
        for door, where in sorted(described.items())
        if door not in doors
    ]
    return lacking + stale
