"""Sentences about lessons that templates and the page's script share."""

from __future__ import annotations

from flask_babel import ngettext

from app.errors import N_
from app.web.catalogue import add_counted, add_phrases

add_phrases(
    {
        "lesson_scheduled": N_("Scheduled"),
        "lesson_confirmed": N_("Confirmed"),
        "lesson_completed": N_("Completed"),
        "lesson_cancelled": N_("Cancelled"),
        "you_teach": N_("You teach {name}"),
        "teaches_you": N_("{name} teaches you"),
    }
)
add_counted("minutes", lambda count: ngettext("{count} minute", "{count} minutes", count))
