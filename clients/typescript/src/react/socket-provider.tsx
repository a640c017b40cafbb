import { type QueryClient, QueryClientContext } from "@tanstack/react-query";
import { type ReactNode, useCallback, useContext, useEffect, useMemo, useRef, useSyncExternalStore } from "react";
import type { ConnectionStatus, SocketClient } from "../index";
import { CacheBridge, retryFailed } from "./cache";
import { socketKeys } from "./kinds";
import { SocketContext, type SocketContextValue } from "./socket-context";

export interface SocketProviderProps {
  /** One for the whole application, made outside of React: `export const socketClient = createSocketClient(…)`. */
  client: SocketClient;
  /** Whether a user is signed in; only then is there a connection. */
  isAuthenticated: boolean;
  /** The signed-in user: needed for tabs to share a connection, and to clear the data of another user. */
  userId?: number | undefined;
  /** The client whose caches are kept current; by default that of `QueryClientProvider`, if there is one. */
  queryClient?: QueryClient | undefined;
  children?: ReactNode;
}

/**
 * Connects while a user is signed in, and keeps React Query's caches current.
 * @example
 * <SocketProvider client={socketClient} isAuthenticated={user !== null} userId={user?.id}>…</SocketProvider>
 */
export function SocketProvider({ client, isAuthenticated, userId, queryClient, children }: SocketProviderProps): ReactNode {
  const provided = useContext(QueryClientContext);
  const queries = queryClient ?? provided;
  const status = useStatus(client);
  useConnection(client, isAuthenticated, userId);
  useCaches(client, isAuthenticated, userId, queries);
  useRetries(status, queries);
  const actions = useActions(client);
  const value = useMemo(
    () => ({ socket: client, status, isConnected: status === "connected", ...actions }),
    [client, status, actions],
  );
  return <SocketContext.Provider value={value}>{children}</SocketContext.Provider>;
}

function useStatus(client: SocketClient): ConnectionStatus {
  return useSyncExternalStore(
    useCallback((changed) => client.on("status", changed), [client]),
    () => client.status,
    () => "stopped",
  );
}

function useConnection(client: SocketClient, isAuthenticated: boolean, userId: number | undefined): void {
  useEffect(() => {
    if (!isAuthenticated) return;
    client.connect(userId);
    return () => client.disconnect();
  }, [client, isAuthenticated, userId]);
}

/** Follows the client, and clears the data of a user who signed out. */
function useCaches(client: SocketClient, isAuthenticated: boolean, userId: number | undefined, queries: QueryClient | undefined): void {
  const owner = useRef<number | true | null>(null);
  useEffect(() => {
    if (!queries) return;
    const now = isAuthenticated ? (userId ?? true) : null;
    if (owner.current !== null && owner.current !== now) queries.removeQueries({ queryKey: socketKeys.all });
    owner.current = now;
    if (!isAuthenticated) return;
    const bridge = new CacheBridge(client, queries);
    bridge.start();
    return () => bridge.stop();
  }, [client, isAuthenticated, userId, queries]);
}

function useRetries(status: ConnectionStatus, queries: QueryClient | undefined): void {
  useEffect(() => {
    if (status === "connected" && queries) retryFailed(queries);
  }, [status, queries]);
}

type Actions = Omit<SocketContextValue, "socket" | "isConnected" | "status">;

function useActions(client: SocketClient): Actions {
  return useMemo(
    () => ({
      // On a server one client renders for all users, so there is nothing to join.
      joinConversation: (conversationId) => void (isBrowser() && client.joinConversation(conversationId)),
      leaveConversation: (conversationId) => client.leaveConversation(conversationId),
      sendMessage: (conversationId, text, options) => client.sendMessage(conversationId, text, options),
      markAsRead: (conversationId, upToSeq) => client.markAsRead(conversationId, upToSeq),
      editMessage: (messageId, text) => client.editMessage(messageId, text),
      deleteMessage: (messageId, scope) => client.deleteMessage(messageId, scope),
    }),
    [client],
  );
}

/** Also true in React Native, which has a `window`. */
function isBrowser(): boolean {
  return typeof (globalThis as { window?: unknown }).window !== "undefined";
}
