import { type Conversation, Emitter, type Message, type OutboxItem, type PalabreClient, readBy } from "@palabre/client";
import { arrange, batched, byId, clone, part, setData, show } from "./dom";
import { fillRow, type RowFacts, signature } from "./message-row";
import { say } from "./phrases";
import { dayOf, writeTime } from "./times";

/** Milliseconds within which a message continues the one above. */
const CONTINUES_MS = 5 * 60 * 1000;

export interface MessageListEvents {
  /** The rows are about to change. */
  rendering: Record<string, never>;
  /** The rows are current; `added` are new messages by others below the former end. */
  rendered: { added: number };
}

/** The rows of one conversation: days, messages, unsent messages. */
export class MessageList extends Emitter<MessageListEvents> {
  readonly #list: HTMLElement;
  readonly #client: PalabreClient;
  readonly #conversationId: number;
  readonly #rows = new Map<string, HTMLElement>();
  readonly #written = new WeakMap<HTMLElement, string>();
  readonly #unreadLine: HTMLElement | null;
  #unreadFrom: number | null = null;
  #lastSeq = 0;

  constructor(list: HTMLElement, client: PalabreClient, conversationId: number) {
    super();
    this.#list = list;
    this.#client = client;
    this.#conversationId = conversationId;
    this.#unreadLine = part(list, "unread-line");
    this.#adopt();
    const render = batched(() => this.#render());
    client.store.on("timeline", (change) => change.conversationId === conversationId && render());
    client.store.on("conversation", ({ id }) => id === conversationId && render());
    client.outbox.on("change", render);
    this.#render();
  }

  /** Removes the line above unread messages. */
  forgetUnreadLine(): void {
    this.#unreadFrom = null;
    this.#unreadLine?.remove();
  }

  row(messageId: number): HTMLElement | undefined {
    return this.#rows.get(`m${messageId}`);
  }

  rows(): HTMLElement[] {
    return [...this.#list.querySelectorAll<HTMLElement>("[data-message-id]")];
  }

  /** Adopts the server-rendered rows. */
  #adopt(): void {
    for (const row of this.rows()) this.#rows.set(`m${row.dataset["messageId"]}`, row);
    for (const day of this.#list.querySelectorAll<HTMLElement>("[data-day]")) {
      this.#rows.set(`d${day.dataset["day"]}`, day);
    }
    const first = this.#unreadLine?.nextElementSibling;
    if (first instanceof HTMLElement) this.#unreadFrom = Number(first.dataset["seq"]) || null;
  }

  #render(): void {
    const conversation = this.#client.store.conversation(this.#conversationId);
    if (!conversation) return;
    const messages = this.#client.store.timeline(this.#conversationId).messages();
    const pending = this.#client.pending(this.#conversationId);
    const children = this.#children(conversation, messages, pending);
    this.#forgetOthers(children);
    this.emit("rendering", {});
    arrange(this.#list, children);
    show(byId("conversation-empty"), children.length === 0);
    this.emit("rendered", { added: this.#countAdded(messages) });
  }

  #children(conversation: Conversation, messages: Message[], pending: OutboxItem[]): HTMLElement[] {
    const children: HTMLElement[] = [];
    const me = this.#client.store.me?.id ?? 0;
    const readByAll = lastReadOfOthers(conversation, me);
    let previous: RowFacts | null = null;
    for (const facts of [...messages.map((message) => stored(message, conversation, me)), ...pending.map(onItsWay)]) {
      if (!previous || dayOf(previous.at) !== dayOf(facts.at)) children.push(this.#day(dayOf(facts.at)));
      if (this.#unreadLine && facts.message && facts.message.seq === this.#unreadFrom) children.push(this.#unreadLine);
      facts.continued = continues(previous, facts);
      facts.read = facts.own && facts.message !== null && facts.message.seq <= readByAll;
      children.push(this.#message(facts));
      previous = facts;
    }
    return children;
  }

  #day(day: string): HTMLElement {
    const row = this.#rows.get(`d${day}`) ?? clone("day-row");
    this.#rows.set(`d${day}`, row);
    setData(row, { day });
    writeTime(row.querySelector("time"), day);
    return row;
  }

  #message(facts: RowFacts): HTMLElement {
    const row = this.#rowOf(facts);
    const sign = signature(facts);
    if (this.#written.get(row) !== sign) {
      fillRow(row, facts);
      this.#written.set(row, sign);
    }
    return row;
  }

  /** A message that was stored keeps the row it had while unsent. */
  #rowOf({ message, pending, own }: RowFacts): HTMLElement {
    const waiting = `c${message?.client_id ?? pending?.client_id}`;
    const key = message ? `m${message.id}` : waiting;
    const row = this.#rows.get(key) ?? (own ? this.#rows.get(waiting) : undefined) ?? clone("message-row");
    if (message && own) this.#rows.delete(waiting);
    this.#rows.set(key, row);
    return row;
  }

  #forgetOthers(children: HTMLElement[]): void {
    const kept = new Set(children);
    for (const [key, row] of this.#rows) if (!kept.has(row)) this.#rows.delete(key);
  }

  #countAdded(messages: Message[]): number {
    const me = this.#client.store.me?.id;
    const added = messages.filter(({ seq, sender }) => seq > this.#lastSeq && sender.id !== me).length;
    const first = this.#lastSeq === 0;
    this.#lastSeq = Math.max(this.#lastSeq, messages[messages.length - 1]?.seq ?? 0);
    return first ? 0 : added;
  }
}

function stored(message: Message, conversation: Conversation, me: number): RowFacts {
  const own = message.sender.id === me;
  return {
    message,
    pending: null,
    own,
    continued: false,
    read: false,
    author: own ? say("you") : message.sender.name,
    replyAuthor: message.reply_to ? nameOf(message.reply_to.sender_id, conversation, me) : "",
    at: message.created_at,
  };
}

function onItsWay(pending: OutboxItem): RowFacts {
  const at = new Date(pending.order).toISOString();
  return { message: null, pending, own: true, continued: false, read: false, author: say("you"), replyAuthor: "", at };
}

export function nameOf(userId: number, conversation: Conversation, me: number): string {
  if (userId === me) return say("you");
  return conversation.participants.find(({ user }) => user.id === userId)?.user.name ?? "";
}

/** Whether a message continues the one above: same sender and day, minutes apart, neither deleted. */
function continues(previous: RowFacts | null, next: RowFacts): boolean {
  if (!previous || senderOf(previous) !== senderOf(next)) return false;
  if (previous.message?.deleted_at || next.message?.deleted_at || dayOf(previous.at) !== dayOf(next.at)) return false;
  return Date.parse(next.at) - Date.parse(previous.at) < CONTINUES_MS;
}

function senderOf({ message, own }: RowFacts): number | "me" {
  return own ? "me" : (message?.sender.id ?? 0);
}

function lastReadOfOthers(conversation: Conversation, me: number): number {
  const marks = conversation.participants.filter(({ user }) => user.id !== me).map(({ user }) => readBy(conversation, user.id));
  return marks.length === 0 ? 0 : Math.min(...marks);
}
