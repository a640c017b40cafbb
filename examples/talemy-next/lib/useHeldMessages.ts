"use client";

import { useCallback, useMemo, useSyncExternalStore } from "react";
import { type ChatMessage, useMessages, useSocket } from "./socket";

type Messages = Omit<ReturnType<typeof useMessages>, "data"> & { data: ChatMessage[] | undefined };

/** A conversation's messages; while they cannot be read, at least what the reader wrote and nobody has received. */
export function useHeldMessages(conversationId: number): Messages {
  const { socket } = useSocket();
  const { data, ...query } = useMessages(conversationId);
  const held = useSyncExternalStore(
    useCallback((changed: () => void) => socket.on("messages", changed), [socket]),
    () => socket.messages(conversationId),
    () => undefined,
  );
  const waiting = useMemo(() => held?.filter(({ state }) => state !== "sent") ?? [], [held]);
  return { ...query, data: data ?? (waiting.length > 0 ? waiting : undefined) };
}
