import type { PalabreClient } from "../core/client";
import type { Unsubscribe } from "../emitter";

/** The used part of `console`. */
export interface Logger {
  info(message: string): void;
  warn(message: string): void;
  error(message: string): void;
}

/** Logs failures and their consequences in whole sentences, never the text of a message. */
export function report(client: PalabreClient, logger: Logger): Unsubscribe[] {
  let lost = false;
  return [
    client.connection.on("status", (status) => {
      if (status === "ended") logger.error("[palabre] The session has ended. Sign in again; nothing is tried until then.");
      if (status === "connected" && lost) logger.info("[palabre] The connection is back.");
      lost = status === "connecting" && client.store.me !== null;
      if (lost) logger.warn("[palabre] The connection is lost. Trying again; meanwhile everything goes by REST.");
    }),
    client.connection.on("session_ended", ({ code, message }) => logger.warn(`[palabre] ${message} (${code})`)),
    client.connection.on("error", ({ event, code, message }) => logger.error(`[palabre] ${event}: ${message} (${code})`)),
    client.outbox.on("failed", ({ item, error }) => {
      logger.error(`[palabre] A message was refused and waits for a decision: ${error.message} (${error.code}, client_id ${item.client_id})`);
    }),
  ];
}
