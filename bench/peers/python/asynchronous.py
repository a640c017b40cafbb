"""A chat on python-socketio's AsyncServer, served by uvicorn with uvloop.

SQLite through the standard library, one transaction per message, on the loop: handing it to a
thread would cost more than the transaction. The guarantees are those of the other peers.
"""

from __future__ import annotations

import os
import sqlite3
import time
from typing import Any

import jwt
import socketio

SECRET = os.environ["JWT_SECRET_KEY"]
UNREAD = "c.last_seq - p.last_read_seq - p.unread_skipped"

db = sqlite3.connect(os.environ["DATABASE"], isolation_level=None)
for pragma in (
    "journal_mode = WAL",
    "synchronous = FULL",
    "foreign_keys = ON",
    "cache_size = -65536",
    "wal_autocheckpoint = 4000",
):
    db.execute(f"PRAGMA {pragma}")
db.row_factory = sqlite3.Row
revision = db.execute("SELECT revision FROM revision_counter").fetchone()[0]


class Refused(Exception):
    """A refusal; its argument is the code in the acknowledgement."""


def one(statement: str, *values: Any) -> Any:
    return db.execute(statement, values).fetchone()


def moment(milliseconds: int) -> str:
    whole = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(milliseconds / 1000))
    return f"{whole}.{milliseconds % 1000:03}Z"


def shown(row: Any, name: str) -> dict[str, Any]:
    return {
        "id": row["id"],
        "conversation_id": row["conversation_id"],
        "seq": row["seq"],
        "revision": row["revision"],
        "client_id": row["client_id"],
        "sender": {"id": row["sender_id"], "name": name},
        "text": row["text"],
        "reply_to": None,
        "created_at": moment(row["created_at"]),
        "edited_at": None,
        "deleted_at": None,
    }


def place(user_id: int, conversation_id: Any) -> Any:
    found = one(
        "SELECT c.last_seq, c.status, u.name FROM conversations c"
        " JOIN participants p ON p.conversation_id = c.id JOIN users u ON u.id = p.user_id"
        " WHERE c.id = ? AND p.user_id = ? AND p.removed_at IS NULL",
        conversation_id,
        user_id,
    )
    if found is None:
        raise Refused("not_found")
    return found


def unread_total(user_id: int) -> int:
    return one(
        f"SELECT COALESCE(SUM({UNREAD}), 0) FROM participants p"
        " JOIN conversations c ON c.id = p.conversation_id"
        " WHERE p.user_id = ? AND p.removed_at IS NULL",
        user_id,
    )[0]


def send(user_id: int, given: Any) -> tuple[dict[str, Any], list[Any]]:
    """Stores a message; returns it with the participants to notify."""
    global revision
    conversation_id, text = given.get("conversation_id"), given.get("text")
    client_id = given.get("client_id")
    if (
        not isinstance(conversation_id, int)
        or not isinstance(text, str)
        or not 0 < len(text) <= 4000
    ):
        raise Refused("invalid_payload")
    where = place(user_id, conversation_id)
    earlier = client_id and one(
        "SELECT * FROM messages WHERE sender_id = ? AND client_id = ?", user_id, client_id
    )
    if earlier:
        return shown(earlier, where["name"]), []
    if where["status"] != "open":
        raise Refused("conversation_closed")
    now, seq = int(time.time() * 1000), where["last_seq"] + 1
    revision += 1
    row = one(
        "INSERT INTO messages (conversation_id, seq, sender_id, client_id, text, created_at, revision)"
        " VALUES (?, ?, ?, ?, ?, ?, ?) RETURNING *",
        conversation_id, seq, user_id, client_id, text, now, revision,
    )  # fmt: skip
    db.execute(
        "UPDATE conversations SET last_seq = ?, last_message_id = ?, activity = ?, revision = ?,"
        " updated_at = ? WHERE id = ?",
        (seq, row["id"], revision, revision, now, conversation_id),
    )
    db.execute(
        "UPDATE participants SET unread_skipped = unread_skipped + 1"
        " WHERE conversation_id = ? AND user_id = ?",
        (conversation_id, user_id),
    )
    others = db.execute(
        "SELECT user_id, last_read_seq, unread_skipped FROM participants"
        " WHERE conversation_id = ? AND user_id <> ? AND removed_at IS NULL",
        (conversation_id, user_id),
    ).fetchall()
    return shown(row, where["name"]), others


sio = socketio.AsyncServer(async_mode="asgi", http_compression=False)
people: dict[str, int] = {}  # connection → user


@sio.event
async def connect(sid: str, _environ: Any, auth: Any) -> None:
    try:
        claims = jwt.decode((auth or {}).get("token") or "", SECRET, ["HS256"])
    except jwt.InvalidTokenError:
        raise socketio.exceptions.ConnectionRefusedError("unauthenticated") from None
    if not one("SELECT 1 FROM sign_in_sessions WHERE id = ? AND revoked_at IS NULL", claims["sid"]):
        raise socketio.exceptions.ConnectionRefusedError("token_revoked")
    user_id = people[sid] = int(claims["sub"])
    await sio.enter_room(sid, f"user:{user_id}")
    user = one("SELECT id, name FROM users WHERE id = ?", user_id)
    ready = {
        "user": dict(user),
        "cursor": revision,
        "unread_total": unread_total(user_id),
        "server_time": moment(int(time.time() * 1000)),
    }
    await sio.emit("ready", ready, to=sid)


@sio.event
async def disconnect(sid: str) -> None:
    people.pop(sid, None)


@sio.event
async def join_conversation(sid: str, given: Any) -> dict[str, Any]:
    try:
        where = place(people[sid], given.get("conversation_id"))
    except Refused as refused:
        return {"ok": False, "error": {"code": str(refused)}}
    conversation_id = given["conversation_id"]
    await sio.enter_room(sid, f"conversation:{conversation_id}")
    page = db.execute(
        "SELECT m.*, u.name FROM messages m JOIN users u ON u.id = m.sender_id"
        " WHERE m.conversation_id = ? ORDER BY m.seq DESC LIMIT 50",
        (conversation_id,),
    ).fetchall()
    messages = [shown(row, row["name"]) for row in reversed(page)]
    conversation = {"id": conversation_id, "last_seq": where["last_seq"]}
    return {"ok": True, "data": {"conversation": conversation, "messages": messages}}


@sio.event
async def send_message(sid: str, given: Any) -> dict[str, Any]:
    db.execute("BEGIN IMMEDIATE")
    try:
        message, others = send(people[sid], given)
        db.execute("COMMIT")
    except Refused as refused:
        db.execute("ROLLBACK")
        return {"ok": False, "error": {"code": str(refused)}}
    if others:
        await tell(message, others)
    return {"ok": True, "data": {"message": message, "conversation_id": message["conversation_id"]}}


async def tell(message: dict[str, Any], others: list[Any]) -> None:
    room = f"conversation:{message['conversation_id']}"
    await sio.emit("new_message", {"message": message, "revision": message["revision"]}, to=room)
    inside = {people.get(sid) for sid, _ in sio.manager.get_participants("/", room)}
    for other in others:
        if other["user_id"] in inside:
            continue
        notification = {
            "conversation_id": message["conversation_id"],
            "message": message,
            "unread_count": message["seq"] - other["last_read_seq"] - other["unread_skipped"],
            "unread_total": unread_total(other["user_id"]),
            "revision": message["revision"],
        }
        await sio.emit("message_notification", notification, to=f"user:{other['user_id']}")


async def healthz(_scope: Any, _receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"ok"})


app = socketio.ASGIApp(sio, other_asgi_app=healthz)
