import type { Changes } from "../wire/types";
import type { Rest } from "./rest";
import type { Store } from "./store";

/** Pages of conversations searched for unread messages. */
const MOST_LISTS = 5;

/** Keeps the store's total of unread messages true while a connection begins. */
export class UnreadTotal {
  readonly #store: Store;
  readonly #rest: Rest;
  /** The revision of the total in `ready`, while the sync that follows it runs; otherwise null. */
  #revision: number | null = null;
  #isUnsure = false;

  constructor(store: Store, rest: Rest) {
    this.#store = store;
    this.#rest = rest;
  }

  /** Whether changes move the total; not those that `ready` already counted. */
  get counts(): boolean {
    return this.#revision === null;
  }

  /** Takes the total of `ready`, read at `revision`. */
  begin(total: number, revision: number): void {
    this.#store.unreadTotal = total;
    this.#revision = revision;
  }

  /** Ends what `begin` began; false when another connection has begun since. */
  finish(revision: number): boolean {
    if (this.#revision !== revision) return false;
    this.#revision = null;
    return true;
  }

  /** Notes changes: those after `ready` make its total unsure. */
  note({ messages, reads }: Changes): void {
    const from = this.#revision;
    if (from !== null) this.#isUnsure ||= [...messages, ...reads].some(({ revision }) => revision > from);
  }

  /** Counts again where the total is unsure, or more than the loaded conversations explain. */
  async settle(): Promise<void> {
    if (this.#isUnsure || this.#store.knownUnread < this.#store.unreadTotal) await this.find();
  }

  /**
   * Loads conversations until those with unread messages are here, so that reading one of them elsewhere can be
   * subtracted. When all are loaded, their sum is the total.
   */
  async find(): Promise<void> {
    const store = this.#store;
    let cursor: string | number | null | undefined;
    this.#isUnsure = false;
    for (let page = 0; page < MOST_LISTS; page += 1) {
      const { items, next_cursor } = await this.#rest.conversations({ limit: 100, ...(cursor ? { cursor } : {}) });
      for (const conversation of items) store.putConversation(conversation, { counts: false });
      cursor = next_cursor;
      if (cursor === null) store.unreadTotal = store.knownUnread;
      if (cursor === null || store.knownUnread >= store.unreadTotal) return;
    }
  }
}
