"""Applies ``X-Forwarded-*`` from trusted reverse proxies, and ignores it from other peers."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache, partial
from ipaddress import ip_address
from typing import Any

from werkzeug.middleware.proxy_fix import ProxyFix

from config import Network

WsgiApp = Callable[[dict[str, Any], Any], Iterable[bytes]]


class TrustProxies:
    """Applies ``X-Forwarded-*`` to requests from trusted networks."""

    def __init__(self, app: WsgiApp, trusted: tuple[Network, ...]) -> None:
        self._direct = app
        self._forwarded = ProxyFix(app, x_for=1, x_proto=1, x_host=1)
        # Parsing an address takes as long as matching the route.
        self._trusts = lru_cache(maxsize=1024)(partial(_is_among, trusted))

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        trusted = self._trusts(environ.get("REMOTE_ADDR", ""))
        chosen = self._forwarded if trusted else self._direct
        return chosen(environ, start_response)


def _is_among(networks: tuple[Network, ...], address: str) -> bool:
    try:
        peer = ip_address(address)
    except ValueError:
        return not address  # a local socket has no address
    return any(peer in network for network in networks)
