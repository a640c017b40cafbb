import type { SendTarget } from "../wire/protocol";

/** An unsent message. */
export interface OutboxItem extends SendTarget {
  client_id: string;
  text: string;
  reply_to_id?: number;
  /** When it was written, in milliseconds since 1970; unique, and the order of sending. */
  order: number;
  state: "queued" | "sending" | "failed";
  /** Why it failed: a sentence for users, a code for programs. */
  error?: { code: string; message: string };
}

/** Storage for messages not acknowledged yet, so that a reload does not lose them. */
export interface OutboxStorage {
  load(): Promise<OutboxItem[]>;
  put(item: OutboxItem): Promise<void>;
  remove(clientId: string): Promise<void>;
}

/** Keeps unsent messages in memory. */
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

/** The interface of localStorage. */
export interface KeyValueStorage {
  readonly length: number;
  key(index: number): string | null;
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
}

/**
 * Keeps each message under its own key, so that two tabs writing at once lose nothing. `owner` is the signed-in user: the
 * next user does not send their messages.
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
      // Full or blocked (private browsing): still sent, but lost by a reload.
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

/** Keeps unsent messages in React Native's AsyncStorage: `new AsyncOutboxStorage(AsyncStorage, userId)`. */
export class AsyncOutboxStorage implements OutboxStorage {
  readonly #storage: AsyncStorageLike;
  readonly #prefix: string;
  /** Writes in sequence: a removal must not overtake the write of its item. */
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

  /** Ignores storage errors: the message is still sent. */
  #then<Result>(call: () => Promise<Result>, otherwise: Result): Promise<Result> {
    const result = this.#last.then(call).catch(() => otherwise);
    this.#last = result;
    return result;
  }
}
