"""The sentences that the server's templates and the page's script both say.

One list, so that a row rendered here and a row filled by the script read alike. The script gets it
translated, as JSON; placeholders are ``{name}``.
"""

from __future__ import annotations

from flask_babel import gettext, ngettext

from app.errors import N_

PHRASES: dict[str, str] = {
    "you": N_("You"),
    "you_excerpt": N_("You: {text}"),
    "message_deleted": N_("This message was deleted"),
    "original_deleted": N_("Original message deleted"),
    "draft": N_("Draft: {text}"),
    "sending": N_("Sending…"),
    "today": N_("Today"),
    "yesterday": N_("Yesterday"),
    "online": N_("Online"),
    "offline": N_("Offline"),
    "last_seen": N_("Last seen: {time}"),
    "typing_one": N_("{name} is typing…"),
    "typing_many": N_("{names} are typing…"),
    "removed": N_("You are no longer in this conversation."),
    "lesson_scheduled": N_("Scheduled"),
    "lesson_confirmed": N_("Confirmed"),
    "lesson_completed": N_("Completed"),
    "lesson_cancelled": N_("Cancelled"),
    "you_teach": N_("You teach {name}"),
    "teaches_you": N_("{name} teaches you"),
    "request_pending": N_("Pending"),
    "request_accepted": N_("Accepted"),
    "request_declined": N_("Declined"),
    "request_cancelled": N_("Withdrawn"),
    "connection_lost": N_("No connection. Your messages will be sent when it is back."),
    "connection_restored": N_("Back online."),
    "session_ended": N_("Your session has ended."),
    "session_ended_link": N_("Sign in again"),
    "error_network": N_("No answer from the server. Try again in a moment."),
    "error_unauthenticated": N_("Sign in to continue."),
    "error_token_expired": N_("Your session has ended. Sign in again."),
    "error_token_revoked": N_("Your session has ended. Sign in again."),
    "error_invalid_payload": N_("Cannot send this message. Use 1 to 8,000 characters."),
    "error_not_found": N_("Not found, or you don't have access."),
    "error_forbidden": N_("You are not allowed to do this."),
    "error_blocked": N_("You can no longer message each other."),
    "error_conversation_closed": N_("This conversation is closed."),
    "error_conflict": N_("This has changed in the meantime. Reload the page and try again."),
    "error_payload_too_large": N_("Too long to send. Shorten it and try again."),
    "error_rate_limited": N_("Too many attempts. Try again in a moment."),
    "error_unavailable": N_("Temporarily unavailable. Try again in a moment."),
    "error_internal": N_("Something went wrong on our side. Try again."),
}


def phrase(key: str, **values: object) -> str:
    """One sentence of the catalogue in the reader's language."""
    text: str = gettext(PHRASES[key])
    return text.format(**values) if values else text


def counted(key: str, count: int) -> str:
    """A sentence whose form depends on a number: ``unread``, ``new_messages``, ``pending``, ``minutes``."""
    return _form(key, count).format(count=count)


def _form(key: str, count: int) -> str:
    text: str
    if key == "unread":
        text = ngettext("{count} unread message", "{count} unread messages", count)
    elif key == "pending":
        text = ngettext("{count} request to answer", "{count} requests to answer", count)
    elif key == "minutes":
        text = ngettext("{count} minute", "{count} minutes", count)
    else:
        text = ngettext("{count} new message", "{count} new messages", count)
    return text


def script_catalogue() -> dict[str, str]:
    """Everything for the script; plural sentences end in ``_one`` and ``_other`` (Intl.PluralRules)."""
    sentences = {key: phrase(key) for key in PHRASES}
    for key in ("unread", "new_messages", "pending", "minutes"):
        sentences[f"{key}_one"], sentences[f"{key}_other"] = _form(key, 1), _form(key, 2)
    return sentences
