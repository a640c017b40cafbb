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
  has_more: boolean;
  /** The cursor cannot be served: discard all state, read it anew, continue from `cursor`. */
  reset: boolean;
  conversations: Array<Conversation>;
  removed_conversation_ids: Array<number>;
  messages: Array<Message>;
  reads: Array<ReadMark>;
  lessons: Array<Lesson>;
  contact_requests: Array<ContactRequest>;
}

/** A request from one user to another for a direct conversation. */
export interface ContactRequest {
  id: number;
  sender: User;
  recipient: User;
  message: string | null;
  status: "pending" | "accepted" | "declined" | "cancelled";
  /** The direct conversation, once the request was accepted. */
  conversation_id: number | null;
  revision: number;
  created_at: string;
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
  last_message: Message | null;
  last_seq: number;
  /** Messages by others after the reader's mark, without those deleted in the reader's view. */
  unread_count: number;
  revision: number;
  created_at: string;
  /** The latest of creation, last message and last change of status. */
  updated_at: string;
}

/** `leave_conversation`. */
export interface ConversationId {
  conversation_id: number;
}

/** `conversation_removed`. */
export interface ConversationRemoved {
  conversation_id: number;
  revision: number;
}

/** `conversation_updated`: the conversation as the recipient sees it. */
export interface ConversationUpdated {
  conversation: Conversation;
  revision: number;
}

/** `delete_message`. */
export interface DeleteMessage {
  message_id: number;
  scope?: "everyone" | "me";
}

/** `edit_message`. */
export interface EditMessage {
  message_id: number;
  text: string;
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
  retry_after?: number;
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
  retry_after?: number;
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
  conversation_id: number;
  after_seq?: number;
}

/** `join_conversation`. */
export interface Joined {
  conversation: Conversation;
  /** Oldest first: the newest page, or the messages after `after_seq`. */
  messages: Array<Message>;
  /** Whether there are older messages; with `after_seq`, newer ones. */
  has_more: boolean;
}

/** A lesson, seen by its teacher and its student. */
export interface Lesson {
  id: number;
  title: string;
  teacher: User;
  student: User;
  starts_at: string;
  duration_minutes: number;
  status: "scheduled" | "confirmed" | "completed" | "cancelled";
  conversation_id: number | null;
  revision: number;
  created_at: string;
}

/** `mark_messages_read`. */
export interface MarkRead {
  conversation_id: number;
  up_to_seq?: number;
}

/** A message. Deleted, it stays as a tombstone: `text` is null, `deleted_at` is set. */
export interface Message {
  id: number;
  conversation_id: number;
  /** Its number in the conversation: 1, 2, 3, … without a gap. */
  seq: number;
  revision: number;
  /** The sender's key for recognising retries. */
  client_id: string | null;
  sender: Sender;
  text: string | null;
  reply_to: Reply | null;
  created_at: string;
  edited_at: string | null;
  /** Time of the deletion, for everyone or for this reader alone. */
  deleted_at: string | null;
}

/** `message_deleted`. */
export interface MessageDeleted {
  conversation_id: number;
  message_id: number;
  seq: number;
  scope: "everyone" | "me";
  deleted_by: number;
  deleted_at: string;
  revision: number;
}

/** `message_edited`. */
export interface MessageEdited {
  message: Message;
  revision: number;
}

/** `message_notification`: a message, and the recipient's unread counts with it. */
export interface MessageNotification {
  conversation_id: number;
  message: Message;
  unread_count: number;
  unread_total: number;
  revision: number;
}

/** `new_message`. */
export interface NewMessage {
  message: Message;
  revision: number;
}

/** An empty response. */
export type Nothing = Record<string, never>;

/** `edit_message` and `delete_message`: the message afterwards, as the caller sees it. */
export interface OneMessage {
  message: Message;
}

/** A participant of a conversation, and how far they have read. */
export interface Participant {
  user: User;
  last_read_seq: number;
}

