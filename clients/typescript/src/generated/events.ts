// Generated from the server's schemas by scripts/generate-types.mjs; do not edit.
import type { ServerEvents } from "./marketplace";

/** Every event that the server emits on `/`, for code that subscribes to all of them. */
export const SERVER_EVENTS: Array<keyof ServerEvents> = [
  "error",
  "token_expiring",
  "session_ended",
  "conversation_updated",
  "conversation_removed",
  "new_message",
  "message_notification",
  "messages_read",
  "message_deleted",
  "message_edited",
  "typing",
  "user_online",
  "user_offline",
  "ready",
];
