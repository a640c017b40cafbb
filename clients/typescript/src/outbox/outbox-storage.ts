import type { SendTarget } from "../wire/protocol";

/** A message on its way. */
export interface OutboxItem extends SendTarget {
  client_id: string;
  text: string;
  reply_to_id?: number;
  /** When it was written, in milliseconds since 1970; two never share one, and sending follows it. */
  order: number;
  state: "queued" | "sending" | "failed";
  /** Why it failed, for people, and its code, for programs. */
  error?: { code: string; message: string };
}

/** Where messages wait that have not been acknowledged, so that a reload does not lose them. */
export interface OutboxStorage {
  load(): Promise<OutboxItem[]>;
  put(item: OutboxItem): Promise<void>;
  remove(clientId: string): Promise<void>;
}

/** Keeps them as long as the program runs. */
export class MemoryOutboxStorage implements OutboxStorage {
  readonly #items = new Map<string, OutboxItem>();

  async load(): Promise<OutboxItem[]> {
    return [...this.#items.values()];
  }

  async put(item: OutboxItem): Promise<void> {
    this.#items.set(item.client_id, item);
  }

  async remove(clientId: string): Promise<void> {
    this.#items.delete(clientId);
  }
}

/** What localStorage offers, and anything like it. */
export interface KeyValueStorage {
  readonly length: number;
  key(index: number): string | null;
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
}

/**
 * Keeps each message under a key of its own, so that two tabs that write at once cannot lose one another's. `owner` is
 * the person signed in: what one wrote is not sent by the next.
 */
export class KeyValueOutboxStorage implements OutboxStorage {
  readonly #storage: KeyValueStorage;
  readonly #prefix: string;

  constructor(storage: KeyValueStorage, owner: number) {
    this.#storage = storage;
    this.#prefix = `palabre.outbox.${owner}.`;
  }

  async load(): Promise<OutboxItem[]> {
    const items: OutboxItem[] = [];
    for (let index = 0; index < this.#storage.length; index += 1) {
      const key = this.#storage.key(index);
      if (key?.startsWith(this.#prefix)) items.push(...read(this.#storage.getItem(key)));
    }
    return items;
  }

  async put(item: OutboxItem): Promise<void> {
    try {
      this.#storage.setItem(this.#prefix + item.client_id, JSON.stringify(item));
    } catch {
      // Full or forbidden (private browsing): it is still sent, it merely does not outlive a reload.
    }
  }

  async remove(clientId: string): Promise<void> {
    this.#storage.removeItem(this.#prefix + clientId);
  }
}

function read(stored: string | null): OutboxItem[] {
  try {
    return stored ? [JSON.parse(stored) as OutboxItem] : [];
  } catch {
    return [];
  }
}

/** The part of React Native's AsyncStorage that is used. */
export interface AsyncStorageLike {
  getAllKeys(): Promise<readonly string[]>;
  getItem(key: string): Promise<string | null>;
  setItem(key: string, value: string): Promise<void>;
  removeItem(key: string): Promise<void>;
}

/** The same in an app: `new AsyncOutboxStorage(AsyncStorage, userId)`. */
export class AsyncOutboxStorage implements OutboxStorage {
  readonly #storage: AsyncStorageLike;
  readonly #prefix: string;
  /** Writes one after the other: a removal must not be overtaken by the item it removes. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(storage: AsyncStorageLike, owner: number) {
    this.#storage = storage;
    this.#prefix = `palabre.outbox.${owner}.`;
  }

  load(): Promise<OutboxItem[]> {
    return this.#then(async () => {
      const keys = (await this.#storage.getAllKeys()).filter((key) => key.startsWith(this.#prefix));
      const stored = await Promise.all(keys.map((key) => this.#storage.getItem(key)));
      return stored.flatMap(read);
    }, []);
  }

  put(item: OutboxItem): Promise<void> {
    return this.#then(() => this.#storage.setItem(this.#prefix + item.client_id, JSON.stringify(item)), undefined);
  }

  remove(clientId: string): Promise<void> {
    return this.#then(() => this.#storage.removeItem(this.#prefix + clientId), undefined);
  }

  /** A storage that fails costs the reload, not the message. */
  #then<Result>(call: () => Promise<Result>, otherwise: Result): Promise<Result> {
    const result = this.#last.then(call).catch(() => otherwise);
    this.#last = result;
    return result;
  }
}
