"""A person whose client follows events while connected, and catches up by ``sync``."""

from __future__ import annotations

import copy
from typing import Any

from tests.model.model import seen
from tests.support.client_state import ClientState
from tests.support.people import Person, Socket
from tests.support.server import Server

View = dict[str, Any]
OK_STATUSES = {200, 201, 204}


class Client:
    """One person, over REST and over a socket of each namespace."""

    def __init__(self, server: Server, name: str) -> None:
        self.person = Person(server, name)
        self.id = self.person.id
        self.state = ClientState(self.id)
        self.cursor: int = self.person.get("/changes", after=0)["cursor"]
        self.marketplace: Socket | None = None
        self.talemy = self.person.connect("/talemy")
        self.past: list[tuple[int, ClientState]] = []
        self._applied = 0
        self.come_back(limit=200)

    def rest(self, method: str, path: str, body: Any = None, **params: Any) -> tuple[str, View]:
        """The code of a refusal, or ``ok`` with the body."""
        answer = self.person.call(method, path, body, params=params)
        found = answer.json() if answer.content else {}
        if answer.status_code in OK_STATUSES:
            return "ok", found
        return found["code"], found

    def socket(self, event: str, payload: View, namespace: str = "/") -> tuple[str, View]:
        """The same over a socket; over one of its own while the client is away."""
        opened = self.talemy if namespace == "/talemy" else self.marketplace
        answer = (opened or self.talemy).call(event, payload)
        return ("ok", answer["data"]) if answer["ok"] else (answer["error"]["code"], answer)

    @property
    def connected(self) -> bool:
        """Whether it hears events."""
        return self.marketplace is not None

    def go(self) -> None:
        """Hear nothing more."""
        assert self.marketplace is not None
        self.hear()
        self.marketplace.close()
        self.marketplace = None

    def come_back(self, limit: int) -> None:
        """Connect, join again what is known, and sync from the stored cursor."""
        self.marketplace = self.person.connect()
        self._applied = len(self.marketplace.heard)
        for conversation_id in list(self.state.conversations):
            self._join(conversation_id)
        self.cursor = self.sync(self.state, self.cursor, limit)

    def sync(self, state: ClientState, cursor: int, limit: int) -> int:
        """Apply all pages after a cursor; returns the new one."""
        while True:
            page = self.person.get("/changes", after=cursor, limit=limit)
            assert not page["reset"]
            known = set(state.conversations)
            state.apply_page(page)
            for conversation_id in state.conversations.keys() - known:
                self._read_history(state, conversation_id)
            assert page["cursor"] > cursor or not page["has_more"], "it would be asked for ever"
            cursor = page["cursor"]
            if not page["has_more"]:
                return int(cursor)

    def hear(self) -> None:
        """Apply what the connection was told."""
        if self.marketplace is None:
            return
        self.marketplace.settle()
        news = self.marketplace.heard[self._applied :]
        self._applied += len(news)
        for event, payload in news:
            unknown = self._unknown(event, payload)
            self.state.apply(event, payload)
            if unknown is not None:
                self._join(unknown)
                self._read_history(self.state, unknown)

    def _unknown(self, event: str, payload: View) -> int | None:
        """A conversation that this event opens to the client."""
        if event != "conversation_updated":
            return None
        conversation_id: int = payload["conversation"]["id"]
        return None if conversation_id in self.state.conversations else conversation_id

    def _join(self, conversation_id: int) -> None:
        assert self.marketplace is not None
        # Meanwhile one may have been removed from it: the next page says so.
        self.marketplace.call("join_conversation", {"conversation_id": conversation_id})

    def _read_history(self, state: ClientState, conversation_id: int) -> None:
        path = f"/conversations/{conversation_id}/messages"
        status, found = self.rest("GET", path, limit=100)
        if status == "ok":
            state.messages[conversation_id] = {view["seq"]: view for view in found["items"]}

    # --- what there is to compare

    def shown(self) -> View:
        """The client's state."""
        messages = [m for held in self.state.messages.values() for m in held.values()]
        return seen(list(self.state.conversations.values()), messages)

    def everything(self) -> View:
        """The server's state, by all changes from the beginning."""
        return self.person.get("/changes", after=0, limit=500)

    def remember(self) -> None:
        """Keep the present state and its cursor, to come back to it later."""
        cursor = self.person.get("/changes", after=0, limit=500)["cursor"]
        self.past.append((cursor, copy.deepcopy(self.state)))
