import type { FieldProblem } from "./errors";
import type { Changes, Conversation, DeleteScope, Message, ReadMark, User } from "./types";

/** Where a message goes: a conversation, or what opens one. */
export interface SendTarget {
  conversation_id?: number;
  product_id?: number;
  recipient_id?: number;
}

export interface SendPayload extends SendTarget {
  text: string;
  client_id?: string;
  reply_to_id?: number;
}

export interface SendAnswer {
  message: Message;
  conversation_id: number;
}

export interface ReadAnswer {
  conversation_id: number;
  last_read_seq: number;
  unread_count: number;
}

export interface JoinAnswer {
  conversation: Conversation;
  messages: Message[];
  has_more: boolean;
}

/** What a client may emit on `/`, and the `data` of its acknowledgement. */
export interface ClientEvents {
  join_conversation: { payload: { conversation_id: number; after_seq?: number }; data: JoinAnswer };
  leave_conversation: { payload: { conversation_id: number }; data: Record<string, never> };
  send_message: { payload: SendPayload; data: SendAnswer };
  mark_messages_read: { payload: { conversation_id: number; up_to_seq?: number }; data: ReadAnswer };
  delete_message: { payload: { message_id: number; scope?: DeleteScope }; data: { message: Message } };
  edit_message: { payload: { message_id: number; text: string }; data: { message: Message } };
  typing: { payload: { conversation_id: number; is_typing: boolean }; data: Record<string, never> };
  sync: { payload: { after: number }; data: Changes };
  authenticate: { payload: { token: string }; data: { expires_at: string } };
}

export interface Ready {
  user: User;
  cursor: number;
  unread_total: number;
  online_user_ids: number[];
  token_expires_at: string;
  server_time: string;
}

export interface TypingNotice {
  conversation_id: number;
  user_id: number;
  is_typing: boolean;
  /** Seconds after which the notice is to be forgotten. */
  expires_in: number;
}

export interface MessageDeleted {
  conversation_id: number;
  message_id: number;
  seq: number;
  scope: DeleteScope;
  deleted_by: number;
  deleted_at: string;
  revision: number;
}

/** What the server emits on `/`. */
export interface ServerEvents {
  ready: Ready;
  new_message: { message: Message; revision: number };
  message_notification: {
    conversation_id: number;
    message: Message;
    unread_count: number;
    unread_total: number;
    revision: number;
  };
  messages_read: ReadMark;
  message_deleted: MessageDeleted;
  message_edited: { message: Message; revision: number };
  conversation_updated: { conversation: Conversation; revision: number };
  conversation_removed: { conversation_id: number; revision: number };
  typing: TypingNotice;
  user_online: { user_id: number; last_seen_at: string | null };
  user_offline: { user_id: number; last_seen_at: string | null };
  token_expiring: { expires_at: string };
  session_ended: { code: string; message: string };
  error: { event: string; code: string; message: string };
}

export type ServerEventName = keyof ServerEvents;

/** Every server event, for code that subscribes to all; the type refuses a missing or unknown name. */
const SERVER_EVENT_TABLE: Record<ServerEventName, true> = {
  ready: true,
  new_message: true,
  message_notification: true,
  messages_read: true,
  message_deleted: true,
  message_edited: true,
  conversation_updated: true,
  conversation_removed: true,
  typing: true,
  user_online: true,
  user_offline: true,
  token_expiring: true,
  session_ended: true,
  error: true,
};
export const SERVER_EVENTS = Object.keys(SERVER_EVENT_TABLE) as ServerEventName[];

export interface WireError {
  code: string;
  message: string;
  details?: FieldProblem[];
  retry_after?: number;
}

/** How every client event is answered. */
export type Ack<Data> = { ok: true; data: Data } | { ok: false; error: WireError };
