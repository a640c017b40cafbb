"""A chat on Flask-SocketIO and Flask-SQLAlchemy, written as their documentation shows.

Models, a session, `commit()`, `emit(..., to=room)`. The guarantees are those of the other peers.
Tokens, sessions and memberships are checked. Messages have a `seq` and are deduplicated by
`client_id`. Participants get unread counts and notifications. The acknowledgement follows a commit
with synchronous=FULL.

It is started as the documentation deploys it: gunicorn with one gevent worker.
"""

from __future__ import annotations

import os
import time
from typing import Any

import jwt
from flask import Flask, abort, jsonify, request
from flask_socketio import ConnectionRefusedError, SocketIO, emit, join_room
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import ForeignKey, event, func
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Mapped, mapped_column, relationship

app = Flask(__name__)
app.config["SQLALCHEMY_DATABASE_URI"] = f"sqlite:///{os.environ['DATABASE']}"
db = SQLAlchemy(app)
socketio = SocketIO(app, async_mode="gevent")


@event.listens_for(Engine, "connect")
def _durable(connection: Any, _record: Any) -> None:
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")


class User(db.Model):
    __tablename__ = "users"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    role: Mapped[str]


class SignInSession(db.Model):
    __tablename__ = "sign_in_sessions"
    id: Mapped[str] = mapped_column(primary_key=True)
    user_id: Mapped[int]
    revoked_at: Mapped[int | None]


class Conversation(db.Model):
    __tablename__ = "conversations"
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    title: Mapped[str | None]
    status: Mapped[str]
    last_seq: Mapped[int]
    last_message_id: Mapped[int | None] = mapped_column(ForeignKey("messages.id"))
    activity: Mapped[int]
    revision: Mapped[int]
    created_at: Mapped[int]
    updated_at: Mapped[int]
    participants: Mapped[list[Participant]] = relationship(back_populates="conversation")
    last_message: Mapped[Message | None] = relationship(foreign_keys=[last_message_id])


class Participant(db.Model):
    __tablename__ = "participants"
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversations.id"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True)
    last_read_seq: Mapped[int]
    unread_skipped: Mapped[int]
    archived: Mapped[bool]
    muted: Mapped[bool]
    removed_at: Mapped[int | None]
    conversation: Mapped[Conversation] = relationship(back_populates="participants")
    user: Mapped[User] = relationship()

    def unread(self) -> int:
        return self.conversation.last_seq - self.last_read_seq - self.unread_skipped


class Message(db.Model):
    __tablename__ = "messages"
    id: Mapped[int] = mapped_column(primary_key=True)
    conversation_id: Mapped[int]
    seq: Mapped[int]
    sender_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    client_id: Mapped[str | None]
    text: Mapped[str | None]
    created_at: Mapped[int]
    edited_at: Mapped[int | None]
    deleted_at: Mapped[int | None]
    revision: Mapped[int]
    sender: Mapped[User] = relationship()

    def as_dict(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "conversation_id": self.conversation_id,
            "seq": self.seq,
            "revision": self.revision,
            "client_id": self.client_id,
            "sender": {"id": self.sender_id, "name": self.sender.name},
            "text": self.text,
            "reply_to": None,
            "created_at": moment(self.created_at),
            "edited_at": moment(self.edited_at),
            "deleted_at": moment(self.deleted_at),
        }


class Revision(db.Model):
    __tablename__ = "revision_counter"
    id: Mapped[int] = mapped_column(primary_key=True)
    revision: Mapped[int]


def moment(milliseconds: int | None) -> str | None:
    if milliseconds is None:
        return None
    whole = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(milliseconds / 1000))
    return f"{whole}.{milliseconds % 1000:03}Z"


def whose(token: str | None) -> int:
    """Returns the user of a valid token whose session has not ended. Raises ``ValueError``."""
    try:
        claims = jwt.decode(token or "", os.environ["JWT_SECRET_KEY"], ["HS256"])
    except jwt.InvalidTokenError as error:
        raise ValueError from error
    session = db.session.get(SignInSession, claims["sid"])
    if session is None or session.revoked_at is not None:
        raise ValueError
    return int(claims["sub"])


def place(user_id: int, conversation_id: Any) -> Participant | None:
    if not isinstance(conversation_id, int):
        return None
    return Participant.query.filter_by(
        user_id=user_id, conversation_id=conversation_id, removed_at=None
    ).first()


def unread_total(user_id: int) -> int:
    unread = Conversation.last_seq - Participant.last_read_seq - Participant.unread_skipped
    total = (
        db.session.query(func.sum(unread))
        .select_from(Participant)
        .join(Conversation)
        .filter(Participant.user_id == user_id, Participant.removed_at.is_(None))
    )
    return int(total.scalar() or 0)


# --- Socket.IO

people: dict[str, int] = {}  # connection → user


@socketio.on("connect")
def connect(auth: Any) -> None:
    try:
        user_id = whose((auth or {}).get("token"))
    except ValueError:
        raise ConnectionRefusedError("unauthenticated") from None
    people[request.sid] = user_id
    join_room(f"user:{user_id}")
    user = db.session.get(User, user_id)
    emit(
        "ready",
        {
            "user": {"id": user.id, "name": user.name},
            "cursor": db.session.get(Revision, 1).revision,
            "unread_total": unread_total(user_id),
            "server_time": moment(int(time.time() * 1000)),
        },
    )


@socketio.on("disconnect")
def disconnect() -> None:
    people.pop(request.sid, None)


