import type { QueryKey } from "@tanstack/react-query";
import type { SocketClient, SocketList, Unsubscribe } from "../index";

/** Changes that a kind may make to React Query's data. */
export interface Cache {
  /** Writes exact data in place, once for all changes of one turn. */
  patch(key: QueryKey, now: () => unknown): void;
  /** Reads again, at most once a second. */
  invalidate(key: QueryKey): void;
  /** Patches a list that was read whole; reads the others, and every filtered list, again. */
  list(list: SocketList, key: QueryKey, now: () => unknown): void;
  remove(key: QueryKey): void;
}

/** One kind of data under React Query. `kinds.ts` lists the kinds. */
export interface Kind {
  /** Become members of `socketKeys`. */
  keys: object;
  /** Become members of `socketQueries`. */
  queries: object;
  /** Keeps the cache current from the client's events. */
  follow(client: SocketClient, cache: Cache): Unsubscribe;
}
