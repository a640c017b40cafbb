"""Fills an empty database with the demonstration, through the commands that clients use."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import func, select

from app.accounts import commands as accounts
from app.accounts.models import User
from app.accounts.passwords import hash_password
from app.actor import Actor
from app.contacts import commands as contacts
from app.contacts.schemas import CreateContactRequest
from app.conversations import commands as conversations
from app.conversations.schemas import ChangeConversation
from app.demo.people import OFFERS, PASSWORD, PEOPLE
from app.demo.talks import TALKS, Line, Talk
from app.lessons import commands as lessons
from app.lessons.schemas import CreateLesson
from app.messages import commands as messages
from app.messages.schemas import DeleteMessage, EditMessage, MarkRead, SendMessage
from app.messages.sending import send_message
from app.products import commands as products
from app.products.schemas import CreateProduct
from app.store import WriteSession, store
from app.store.types import now_ms
from config import Settings

DAY = 86_400_000
MINUTE = 60_000


def is_empty() -> bool:
    """Whether the database has no users."""
    with store.reading() as session:
        return not session.scalar(select(func.count()).select_from(User))


class World:
    """The demonstration under construction. The store must have been started."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._now = now_ms()
        self._people: dict[str, Actor] = {}
        self._products: dict[str, int] = {}

    def fill(self) -> None:
        """Creates everything, oldest first."""
        self._register()
        self._offer()
        for talk in TALKS:
            self._talk(talk)
        self._meet()

    def _write(self, moment: int, command: Callable[..., Any], *arguments: Any) -> Any:
        """Runs a command at another time, in milliseconds since 1970."""

        def then(session: WriteSession, *given: Any) -> Any:
            session.now = moment
            return command(session, *given)

        return store.write(then, *arguments)

    def _register(self) -> None:
        hashed = hash_password(PASSWORD)
        for key, person in PEOPLE.items():
            arguments = (self._settings, person.email, hashed, person.name, person.locale)
            signed_in = self._write(self._now - 40 * DAY, accounts.register, *arguments)
            self._people[key] = signed_in.actor
            self._write(self._now - 40 * DAY, accounts.sign_out, signed_in.actor)

    def _offer(self) -> None:
        for number, (key, offer) in enumerate(OFFERS.items()):
            given = CreateProduct(
                title=offer.title,
                description=offer.description,
                price=offer.price,
                image_url=f"/static/demo/{offer.picture}",
            )
            moment = self._now - (30 - 2 * number) * DAY
            made = self._write(moment, products.create_product, self._people[offer.owner], given)
            self._products[key] = made["id"]

    def _talk(self, talk: Talk) -> None:
        moment = self._now - int(talk.days * DAY)
        sent: list[dict[str, Any]] = []
        for line in talk.lines:
            moment = min(moment + line.after * MINUTE, self._now - MINUTE)
            sent.append(self._say(talk, line, sent, moment))
        for line, message in zip(talk.lines, sent, strict=True):
            self._change(line, message, moment)
        self._finish(talk, sent[0]["conversation_id"], moment)

    def _say(
        self, talk: Talk, line: Line, sent: list[dict[str, Any]], moment: int
    ) -> dict[str, Any]:
        reply_to_id = None if line.replies_to is None else sent[line.replies_to]["id"]
        target = (
            {"conversation_id": sent[0]["conversation_id"]}
            if sent
            else {"product_id": self._products[talk.offer]}
        )
        given = SendMessage(text=line.text, reply_to_id=reply_to_id, **target)
        stored = self._write(moment, send_message, self._people[line.who], given)
        message: dict[str, Any] = stored["message"]
        return message

    def _change(self, line: Line, message: dict[str, Any], moment: int) -> None:
        actor = self._people[line.who]
        if line.edited_to is not None:
            edit = EditMessage(message_id=message["id"], text=line.edited_to)
            self._write(moment, messages.edit_message, actor, edit)
        if line.deleted:
            self._write(
                moment, messages.delete_message, actor, DeleteMessage(message_id=message["id"])
            )

    def _finish(self, talk: Talk, conversation_id: int, moment: int) -> None:
        for key in (talk.buyer, OFFERS[talk.offer].owner):
            # A participant with unread messages has read up to their own last message.
            up_to = None if key != talk.unread_by else _last_by(talk, key)
            mark = MarkRead(conversation_id=conversation_id, up_to_seq=up_to)
            self._write(moment, messages.mark_read, self._people[key], mark)
        if talk.closed:
            self._alter(OFFERS[talk.offer].owner, conversation_id, moment, status="closed")
        if talk.archived_by:
            self._alter(talk.archived_by, conversation_id, moment, archived=True)

    def _alter(self, who: str, conversation_id: int, moment: int, **changes: Any) -> None:
        given = ChangeConversation(**changes)
        self._write(
            moment, conversations.change_conversation, self._people[who], conversation_id, given
        )

    def _meet(self) -> None:
        """Creates Awa's lessons and the contact requests."""
        self._lesson("ben", "Kora, first steps", days=2, status="confirmed")
        self._lesson("moussa", "Kora : accords de base", days=5, status=None)
        self._lesson("tom", "Kora, tuning by ear", days=-6, status="completed")
        ask = contacts.create_contact_request
        for who, to, text in (
            ("lena", "awa", "Hello Awa, do you also teach beginners on Sundays?"),
            ("chloe", "kofi", "Bonjour Kofi, j’ai des disques de highlife à échanger."),
        ):
            request = CreateContactRequest(recipient_id=self._people[to].user_id, message=text)
            self._write(self._now - DAY, ask, self._people[who], request)

    def _lesson(self, student: str, title: str, days: int, status: str | None) -> None:
        starts_at = datetime.fromtimestamp(self._now / 1000, UTC) + timedelta(days=days)
        starts_at = starts_at.replace(hour=17, minute=0, second=0, microsecond=0)
        given = CreateLesson.model_validate(
            {
                "student_id": self._people[student].user_id,
                "title": title,
                "starts_at": starts_at.isoformat(),
            }
        )
        moment = self._now - 8 * DAY
        lesson = self._write(moment, lessons.create_lesson, self._people["awa"], given)
        steps = {"confirmed": ("confirmed",), "completed": ("confirmed", "completed")}
        for step in steps.get(status or "", ()):
            self._write(moment, lessons.change_status, self._people["awa"], lesson["id"], step)


def _last_by(talk: Talk, who: str) -> int:
    """The ``seq`` of a participant's last message; 0 if there is none."""
    return max((seq for seq, line in enumerate(talk.lines, 1) if line.who == who), default=0)
