import type { Message } from "../wire/types";

/**
 * The messages of one conversation that are known here: a run of `seq` without a gap, which is what a reader is
 * shown, and whatever arrived beyond a gap, kept aside until the gap is filled.
 */
export class Timeline {
  readonly #bySeq = new Map<number, Message>();
  readonly #seqOf = new Map<number, number>();
  /** Deletions of messages that are not known yet: a page that was read before them may still arrive. */
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

  /** Whether a page was ever loaded: without one nothing is shown, and nothing can be missing. */
  get started(): boolean {
    return this.#started;
  }

  /** Whether there are messages before the run. */
  get hasOlder(): boolean {
    return this.#started && this.#from > 1 && !this.#complete;
  }

  /** The run, oldest first, tombstones included. */
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

  /** Known messages after a seq, beyond gaps too. */
  *after(seq: number): Iterable<Message> {
    for (const message of this.#bySeq.values()) if (message.seq > seq) yield message;
  }

  find(messageId: number): Message | undefined {
    return this.#bySeq.get(this.#seqOf.get(messageId) ?? 0);
  }

  /** Whether a message of this sender with this id of theirs is here. */
  hasFrom(senderId: number, clientId: string): boolean {
    for (const { sender, client_id } of this.#bySeq.values()) {
      if (sender.id === senderId && client_id === clientId) return true;
    }
    return false;
  }

  /** The newest page, oldest first, or what follows the run. `hasOlder` says whether anything precedes the page. */
  addNewest(messages: Message[], hasOlder = false): void {
    if (!this.#started) {
      this.#begin(messages[0]?.seq ?? 1);
      this.#complete = !hasOlder;
    }
    for (const message of messages) this.put(message);
    this.#extend(); // what was kept aside may join the run without any of the page being news
  }

  /** The page that ends where the run begins, oldest first. */
  addOlder(messages: Message[], hasOlder: boolean): void {
    const first = messages[0]?.seq;
    const last = messages[messages.length - 1]?.seq;
    for (const message of messages) this.put(message);
    if (first !== undefined && last !== undefined && last >= this.#from - 1) this.#from = Math.min(this.#from, first);
    if (first === undefined || first <= this.#from) this.#complete = !hasOlder;
  }

  /** Adds or replaces; answers whether anything changed. An older state of a known message is ignored. */
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

  /** Turns a message into its tombstone, now or when it turns up. Answers whether it was here. */
  bury(messageId: number, seq: number, at: string, revision: number): boolean {
    const known = this.#bySeq.get(seq);
    if (known?.id !== messageId) {
      this.#deletedBeforeSeen.set(messageId, { at, revision });
      return false;
    }
    this.#bySeq.set(seq, tombstone(known, at, revision));
    return true;
  }

  /** Whether messages up to `lastSeq` exist that the run does not reach. */
  lacks(lastSeq: number): boolean {
    return this.#started && lastSeq > this.#upTo;
  }

  /** A quote says what its original says now: a reply is not sent again when the original changes. */
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

/** The beginning of a text, on one line, cut as the server cuts it. */
export function excerpt(text: string): string {
  const line = Array.from(text.trim().split(/\s+/).join(" "));
  return line.length <= EXCERPT_LENGTH ? line.join("") : `${line.slice(0, EXCERPT_LENGTH - 1).join("").trimEnd()}…`;
}

/**
 * The later of two states of one message, whatever order they came in; the known object itself when there is no news.
 * Deletion is final: no text replaces a tombstone, which only learns that its message had been edited before.
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
