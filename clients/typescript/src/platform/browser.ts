import type { PalabreClient } from "../core/client";
import type { Unsubscribe } from "../emitter";

interface Target {
  addEventListener(type: string, listener: (event: never) => void): void;
  removeEventListener(type: string, listener: (event: never) => void): void;
}

/** A page that was out of sight for longer looks what happened meanwhile. */
const ABSENCE_MS = 10_000;

/** In a browser: comes back at once with the network or the reader, and gives up at once what the system says is gone. */
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
