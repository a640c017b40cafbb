"""Proofs for sessions: no event of theirs changes what can be fetched."""

from __future__ import annotations

import time

from tests.support import tokens
from tests.support.both import connect_both
from tests.support.people import PASSWORD
from tests.sync.refetching import Scene, proves


@proves("token_expiring")
@proves("token_expiring", namespace="/talemy")
def _a_token_is_about_to_end(scene: Scene) -> None:
    soon = int(time.time()) + 50
    for half in connect_both(scene.bob, tokens.changed(scene.server, scene.bob.token, exp=soon)):
        half.wait_for("token_expiring")


@proves("session_ended")
@proves("session_ended", namespace="/talemy")
def _another_session_is_signed_out(scene: Scene) -> None:
    body = {"email": scene.bob.email, "password": PASSWORD}
    token = scene.bob.call("POST", "/auth/login", body).json()["access_token"]
    halves = connect_both(scene.bob, token)
    scene.bob.call("POST", "/auth/logout", token=token)
    for half in halves:
        half.wait_for("session_ended")
