import { Emitter } from "../emitter";
import type { MessageDeleted } from "../wire/protocol";
import type { Changes, Conversation, Message, ReadMark, User } from "../wire/types";
import { KINDS } from "./kinds";
import { byActivity, mergeConversation, readBy, withMessage, withoutText, withRead } from "./merge";
import { Timeline } from "./timeline";
import { countUnread, figureOf, holdsAllAfter, supersedes, type UnreadFigure } from "./unread";

export interface PutOptions {
  /** Whether the change moves the unread total; false when the total includes it already. Default: true. */
  counts?: boolean;
}

export type Mark = Pick<ReadMark, "conversation_id" | "user_id" | "last_read_seq">;

export interface StoreEvents {
  /** A conversation was added or changed. */
  conversation: { id: number };
  /** Its messages or read marks changed. */
  timeline: { conversationId: number };
  /** The user no longer belongs to it. */
  removed: { id: number };
  unread: { total: number };
  /** The unread count cannot be computed here; the server has it. */
  unsure: { conversationId: number };
  reset: Record<string, never>;
}

/**
 * Conversations and messages, normalised. Every write is an idempotent upsert that keeps the newer state. So events, pages
 * and replays in any order end in the state of a fresh load.
 * @example
 * client.store.on("timeline", ({ conversationId }) => render(client.store.timeline(conversationId).messages()));
 */
export class Store extends Emitter<StoreEvents> {
  #me: User | null = null;
  #unreadTotal = 0;
  readonly #conversations = new Map<number, Conversation>();
  readonly #timelines = new Map<number, Timeline>();
  readonly #figures = new Map<number, UnreadFigure>();

  get me(): User | null {
    return this.#me;
  }

  set me(user: User | null) {
    this.#me = user;
  }

  /** Unread messages in all conversations, loaded or not. */
  get unreadTotal(): number {
    return this.#unreadTotal;
  }

