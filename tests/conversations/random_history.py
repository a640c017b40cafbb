"""A random history of every command that changes what is unread, and the slow way to count it."""

from __future__ import annotations

import random
import secrets
from collections.abc import Callable
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.accounts import commands as accounts
from app.actor import Actor
from app.contacts import commands as contacts
from app.contacts.schemas import CreateContactRequest
from app.conversations import commands as conversations
from app.conversations.queries import unread_total
from app.conversations.schemas import ChangeConversation, OpenConversation
from app.errors import PalabreError
from app.lessons.commands import create_lesson
from app.lessons.schemas import CreateLesson
from app.messages import commands as messages
from app.messages.events import MessageSent
from app.messages.schemas import DeleteMessage, EditMessage, MarkRead, SendMessage
from app.messages.sending import send_message
from app.products import commands as products
from app.products.schemas import ChangeProduct, CreateProduct
from app.store import store
from app.store.writer.jobs import Batch
from tests.support.commits import Commits

PEOPLE = 6
STEPS = 250
NOTHING = 2**52  # an id that nothing has

# Messages by others, after my mark, that are deleted neither for all nor for me: the rule in words.
BY_WORDS = """
SELECT COUNT(*) FROM messages AS m WHERE m.conversation_id = p.conversation_id
    AND m.seq > p.last_read_seq AND m.sender_id <> p.user_id AND m.deleted_at IS NULL
    AND NOT EXISTS (SELECT 1 FROM hidden_messages AS h
                    WHERE h.user_id = p.user_id AND h.message_id = m.id)
"""
# What a participant's row says and repeats, next to what it should.
ROWS = f"""
SELECT p.user_id, p.conversation_id, c.kind, c.last_seq - p.last_read_seq - p.unread_skipped,
    ({BY_WORDS}), p.peer_id, p.activity, c.activity, p.revision, c.revision,
    (SELECT MAX(o.user_id) FROM participants AS o
     WHERE o.conversation_id = p.conversation_id AND o.user_id <> p.user_id)
FROM participants AS p JOIN conversations AS c ON c.id = p.conversation_id
WHERE p.removed_at IS NULL
"""


