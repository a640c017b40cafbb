import { useCallback, useSyncExternalStore } from "react";
import type { Kind } from "./kind";
import { useSocket } from "./socket-context";

const key = ["palabre", "unread"] as const;

export const unread = {
  keys: { unread: key },
  queries: {},
  follow: (client, cache) => client.on("unread", () => cache.patch(key, () => client.unreadTotal)),
} satisfies Kind;

/** Unread messages in all conversations. */
export function useUnreadTotal(): number {
  const { socket } = useSocket();
  return useSyncExternalStore(
    useCallback((changed) => socket.on("unread", changed), [socket]),
    () => socket.unreadTotal,
    () => 0,
  );
}
