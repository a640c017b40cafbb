// The peer in Node: socket.io and better-sqlite3, with Palabre's work for each message.
//
// A token and its session are checked at the handshake. A message requires a membership, is
// deduplicated by its client_id, gets the next seq of its conversation, and is committed (WAL,
// synchronous=FULL) before it is acknowledged. It is sent to all connections that have joined, and as
// a notification with unread counts to participants that have not.
//
// Tuned as socket.io's documentation on performance advises: no compression, native masking
// (bufferutil), and the handshake's request is released.
//
// PORT, DATABASE, JWT_SECRET_KEY; GROUPED=1 commits all messages of a loop iteration together.

import http from "node:http";

import Database from "better-sqlite3";
import jwt from "jsonwebtoken";
import { Server } from "socket.io";

const GROUPED = process.env.GROUPED === "1";
const SECRET = process.env.JWT_SECRET_KEY;
const MAX_TEXT = 4000;

const db = new Database(process.env.DATABASE);
db.pragma("journal_mode = WAL");
db.pragma("synchronous = FULL");
db.pragma("foreign_keys = ON");
db.pragma("cache_size = -65536");
db.pragma("wal_autocheckpoint = 4000");

const UNREAD = "c.last_seq - p.last_read_seq - p.unread_skipped";
const sql = {
  session: db.prepare("SELECT 1 FROM sign_in_sessions WHERE id = ? AND revoked_at IS NULL"),
  person: db.prepare("SELECT id, name FROM users WHERE id = ?"),
  unreadTotal: db
    .prepare(
      `SELECT COALESCE(SUM(${UNREAD}), 0) FROM participants p JOIN conversations c ON c.id = p.conversation_id
       WHERE p.user_id = ? AND p.removed_at IS NULL`,
    )
    .pluck(),
  place: db.prepare(
    `SELECT c.last_seq, c.status, u.name FROM conversations c
     JOIN participants p ON p.conversation_id = c.id JOIN users u ON u.id = p.user_id
     WHERE c.id = ? AND p.user_id = ? AND p.removed_at IS NULL`,
  ),
  earlier: db.prepare("SELECT * FROM messages WHERE sender_id = ? AND client_id = ?"),
  store: db.prepare(
    `INSERT INTO messages (conversation_id, seq, sender_id, client_id, text, created_at, revision)
     VALUES (?, ?, ?, ?, ?, ?, ?)`,
  ),
  advance: db.prepare(
    `UPDATE conversations SET last_seq = ?, last_message_id = ?, activity = ?, revision = ?, updated_at = ?
     WHERE id = ?`,
  ),
  skipOwn: db.prepare(
    "UPDATE participants SET unread_skipped = unread_skipped + 1 WHERE conversation_id = ? AND user_id = ?",
  ),
  others: db.prepare(
    `SELECT user_id, last_read_seq, unread_skipped FROM participants
     WHERE conversation_id = ? AND user_id <> ? AND removed_at IS NULL`,
  ),
  markRead: db.prepare(
    `UPDATE participants SET last_read_seq = ?, last_read_at = ?, unread_skipped = 0, read_revision = ?
     WHERE conversation_id = ? AND user_id = ?`,
  ),
  page: db.prepare(
    `SELECT m.*, u.name FROM messages m JOIN users u ON u.id = m.sender_id
     WHERE m.conversation_id = ? ORDER BY m.seq DESC LIMIT ?`,
  ),
  list: db.prepare(
    `SELECT c.*, p.archived, p.muted, ${UNREAD} AS unread FROM conversations c
     JOIN participants p ON p.conversation_id = c.id
     WHERE p.user_id = ? AND p.removed_at IS NULL ORDER BY c.activity DESC LIMIT ?`,
  ),
  members: db.prepare(
    `SELECT u.id, u.name, u.role, p.last_read_seq FROM participants p JOIN users u ON u.id = p.user_id
     WHERE p.conversation_id = ? AND p.removed_at IS NULL`,
  ),
  message: db.prepare(
    "SELECT m.*, u.name FROM messages m JOIN users u ON u.id = m.sender_id WHERE m.id = ?",
  ),
  changed: db.prepare(
    `SELECT m.*, u.name FROM messages m JOIN participants p ON p.conversation_id = m.conversation_id
     JOIN users u ON u.id = m.sender_id
     WHERE p.user_id = ? AND p.removed_at IS NULL AND m.revision > ? ORDER BY m.revision LIMIT ?`,
  ),
};

// A single process writes, so it can count in memory; Palabre's counter is a row.
let revision = db.prepare("SELECT revision FROM revision_counter").pluck().get();