class History:
    """Some people who do at random whatever can be done; refusals are part of it."""

    def __init__(self, seed: int, settings: Any) -> None:
        self._random = random.Random(seed)
        self._settings = settings
        self.wrong: list[str] = []
        self.told = 0
        self.done: dict[str, int] = {}
        store.start(Commits(self._hear))
        self.people = [self._register(f"{seed}-{n}") for n in range(PEOPLE)]
        given = CreateProduct(title="Kora", price="450.00")
        self._products = [
            store.write(products.create_product, person, given)["id"] for person in self.people[:2]
        ]
        self.conversations: set[int] = set()
        self._groups: dict[int, Actor] = {}  # and who made them

    def live(self) -> None:
        """Take one step after the other, and look at everything now and then."""
        steps = (
            *(self._send,) * 6, *(self._read,) * 3, self._delete, self._delete, self._edit,
            self._change, self._group, self._join, self._leave, self._lesson, self._contact,
            self._block, self._product,
        )  # fmt: skip
        for number in range(STEPS):
            step = self._random.choice(steps)
            try:
                step(self._one(self.people))
                self.done[step.__name__] = self.done.get(step.__name__, 0) + 1
            except PalabreError:
                continue
            if number % 100 == 0:
                self.check()
        self.check()

    def check(self) -> None:
        """Compare what is kept with what is counted."""
        with store.reading() as session:
            for row in session.execute(text(ROWS)).all():
                self._check_row(tuple(row))
            for person in self.people:
                self._check_tally(session, person.user_id)

    def _check_row(self, row: tuple[Any, ...]) -> None:
        user_id, place, kind, kept, counted, peer, activity, real, revision, changed, other = row
        self._expect(kept == counted, f"{user_id} in {place}: {kept} unread, not {counted}")
        if kind == "group":
            self._expect((peer, activity) == (None, None), f"a group of two? {row}")
            return
        self._expect((peer, activity) == (other, real), f"not repeated: {row}")
        repeated, latest = max(activity or 0, revision), max(changed, revision)
        self._expect(repeated == latest, f"a change that nobody would find: {row}")

    def _check_tally(self, session: Session, user_id: int) -> None:
        groups = text(
            "SELECT COUNT(*) FROM participants AS p JOIN conversations AS c"
            " ON c.id = p.conversation_id"
            " WHERE p.user_id = :user AND p.removed_at IS NULL AND c.kind = 'group'"
        )
        kept = session.execute(
            text("SELECT unread, group_count FROM unread_tallies WHERE user_id = :user"),
            {"user": user_id},
        ).first()
        counted = (
            self._by_words(session, user_id, "c.kind <> 'group'"),
            session.execute(groups, {"user": user_id}).scalar_one(),
        )
        self._expect(tuple(kept or (0, 0)) == counted, f"{user_id}: {kept}, not {counted}")
        total = unread_total(session, user_id), self._by_words(session, user_id, "1 = 1")
        self._expect(total[0] == total[1], f"{user_id} in all: {total}")

    def _by_words(self, session: Session, user_id: int, where: str) -> int:
        statement = (
            f"SELECT SUM(({BY_WORDS})) FROM participants AS p JOIN conversations AS c"
            f" ON c.id = p.conversation_id"
            f" WHERE p.user_id = :user AND p.removed_at IS NULL AND {where}"
        )
        return int(session.execute(text(statement), {"user": user_id}).scalar() or 0)

    def _hear(self, batch: Batch) -> None:
        """What a notification says is what is so."""
        for event in batch.events:
            if isinstance(event, MessageSent):
                with store.reading() as session:
                    for user_id in event.others:
                        told, total = (
                            event.unread_of(user_id),
                            self._by_words(session, user_id, "1 = 1"),
                        )
                        place = f"c.id = {event.message['conversation_id']}"
                        here = self._by_words(session, user_id, place)
                        fits = (told.count, told.total) == (here, total)
                        self._expect(fits, f"{user_id} was told {told}, not {here}, {total}")
                        self.told += 1

    def _expect(self, true: bool, otherwise: str) -> None:
        if not true:
            self.wrong.append(otherwise)

    # --- what can be done

    def _register(self, name: str) -> Actor:
        address = f"{name}-{secrets.token_hex(8)}@x.org"
        signed_in = store.write(accounts.register, self._settings, address, "-" * 60, name, None)
        return signed_in.actor

    def _one(self, things: Any) -> Any:
        return self._random.choice(things if isinstance(things, list) else sorted(things))

    def _someone(self) -> int:
        user_id: int = self._one(self.people).user_id
        return user_id

    def _place(self) -> int:
        place: int = self._one(self.conversations) if self.conversations else NOTHING
        return place

    def _send(self, actor: Actor) -> None:
        target: dict[str, int] = self._one(
            [
                {"conversation_id": self._place()},
                {"recipient_id": self._someone()},
                {"product_id": self._one(self._products)},
            ]
        )
        given = SendMessage(text=f"{self._random.random()}", **target)
        self.conversations.add(store.write(send_message, actor, given)["conversation_id"])

    def _read(self, actor: Actor) -> None:
        up_to = self._one([None, self._random.randint(1, 30), self._random.randint(1, 30)])
        given = MarkRead(conversation_id=self._place(), up_to_seq=up_to)
        store.write(messages.mark_read, actor, given)

    def _delete(self, actor: Actor) -> None:
        message_id, sender = self._message(actor)
        scope, who = self._one([("everyone", sender), ("everyone", actor), ("me", actor)])
        given = DeleteMessage(message_id=message_id, scope=scope)
        store.write(messages.delete_message, who, given)

    def _edit(self, actor: Actor) -> None:
        message_id, sender = self._message(actor)
        given = EditMessage(message_id=message_id, text=f"{self._random.random()}")
        store.write(messages.edit_message, self._one([sender, sender, actor]), given)

    def _message(self, otherwise: Actor) -> tuple[int, Actor]:
        """One of the last messages of a conversation, and who sent it."""
        latest = text(
            "SELECT id, sender_id FROM messages WHERE conversation_id = :place"
            " ORDER BY seq DESC LIMIT 5"
        )
        with store.reading() as session:
            found = session.execute(latest, {"place": self._place()}).all()
        if not found:
            return NOTHING, otherwise
        message_id, sender_id = self._one([tuple(row) for row in found])
        return message_id, next(p for p in self.people if p.user_id == sender_id)

    def _change(self, actor: Actor) -> None:
        change: dict[str, Any] = self._one(
            [{"archived": True}, {"archived": False}, {"muted": True}, {"status": "closed"}]
            + [{"status": "open"}] * 3
        )
        given = ChangeConversation(**change)
        store.write(conversations.change_conversation, actor, self._place(), given)

    def _group(self, actor: Actor) -> None:
        people = [self._someone() for _ in range(3)]
        given = OpenConversation(participant_ids=people, title="Griots")
        opened = store.write(conversations.open_conversation, actor, given)
        self.conversations.add(opened.conversation["id"])
        self._groups[opened.conversation["id"]] = actor

    def _join(self, actor: Actor) -> None:
        place = self._one(self._groups) if self._groups else NOTHING
        maker = self._groups.get(place, actor)
        store.write(conversations.add_participant, maker, place, self._someone())

    def _leave(self, actor: Actor) -> None:
        place = self._one(self._groups) if self._groups else NOTHING
        maker = self._one([actor, self._groups.get(place, actor)])
        who = self._one([maker.user_id, self._someone()])
        store.write(conversations.remove_participant, maker, place, who)

    def _lesson(self, actor: Actor) -> None:
        given = CreateLesson.model_validate(
            {"student_id": self._someone(), "title": "Kora", "starts_at": "2030-01-01T10:00:00Z"}
        )
        lesson = store.write(create_lesson, actor, given)
        self.conversations.add(lesson["conversation_id"])

    def _contact(self, actor: Actor) -> None:
        given = CreateContactRequest(recipient_id=self._someone())
        request = store.write(contacts.create_contact_request, actor, given)
        recipient = next(p for p in self.people if p.user_id == given.recipient_id)
        opened = store.write(contacts.change_status, recipient, request["id"], "accepted")
        self.conversations.add(opened["conversation_id"])

    def _block(self, actor: Actor) -> None:
        change: Callable[..., Any] = self._one([accounts.block] + [accounts.unblock] * 2)
        store.write(change, actor, self._someone())

    def _product(self, actor: Actor) -> None:
        given = ChangeProduct(title=f"Kora {self._random.random()}")
        store.write(products.change_product, actor, self._one(self._products), given)


def live(app: Any) -> Any:
    """One history: what was found wrong, what was done, and how often somebody was told."""
    history = History(7, app.config["SETTINGS"])
    history.live()
    store.stop()
    return {"wrong": history.wrong[:5], "done": history.done, "told": history.told}
