import type { Message, PalabreClient } from "@palabre/client";
import { Composer } from "./composer";
import { ConversationHead } from "./conversation-head";
import { askToDelete } from "./deleting";
import { byId, part } from "./dom";
import type { Drafts } from "./drafts";
import { editInPlace } from "./editing";
import { MessageList, nameOf } from "./message-list";
import { Reading } from "./reading";
import { Scroller } from "./scroller";
import { watchTyping } from "./typing-line";

/** Pages of older messages fetched to find a quoted one. */
const MOST_PAGES_BACK = 20;

/** The open conversation of a page: assembles its parts and routes clicks to them. */
export class ConversationPage {
  readonly #client: PalabreClient;
  readonly #id: number;
  readonly #head: ConversationHead;
  readonly #list: MessageList;
  readonly #scroller: Scroller;
  readonly #composer: Composer | null;

  constructor(section: HTMLElement, client: PalabreClient, drafts: Drafts) {
    const id = Number(section.dataset["conversationId"]);
    const scroll = byId("message-scroll") as HTMLElement;
    const form = byId<HTMLFormElement>("composer");
    this.#client = client;
    this.#id = id;
    this.#head = new ConversationHead(section, client, id);
    this.#list = new MessageList(byId("message-list") as HTMLElement, client, id);
    this.#scroller = new Scroller(scroll, this.#list, client, id);
    this.#composer = form && new Composer(form, client, drafts, { conversationId: id, sent: () => this.#sent() });
    new Reading(scroll, this.#list, client, id);
    watchTyping(client, id);
    section.addEventListener("click", (event) => this.#clicked(event));
    client.store.on("removed", (removed) => removed.id === id && location.assign("/conversations"));
    part(section, "unread-line")?.scrollIntoView({ block: "start" });
    client.open(id).catch(() => undefined); // the connection notice tells the reader; the next connection retries
  }

  #sent(): void {
    this.#list.forgetUnreadLine();
    queueMicrotask(() => this.#scroller.toEnd()); // after the row is in place
  }

  #clicked(event: MouseEvent): void {
    if (!(event.target instanceof Element)) return;
    const quote = event.target.closest<HTMLAnchorElement>('[data-part="reply"]');
    if (quote) {
      event.preventDefault();
      return void this.#goTo(Number(quote.hash.replace("#message-", "")));
    }
    const button = event.target.closest<HTMLElement>("[data-action]");
    if (button && this.#act(button.dataset["action"] ?? "", button)) event.preventDefault();
  }

  /** Runs the action of a button or link; false leaves it to the browser. */
  #act(name: string, button: HTMLElement): boolean {
    if (name === "load-older") void this.#scroller.loadOlder();
    else if (name === "jump-to-latest") this.#scroller.toEnd();
    else if (this.#head.act(name)) return true;
    else return this.#actOnRow(name, button.closest<HTMLElement>("[data-client-id]"));
    return true;
  }

  #actOnRow(name: string, row: HTMLElement | null): boolean {
    const clientId = row?.dataset["clientId"] ?? "";
    if (name === "retry") this.#client.outbox.retry(clientId);
    else if (name === "discard") this.#client.outbox.discard(clientId);
    else {
      const message = this.#client.store.timeline(this.#id).find(Number(row?.dataset["messageId"]));
      return row !== null && message !== undefined && this.#actOnMessage(name, row, message);
    }
    return true;
  }

  #actOnMessage(name: string, row: HTMLElement, message: Message): boolean {
    const me = this.#client.store.me;
    const own = message.sender.id === me?.id;
    if (name === "reply") this.#reply(message);
    else if (name === "edit") editInPlace(row, message, this.#client);
    else if (name === "delete") askToDelete(message, own || me?.role === "moderator" || me?.role === "admin", this.#client);
    else return false;
    return true;
  }

  #reply(message: Message): void {
    const conversation = this.#client.store.conversation(this.#id);
    const author = conversation ? nameOf(message.sender.id, conversation, this.#client.store.me?.id ?? 0) : "";
    this.#composer?.replyTo(message, author);
  }

  /** Scrolls to a quoted message, fetching older pages until it is there. */
  async #goTo(messageId: number): Promise<void> {
    const timeline = this.#client.store.timeline(this.#id);
    for (let page = 0; page < MOST_PAGES_BACK && !this.#list.row(messageId) && timeline.hasOlder; page += 1) {
      await this.#scroller.loadOlder();
      await Promise.resolve(); // rows are written one turn later
    }
    const row = this.#list.row(messageId);
    row?.scrollIntoView({ block: "center", behavior: "smooth" });
    row?.setAttribute("tabindex", "-1");
    row?.focus({ preventScroll: true });
  }
}
