import { type QueryKey, useQuery, type UseQueryResult } from "@tanstack/react-query";
import type { SocketClient } from "../index";
import { useSocket } from "./socket-context";

/** Five minutes, as in the guide; events and sync, not time, make data stale. */
export const STALE_MS = 5 * 60_000;

/**
 * A query that the socket keeps current. It fetches through the client, which keeps the newer state of every object: an
 * answer that crosses an event cannot bring the old state back.
 */
export function live<Key extends readonly unknown[], Data>(queryKey: Key, queryFn: () => Promise<Data>, now: () => Data) {
  return {
    queryKey,
    queryFn,
    staleTime: STALE_MS,
    // The client's state at the moment of writing is never older than the answer.
    structuralSharing: (): Data => now(),
  };
}

/** Runs a query while a user is signed in. */
export function useSocketQuery<Data>(
  query: (client: SocketClient) => { queryKey: QueryKey; queryFn: () => Promise<Data> },
  enabled = true,
): UseQueryResult<Data> {
  const { socket, status } = useSocket();
  return useQuery({ ...query(socket), enabled: enabled && socket.core !== null && status !== "ended" });
}
