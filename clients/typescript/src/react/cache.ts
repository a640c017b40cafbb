import type { QueryClient, QueryKey } from "@tanstack/react-query";
import type { SocketClient, SocketList, Unsubscribe } from "../index";
import type { Cache } from "./kind";
import { follow, socketKeys } from "./kinds";

/** Reads again what failed while there was no connection. */
export function retryFailed(queries: QueryClient): void {
  const failed = queries.getQueryCache().findAll({ queryKey: socketKeys.all, predicate: ({ state }) => state.status === "error" });
  for (const { queryKey } of failed) void queries.invalidateQueries({ queryKey, exact: true });
}

/** Milliseconds between two reads of data that cannot be patched. */
const PAUSE_MS = 1_000;

/**
 * Keeps React Query's data in step with the client. Exact data is written in place, once for all changes of one turn.
 * A filtered list, whose members only the server knows, is invalidated at most once a second. A query that was never
 * read is left alone.
 */
export class CacheBridge implements Cache {
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
    this.#undo = [
      ...follow(this.#client, this),
      this.#client.on("reset", () => this.invalidate(socketKeys.all)),
    ];
  }

  stop(): void {
    for (const undo of this.#undo.splice(0)) undo();
    clearTimeout(this.#invalidating);
    this.#invalidating = undefined;
    this.#patches.clear();
    this.#stale.clear();
  }

  list(list: SocketList, key: QueryKey, now: () => unknown): void {
    const whole = this.#client.holds(list);
    if (whole) this.patch(key, now);
    for (const { queryKey } of this.#queries.getQueryCache().findAll({ queryKey: key })) {
      if (!whole || queryKey.length > key.length) this.invalidate(queryKey);
    }
  }

  remove(key: QueryKey): void {
    this.#queries.removeQueries({ queryKey: key });
  }

  patch(key: QueryKey, now: () => unknown): void {
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

  invalidate(key: QueryKey): void {
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
