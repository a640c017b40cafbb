"""From an HTTP request to a WebSocket, and from long polling over to it.

https://socket.io/docs/v4/engine-io-protocol/#upgrade
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engineio import packet as eio

from app.transport.loop.deadline import at_most
from app.transport.websocket.blocking_socket import WebSocket
from app.transport.websocket.frames import PROTOCOL_ERROR
from app.transport.websocket.handshake import NOT_OUR_WORKER, UPGRADE, HandshakeRefusedError

if TYPE_CHECKING:
    from app.transport.engineio.engine import Engine
    from app.transport.engineio.session import EngineSession


def accept_websocket(
    engine: Engine, environ: dict[str, Any], max_message: int
) -> WebSocket | dict[str, Any]:
    """Complete the WebSocket handshake, or say why not."""
    accept = environ.get(UPGRADE)
    if accept is None:
        engine.quiet_log.warning(NOT_OUR_WORKER)
        return engine.bad_request("WebSocket is not available here")
    try:
        websocket: WebSocket = accept(
            max_message_size=max_message,
            send_deadline=engine.send_deadline,
            on_violation=engine.note_violation,
        )
    except HandshakeRefusedError as refused:
        reply = engine.bad_request(str(refused))
        headers = reply["headers"] + refused.headers
        return {**reply, "status": refused.status, "headers": headers}
    return websocket


def probe(session: EngineSession, websocket: WebSocket) -> bool:
    """Ping "probe", pong "probe", upgrade; ``False``, and the WebSocket is closed, if it fails."""
    with at_most(session.server.upgrade_deadline):
        if websocket.receive() == "2probe" and not (session.upgrading or session.upgraded):
            session.upgrading = True
            try:
                session.upgraded = _finish(session, websocket)
            finally:
                session.upgrading = False
            if session.upgraded:
                return True
    websocket.close(PROTOCOL_ERROR, "upgrade failed")
    return False


def _finish(session: EngineSession, websocket: WebSocket) -> bool:
    websocket.send("3probe")
    if (
        session.long_poll is not None and session.long_poll.is_waited_for
    ):  # the client waits for its poll to end before it moves over
        session.send(eio.Packet(eio.NOOP))
    return websocket.receive() == "5" and not session.closing
