import { browserTabs, createSocketToBoth, ELSEWHERE, type PalabreClient, TabShare } from "@palabre/client";

type MakeSocket = typeof createSocketToBoth;

const CHANNEL = "palabre-changes";
const PAUSE_MS = 300;
/** Milliseconds hidden after which a page syncs when it is shown. */
const ABSENCE_MS = 10_000;

/**
 * Begins a client that shares one connection and one outbox with the reader's other tabs, where the browser allows it.
 * `begin` makes the client of this tab.
 */
export function shareWithTabs(
  userId: number,
  begin: (createSocket: MakeSocket, share: TabShare | undefined) => PalabreClient,
): PalabreClient {
  const host = browserTabs();
  const listening = (make: MakeSocket): MakeSocket => (url, auth) => {
    const socket = make(url, auth);
    socket.on(ELSEWHERE, () => void client.catchUp());
    return socket;
  };
  const share =
    host &&
    new TabShare({
      name: `palabre.pages ${userId}`,
      host,
      createSocket: createSocketToBoth,
      events: [ELSEWHERE],
      leads: () => void client.outbox.load(),
    });
  const client: PalabreClient = begin(listening(share?.createSocket ?? createSocketToBoth), share ?? undefined);
  if (!share) return client;
  share.unreadTotal = () => client.store.unreadTotal;
  client.connection.on("status", (status) => status === "ended" && share.leave());
  share.enter();
  return client;
}

/**
 * Syncs after changes that the connection does not carry: a message sent from another tab, and all changes while the system
 * had suspended the page.
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
