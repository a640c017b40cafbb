"""A client's state, and what each event makes of it: ``docs/protocol.md``, *Applying events*.

It is assembled from one reducer per feature, ``tests/<feature>/client_state.py``, which may define:

- ``EVENTS``: what an event of either namespace changes, by the event's name;
- ``PAGE``: what an item of a page of ``sync`` changes, by the page's field;
- ``refetch``: fills a state with what REST returns;
- ``users``: the users that the state shows, wherever it does.

No reducer asks the server. A conversation's messages are held from the first to the last.
"""

from __future__ import annotations

import copy
import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

from tests.support.features import parts
from tests.support.people import Person

View = dict[str, Any]
Reduce = Callable[["ClientState", Any], None]

# Events about the connection alone.
OF_THE_CONNECTION = ("ready", "error", "disconnect")


class ClientState:
    """The state of one person's client."""

    def __init__(self, me: int) -> None:
        self.me = me
        # By kind, then by id; messages by conversation, then by ``seq``.
        self.kinds: defaultdict[str, dict[Any, Any]] = defaultdict(dict)
        self.order: list[int] = []  # of conversations, as lists show them
        self.total = 0  # of unread messages

    @property
    def conversations(self) -> dict[int, View]:
        """Conversations by id."""
        return self.kinds["conversations"]

    @property
    def messages(self) -> dict[int, dict[int, View]]:
        """Messages by conversation, then by ``seq``."""
        return self.kinds["messages"]

    def parts(self, names: tuple[str, ...]) -> View:
        """The kinds of these names, or the order, or the total: for comparisons."""
        return {n: getattr(self, n) if n in ("order", "total") else self.kinds[n] for n in names}

    def apply(self, event: str, payload: Any) -> None:
        """Applies an event of either namespace, or one about the connection alone."""
        if event not in OF_THE_CONNECTION:
            _collected("EVENTS")[event](self, copy.deepcopy(snake(payload)))

    def apply_page(self, page: View) -> None:
        """Applies a page of ``sync``. Conversations come before what is in them, as features do."""
        for name, reduce in _collected("PAGE").items():
            for item in copy.deepcopy(page[name]):
                reduce(self, item)

    def users(self) -> Iterator[View]:
        """Every user that is shown anywhere."""
        for reducer in parts("client_state").values():
            if hasattr(reducer, "users"):
                yield from reducer.users(self)


def refetch(person: Person) -> ClientState:
    """The state of a client that has just read everything over REST."""
    state = ClientState(person.id)
    for reducer in parts("client_state").values():
        if hasattr(reducer, "refetch"):
            reducer.refetch(state, person)
    return state


def kinds() -> tuple[str, ...]:
    """The fields of a page of ``sync`` that hold views, in the order they are applied."""
    return tuple(name for name in _collected("PAGE") if not name.startswith("removed_"))


def keep(kind: str) -> Reduce:
    """A reducer that puts a view in its place by its id."""

    def reduce(state: ClientState, view: View) -> None:
        state.kinds[kind][view["id"]] = view

    return reduce


def keep_from(kind: str, field: str) -> Reduce:
    """A reducer that puts the view in a field of an event in its place."""
    into = keep(kind)
    return lambda state, payload: into(state, payload[field])


def read_list(state: ClientState, person: Person, kind: str, path: str) -> None:
    """Fills a kind from a list of REST that fits on one page."""
    page = person.get(path, limit=100)
    assert page["next_cursor"] is None, "a test with more rows must read more pages"
    state.kinds[kind] = {view["id"]: view for view in page["items"]}


def changes_nothing(_state: ClientState, _payload: Any) -> None:
    """The reducer of an event about nothing that is stored."""


def snake(value: Any) -> Any:
    """A payload of ``/talemy`` with the keys of ``/`` and REST."""
    if isinstance(value, dict):
        return {_snake_key(key): snake(item) for key, item in value.items()}
    return [snake(item) for item in value] if isinstance(value, list) else value


def _snake_key(key: str) -> str:
    return re.sub(r"[A-Z]", lambda capital: f"_{capital[0].lower()}", key)


@cache
def _collected(table: str) -> dict[str, Reduce]:
    reducers = [getattr(module, table, {}) for module in parts("client_state").values()]
    assert sum(map(len, reducers)) == len({name for part in reducers for name in part}), table
    return {name: reduce for part in reducers for name, reduce in part.items()}
