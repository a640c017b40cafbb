"""Sentences about presence that templates and the page's script share."""

from __future__ import annotations

from app.errors import N_
from app.web.catalogue import add_phrases

add_phrases(
    {
        "online": N_("Online"),
        "offline": N_("Offline"),
        "last_seen": N_("Last seen: {time}"),
    }
)