/** `user_online` and `user_offline`. */
export interface PresenceNotice {
  user_id: number;
  /** Null with `user_online`. */
  last_seen_at: string | null;
}

/** A product, as a conversation carries it. */
export interface Product {
  id: number;
  title: string;
  image_url: string | null;
  /** Decimal text with two digits after the point; null means *on request*. */
  price: string | null;
  /** ISO 4217. */
  currency: string;
  owner_id: number;
  status: "available" | "reserved" | "sold";
}

/** `mark_messages_read`: the caller's read mark and unread count afterwards. */
export interface Read {
  conversation_id: number;
  last_read_seq: number;
  unread_count: number;
}

/** How far a participant has read: `messages_read`, and `reads` of a sync. */
export interface ReadMark {
  conversation_id: number;
  user_id: number;
  last_read_seq: number;
  read_at: string;
  revision: number;
}

/** The first event of an accepted connection. */
export interface Ready {
  user: User;
  /** The cursor to sync from, for a client that reads its state anew after this event. */
  cursor: number;
  /** Unread messages in all conversations, archived and muted ones included. */
  unread_total: number;
  /** The users online among those who share a conversation with this one. */
  online_user_ids: Array<number>;
  token_expires_at: string;
  server_time: string;
}

/** `authenticate`: when the new token expires. */
export interface Renewed {
  expires_at: string;
}

/** The message that a message replies to. */
export interface Reply {
  id: number;
  sender_id: number;
  /** At most 140 characters on one line; null once the original was deleted for everyone. */
  excerpt: string | null;
}

/** `send_message` and `POST /messages`: to a conversation, about a product, or to a user. */
export interface SendMessage {
  text: string;
  client_id?: string;
  reply_to_id?: number;
  conversation_id?: number;
  product_id?: number;
  recipient_id?: number;
}

/** The sender of a message. */
export interface Sender {
  id: number;
  name: string;
}

/** `send_message`: the stored message, or the one that a repeated `client_id` stored. */
export interface Sent {
  message: Message;
  conversation_id: number;
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

/** `token_expiring`. */
export interface TokenExpiring {
  expires_at: string;
}

/** `typing`. */
export interface Typing {
  conversation_id: number;
  is_typing: boolean;
}

/** `typing`. */
export interface TypingNotice {
  conversation_id: number;
  user_id: number;
  is_typing: boolean;
  /** Seconds until it expires, unless repeated. */
  expires_in: number;
}

/** A user's public profile. */
export interface User {
  id: number;
  name: string;
  avatar_url: string | null;
  role: "member" | "moderator" | "admin";
  /** Whether the user has an open connection, or had one within the grace period of 5 seconds. */
  online: boolean;
  /** When the user was last online; null for a user who is or never was online. */
  last_seen_at: string | null;
}

/** Events that a client may emit, and the `data` of their acknowledgements. */
export interface ClientEvents {
  authenticate: { payload: Authenticate; data: Renewed };
  send_message: { payload: SendMessage; data: Sent };
  edit_message: { payload: EditMessage; data: OneMessage };
  delete_message: { payload: DeleteMessage; data: OneMessage };
  mark_messages_read: { payload: MarkRead; data: Read };
  typing: { payload: Typing; data: Nothing };
  join_conversation: { payload: JoinConversation; data: Joined };
  leave_conversation: { payload: ConversationId; data: Nothing };
  sync: { payload: Sync; data: Changes };
}

/** Events that the server emits. */
export interface ServerEvents {
  error: EventError;
  token_expiring: TokenExpiring;
  session_ended: SessionEnded;
  conversation_updated: ConversationUpdated;
  conversation_removed: ConversationRemoved;
  new_message: NewMessage;
  message_notification: MessageNotification;
  messages_read: ReadMark;
  message_deleted: MessageDeleted;
  message_edited: MessageEdited;
  typing: TypingNotice;
  user_online: PresenceNotice;
  user_offline: PresenceNotice;
  ready: Ready;
}
