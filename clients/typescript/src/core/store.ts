import { Emitter } from "../emitter";
import { KINDS } from "./kinds";
import { byActivity, mergeConversation, readBy, withMessage, withoutText, withRead } from "./merge";
import type { MessageDeleted } from "../wire/protocol";
import { Timeline } from "./timeline";
import type { Changes, Conversation, Message, ReadMark, User } from "../wire/types";
import { countUnread, figureOf, holdsAllAfter, supersedes, type UnreadFigure } from "./unread";

export interface PutOptions {
  /** Whether the change moves the total of unread messages; not when the total includes it already. Default: yes. */
  counts?: boolean;
}

export type Mark = Pick<ReadMark, "conversation_id" | "user_id" | "last_read_seq">;

export interface StoreEvents {
  /** A conversation appeared or is no longer what it was. */
  conversation: { id: number };
  /** Its messages are no longer what they were. */
  timeline: { conversationId: number };
  /** One no longer belongs to it. */
  removed: { id: number };
  unread: { total: number };
  /** What is held cannot tell how many are unread; the server can. */
  unsure: { conversationId: number };
  reset: Record<string, never>;
}

/**
 * Everything known here, normalised. Every way in is an idempotent upsert that keeps the newer state, so that events,
 * pages and replays may arrive in any order and still end in what a fresh load would show.
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

  /** Unread messages in all conversations, those that are not loaded here included. */
  get unreadTotal(): number {
    return this.#unreadTotal;
  }

  set unreadTotal(total: number) {
    const known = Math.max(0, total);
    if (known === this.#unreadTotal) return;
    this.#unreadTotal = known;
    this.emit("unread", { total: known });
  }

  /** Unread messages in the conversations that are loaded here. */
  get knownUnread(): number {
    let sum = 0;
    for (const { unread_count } of this.#conversations.values()) sum += unread_count;
    return sum;
  }

  conversation(id: number): Conversation | undefined {
    return this.#conversations.get(id);
  }

  /** Newest activity first, as the server lists them. */
  conversations(): Conversation[] {
    return [...this.#conversations.values()].sort(byActivity);
  }

  /** The messages of a conversation; made empty when asked for the first time. */
  timeline(conversationId: number): Timeline {
    let timeline = this.#timelines.get(conversationId);
    if (!timeline) this.#timelines.set(conversationId, (timeline = new Timeline()));
    return timeline;
  }

  /** Whether messages are missing between what is shown and what the conversation is known to have. */
  lacksMessages(conversationId: number): boolean {
    const lastSeq = this.#conversations.get(conversationId)?.last_seq ?? 0;
    return this.#timelines.get(conversationId)?.lacks(lastSeq) ?? false;
  }

  /** A conversation as the server shows it. */
  putConversation(incoming: Conversation, options: PutOptions = {}): void {
    this.#putFigure(incoming.id, figureOf(incoming, this.#me?.id));
    this.#update(incoming.id, (known) => (known ? mergeConversation(known, incoming) : incoming), options);
    if (incoming.last_message) this.putMessage(incoming.last_message, options);
  }

  /** The newest page of a conversation, or what follows the messages that are here. */
  putNewest(conversationId: number, messages: Message[], options: PutOptions & { hasOlder?: boolean } = {}): void {
    this.timeline(conversationId).addNewest(messages, options.hasOlder);
    this.#pageAdded(conversationId, messages, options);
  }

  /** The page before the messages that are here. */
  putOlder(conversationId: number, messages: Message[], hasOlder: boolean): void {
    this.timeline(conversationId).addOlder(messages, hasOlder);
    this.#pageAdded(conversationId, messages, {});
  }

  /** A new message, or a newer state of a known one. */
  putMessage(message: Message, options: PutOptions = {}): void {
    const id = message.conversation_id;
    const timeline = this.timeline(id);
    const changed = timeline.put(message);
    this.#update(id, (known) => known && withMessage(known, timeline.at(message.seq) ?? message), options);
    if (changed) this.emit("timeline", { conversationId: id });
  }

  /** A new message with the reader's own figures after it. */
  putNotification(message: Message, unreadCount: number, unreadTotal: number): void {
    const id = message.conversation_id;
    const known = this.#conversations.get(id);
    const readSeq = Math.max(this.#figures.get(id)?.readSeq ?? 0, known ? readBy(known, this.#me?.id) : 0);
    this.#putFigure(id, { count: unreadCount, atSeq: message.seq, readSeq });
    this.putMessage(message, { counts: false });
    this.unreadTotal = unreadTotal;
  }

  /** Someone read up to somewhere. `unreadCount` is known when this client asked for it. */
  putRead(mark: Mark, options: PutOptions & { unreadCount?: number } = {}): void {
    const { conversation_id: id, user_id: userId, last_read_seq: seq } = mark;
    if (userId === this.#me?.id && options.unreadCount !== undefined) {
      this.#putFigure(id, this.#figureAfterRead(id, seq, options.unreadCount));
    }
    this.#update(id, (known) => known && withRead(known, userId, seq), options);
    this.emit("timeline", { conversationId: id }); // its read marks
  }

  /** A message became a tombstone. */
  bury(deletion: MessageDeleted): void {
    const { conversation_id: id, message_id: messageId, seq, deleted_at: at, revision } = deletion;
    this.timeline(id).bury(messageId, seq, at, revision);
    this.#update(id, (known) => known && withoutText(known, messageId, at, revision), {});
    this.emit("timeline", { conversationId: id });
    if (this.#countedByServer(id, seq)) this.#forgetFigure(id);
  }

  /** The reader no longer belongs to a conversation: nothing of it stays. */
  remove(id: number, { counts = true }: PutOptions = {}): void {
    const known = this.#conversations.get(id);
    this.#timelines.delete(id);
    this.#figures.delete(id);
    if (!this.#conversations.delete(id)) return;
    if (counts) this.unreadTotal -= known?.unread_count ?? 0;
    this.emit("removed", { id });
  }

  /** One page of `sync`. Right after `ready`, the total already says what these changes add to it. */
  apply(changes: Changes, options: PutOptions = {}): void {
    for (const kind of KINDS) kind.put?.(this, changes, options);
    for (const kind of KINDS) kind.drop?.(this, changes, options);
  }

  /** Forgets everything but who is signed in. */
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

  /** Nothing left is true of any moment; something left was counted when the last known message was there. */
  #figureAfterRead(id: number, readSeq: number, count: number): UnreadFigure {
    const lastSeq = this.#conversations.get(id)?.last_seq ?? readSeq;
    return { count, atSeq: count === 0 ? readSeq : lastSeq, readSeq };
  }

  /** Whether a message is in the server's figure rather than counted here. */
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
