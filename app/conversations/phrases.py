"""Sentences about conversations that templates and the page's script share."""

from __future__ import annotations

from flask_babel import ngettext

from app.errors import N_
from app.web.catalogue import add_counted, add_phrases

add_phrases(
    {
        "you": N_("You"),
        "you_excerpt": N_("You: {text}"),
        "draft": N_("Draft: {text}"),
        "removed": N_("You are no longer in this conversation."),
        "error_blocked": N_("You can no longer message each other."),
        "error_conversation_closed": N_("This conversation is closed."),
    }
)
add_counted(
    "unread", lambda count: ngettext("{count} unread message", "{count} unread messages", count)
)
