// Generated from the server's schemas by scripts/generate-types.mjs; do not edit.

/** `authenticate`: a new access token for the live connection. */
export interface Authenticate {
  token: string;
}

/** All changes for a user after a cursor. */
export interface Changes {
  /** The cursor of the next request, once this page has been applied whole. */
  cursor: number;
  /** Whether more changes follow: request again with `cursor`. */
  hasMore: boolean;
  /** The cursor cannot be served: discard all state, read it anew, continue from `cursor`. */
  reset: boolean;
  conversations: Array<Conversation>;
  removedConversationIds: Array<number>;
  messages: Array<Message>;
  reads: Array<ReadMark>;
  lessons: Array<Lesson>;
  contactRequests: Array<ContactRequest>;
}

/** A request from one user to another for a direct conversation. */
export interface ContactRequest {
  id: number;
  sender: User;
  recipient: User;
  message: string | null;
  status: "pending" | "accepted" | "declined" | "cancelled";
  /** The direct conversation, once the request was accepted. */
  conversationId: number | null;
  revision: number;
  createdAt: string;
}

/** `contactRequest:created` and `contactRequest:statusUpdated`. */
export interface ContactRequestNotice {
  contactRequest: ContactRequest;
  /** With `contactRequest:statusUpdated` only. */
  previousStatus?: string;
  revision: number;
}

/** A conversation, as one reader sees it. */
export interface Conversation {
  id: number;
  kind: "product" | "direct" | "group" | "lesson";
  /** Set for groups and lessons; null otherwise. */
  title: string | null;
  product: Product | null;
  status: "open" | "closed";
  /** The reader's own. */
  archived: boolean;
  /** The reader's own. */
  muted: boolean;
  participants: Array<Participant>;
  /** The message with the highest `seq`, a tombstone included. */
  lastMessage: Message | null;
  lastSeq: number;
  /** Messages by others after the reader's mark, without those deleted in the reader's view. */
  unreadCount: number;
  revision: number;
  createdAt: string;
  /** The latest of creation, last message and last change of status. */
  updatedAt: string;
}

/** `leave_conversation`. */
export interface ConversationId {
  conversationId: number;
}

/** The reason for a refusal: the `error` of an acknowledgement. */
export interface Error {
  /** For programs. */
  code: "unauthenticated" | "token_expired" | "token_revoked" | "invalid_payload" | "not_found" | "forbidden" | "blocked" | "conversation_closed" | "conflict" | "payload_too_large" | "rate_limited" | "unavailable" | "internal";
  /** For users and for logs. */
  message: string;
  /** With `invalid_payload`; absent otherwise. */
  details?: Array<FieldProblem>;
  /** Seconds, with `rate_limited` and `unavailable`; absent otherwise. */
  retryAfter?: number;
}

/** `error`: the reason why an event without an acknowledgement was refused. */
export interface EventError {
  /** For programs. */
  code: "unauthenticated" | "token_expired" | "token_revoked" | "invalid_payload" | "not_found" | "forbidden" | "blocked" | "conversation_closed" | "conflict" | "payload_too_large" | "rate_limited" | "unavailable" | "internal";
  /** For users and for logs. */
  message: string;
  /** With `invalid_payload`; absent otherwise. */
  details?: Array<FieldProblem>;
  /** Seconds, with `rate_limited` and `unavailable`; absent otherwise. */
  retryAfter?: number;
  /** The event's name as it was sent; empty if it had none. */
  event: string;
}

/** A problem with one field of a payload. */
export interface FieldProblem {
  /** The field's name in this namespace; inside a list a dotted path; `payload` for the whole. */
  field: string;
  message: string;
}

/** `join_conversation`. */
export interface JoinConversation {
  conversationId: number;
  afterSeq?: number;
}

/** `join_conversation`. */
export interface Joined {
  conversation: Conversation;
  /** Oldest first: the newest page, or the messages after `after_seq`. */
  messages: Array<Message>;
  /** Whether there are older messages; with `after_seq`, newer ones. */
  hasMore: boolean;
}

/** A lesson, seen by its teacher and its student. */
export interface Lesson {
  id: number;
  title: string;
  teacher: User;
  student: User;
  startsAt: string;
  durationMinutes: number;
  status: "scheduled" | "confirmed" | "completed" | "cancelled";
  conversationId: number | null;
  revision: number;
  createdAt: string;
}