class Refused extends Error {
  constructor(code) {
    super(code);
    this.code = code;
  }
}

const time = (ms) => (ms === null ? null : new Date(ms).toISOString());

const shown = (row, name = row.name) => ({
  id: Number(row.id),
  conversation_id: row.conversation_id,
  seq: row.seq,
  revision: row.revision,
  client_id: row.client_id,
  sender: { id: row.sender_id, name },
  text: row.text,
  reply_to: null,
  created_at: time(row.created_at),
  edited_at: time(row.edited_at ?? null),
  deleted_at: time(row.deleted_at ?? null),
});

// --- inside a transaction

function send(userId, given) {
  const { conversation_id: conversationId, text, client_id: clientId } = given ?? {};
  if (!Number.isInteger(conversationId) || typeof text !== "string" || !text || text.length > MAX_TEXT)
    throw new Refused("invalid_payload");
  const place = sql.place.get(conversationId, userId);
  if (!place) throw new Refused("not_found");
  const earlier = clientId && sql.earlier.get(userId, clientId);
  if (earlier) {
    if (earlier.conversation_id !== conversationId || earlier.text !== text) throw new Refused("conflict");
    return { message: shown(earlier, place.name), others: [] };
  }
  if (place.status !== "open") throw new Refused("conversation_closed");
  const now = Date.now();
  const seq = place.last_seq + 1;
  const stamp = ++revision;
  const { lastInsertRowid: id } = sql.store.run(conversationId, seq, userId, clientId ?? null, text, now, stamp);
  sql.advance.run(seq, id, stamp, stamp, now, conversationId);
  sql.skipOwn.run(conversationId, userId);
  const message = shown(
    { id, conversation_id: conversationId, seq, revision: stamp, client_id: clientId ?? null,
      sender_id: userId, text, created_at: now },
    place.name,
  );
  return { message, others: sql.others.all(conversationId, userId) };
}

function markRead(userId, given) {
  const conversationId = given?.conversation_id;
  const place = sql.place.get(conversationId, userId);
  if (!place) throw new Refused("not_found");
  sql.markRead.run(place.last_seq, Date.now(), ++revision, conversationId, userId);
  return { conversation_id: conversationId, last_read_seq: place.last_seq, unread_count: 0 };
}

// --- the two ways to commit

const alone = db.transaction((job) => job.run());

function commitAlone(job) {
  try {
    job.result = alone.immediate(job);
  } catch (error) {
    job.error = error;
  }
  job.settle();
}

let queued = [];

const together = db.transaction((jobs) => {
  for (const job of jobs) {
    try {
      job.result = job.run();
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      job.error = error; // refused before it wrote anything
    }
  }
});

function commitTogether(job) {
  if (queued.push(job) > 1) return;
  setImmediate(() => {
    const jobs = queued;
    queued = [];
    try {
      together.immediate(jobs);
    } catch (error) {
      for (const failed of jobs) failed.error = error;
    }
    for (const done of jobs) done.settle();
  });
}

const commit = GROUPED ? commitTogether : commitAlone;

function write(run, then, ack) {
  commit({
    run,
    settle() {
      if (this.error) {
        ack?.({ ok: false, error: { code: this.error.code ?? "internal", message: this.error.message } });
        return;
      }
      then(this.result);
    },
  });
}

// --- Socket.IO

const server = http.createServer(answer);
const io = new Server(server, { perMessageDeflate: false, serveClient: false });
io.engine.on("connection", (raw) => {
  raw.request = null; // as socket.io's documentation on memory advises
});

function actorOf(token) {
  const claims = jwt.verify(token, SECRET, { algorithms: ["HS256"] });
  if (claims.type !== "access" || !sql.session.get(claims.sid)) throw new Refused("token_revoked");
  return Number(claims.sub);
}

io.use((socket, next) => {
  try {
    socket.data.userId = actorOf(socket.handshake.auth?.token);
    next();
  } catch {
    next(new Error("unauthenticated"));
  }
});

const joined = (conversationId) => `conversation:${conversationId}`;
const person = (userId) => `user:${userId}`;

// A connection of a participant that has not joined receives a notification.
function isElsewhere(userId, room) {
  const { rooms } = io.of("/").adapter;
  const theirs = rooms.get(person(userId));
  if (!theirs) return false;
  const inside = rooms.get(room);
  if (!inside) return true;
  for (const sid of theirs) if (!inside.has(sid)) return true;
  return false;
}

