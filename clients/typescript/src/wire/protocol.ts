import type {
  Error as WireError,
  Joined as JoinAnswer,
  MessageDeleted,
  Read as ReadAnswer,
  Ready,
  SendMessage as SendPayload,
  Sent as SendAnswer,
  ServerEvents,
  TypingNotice,
} from "../generated/marketplace";

export type { ClientEvents, ServerEvents } from "../generated/marketplace";
export type { JoinAnswer, MessageDeleted, ReadAnswer, Ready, SendAnswer, SendPayload, TypingNotice, WireError };

/** Where a message goes: a conversation, or what opens one. */
export type SendTarget = Pick<SendPayload, "conversation_id" | "product_id" | "recipient_id">;

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

/** How every client event is answered. */
export type Ack<Data> = { ok: true; data: Data } | { ok: false; error: WireError };
