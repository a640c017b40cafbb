"""How presence reaches every user that a client shows."""

from __future__ import annotations

from typing import Any

from tests.support.client_state import ClientState, View


def _online(state: ClientState, payload: View) -> None:
    _update(state, payload["user_id"], online=True, last_seen_at=None)


def _offline(state: ClientState, payload: View) -> None:
    _update(state, payload["user_id"], online=False, last_seen_at=payload["last_seen_at"])


def _update(state: ClientState, user_id: int, **presence: Any) -> None:
    for user in state.users():
        if user["id"] == user_id:
            user.update(presence)


EVENTS = {"user_online": _online, "user_offline": _offline}
