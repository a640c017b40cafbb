"""One record per Socket.IO connection, and the indexes to find them by id, user and session.

Identity lives here, never in the handshake's environment (frozen) or a payload (forged).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from app.actor import Actor

if TYPE_CHECKING:
    from app.store.writer.jobs import Job


@dataclass(slots=True, eq=False)
class Connection:
    """One accepted Socket.IO connection on one namespace."""

    namespace: str
    sid: str
    eio_sid: str
    actor: Actor
    expires_at: float  # unix seconds, when its token ends: sent to clients
    ends_at: float  # the same on the monotonic clock: enforced, for wall clocks get set
    warned: bool = False  # token_expiring was sent for the present token
    ended: bool = False  # session_ended was sent; nothing more is accepted
    joined: set[int] = field(default_factory=set)
    last_job: Job | None = None  # its latest command to the writer, until that is settled
    unsettled: int = 0  # its commands that the writer has not settled yet
    held_until: float = 0.0  # on the monotonic clock: commands are refused until then


_NONE: dict[str, Connection] = {}


class Connections:
    """Every connection of this process, by id, by user, by sign-in session."""

    def __init__(self) -> None:
        self._by_sid: dict[tuple[str, str], Connection] = {}
        # Namespace → user → Socket.IO id.
        self._people: dict[str, dict[int, dict[str, Connection]]] = defaultdict(dict)
        self._by_session: dict[str, set[Connection]] = defaultdict(set)
        self._by_transport: dict[str, set[Connection]] = defaultdict(set)
        self.changes = 0  # connections opened and closed so far

    def add(self, connection: Connection) -> None:
        """Adds an accepted connection."""
        self.changes += 1
        self._by_sid[connection.namespace, connection.sid] = connection
        people = self._people[connection.namespace]
        people.setdefault(connection.actor.user_id, {})[connection.sid] = connection
        self._by_session[connection.actor.session_id].add(connection)
        self._by_transport[connection.eio_sid].add(connection)

    def discard(self, namespace: str, sid: str) -> Connection | None:
        """Removes a connection; returns it if it was known."""
        connection = self._by_sid.pop((namespace, sid), None)
        if connection is not None:
            self.changes += 1
            self._drop_person(connection)
            _drop(self._by_session, connection.actor.session_id, connection)
            _drop(self._by_transport, connection.eio_sid, connection)
        return connection

    def _drop_person(self, connection: Connection) -> None:
        people = self._people[connection.namespace]
        theirs = people[connection.actor.user_id]
        del theirs[connection.sid]
        if not theirs:
            del people[connection.actor.user_id]

    def rename(self, connection: Connection, actor: Actor) -> None:
        """Changes the sign-in session of a connection; its user stays the same."""
        _drop(self._by_session, connection.actor.session_id, connection)
        connection.actor = actor
        self._by_session[actor.session_id].add(connection)

    def get(self, namespace: str, sid: str) -> Connection | None:
        """Returns the record of a connection, if it was accepted."""
        return self._by_sid.get((namespace, sid))

    def of_user(self, user_id: int) -> list[Connection]:
        """Returns every connection of a user."""
        of_namespaces = [people.get(user_id, {}) for people in self._people.values()]
        return [connection for theirs in of_namespaces for connection in theirs.values()]

    def namespaces(self) -> set[str]:
        """Returns the namespaces with at least one connection."""
        return {namespace for namespace, people in self._people.items() if people}

    def reached(
        self, namespace: str, user_ids: frozenset[int], skipped: Container[str]
    ) -> dict[int, list[Connection]]:
        """Returns the connections of users in a namespace, by user, without the skipped ids."""
        people = self._people[namespace]
        reached: dict[int, list[Connection]] = {}
        for user_id in user_ids:
            for sid, connection in people.get(user_id, _NONE).items():
                if sid not in skipped:
                    reached.setdefault(user_id, []).append(connection)
        return reached

    def of_transport(self, eio_sid: str) -> list[Connection]:
        """Returns the connections that share one transport, one per namespace."""
        return list(self._by_transport.get(eio_sid, ()))

    def of_sessions(self, session_ids: Iterable[str]) -> list[Connection]:
        """Returns every connection of some sign-in sessions."""
        return [c for session_id in session_ids for c in self._by_session.get(session_id, ())]

    def all(self) -> list[Connection]:
        """Returns every connection, as a copy that may be iterated while others open and close."""
        return list(self._by_sid.values())

    def __len__(self) -> int:
        return len(self._by_sid)


def _drop(index: dict[Any, set[Connection]], key: object, connection: Connection) -> None:
    index[key].discard(connection)
    if not index[key]:
        del index[key]


connections = Connections()
