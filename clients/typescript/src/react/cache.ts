import type { QueryClient, QueryKey } from "@tanstack/react-query";
import type { SocketClient, SocketList, Unsubscribe } from "../index";
import { socketKeys } from "./keys";

/** What could not be read while nobody could be reached is asked for again. */
export function retryFailed(queries: QueryClient): void {
  const failed = queries.getQueryCache().findAll({ queryKey: socketKeys.all, predicate: ({ state }) => state.status === "error" });
  for (const { queryKey } of failed) void queries.invalidateQueries({ queryKey, exact: true });
}

/** Lists that cannot be patched are read anew at most this often. */
const PAUSE_MS = 1_000;

/**
 * Keeps React Query's data in step with the client. What is held exactly is written in place, once for all that
 * happens in one turn; a list with a filter, of which only the server knows what belongs to it, is invalidated, once
 * a moment. A query that nobody has read is left alone.
 */
export class CacheBridge {
  readonly #client: SocketClient;
  readonly #queries: QueryClient;
  readonly #patches = new Map<string, () => void>();
  readonly #stale = new Map<string, QueryKey>();
  #invalidating: ReturnType<typeof setTimeout> | undefined;
  #undo: Unsubscribe[] = [];

  constructor(client: SocketClient, queries: QueryClient) {
    this.#client = client;
    this.#queries = queries;
  }

  start(): void {
    const client = this.#client;
    this.#undo = [
      client.on("messages", ({ conversationId }) => this.#messages(conversationId)),
      client.on("conversations", ({ conversationId }) => this.#conversations(conversationId)),
      client.on("unread", () => this.#patch(socketKeys.unread, () => client.unreadTotal)),
      client.on("lessons", () => this.#list("lessons", socketKeys.lessons(), () => client.lessons())),
      client.on("contactRequests", () => this.#list("contactRequests", socketKeys.contactRequests(), () => client.contactRequests())),
      client.on("reset", () => this.#invalidate(socketKeys.all)),
    ];
  }

  stop(): void {
    for (const undo of this.#undo.splice(0)) undo();
    clearTimeout(this.#invalidating);
    this.#invalidating = undefined;
    this.#patches.clear();
    this.#stale.clear();
  }

  #messages(conversationId: number): void {
    const key = socketKeys.messages(conversationId);
    // What was rendered on a server, or kept from yesterday, is more than what has been heard since.
    if (this.#client.holdsMessages(conversationId)) this.#patch(key, () => this.#client.messages(conversationId));
    else this.#invalidate(key);
  }

  #conversations(conversationId: number | null): void {
    this.#list("conversations", socketKeys.conversations, () => this.#client.conversations());
    if (conversationId === null) return;
    const key = socketKeys.conversation(conversationId);
    if (this.#client.conversation(conversationId)) this.#patch(key, () => this.#client.conversation(conversationId));
    else this.#queries.removeQueries({ queryKey: key });
  }

  /** A list that was read whole is patched; its filtered sisters, and one that was not, are asked for again. */
  #list(list: SocketList, key: QueryKey, now: () => unknown): void {
    const whole = this.#client.holds(list);
    if (whole) this.#patch(key, now);
    for (const { queryKey } of this.#queries.getQueryCache().findAll({ queryKey: key })) {
      if (!whole || queryKey.length > key.length) this.#invalidate(queryKey);
    }
  }

  #patch(key: QueryKey, now: () => unknown): void {
    if (this.#patches.size === 0) queueMicrotask(() => this.#write());
    this.#patches.set(JSON.stringify(key), () => {
      if (this.#queries.getQueryData(key) !== undefined) this.#queries.setQueryData(key, now());
    });
  }

  #write(): void {
    const patches = [...this.#patches.values()];
    this.#patches.clear();
    for (const patch of patches) patch();
  }

  #invalidate(key: QueryKey): void {
    if (this.#queries.getQueryCache().findAll({ queryKey: key }).length === 0) return;
    this.#stale.set(JSON.stringify(key), key);
    this.#invalidating ??= setTimeout(() => {
      this.#invalidating = undefined;
      const keys = [...this.#stale.values()];
      this.#stale.clear();
      for (const queryKey of keys) void this.#queries.invalidateQueries({ queryKey });
    }, PAUSE_MS);
  }
}
