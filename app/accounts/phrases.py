"""Sentences about accounts and sign-in that templates and the page's script share."""

from __future__ import annotations

from app.errors import N_
from app.web.catalogue import add_phrases

add_phrases(
    {
        "session_ended": N_("Your session has ended."),
        "session_ended_link": N_("Sign in again"),
        "error_unauthenticated": N_("Sign in to continue."),
        "error_token_expired": N_("Your session has ended. Sign in again."),
        "error_token_revoked": N_("Your session has ended. Sign in again."),
    }
)
