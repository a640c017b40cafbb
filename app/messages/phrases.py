"""Sentences about messages that templates and the page's script share."""

from __future__ import annotations

from flask_babel import ngettext

from app.errors import N_
from app.web.catalogue import add_counted, add_phrases

add_phrases(
    {
        "message_deleted": N_("This message was deleted"),
        "original_deleted": N_("Original message deleted"),
        "sending": N_("Sending…"),
        "typing_one": N_("{name} is typing…"),
        "typing_many": N_("{names} are typing…"),
        "error_invalid_payload": N_("Cannot send this message. Use 1 to 8,000 characters."),
    }
)
add_counted(
    "new_messages", lambda count: ngettext("{count} new message", "{count} new messages", count)
)
