"""Events of accounts are about the connection's session: none changes what a client holds."""

from __future__ import annotations

from tests.support.client_state import changes_nothing

EVENTS = {"token_expiring": changes_nothing, "session_ended": changes_nothing}
