import { Backoff } from "../backoff";
import { Emitter } from "../emitter";
import { asPalabreError, isSignInProblem, isTransient, type PalabreError } from "../wire/errors";
import type { SendAnswer, SendPayload, SendTarget } from "../wire/protocol";
import { newClientId } from "./client-id";
import { MemoryOutboxStorage, type OutboxItem, type OutboxStorage } from "./outbox-storage";

export interface OutboxEvents {
  /** An item was added, changed or removed. */
  change: { item: OutboxItem };
  sent: { item: OutboxItem; answer: SendAnswer };
  failed: { item: OutboxItem; error: PalabreError };
}

export interface NewMessage extends SendTarget {
  text: string;
  reply_to_id?: number;
}

/** Messages between tabs that share an outbox. */
export type OutboxNews =
  | { kind: "put"; item: OutboxItem }
  | { kind: "removed"; clientId: string }
  | { kind: "sent"; item: OutboxItem; answer: SendAnswer };

/** The connection to the same outbox in other tabs; one tab sends. */
export interface OutboxShare {
  readonly sends: boolean;
  tell(news: OutboxNews): void;
  listen(hear: (news: OutboxNews) => void): void;
}

export type Deliver = (payload: SendPayload & { client_id: string }) => Promise<SendAnswer>;

/** The queue of one conversation, sent one message at a time. */
interface Lane {
  running: boolean;
  /** Ends the wait for the next attempt. */
  wake: (() => void) | null;
  backoff: Backoff;
}

/**
 * Messages that the server has not acknowledged. Each conversation's are sent in the order they were written, one after the
 * other was stored or refused. A refused message is marked as failed and does not delay the next.
 */
export class Outbox extends Emitter<OutboxEvents> {
  readonly #items = new Map<string, OutboxItem>();
  readonly #lanes = new Map<string, Lane>();
  readonly #deliver: Deliver;
  readonly #storage: OutboxStorage;
  readonly #share: OutboxShare | undefined;
  #open = false;
  #lastOrder = 0;

