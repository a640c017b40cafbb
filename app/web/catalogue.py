"""Sentences shared by the server's templates and the page's script.

One list for both, so that rows rendered here and rows filled by the script read alike. The script
receives it translated, as JSON. Placeholders are ``{name}``. Features add theirs in ``phrases.py``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from flask_babel import gettext

from app.errors import N_

_PHRASES: dict[str, str] = {
    "today": N_("Today"),
    "yesterday": N_("Yesterday"),
    "connection_lost": N_("No connection. Your messages will be sent when it is back."),
    "connection_restored": N_("Back online."),
    "error_network": N_("No answer from the server. Try again in a moment."),
    "error_not_found": N_("Not found, or you don't have access."),
    "error_forbidden": N_("You are not allowed to do this."),
    "error_conflict": N_("This has changed in the meantime. Reload the page and try again."),
    "error_payload_too_large": N_("Too long to send. Shorten it and try again."),
    "error_rate_limited": N_("Too many attempts. Try again in a moment."),
    "error_unavailable": N_("Temporarily unavailable. Try again in a moment."),
    "error_internal": N_("Something went wrong on our side. Try again."),
}
_COUNTED: dict[str, Callable[[int], str]] = {}


def add_phrases(phrases: Mapping[str, str]) -> None:
    """Adds sentences by key, each marked by ``N_``; raises ``ValueError`` for a known key."""
    if known := _PHRASES.keys() & phrases:
        raise ValueError(f"phrases are defined twice: {', '.join(sorted(known))}")
    _PHRASES.update(phrases)


def add_counted(key: str, form: Callable[[int], str]) -> None:
    """Adds a sentence with ``{count}``; ``form`` calls ``ngettext`` for a number."""
    _COUNTED[key] = form


def phrase(key: str, **values: object) -> str:
    """Returns a sentence of the catalogue in the reader's language."""
    text: str = gettext(_PHRASES[key])
    return text.format(**values) if values else text


def counted(key: str, count: int) -> str:
    """Returns a sentence whose form depends on a number, such as ``unread`` or ``minutes``."""
    return _COUNTED[key](count).format(count=count)


def script_catalogue() -> dict[str, str]:
    """Returns all sentences for the script, in the reader's language.

    Keys of sentences with a number end in ``_one`` and ``_other`` (Intl.PluralRules).
    """
    sentences = {key: phrase(key) for key in _PHRASES}
    for key, form in _COUNTED.items():
        sentences[f"{key}_one"], sentences[f"{key}_other"] = form(1), form(2)
    return sentences