@socketio.on("join_conversation")
def join_conversation(given: Any) -> dict[str, Any]:
    mine = place(people[request.sid], given.get("conversation_id"))
    if mine is None:
        return {"ok": False, "error": {"code": "not_found"}}
    join_room(f"conversation:{mine.conversation_id}")
    page = history(mine.conversation_id, 50)
    conversation = {"id": mine.conversation_id, "last_seq": mine.conversation.last_seq}
    return {"ok": True, "data": {"conversation": conversation, "messages": page}}


@socketio.on("send_message")
def send_message(given: Any) -> dict[str, Any]:
    user_id = people[request.sid]
    mine = place(user_id, given.get("conversation_id"))
    text, client_id = given.get("text"), given.get("client_id")
    if mine is None:
        return {"ok": False, "error": {"code": "not_found"}}
    if not isinstance(text, str) or not 0 < len(text) <= 4000:
        return {"ok": False, "error": {"code": "invalid_payload"}}
    earlier = client_id and Message.query.filter_by(sender_id=user_id, client_id=client_id).first()
    if earlier:
        return {"ok": True, "data": {"message": earlier.as_dict()}}
    message = store(mine, text, client_id)
    told = message.as_dict()
    tell(mine.conversation, told)
    return {"ok": True, "data": {"message": told, "conversation_id": message.conversation_id}}


def store(mine: Participant, text: str, client_id: str | None) -> Message:
    conversation = mine.conversation
    counter = db.session.get(Revision, 1)
    counter.revision += 1
    now = int(time.time() * 1000)
    message = Message(
        conversation_id=conversation.id,
        seq=conversation.last_seq + 1,
        sender_id=mine.user_id,
        client_id=client_id,
        text=text,
        created_at=now,
        revision=counter.revision,
    )
    db.session.add(message)
    db.session.flush()
    conversation.last_seq = message.seq
    conversation.last_message_id = message.id
    conversation.activity = conversation.revision = counter.revision
    conversation.updated_at = now
    mine.unread_skipped += 1
    db.session.commit()
    return message


def tell(conversation: Conversation, message: dict[str, Any]) -> None:
    room = f"conversation:{conversation.id}"
    emit("new_message", {"message": message, "revision": message["revision"]}, to=room)
    inside = {people.get(sid) for sid, _ in socketio.server.manager.get_participants("/", room)}
    for other in conversation.participants:
        if other.user_id in inside or other.user_id == message["sender"]["id"]:
            continue
        notification = {
            "conversation_id": conversation.id,
            "message": message,
            "unread_count": other.unread(),
            "unread_total": unread_total(other.user_id),
            "revision": message["revision"],
        }
        emit("message_notification", notification, to=f"user:{other.user_id}")


# --- REST reads


@app.before_request
def sign_in() -> None:
    if request.path == "/healthz":
        return
    try:
        request.user_id = whose(request.headers.get("Authorization", "").removeprefix("Bearer "))
    except ValueError:
        abort(401)


@app.get("/healthz")
def healthz() -> Any:
    return jsonify(ok=True)


@app.get("/api/v1/conversations")
def conversations() -> Any:
    limit = request.args.get("limit", 50, int)
    mine = (
        Participant.query.filter_by(user_id=request.user_id, removed_at=None)
        .join(Conversation)
        .order_by(Conversation.activity.desc())
        .limit(limit)
    )
    return jsonify(items=[listed(each) for each in mine], next_cursor=None)


def listed(mine: Participant) -> dict[str, Any]:
    conversation = mine.conversation
    last = conversation.last_message
    return {
        "id": conversation.id,
        "kind": conversation.kind,
        "title": conversation.title,
        "product": None,
        "status": conversation.status,
        "archived": mine.archived,
        "muted": mine.muted,
        "participants": [
            {
                "user": {"id": each.user.id, "name": each.user.name, "role": each.user.role},
                "last_read_seq": each.last_read_seq,
            }
            for each in conversation.participants
        ],
        "last_message": last.as_dict() if last else None,
        "last_seq": conversation.last_seq,
        "unread_count": mine.unread(),
        "revision": conversation.revision,
        "created_at": moment(conversation.created_at),
        "updated_at": moment(conversation.updated_at),
    }


@app.get("/api/v1/conversations/<int:conversation_id>/messages")
def messages(conversation_id: int) -> Any:
    if place(request.user_id, conversation_id) is None:
        abort(404)
    limit = request.args.get("limit", 50, int)
    found = history(conversation_id, limit)
    return jsonify(items=found, next_cursor=str(found[0]["seq"]) if len(found) == limit else None)


def history(conversation_id: int, limit: int) -> list[dict[str, Any]]:
    newest = (
        Message.query.filter_by(conversation_id=conversation_id)
        .order_by(Message.seq.desc())
        .limit(limit)
    )
    return [message.as_dict() for message in reversed(newest.all())]


@app.get("/api/v1/changes")
def changes() -> Any:
    limit = request.args.get("limit", 200, int)
    after = request.args.get("after", 0, int)
    mine = Participant.query.filter_by(user_id=request.user_id, removed_at=None)
    ids = [each.conversation_id for each in mine]
    found = (
        Message.query.filter(Message.conversation_id.in_(ids), Message.revision > after)
        .order_by(Message.revision)
        .limit(limit)
        .all()
    )
    moved = Participant.query.join(Conversation).filter(
        Participant.user_id == request.user_id,
        Participant.removed_at.is_(None),
        Conversation.revision > after,
    )
    return jsonify(
        messages=[message.as_dict() for message in found],
        conversations=[listed(each) for each in moved.order_by(Conversation.revision).limit(limit)],
        cursor=db.session.get(Revision, 1).revision,
        has_more=len(found) == limit,
    )
