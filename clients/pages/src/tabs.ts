import type { PalabreClient } from "@palabre/client";

const CHANNEL = "palabre-changes";
const PAUSE_MS = 300;
/** A page that was out of sight for longer looks what happened meanwhile. */
const ABSENCE_MS = 10_000;

/**
 * Keeps this page in step with what its connection is not told: a message its reader sent from another tab, and
 * whatever happened while the system held the page back.
 */
export function keepInStep(client: PalabreClient): void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const soon = (): void => {
    clearTimeout(timer);
    timer = setTimeout(() => void client.catchUp(), PAUSE_MS);
  };

  if ("BroadcastChannel" in window) {
    const channel = new BroadcastChannel(CHANNEL);
    channel.addEventListener("message", soon);
    client.outbox.on("sent", () => channel.postMessage("sent"));
  }

  let hiddenAt = 0;
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) {
      hiddenAt = Date.now();
      return;
    }
    client.connection.wake();
    if (Date.now() - hiddenAt > ABSENCE_MS) soon();
  });
  addEventListener("pageshow", ({ persisted }) => {
    if (persisted) soon();
  });
  addEventListener("online", () => client.connection.wake());
  addEventListener("offline", () => client.connection.drop());
}
