import type { PalabreClient } from "@palabre/client";
import { byId, setText, show } from "./dom";
import type { MessageList } from "./message-list";
import { toast } from "./notices";
import { sayCount, sayError } from "./phrases";

/** Within this many pixels of the end, the view follows new messages. */
const NEAR_END = 80;

/**
 * The reader's place in the conversation. The scroller runs bottom to top (`column-reverse`): `scrollTop` is 0 at the end
 * and negative above it. Rows added at either end do not move the text being read.
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

  /** Loads one page of older messages without moving the text being read. */
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
   * Keeps a visible row in place when rows are added below it. Browsers' scroll anchoring does so for most rows, and for some
   * one frame late; doing it here is the same in every browser.
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

  /** Loads older messages near the top, while there are more and the top is visible. */
  #watchTop(): void {
    if (!this.#older) return;
    const near = (entries: IntersectionObserverEntry[]): void => {
      if (!entries.some(({ isIntersecting }) => isIntersecting)) return;
      void this.loadOlder().then(() => {
        observer.disconnect();
        if (this.#older) observer.observe(this.#older); // observes again: after a short page the top may still be visible
      });
    };
    const observer = new IntersectionObserver(near, { root: this.#element, rootMargin: "200px 0px 0px 0px" });
    observer.observe(this.#older);
  }
}
