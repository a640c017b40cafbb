"""Clients that speak ``/talemy``: camelCase, fewer events, and REST for what it has no event for."""

from __future__ import annotations

import re
from typing import Any

from app.realtime.wire import camelize
from tests.torture.connected import RestError, WebSocketClient
from tests.torture.history import Act
from tests.torture.line import Heard, Line, LostError, TokenError

ASKED = {"send_message": "message:send", "join_conversation": "conversation:join"}
# Both are told to every connection of those concerned, joined or not: together they are what
# ``new_message`` is to a client of ``/`` that has joined.
TOLD = {"message:new": "new_message", "message:sent": "new_message"}


class TalemyLine(Line):
    """One accepted connection to ``/talemy``, for somebody who thinks in the words of ``/``."""

    prefix = "/talemy,"

    def spell(self, event: str, payload: dict[str, Any]) -> list[Any]:
        return [ASKED.get(event, event), camelize(payload)]

    def understand(self, heard: Heard) -> Heard:
        event = heard.event and TOLD.get(heard.event, heard.event)
        return Heard(event, heard.ack_id, _snake(heard.payload))


class TalemyClient(WebSocketClient):
    """Sends, joins and syncs over its websocket; edits, deletes and reads over REST."""

    kind = "talemy"

    def open_line(self) -> Line:
        return TalemyLine(self.port, self.account.token, self.open_pipe())

    def _send(self, line: Line, acts: list[Act]) -> None:
        super()._send(line, [act for act in acts if act.kind == "send"])
        try:
            for act in acts:
                if act.kind != "send":
                    self.by_rest(act)
        except TokenError:
            raise
        except LostError as error:
            raise RestError(str(error)) from error


def _snake(value: Any) -> Any:
    """The same object with the keys of ``/``, all the way down."""
    if isinstance(value, dict):
        return {re.sub("[A-Z]", _lower, key): _snake(item) for key, item in value.items()}
    return [_snake(item) for item in value] if isinstance(value, list) else value


def _lower(found: re.Match[str]) -> str:
    return f"_{found[0].lower()}"
