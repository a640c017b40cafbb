"""Pages: the inbox, a conversation beside it, and the forms that change one."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from app.conversations import commands
from app.conversations.queries import list_conversations, unread_total
from app.conversations.rows import LIST_LENGTH, list_context
from app.conversations.schemas import ChangeConversation
from app.messages.thread import show_thread
from app.store import store
from app.web.blueprint import back, number, page_blueprint
from app.web.forms import parse, submit
from app.web.page_data import register_count, take_state
from app.web.reader import signed_in_reader

pages = page_blueprint("conversations", __name__)
register_count("unread_total", unread_total)


@pages.get("/conversations")
def inbox() -> Any:
    """Shows the reader's conversations, or the archived ones."""
    actor, archived = signed_in_reader(), request.args.get("archived") == "1"
    before = number("cursor")
    # One snapshot for the list and its cursor, so that the script's first sync leaves no gap.
    with store.reading() as session:
        take_state(session)
        listed, more = list_conversations(session, actor.user_id, archived, LIST_LENGTH, before)
    context = list_context(listed, more, actor.user_id, archived)
    data = {"conversations": listed, "conversation": None}
    return render_template("conversations/inbox.html", **context, conversation=None, data=data)


@pages.get("/conversations/<int:conversation_id>")
def show(conversation_id: int) -> Any:
    """Shows a conversation and marks the messages on the page as read."""
    return show_thread(conversation_id)


@pages.post("/conversations/<int:conversation_id>", command=commands.change_conversation)
def change(conversation_id: int) -> Any:
    """Archives, mutes or closes a conversation, or undoes that; each has its own button."""
    actor = signed_in_reader()
    given = parse(ChangeConversation, **_wishes())
    submit(commands.change_conversation, actor, conversation_id, given)
    _say_what_happened(given)
    return redirect(url_for(".show", conversation_id=conversation_id), 303)


@pages.post("/conversations/<int:conversation_id>/leave", command=commands.remove_participant)
def leave(conversation_id: int) -> Any:
    """Removes the reader from a group."""
    actor = signed_in_reader()
    submit(commands.remove_participant, actor, conversation_id, actor.user_id)
    flash(_("You left the group."), "success")
    return back(url_for(".inbox"))


def _wishes() -> dict[str, Any]:
    words = {"true": True, "false": False}
    given: dict[str, Any] = {
        name: words.get(request.form[name])
        for name in ("archived", "muted")
        if name in request.form
    }
    return given | ({"status": request.form["status"]} if "status" in request.form else {})


def _say_what_happened(given: ChangeConversation) -> None:
    """Flashes a notice for archiving and muting, which leave no trace on the page itself."""
    sentences = {
        ("archived", True): _("Conversation archived."),
        ("archived", False): _("Moved back to your conversations."),
        ("muted", True): _("Conversation muted."),
        ("muted", False): _("Conversation unmuted."),
    }
    for wish in given.model_dump(exclude_unset=True).items():
        if wish in sentences:
            flash(sentences[wish], "success")
