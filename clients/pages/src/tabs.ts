import { browserTabs, createSocket, type PalabreClient, TabShare } from "@palabre/client";

const CHANNEL = "palabre-changes";
const PAUSE_MS = 300;
/** A page that was out of sight for longer looks what happened meanwhile. */
const ABSENCE_MS = 10_000;

/**
 * One connection and one outbox for all of a reader's tabs, where the browser lets tabs find each other. `begin` makes the
 * client of this tab.
 */
export function shareWithTabs(userId: number, begin: (share: TabShare | null) => PalabreClient): PalabreClient {
  const host = browserTabs();
  if (!host) return begin(null);
  const share = new TabShare({ name: `palabre.pages ${userId}`, host, createSocket, leads: () => void client.outbox.load() });
  const client = begin(share);
  share.unreadTotal = () => client.store.unreadTotal;
  client.connection.on("status", (status) => status === "ended" && share.leave());
  share.enter();
  return client;
}

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
