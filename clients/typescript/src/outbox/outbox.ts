import { Backoff } from "../backoff";
import { newClientId } from "./client-id";
import { asPalabreError, isSignInProblem, isTransient, type PalabreError } from "../wire/errors";
import { Emitter } from "../emitter";
import { MemoryOutboxStorage, type OutboxItem, type OutboxStorage } from "./outbox-storage";
import type { SendAnswer, SendPayload, SendTarget } from "../wire/protocol";

export interface OutboxEvents {
  /** An item was added, changed state or left. */
  change: { item: OutboxItem };
  sent: { item: OutboxItem; answer: SendAnswer };
  failed: { item: OutboxItem; error: PalabreError };
}

export interface NewMessage extends SendTarget {
  text: string;
  reply_to_id?: number;
}

/** What tabs that share an outbox tell each other. */
export type OutboxNews =
  | { kind: "put"; item: OutboxItem }
  | { kind: "removed"; clientId: string }
  | { kind: "sent"; item: OutboxItem; answer: SendAnswer };

/** The same outbox in other tabs, of which one sends. */
export interface OutboxShare {
  readonly sends: boolean;
  tell(news: OutboxNews): void;
  listen(hear: (news: OutboxNews) => void): void;
}

export type Deliver = (payload: SendPayload & { client_id: string }) => Promise<SendAnswer>;

/** Messages to one place, which leave one after the other. */
interface Lane {
  running: boolean;
  /** Wakes a lane that waits for its next attempt. */
  wake: (() => void) | null;
  backoff: Backoff;
}

/**
 * Messages that the server has not acknowledged. Each conversation's leave in the order they were written, the next
 * one only after the one before was stored or refused; a refusal marks its message and holds nobody up.
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

  /** Takes up what an earlier run of the program left. */
  async load(): Promise<void> {
    for (const item of (await this.#storage.load()).sort(byOrder)) {
      if (this.#items.has(item.client_id)) continue;
      // The tab that sends has it too: written down again here, it might outlive its own removal.
      if (this.#share?.sends === false) this.#show(item);
      else this.#put(item.state === "failed" ? item : { ...item, state: "queued" });
    }
    this.flush();
  }

  /** Oldest first, failed ones included. */
  items(): OutboxItem[] {
    return [...this.#items.values()].sort(byOrder);
  }

  /** Those of one conversation, oldest first. */
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

  /** Sends a failed message again, under the same id: had it been stored after all, it would not appear twice. */
  retry(clientId: string): void {
    const item = this.#items.get(clientId);
    if (item?.state !== "failed") return;
    const { error: _forgotten, ...rest } = item;
    this.#put({ ...rest, state: "queued" });
    this.#run(laneOf(item));
  }

  /** Gives a message up. */
  discard(clientId: string): void {
    this.#remove(clientId);
  }

  /** The message was seen in the conversation: it has arrived, whatever became of the answer. */
  settle(clientId: string): void {
    this.#remove(clientId);
  }

  /** Allows sending, and tries at once what waits. */
  flush(): void {
    if (this.#share?.sends === false) return; // another tab does
    this.#open = true;
    for (const lane of this.#lanes.values()) {
      lane.backoff.reset();
      lane.wake?.();
    }
    for (const name of new Set(this.items().map(laneOf))) this.#run(name);
  }

  /** Sends nothing until the next flush: nobody is signed in. */
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
    lane.running = false; // in the same turn as the last look, so that nothing added is overlooked
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
      // Whoever was told when to come back would only be refused again before.
      lane.wake = error.code === "rate_limited" ? null : done;
    });
  }

  /** The time, or one more than the last when that is the same moment. */
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

  /** What happened in another tab, which has stored it already. */
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

/** What the server found wrong, in its words, field by field where it says so. */
function readable(error: PalabreError): string {
  const details = error.details.map(({ message }) => message).join(" ");
  return details ? `${error.message} ${details}` : error.message;
}
