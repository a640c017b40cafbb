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

export { SERVER_EVENTS } from "../generated/events";
export type { ClientEvents, ServerEvents } from "../generated/marketplace";
export type { JoinAnswer, MessageDeleted, ReadAnswer, Ready, SendAnswer, SendPayload, TypingNotice, WireError };

/** The target of a message: a conversation, or the product or recipient that opens one. */
export type SendTarget = Pick<SendPayload, "conversation_id" | "product_id" | "recipient_id">;

export type ServerEventName = keyof ServerEvents;

/** The acknowledgement of a client event. */
export type Ack<Data> = { ok: true; data: Data } | { ok: false; error: WireError };
