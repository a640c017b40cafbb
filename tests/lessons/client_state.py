"""How a client's lessons follow events and ``sync``."""

from __future__ import annotations

from collections.abc import Iterator

from tests.support.client_state import ClientState, View, keep, keep_from, read_list
from tests.support.people import Person

KIND = "lessons"
EVENTS = {
    "lesson:created": keep_from(KIND, "lesson"),
    "lesson:statusUpdated": keep_from(KIND, "lesson"),
}
PAGE = {KIND: keep(KIND)}


def refetch(state: ClientState, person: Person) -> None:
    """Read all lessons of a person, taught and taken."""
    read_list(state, person, KIND, "/lessons")


def users(state: ClientState) -> Iterator[View]:
    """Teacher and student of each lesson."""
    for view in state.kinds[KIND].values():
        yield from (view["teacher"], view["student"])