function tell({ message, others }) {
  const room = joined(message.conversation_id);
  io.to(room).emit("new_message", { message, revision: message.revision });
  for (const other of others) {
    if (!isElsewhere(other.user_id, room)) continue;
    io.to(person(other.user_id))
      .except(room)
      .emit("message_notification", {
        conversation_id: message.conversation_id,
        message,
        unread_count: message.seq - other.last_read_seq - other.unread_skipped,
        unread_total: sql.unreadTotal.get(other.user_id),
        revision: message.revision,
      });
  }
}

io.on("connection", (socket) => {
  const { userId } = socket.data;
  socket.join(person(userId));
  socket.emit("ready", {
    user: sql.person.get(userId),
    cursor: revision,
    unread_total: sql.unreadTotal.get(userId),
    server_time: time(Date.now()),
  });

  socket.on("join_conversation", (given, ack) => {
    const place = sql.place.get(given?.conversation_id, userId);
    if (!place) return ack?.({ ok: false, error: { code: "not_found" } });
    socket.join(joined(given.conversation_id));
    const rows = sql.page.all(given.conversation_id, 51);
    const messages = rows.slice(0, 50).reverse().map((row) => shown(row));
    const conversation = { id: given.conversation_id, last_seq: place.last_seq, status: place.status };
    return ack?.({ ok: true, data: { conversation, messages, has_more: rows.length > 50 } });
  });

  socket.on("send_message", (given, ack) => {
    write(
      () => send(userId, given),
      (sent) => {
        if (sent.others.length) tell(sent);
        ack?.({ ok: true, data: { message: sent.message, conversation_id: sent.message.conversation_id } });
      },
      ack,
    );
  });

  socket.on("mark_messages_read", (given, ack) => {
    write(
      () => markRead(userId, given),
      (read) => {
        io.to([joined(read.conversation_id), person(userId)]).emit("messages_read", {
          conversation_id: read.conversation_id,
          user_id: userId,
          last_read_seq: read.last_read_seq,
          read_at: time(Date.now()),
          revision,
        });
        ack?.({ ok: true, data: read });
      },
      ack,
    );
  });

  socket.on("typing", (given, ack) => {
    if (!sql.place.get(given?.conversation_id, userId)) return ack?.({ ok: false, error: { code: "not_found" } });
    socket.to(joined(given.conversation_id)).emit("typing", {
      conversation_id: given.conversation_id,
      user_id: userId,
      is_typing: given.is_typing === true,
      expires_in: 6,
    });
    return ack?.({ ok: true, data: {} });
  });
});

// --- REST reads

function listed(userId, limit) {
  return sql.list.all(userId, limit).map((row) => ({
    id: row.id,
    kind: row.kind,
    title: row.title,
    status: row.status,
    archived: row.archived === 1,
    muted: row.muted === 1,
    participants: sql.members.all(row.id).map(({ last_read_seq, ...user }) => ({ user, last_read_seq })),
    last_message: row.last_message_id ? shown(sql.message.get(row.last_message_id)) : null,
    last_seq: row.last_seq,
    unread_count: row.unread,
    revision: row.revision,
    created_at: time(row.created_at),
    updated_at: time(row.updated_at),
  }));
}

function read(userId, url) {
  const limit = Number(url.searchParams.get("limit") ?? 50);
  if (url.pathname === "/api/v1/conversations") return { items: listed(userId, limit), next_cursor: null };
  if (url.pathname === "/api/v1/changes") {
    const rows = sql.changed.all(userId, Number(url.searchParams.get("after") ?? 0), limit);
    return { messages: rows.map((row) => shown(row)), cursor: revision, has_more: rows.length === limit };
  }
  const found = /^\/api\/v1\/conversations\/(\d+)\/messages$/.exec(url.pathname);
  if (!found || !sql.place.get(Number(found[1]), userId)) throw new Refused("not_found");
  const rows = sql.page.all(Number(found[1]), limit + 1);
  return {
    items: rows.slice(0, limit).reverse().map((row) => shown(row)),
    next_cursor: rows.length > limit ? String(rows[limit - 1].seq) : null,
  };
}

function answer(request, response) {
  let status = 200;
  let body;
  try {
    const url = new URL(request.url, "http://localhost");
    const userId =
      url.pathname === "/healthz" ? 0 : actorOf(request.headers.authorization?.slice("Bearer ".length));
    body = userId ? read(userId, url) : { ok: true };
  } catch (error) {
    status = error.code === "not_found" ? 404 : 401;
    body = { code: error.code ?? "unauthenticated" };
  }
  const text = JSON.stringify(body);
  response.writeHead(status, { "content-type": "application/json", "content-length": Buffer.byteLength(text) });
  response.end(text);
}

server.listen({ port: Number(process.env.PORT), host: "127.0.0.1", backlog: 4096 });
