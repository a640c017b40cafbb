"""People register, sign in and out, renew a token, look each other up and block each other."""

from __future__ import annotations

import time

from tests.docs.stage import Stage
from tests.support import tokens
from tests.support.people import PASSWORD


def tell(stage: Stage) -> None:
    """Every event and route of accounts."""
    _people(stage)
    _a_new_account(stage)
    _a_token_that_expires(stage)
    _signing_out(stage)


def _people(stage: Stage) -> None:
    alice, charlie = stage.alice, stage.charlie
    alice.get(f"/users/{charlie.id}")
    alice.get("/users", q="o", limit=1)
    alice.call("PUT", f"/users/{charlie.id}/block")
    alice.get("/blocks")
    alice.delete(f"/users/{charlie.id}/block")


def _a_new_account(stage: Stage) -> None:
    body = {"email": "new@example.org", "password": PASSWORD, "name": "New", "locale": "fr"}
    assert stage.charlie.call("POST", "/auth/register", body).status_code == 201
    assert stage.charlie.call("POST", "/auth/register", body).status_code == 409


def _a_token_that_expires(stage: Stage) -> None:
    dora, sockets = stage.connected("Dora")
    dora.keep(dora.post("/auth/login", {"email": dora.email, "password": PASSWORD}))
    ending = tokens.changed(stage.server, dora.token, exp=int(time.time()) + 50)
    for socket in sockets:
        socket.ok("authenticate", {"token": ending})
        socket.wait_for("token_expiring")  # a minute before, so at once
    answer = dora.call("POST", "/auth/refresh", token=dora.refresh_token)
    assert answer.status_code == 200


def _signing_out(stage: Stage) -> None:
    erin, sockets = stage.connected("Erin")
    erin.get("/auth/me")
    erin.call("POST", "/auth/logout")
    for socket in sockets:
        socket.wait_for("session_ended")
    assert erin.call("GET", "/auth/me").status_code == 401
