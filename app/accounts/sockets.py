"""Admits connections by the handshake's token or cookie, and renews it while they live."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from socketio.exceptions import (
    ConnectionRefusedError,
)  # its .args become connect_error's message and data
from werkzeug.http import parse_cookie

from app.accounts.objects import Renewed
from app.accounts.queries import session_is_live
from app.accounts.schemas import Authenticate
from app.accounts.tokens import actor_of, read_token
from app.errors import N_, PalabreError, internal
from app.realtime.connection import Connection
from app.realtime.lifecycle import ConnectionListener, lifecycle
from app.realtime.publisher import publisher
from app.realtime.registry import on
from app.realtime.socketio_server import ConnectionGate
from app.realtime.wire import TALEMY
from app.store import store
from app.store.types import iso
from config import ACCESS_COOKIE, Settings


class Admission(ConnectionGate):
    """Admits the holders of valid tokens, or of the pages' cookie."""

    _settings: Settings

    def bind(self, settings: Settings) -> None:
        """Binds to the settings, which hold the signing keys."""
        self._settings = settings

    def admit(self, namespace: str, sid: str, handshake: dict[str, Any], auth: Any) -> None:
        """Accepts a connection, or refuses it by raising ``ConnectionRefusedError``."""
        # Any other exception, or a return value, would admit the client.
        try:
            claims = self.live_claims(_presented_token(handshake, auth))
            lifecycle.admitted(namespace, sid, actor_of(claims), float(claims["exp"]))
        except PalabreError as error:
            raise _refusal(error) from error
        except Exception as error:
            raise _refusal(internal()) from error

    def live_claims(self, token: str) -> dict[str, Any]:
        """Returns the claims of an access token whose session is live; raises ``PalabreError``."""
        claims = read_token(self._settings, token)
        with store.reading() as session:
            if not session_is_live(session, str(claims["sid"])):
                raise PalabreError("token_revoked", N_("Your session has ended. Sign in again."))
        return claims


admission = Admission()


@on("authenticate", Authenticate, Renewed)
@on("authenticate", Authenticate, Renewed, namespace=TALEMY)
def authenticate(connection: Connection, payload: Authenticate) -> dict[str, Any]:
    """Renews the token of a live connection. The new token must be the same user's."""
    claims = admission.live_claims(payload.token)
    renewed = actor_of(claims)
    if renewed.user_id != connection.actor.user_id:
        raise PalabreError("forbidden", N_("This token belongs to another account."))
    lifecycle.renewed(connection, renewed, float(claims["exp"]))
    return {"expires_at": iso(int(claims["exp"]) * 1000)}


class RevokedMeanwhile(ConnectionListener):
    """Closes connections whose sign-in session ended between their admission and now.

    Needed only where reading lets other greenlets run; on SQLite nothing happens in between.
    """

    def accepted(self, connection: Connection) -> None:
        """Closes the connection if its sign-in session has ended."""
        if not store.reading_yields:
            return
        with store.reading() as session:
            live = session_is_live(session, connection.actor.session_id)
        if not live:
            publisher.end(connection, "token_revoked", "This session has been signed out.")


lifecycle.listen(RevokedMeanwhile())


def _refusal(error: PalabreError) -> ConnectionRefusedError:
    return ConnectionRefusedError(error.message, {"code": error.code, "message": error.message})


def _presented_token(handshake: dict[str, Any], auth: Any) -> str:
    token = auth.get("token") if isinstance(auth, dict) else None
    if token is None and _same_origin(handshake):
        token = parse_cookie(handshake.get("HTTP_COOKIE")).get(ACCESS_COOKIE)
    if not isinstance(token, str) or not token:
        raise PalabreError("unauthenticated", N_("Sign in to continue."))
    return token


def _same_origin(handshake: dict[str, Any]) -> bool:
    """Whether the handshake comes from one of our own pages: only those may rely on a cookie."""
    origin = handshake.get("HTTP_ORIGIN")
    return origin is None or urlsplit(origin).netloc == handshake.get("HTTP_HOST")
