import type { Message } from "../wire/types";

/**
 * The known messages of one conversation: a run of `seq` without a gap, which is shown. Messages beyond a gap are kept
 * until it is filled.
 */
export class Timeline {
  readonly #bySeq = new Map<number, Message>();
  readonly #seqOf = new Map<number, number>();
  /** Deletions of unknown messages: a page that was read earlier may still arrive. */
  readonly #deletedBeforeSeen = new Map<number, { at: string; revision: number }>();
  #from = 1;
  #upTo = 0;
  #started = false;
  #complete = false;

  /** The first `seq` of the run. */
  get from(): number {
    return this.#from;
  }

  /** The last `seq` of the run. */
  get upTo(): number {
    return this.#upTo;
  }

  /** Whether a page was loaded; without one, nothing is shown and nothing is missing. */
  get started(): boolean {
    return this.#started;
  }

  /** Whether there are messages before the run. */
  get hasOlder(): boolean {
    return this.#started && this.#from > 1 && !this.#complete;
  }

  /**
   * The run, oldest first, tombstones included.
   * @example
   * const texts = client.store.timeline(12).messages().map(({ text }) => text ?? "(deleted)");
   */
  messages(): Message[] {
    const run: Message[] = [];
    for (let seq = this.#from; seq <= this.#upTo; seq += 1) {
      const message = this.#bySeq.get(seq);
      if (message) run.push(this.#withQuote(message));
    }
    return run;
  }

  at(seq: number): Message | undefined {
    return this.#bySeq.get(seq);
  }

  /** Known messages after a seq, those beyond gaps included. */
  *after(seq: number): Iterable<Message> {
    for (const message of this.#bySeq.values()) if (message.seq > seq) yield message;
  }

  find(messageId: number): Message | undefined {
    return this.#bySeq.get(this.#seqOf.get(messageId) ?? 0);
  }

  /** Whether a message with this sender and `client_id` is known. */
  hasFrom(senderId: number, clientId: string): boolean {
    for (const { sender, client_id } of this.#bySeq.values()) {
      if (sender.id === senderId && client_id === clientId) return true;
    }
    return false;
  }

  /** Adds the newest page, oldest first, or the page after the run; `hasOlder`: messages precede it. */
  addNewest(messages: Message[], hasOlder = false): void {
    if (!this.#started) {
      this.#begin(messages[0]?.seq ?? 1);
      this.#complete = !hasOlder;
    }
    for (const message of messages) this.put(message);
    this.#extend(); // messages kept beyond a gap may join the run even when the page is all known
  }

  /** Adds the page that ends where the run begins, oldest first. */
  addOlder(messages: Message[], hasOlder: boolean): void {
    const first = messages[0]?.seq;
    const last = messages[messages.length - 1]?.seq;
    for (const message of messages) this.put(message);
    if (first !== undefined && last !== undefined && last >= this.#from - 1) this.#from = Math.min(this.#from, first);
    if (first === undefined || first <= this.#from) this.#complete = !hasOlder;
  }

  /** Adds or replaces a message; returns whether that changed anything. Older states are ignored. */
  put(incoming: Message): boolean {
    const known = this.#bySeq.get(incoming.seq);
    const deletion = this.#deletedBeforeSeen.get(incoming.id);
    const arrived = deletion ? tombstone(incoming, deletion.at, deletion.revision) : incoming;
    const message = known ? laterState(known, arrived) : arrived;
    if (message === known) return false;
    this.#deletedBeforeSeen.delete(incoming.id);
    this.#seqOf.set(incoming.id, incoming.seq);
    this.#bySeq.set(incoming.seq, message);
    this.#extend();
    return true;
  }

  /** Turns a message into its tombstone, now or when it arrives; returns whether it was known. */
  bury(messageId: number, seq: number, at: string, revision: number): boolean {
    const known = this.#bySeq.get(seq);
    if (known?.id !== messageId) {
      this.#deletedBeforeSeen.set(messageId, { at, revision });
      return false;
    }
    this.#bySeq.set(seq, tombstone(known, at, revision));
    return true;
  }

  /** Whether the run ends before `lastSeq`. */
  lacks(lastSeq: number): boolean {
    return this.#started && lastSeq > this.#upTo;
  }

  /** A reply with its original's current text: the server does not send it again when that changes. */
  #withQuote(message: Message): Message {
    const reply = message.reply_to;
    if (!reply) return message;
    const original = this.find(reply.id);
    if (!original && !this.#deletedBeforeSeen.has(reply.id)) return message;
    const quoted = original?.text == null ? null : excerpt(original.text);
    return quoted === reply.excerpt ? message : { ...message, reply_to: { ...reply, excerpt: quoted } };
  }

  #begin(seq: number): void {
    this.#started = true;
    this.#from = seq;
    this.#upTo = seq - 1;
  }

  #extend(): void {
    if (!this.#started) return;
    while (this.#bySeq.has(this.#upTo + 1)) this.#upTo += 1;
  }
}

const EXCERPT_LENGTH = 140;

/** The beginning of a text on one line, cut as the server does. */
export function excerpt(text: string): string {
  const line = Array.from(text.trim().split(/\s+/).join(" "));
  return line.length <= EXCERPT_LENGTH ? line.join("") : `${line.slice(0, EXCERPT_LENGTH - 1).join("").trimEnd()}…`;
}

/**
 * The later of two states of one message, in any order; the known object itself when nothing changed. Deletion is final:
 * no text replaces a tombstone, but it takes over an earlier `edited_at`.
 */
export function laterState(known: Message, incoming: Message): Message {
  const chosen = isNewer(incoming, known) ? incoming : known;
  const [first, second] = [known.edited_at ?? "", incoming.edited_at ?? ""];
  const editedAt = (first > second ? first : second) || null;
  return chosen.edited_at === editedAt ? chosen : { ...chosen, edited_at: editedAt };
}

function isNewer(incoming: Message, known: Message): boolean {
  if ((known.deleted_at === null) !== (incoming.deleted_at === null)) return known.deleted_at === null;
  return incoming.revision > known.revision;
}

export function tombstone(message: Message, at: string, revision: number): Message {
  return {
    ...message,
    text: null,
    deleted_at: message.deleted_at ?? at,
    revision: Math.max(message.revision, revision),
  };
}
