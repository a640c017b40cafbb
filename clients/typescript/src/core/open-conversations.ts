import { PalabreError } from "../wire/errors";
import type { Connection } from "./connection";
import type { Rest } from "./rest";
import type { Store } from "./store";

export interface OpenConversationsNeeds {
  connection: Connection;
  rest: Rest;
  store: Store;
  /** Whether messages that arrive move the total of unread messages. */
  counts: () => boolean;
}

const PAGE = 50;

/** Conversations on screen: joined on every connection, loaded by REST without one, kept free of gaps. */
export class OpenConversations {
  readonly #connection: Connection;
  readonly #rest: Rest;
  readonly #store: Store;
  readonly #counts: () => boolean;
  /** How many places hold each open. */
  readonly #holders = new Map<number, number>();
  readonly #filling = new Map<number, Promise<void>>();

  constructor({ connection, rest, store, counts }: OpenConversationsNeeds) {
    this.#connection = connection;
    this.#rest = rest;
    this.#store = store;
    this.#counts = counts;
  }

  has(conversationId: number): boolean {
    return this.#holders.has(conversationId);
  }

  ids(): IterableIterator<number> {
    return this.#holders.keys();
  }

  hold(conversationId: number): void {
    this.#holders.set(conversationId, (this.#holders.get(conversationId) ?? 0) + 1);
  }

  /** Lets go of one hold; leaves the conversation with the last. */
  release(conversationId: number): void {
    const holders = (this.#holders.get(conversationId) ?? 0) - 1;
    if (holders > 0) return void this.#holders.set(conversationId, holders);
    this.#holders.delete(conversationId);
    if (this.#connection.status !== "connected") return;
    this.#connection.request("leave_conversation", { conversation_id: conversationId }).catch(() => undefined);
  }

  /** The reader no longer belongs to it. */
  removed(conversationId: number): void {
    this.#holders.delete(conversationId);
    this.#store.remove(conversationId);
  }

  /** Joins, and fetches what is missing. @throws PalabreError */
  async join(conversationId: number): Promise<void> {
    const timeline = this.#store.timeline(conversationId);
    const after = timeline.started ? { after_seq: timeline.upTo } : {};
    try {
      const answer = await this.#connection.request("join_conversation", { conversation_id: conversationId, ...after });
      const options = { counts: this.#counts() };
      this.#store.putConversation(answer.conversation, options);
      this.#store.putNewest(conversationId, answer.messages, { ...options, hasOlder: answer.has_more });
      await this.fill(conversationId);
    } catch (error) {
      if (error instanceof PalabreError && error.code === "not_found") this.removed(conversationId);
      throw error;
    }
  }

  /** Loads the conversation and its newest page. @throws PalabreError */
  async loadByRest(conversationId: number): Promise<void> {
    this.#store.putConversation(await this.#rest.conversation(conversationId));
    const { items } = await this.#rest.messages(conversationId, { limit: PAGE });
    this.#store.putNewest(conversationId, items, { hasOlder: (items[0]?.seq ?? 1) > 1 });
  }

  /** Loads the page before the messages that are here. @throws PalabreError */
  async loadOlder(conversationId: number): Promise<void> {
    const timeline = this.#store.timeline(conversationId);
    if (!timeline.hasOlder) return;
    const { items } = await this.#rest.messages(conversationId, { before_seq: timeline.from, limit: PAGE });
    this.#store.putOlder(conversationId, items, items.length > 0 && (items[0]?.seq ?? 1) > 1);
  }

  /** Fetches messages missing between those on screen and the newest. @throws PalabreError */
  fill(conversationId: number): Promise<void> {
    const running = this.#filling.get(conversationId) ?? this.#fetchMissing(conversationId);
    this.#filling.set(conversationId, running);
    return running.finally(() => this.#filling.delete(conversationId));
  }

  async #fetchMissing(conversationId: number): Promise<void> {
    while (this.#store.lacksMessages(conversationId)) {
      const after = this.#store.timeline(conversationId).upTo;
      const { items } = await this.#rest.messages(conversationId, { after_seq: after, limit: 100 });
      if (items.length === 0) return;
      this.#store.putNewest(conversationId, items, { counts: this.#counts() });
    }
  }
}
