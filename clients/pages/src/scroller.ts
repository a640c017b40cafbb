import type { PalabreClient } from "@palabre/client";
import { byId, setText, show } from "./dom";
import type { MessageList } from "./message-list";
import { toast } from "./notices";
import { sayCount, sayError } from "./phrases";

/** Nearer to the end than this, in pixels, a reader follows what arrives. */
const NEAR_END = 80;

/**
 * Where a reader is in the conversation. The scrolling element runs bottom to top (`column-reverse`): `scrollTop` is 0
 * at the end and negative above it, and rows added at either end do not move what is being read.
 */
export class Scroller {
  readonly #element: HTMLElement;
  readonly #client: PalabreClient;
  readonly #conversationId: number;
  readonly #older = byId("load-older");
  #unseen = 0;
  #loading = false;

  constructor(element: HTMLElement, list: MessageList, client: PalabreClient, conversationId: number) {
    this.#element = element;
    this.#client = client;
    this.#conversationId = conversationId;
    element.addEventListener("scroll", () => this.#scrolled(), { passive: true });
    list.on("rendered", ({ added }) => this.#rendered(added));
    this.#holdStill(list);
    this.#watchTop();
    this.#rendered(0);
  }

  get atEnd(): boolean {
    return this.#element.scrollTop > -NEAR_END;
  }

  toEnd(): void {
    this.#element.scrollTop = 0;
    this.#scrolled();
  }

  /** Loads one page of older messages; what is being read stays where it is. */
  async loadOlder(): Promise<void> {
    if (this.#loading) return;
    this.#loading = true;
    this.#element.setAttribute("aria-busy", "true");
    try {
      await this.#client.loadOlder(this.#conversationId);
    } catch (error) {
      toast(sayError(error));
    } finally {
      this.#loading = false;
      this.#element.removeAttribute("aria-busy");
    }
  }

  #scrolled(): void {
    if (!this.atEnd || this.#unseen === 0) return;
    this.#unseen = 0;
    this.#showUnseen();
  }

  #rendered(added: number): void {
    show(this.#older, this.#client.store.timeline(this.#conversationId).hasOlder);
    if (added === 0) return;
    this.#unseen = this.atEnd ? 0 : this.#unseen + added;
    this.#showUnseen();
  }

  /**
   * A row in sight stays where it is when others come below it. Browsers that anchor scrolling do it for most rows, and
   * for some one frame late; doing it here alone is the same everywhere.
   */
  #holdStill(list: MessageList): void {
    this.#element.style.setProperty("overflow-anchor", "none");
    let held: { row: HTMLElement; top: number } | null = null;
    list.on("rendering", () => {
      const { top } = this.#element.getBoundingClientRect();
      const row = this.atEnd ? undefined : list.rows().find((each) => each.getBoundingClientRect().bottom > top);
      held = row ? { row, top: row.getBoundingClientRect().top } : null;
    });
    list.on("rendered", () => {
      if (held?.row.isConnected) this.#element.scrollTop += held.row.getBoundingClientRect().top - held.top;
      held = null;
    });
  }

  #showUnseen(): void {
    const pill = byId("new-messages");
    setText(pill, this.#unseen > 0 ? sayCount("new_messages", this.#unseen) : "");
    show(pill, this.#unseen > 0);
  }

  /** Coming near the top loads more, as long as there is more and the top stays in sight. */
  #watchTop(): void {
    if (!this.#older) return;
    const near = (entries: IntersectionObserverEntry[]): void => {
      if (!entries.some(({ isIntersecting }) => isIntersecting)) return;
      void this.loadOlder().then(() => {
        observer.disconnect();
        if (this.#older) observer.observe(this.#older); // asks again: a short page may leave the top in sight
      });
    };
    const observer = new IntersectionObserver(near, { root: this.#element, rootMargin: "200px 0px 0px 0px" });
    observer.observe(this.#older);
  }
}
