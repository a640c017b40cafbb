import type { OutboxItem, OutboxStorage } from "./outbox-storage";

const STORE = "items";

/** The part of IndexedDB that is used, declared here because the core assumes no browser. */
export interface IndexedDbLike {
  open(name: string, version: number): OpenRequest;
}

interface DbRequest<Result> {
  readonly result: Result;
  readonly error: unknown;
  onsuccess: ((event: never) => void) | null;
  onerror: ((event: never) => void) | null;
}

interface OpenRequest extends DbRequest<Database> {
  onupgradeneeded: ((event: never) => void) | null;
}

interface Database {
  createObjectStore(name: string, options: { keyPath: string }): unknown;
  transaction(store: string, mode: "readonly" | "readwrite"): Transaction;
}

interface Transaction {
  readonly error: unknown;
  objectStore(name: string): ObjectStore;
  oncomplete: ((event: never) => void) | null;
  onabort: ((event: never) => void) | null;
  onerror: ((event: never) => void) | null;
}

interface ObjectStore {
  getAll(): DbRequest<OutboxItem[]>;
  put(item: OutboxItem): DbRequest<unknown>;
  delete(key: string): DbRequest<unknown>;
}

/** Keeps unsent messages in IndexedDB, one database a user; keeps nothing where that is blocked. */
export class IndexedDbOutboxStorage implements OutboxStorage {
  readonly #factory: IndexedDbLike;
  readonly #name: string;
  #database: Promise<Database> | null = null;

  constructor(factory: IndexedDbLike, owner: number) {
    this.#factory = factory;
    this.#name = `palabre.outbox.${owner}`;
  }

  async load(): Promise<OutboxItem[]> {
    return (await this.#run<OutboxItem[]>("readonly", (store) => store.getAll())) ?? [];
  }

  async put(item: OutboxItem): Promise<void> {
    await this.#run("readwrite", (store) => store.put(item));
  }

  async remove(clientId: string): Promise<void> {
    await this.#run("readwrite", (store) => store.delete(clientId));
  }

  async #run<Result>(mode: "readonly" | "readwrite", call: (store: ObjectStore) => DbRequest<unknown>): Promise<Result | undefined> {
    try {
      const database = await (this.#database ??= this.#open());
      const transaction = database.transaction(STORE, mode);
      const request = call(transaction.objectStore(STORE));
      await new Promise<void>((resolve, reject) => {
        transaction.oncomplete = () => resolve();
        transaction.onabort = transaction.onerror = () => reject(transaction.error);
      });
      return request.result as Result;
    } catch {
      this.#database = null; // full, blocked, or closed by the browser: the message is still sent
      return undefined;
    }
  }

  #open(): Promise<Database> {
    return new Promise((resolve, reject) => {
      const request = this.#factory.open(this.#name, 1);
      request.onupgradeneeded = () => request.result.createObjectStore(STORE, { keyPath: "client_id" });
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
  }
}