  set unreadTotal(total: number) {
    const known = Math.max(0, total);
    if (known === this.#unreadTotal) return;
    this.#unreadTotal = known;
    this.emit("unread", { total: known });
  }

  /** Unread messages in loaded conversations. */
  get knownUnread(): number {
    let sum = 0;
    for (const { unread_count } of this.#conversations.values()) sum += unread_count;
    return sum;
  }

  conversation(id: number): Conversation | undefined {
    return this.#conversations.get(id);
  }

  /**
   * Loaded conversations, newest activity first, as the server lists them.
   * @example
   * const titles = client.store.conversations().map(({ title }) => title);
   */
  conversations(): Conversation[] {
    return [...this.#conversations.values()].sort(byActivity);
  }

  /** The messages of a conversation; empty at first. */
  timeline(conversationId: number): Timeline {
    let timeline = this.#timelines.get(conversationId);
    if (!timeline) this.#timelines.set(conversationId, (timeline = new Timeline()));
    return timeline;
  }

  /** Whether messages are missing between the timeline's end and the conversation's `last_seq`. */
  lacksMessages(conversationId: number): boolean {
    const lastSeq = this.#conversations.get(conversationId)?.last_seq ?? 0;
    return this.#timelines.get(conversationId)?.lacks(lastSeq) ?? false;
  }

  /** Puts a conversation in the server's state. */
  putConversation(incoming: Conversation, options: PutOptions = {}): void {
    this.#putFigure(incoming.id, figureOf(incoming, this.#me?.id));
    this.#update(incoming.id, (known) => (known ? mergeConversation(known, incoming) : incoming), options);
    if (incoming.last_message) this.putMessage(incoming.last_message, options);
  }

  /** Puts the newest page of a conversation, or the page after the known messages. */
  putNewest(conversationId: number, messages: Message[], options: PutOptions & { hasOlder?: boolean } = {}): void {
    this.timeline(conversationId).addNewest(messages, options.hasOlder);
    this.#pageAdded(conversationId, messages, options);
  }

  /** Puts the page before the known messages. */
  putOlder(conversationId: number, messages: Message[], hasOlder: boolean): void {
    this.timeline(conversationId).addOlder(messages, hasOlder);
    this.#pageAdded(conversationId, messages, {});
  }

  /** Puts a new message, or a newer state of a known one. */
  putMessage(message: Message, options: PutOptions = {}): void {
    const id = message.conversation_id;
    const timeline = this.timeline(id);
    const changed = timeline.put(message);
    this.#update(id, (known) => known && withMessage(known, timeline.at(message.seq) ?? message), options);
    if (changed) this.emit("timeline", { conversationId: id });
  }

  /** Puts a new message with the reader's unread counts after it. */
  putNotification(message: Message, unreadCount: number, unreadTotal: number): void {
    const id = message.conversation_id;
    const known = this.#conversations.get(id);
    const readSeq = Math.max(this.#figures.get(id)?.readSeq ?? 0, known ? readBy(known, this.#me?.id) : 0);
    this.#putFigure(id, { count: unreadCount, atSeq: message.seq, readSeq });
    this.putMessage(message, { counts: false });
    this.unreadTotal = unreadTotal;
  }

  /** Moves a participant's read mark. `unreadCount` is known when this client sent the mark. */
  putRead(mark: Mark, options: PutOptions & { unreadCount?: number } = {}): void {
    const { conversation_id: id, user_id: userId, last_read_seq: seq } = mark;
    if (userId === this.#me?.id && options.unreadCount !== undefined) {
      this.#putFigure(id, this.#figureAfterRead(id, seq, options.unreadCount));
    }
    this.#update(id, (known) => known && withRead(known, userId, seq), options);
    this.emit("timeline", { conversationId: id }); // its read marks
  }

  /** Turns a message into its tombstone. */
  bury(deletion: MessageDeleted): void {
    const { conversation_id: id, message_id: messageId, seq, deleted_at: at, revision } = deletion;
    this.timeline(id).bury(messageId, seq, at, revision);
    this.#update(id, (known) => known && withoutText(known, messageId, at, revision), {});
    this.emit("timeline", { conversationId: id });
    if (this.#countedByServer(id, seq)) this.#forgetFigure(id);
  }

  /** Removes a conversation that the reader no longer belongs to, with its messages. */
  remove(id: number, { counts = true }: PutOptions = {}): void {
    const known = this.#conversations.get(id);
    this.#timelines.delete(id);
    this.#figures.delete(id);
    if (!this.#conversations.delete(id)) return;
    if (counts) this.unreadTotal -= known?.unread_count ?? 0;
    this.emit("removed", { id });
  }

  /** Applies one page of `sync`. Right after `ready`, the total already includes these changes. */
  apply(changes: Changes, options: PutOptions = {}): void {
    for (const kind of KINDS) kind.put?.(this, changes, options);
    for (const kind of KINDS) kind.drop?.(this, changes, options);
  }

  /** Clears everything but the signed-in user. */
  clear(): void {
    this.#conversations.clear();
    this.#timelines.clear();
    this.#figures.clear();
    this.emit("reset", {});
  }

  #pageAdded(id: number, messages: Message[], options: PutOptions): void {
    const timeline = this.timeline(id);
    for (const { seq } of messages) {
      const held = timeline.at(seq);
      if (held) this.#update(id, (known) => known && withMessage(known, held), options);
    }
    this.#update(id, (known) => known, options);
    this.emit("timeline", { conversationId: id });
  }

  #update(id: number, change: (known?: Conversation) => Conversation | undefined, { counts = true }: PutOptions): void {
    const before = this.#conversations.get(id);
    const changed = change(before);
    if (!changed) return;
    const unread = countUnread(changed, this.#timelines.get(id), this.#figures.get(id), this.#me?.id);
    const after = changed.unread_count === unread.count ? changed : { ...changed, unread_count: unread.count };
    if (!unread.sure) this.emit("unsure", { conversationId: id });
    if (after === before) return;
    this.#conversations.set(id, after);
    if (counts && before) this.unreadTotal += after.unread_count - before.unread_count;
    this.emit("conversation", { id });
  }

  #putFigure(id: number, figure: UnreadFigure): void {
    if (supersedes(figure, this.#figures.get(id))) this.#figures.set(id, figure);
  }

  /** A count of 0 holds from the read mark on; any other was taken at the last known message. */
  #figureAfterRead(id: number, readSeq: number, count: number): UnreadFigure {
    const lastSeq = this.#conversations.get(id)?.last_seq ?? readSeq;
    return { count, atSeq: count === 0 ? readSeq : lastSeq, readSeq };
  }

  /** Whether the server's figure includes a message, rather than the count made here. */
  #countedByServer(id: number, seq: number): boolean {
    const known = this.#conversations.get(id);
    const timeline = this.#timelines.get(id);
    if (!known || !timeline) return false;
    const read = readBy(known, this.#me?.id);
    return seq > read && !holdsAllAfter(timeline, read, known.last_seq);
  }

  #forgetFigure(id: number): void {
    this.#figures.delete(id);
    this.emit("unsure", { conversationId: id });
  }
}
