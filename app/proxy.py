"""What a reverse proxy on this machine says of the client is believed; nobody else is."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from ipaddress import ip_address
from typing import Any

from werkzeug.middleware.proxy_fix import ProxyFix

WsgiApp = Callable[[dict[str, Any], Any], Iterable[bytes]]


class TrustLocalProxy:
    """Apply ``X-Forwarded-*`` to requests whose peer is a loopback address or a local socket."""

    def __init__(self, app: WsgiApp) -> None:
        self._direct = app
        self._forwarded = ProxyFix(app, x_for=1, x_proto=1, x_host=1)

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        chosen = self._forwarded if _is_local(environ.get("REMOTE_ADDR", "")) else self._direct
        return chosen(environ, start_response)


def _is_local(address: str) -> bool:
    try:
        return not address or ip_address(address).is_loopback
    except ValueError:
        return False
