import type { PalabreClient } from "@palabre/client";
import type { MessageList } from "./message-list";

/** The share of a row, or of the window, that must be visible for the row to count as seen. */
const SEEN = 0.4;
const STEPS = [0, 0.2, SEEN, 0.6, 0.8, 1];

/** Marks visible messages as read: the tab is visible, and the row is inside the scroller. */
export class Reading {
  readonly #client: PalabreClient;
  readonly #conversationId: number;
  readonly #inSight = new Set<HTMLElement>();
  readonly #watched = new WeakSet<HTMLElement>();
  readonly #observer: IntersectionObserver;

  constructor(root: HTMLElement, list: MessageList, client: PalabreClient, conversationId: number) {
    this.#client = client;
    this.#conversationId = conversationId;
    this.#observer = new IntersectionObserver((entries) => this.#look(entries), { root, threshold: STEPS });
    const watch = (): void => list.rows().forEach((row) => this.#watch(row));
    list.on("rendered", watch);
    watch();
    document.addEventListener("visibilitychange", () => this.#mark());
  }

  #watch(row: HTMLElement): void {
    if (this.#watched.has(row)) return;
    this.#watched.add(row);
    this.#observer.observe(row);
  }

  #look(entries: IntersectionObserverEntry[]): void {
    for (const entry of entries) {
      if (!(entry.target instanceof HTMLElement)) continue;
      if (isSeen(entry)) this.#inSight.add(entry.target);
      else this.#inSight.delete(entry.target);
    }
    this.#mark();
  }

  #mark(): void {
    if (document.hidden) return;
    let furthest = 0;
    for (const row of this.#inSight) if (row.isConnected) furthest = Math.max(furthest, Number(row.dataset["seq"] ?? 0));
    const conversation = this.#client.store.conversation(this.#conversationId);
    const me = this.#client.store.me?.id;
    const mark = conversation?.participants.find(({ user }) => user.id === me)?.last_read_seq ?? 0;
    if (conversation && conversation.unread_count > 0 && furthest > mark) this.#client.markRead(this.#conversationId, furthest);
  }
}

function isSeen({ isIntersecting, intersectionRatio, intersectionRect, rootBounds }: IntersectionObserverEntry): boolean {
  if (!isIntersecting) return false;
  return intersectionRatio >= SEEN || intersectionRect.height >= SEEN * (rootBounds?.height ?? Infinity);
}
