import type { PalabreClient } from "../core/client";
import type { Unsubscribe } from "../emitter";

interface Target {
  addEventListener(type: string, listener: (event: never) => void): void;
  removeEventListener(type: string, listener: (event: never) => void): void;
}

/** Milliseconds hidden after which a page syncs when it is shown. */
const ABSENCE_MS = 10_000;

/** Reconnects when the network or the page is back, and disconnects when the network is gone. */
export function followBrowser(client: PalabreClient): Unsubscribe {
  const { window, document } = globalThis as unknown as { window?: Target; document?: Target & { hidden: boolean } };
  if (!window?.addEventListener || !document) return () => undefined;
  let hiddenAt = Date.now();
  const listeners: Array<[Target, string, (event: never) => void]> = [
    [window, "online", () => client.connection.wake()],
    [window, "offline", () => client.connection.drop()],
    [window, "pageshow", ({ persisted }: { persisted: boolean }) => persisted && void client.catchUp()],
    [document, "visibilitychange", () => (document.hidden ? (hiddenAt = Date.now()) : shown())],
  ];
  const shown = (): void => {
    client.connection.wake();
    if (Date.now() - hiddenAt > ABSENCE_MS) void client.catchUp();
  };
  for (const [target, type, listener] of listeners) target.addEventListener(type, listener);
  return () => {
    for (const [target, type, listener] of listeners) target.removeEventListener(type, listener);
  };
}