  constructor(deliver: Deliver, storage: OutboxStorage = new MemoryOutboxStorage(), share?: OutboxShare) {
    super();
    this.#deliver = deliver;
    this.#storage = storage;
    this.#share = share;
    share?.listen((news) => this.#hear(news));
  }

  /** Loads messages left by an earlier run of the program. */
  async load(): Promise<void> {
    for (const item of (await this.#storage.load()).sort(byOrder)) {
      if (this.#items.has(item.client_id)) continue;
      // The sending tab has stored it: a second write here could come after its removal.
      if (this.#share?.sends === false) this.#show(item);
      else this.#put(item.state === "failed" ? item : { ...item, state: "queued" });
    }
    this.flush();
  }

  /** Oldest first, failed ones included. */
  items(): OutboxItem[] {
    return [...this.#items.values()].sort(byOrder);
  }

  /** The items of one conversation, oldest first. */
  of(conversationId: number): OutboxItem[] {
    return this.items().filter((item) => item.conversation_id === conversationId);
  }

  has(clientId: string): boolean {
    return this.#items.has(clientId);
  }

  add(message: NewMessage): OutboxItem {
    const item: OutboxItem = {
      ...message,
      client_id: newClientId(),
      order: this.#nextOrder(),
      state: "queued",
    };
    this.#put(item);
    this.#run(laneOf(item));
    return item;
  }

  /**
   * Sends a failed message again under the same `client_id`, so that it cannot appear twice.
   * @example
   * client.outbox.retry(item.client_id);
   */
  retry(clientId: string): void {
    const item = this.#items.get(clientId);
    if (item?.state !== "failed") return;
    const { error: _forgotten, ...rest } = item;
    this.#put({ ...rest, state: "queued" });
    this.#run(laneOf(item));
  }

  /** Drops a message. */
  discard(clientId: string): void {
    this.#remove(clientId);
  }

  /** Removes a message that was seen in the conversation, with or without an answer. */
  settle(clientId: string): void {
    this.#remove(clientId);
  }

  /** Allows sending, and tries waiting messages now. */
  flush(): void {
    if (this.#share?.sends === false) return; // another tab does
    this.#open = true;
    for (const lane of this.#lanes.values()) {
      lane.backoff.reset();
      lane.wake?.();
    }
    for (const name of new Set(this.items().map(laneOf))) this.#run(name);
  }

  /** Sends nothing until the next flush; for when no user is signed in. */
  pause(): void {
    this.#open = false;
    for (const lane of this.#lanes.values()) lane.wake?.();
  }

  #run(name: string): void {
    const lane = this.#lane(name);
    if (lane.running || !this.#open) return;
    void this.#drain(name, lane);
  }

  async #drain(name: string, lane: Lane): Promise<void> {
    lane.running = true;
    for (let item = this.#next(name); item && this.#open; item = this.#next(name)) {
      await this.#attempt(item, lane);
    }
    lane.running = false; // in the same turn as the last check, so that no new item is missed
  }

  async #attempt(item: OutboxItem, lane: Lane): Promise<void> {
    this.#put({ ...item, state: "sending" });
    try {
      const answer = await this.#deliver(payloadOf(item));
      lane.backoff.reset();
      this.#remove(item.client_id);
      this.emit("sent", { item, answer });
      this.#share?.tell({ kind: "sent", item, answer });
    } catch (thrown) {
      await this.#refused(item, asPalabreError(thrown), lane);
    }
  }

  async #refused(item: OutboxItem, error: PalabreError, lane: Lane): Promise<void> {
    if (!this.#items.has(item.client_id)) return;
    if (isSignInProblem(error)) this.#open = false;
    if (isSignInProblem(error) || isTransient(error)) {
      this.#put({ ...item, state: "queued" });
      if (this.#open) await this.#pauseLane(lane, error);
      return;
    }
    const failed: OutboxItem = { ...item, state: "failed", error: { code: error.code, message: readable(error) } };
    this.#put(failed);
    this.emit("failed", { item: failed, error });
  }

  #pauseLane(lane: Lane, error: PalabreError): Promise<void> {
    const delay = error.retryAfter === null ? lane.backoff.next() : error.retryAfter * 1_000;
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        lane.wake = null;
        resolve();
      };
      const timer = setTimeout(done, delay);
      // A retry before the server's `retry_after` would be refused again.
      lane.wake = error.code === "rate_limited" ? null : done;
    });
  }

  /** The time in milliseconds, or one more than the last where that is not later. */
  #nextOrder(): number {
    this.#lastOrder = Math.max(Date.now(), this.#lastOrder + 1);
    return this.#lastOrder;
  }

  #next(name: string): OutboxItem | undefined {
    return this.items().find((item) => item.state !== "failed" && laneOf(item) === name);
  }

  #lane(name: string): Lane {
    let lane = this.#lanes.get(name);
    if (!lane) this.#lanes.set(name, (lane = { running: false, wake: null, backoff: new Backoff() }));
    return lane;
  }

  /** Applies a change from another tab, which has stored it already. */
  #hear(news: OutboxNews): void {
    if (news.kind === "sent") return this.emit("sent", news);
    const item = news.kind === "put" ? news.item : this.#items.get(news.clientId);
    if (!item) return;
    if (news.kind === "put") this.#items.set(item.client_id, item);
    else this.#items.delete(item.client_id);
    this.emit("change", { item });
    if (news.kind === "put") this.#run(laneOf(item));
  }

  #put(item: OutboxItem): void {
    void this.#storage.put(item);
    this.#share?.tell({ kind: "put", item });
    this.#show(item);
  }

  #show(item: OutboxItem): void {
    this.#items.set(item.client_id, item);
    this.emit("change", { item });
  }

  #remove(clientId: string): void {
    const item = this.#items.get(clientId);
    if (!item) return;
    this.#items.delete(clientId);
    void this.#storage.remove(clientId);
    this.#share?.tell({ kind: "removed", clientId });
    this.emit("change", { item });
  }
}

function payloadOf(item: OutboxItem): SendPayload & { client_id: string } {
  const { state: _state, error: _error, order: _order, ...payload } = item;
  return payload;
}

function laneOf(target: SendTarget): string {
  return `${target.conversation_id ?? ""}/${target.product_id ?? ""}/${target.recipient_id ?? ""}`;
}

function byOrder(a: OutboxItem, b: OutboxItem): number {
  return a.order - b.order;
}

/** The server's message, with its fields' problems where there are any. */
function readable(error: PalabreError): string {
  const details = error.details.map(({ message }) => message).join(" ");
  return details ? `${error.message} ${details}` : error.message;
}
