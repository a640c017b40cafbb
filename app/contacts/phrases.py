"""Sentences about contact requests that templates and the page's script share."""

from __future__ import annotations

from flask_babel import ngettext

from app.errors import N_
from app.web.catalogue import add_counted, add_phrases

add_phrases(
    {
        "request_pending": N_("Pending"),
        "request_accepted": N_("Accepted"),
        "request_declined": N_("Declined"),
        "request_cancelled": N_("Withdrawn"),
    }
)
add_counted(
    "pending",
    lambda count: ngettext("{count} request to answer", "{count} requests to answer", count),
)
