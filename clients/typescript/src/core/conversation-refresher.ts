import type { Rest } from "./rest";
import type { Store } from "./store";

const DELAY_MS = 250;

/** Fetches single conversations again, at most once each in 250 ms. */
export class ConversationRefresher {
  readonly #store: Store;
  readonly #rest: Rest;
  readonly #waiting = new Map<number, ReturnType<typeof setTimeout>>();

  constructor(store: Store, rest: Rest) {
    this.#store = store;
    this.#rest = rest;
  }

  soon(conversationId: number): void {
    if (this.#waiting.has(conversationId)) return;
    const timer = setTimeout(() => this.#fetch(conversationId), DELAY_MS);
    this.#waiting.set(conversationId, timer);
  }

  stop(): void {
    for (const timer of this.#waiting.values()) clearTimeout(timer);
  }

  #fetch(conversationId: number): void {
    this.#waiting.delete(conversationId);
    this.#rest
      .conversation(conversationId)
      .then((conversation) => this.#store.putConversation(conversation))
      .catch(() => undefined); // not ours to see, or the next sync brings it
  }
}