/** `lesson:created` and `lesson:statusUpdated`. */
export interface LessonNotice {
  lesson: Lesson;
  /** With `lesson:statusUpdated` only. */
  previousStatus?: string;
  revision: number;
}

/** A message. Deleted, it stays as a tombstone: `text` is null, `deleted_at` is set. */
export interface Message {
  id: number;
  conversationId: number;
  /** Its number in the conversation: 1, 2, 3, … without a gap. */
  seq: number;
  revision: number;
  /** The sender's key for recognising retries. */
  clientId: string | null;
  sender: Sender;
  text: string | null;
  replyTo: Reply | null;
  createdAt: string;
  editedAt: string | null;
  /** Time of the deletion, for everyone or for this reader alone. */
  deletedAt: string | null;
}

/** An empty response. */
export type Nothing = Record<string, never>;

/** A participant of a conversation, and how far they have read. */
export interface Participant {
  user: User;
  lastReadSeq: number;
}

/** A product, as a conversation carries it. */
export interface Product {
  id: number;
  title: string;
  imageUrl: string | null;
  /** Decimal text with two digits after the point; null means *on request*. */
  price: string | null;
  /** ISO 4217. */
  currency: string;
  ownerId: number;
  status: "available" | "reserved" | "sold";
}

/** How far a participant has read: `messages_read`, and `reads` of a sync. */
export interface ReadMark {
  conversationId: number;
  userId: number;
  lastReadSeq: number;
  readAt: string;
  revision: number;
}

/** The first event of an accepted connection. */
export interface Ready {
  user: User;
  /** The cursor to sync from, for a client that reads its state anew after this event. */
  cursor: number;
  /** Unread messages in all conversations, archived and muted ones included. */
  unreadTotal: number;
  /** The users online among those who share a conversation with this one. */
  onlineUserIds: Array<number>;
  tokenExpiresAt: string;
  serverTime: string;
}

/** `authenticate`: when the new token expires. */
export interface Renewed {
  expiresAt: string;
}

/** The message that a message replies to. */
export interface Reply {
  id: number;
  senderId: number;
  /** At most 140 characters on one line; null once the original was deleted for everyone. */
  excerpt: string | null;
}

/** `message:send` of `/talemy`. */
export interface SendToConversation {
  text: string;
  clientId?: string;
  replyToId?: number;
  conversationId: number;
}

/** The sender of a message. */
export interface Sender {
  id: number;
  name: string;
}

/** `send_message`: the stored message, or the one that a repeated `client_id` stored. */
export interface Sent {
  message: Message;
  conversationId: number;
}

/** `session_ended`. */
export interface SessionEnded {
  code: "token_expired" | "token_revoked" | "slow_consumer" | "server_restarting";
  message: string;
}

/** `sync`: all changes after a cursor. */
export interface Sync {
  after: number;
}

/** `message:new`: a message, and the recipient's unread count in its conversation. */
export interface TalemyNewMessage {
  message: Message;
  conversationId: number;
  unreadCount: number;
  revision: number;
}

/** `message:sent`. */
export interface TalemySentMessage {
  message: Message;
  conversationId: number;
  revision: number;
}

/** `token_expiring`. */
export interface TokenExpiring {
  expiresAt: string;
}

/** A user's public profile. */
export interface User {
  id: number;
  name: string;
  avatarUrl: string | null;
  role: "member" | "moderator" | "admin";
  /** Whether the user has an open connection, or had one within the grace period of 5 seconds. */
  online: boolean;
  /** When the user was last online; null for a user who is or never was online. */
  lastSeenAt: string | null;
}

/** Events that a client may emit, and the `data` of their acknowledgements. */
export interface ClientEvents {
  authenticate: { payload: Authenticate; data: Renewed };
  "message:send": { payload: SendToConversation; data: Sent };
  "conversation:join": { payload: JoinConversation; data: Joined };
  "conversation:leave": { payload: ConversationId; data: Nothing };
  sync: { payload: Sync; data: Changes };
}

/** Events that the server emits. */
export interface ServerEvents {
  error: EventError;
  token_expiring: TokenExpiring;
  session_ended: SessionEnded;
  "contactRequest:created": ContactRequestNotice;
  "contactRequest:statusUpdated": ContactRequestNotice;
  "lesson:created": LessonNotice;
  "lesson:statusUpdated": LessonNotice;
  "message:new": TalemyNewMessage;
  "message:sent": TalemySentMessage;
  ready: Ready;
}
