import { Connection, type ConnectionOptions, type ConnectionStatus } from "./connection";
import type { Credentials } from "../http/credentials";
import { PalabreError } from "../wire/errors";
import { Emitter } from "../emitter";
import type { Fetch } from "../http/fetch-json";
import { Gateway } from "./gateway";
import { HttpClient } from "../http/http-client";
import { Outbox, type OutboxShare } from "../outbox/outbox";
import type { OutboxItem, OutboxStorage } from "../outbox/outbox-storage";
import { Presence } from "./presence";
import type { Ready, SendAnswer } from "../wire/protocol";
import { Reads } from "./reads";
import { type ConversationChange, Rest } from "./rest";
import { Store } from "./store";
import { Sync } from "./sync";
import { Typing } from "./typing";
import type { Changes, Conversation, DeleteScope, Message, ReadMark, User } from "../wire/types";

export interface ClientOptions {
  /** The server's origin, such as `https://palabre.example`. */
  url: string;
  credentials: Credentials;
  /** Where unsent messages wait; by default in memory. */
  outboxStorage?: OutboxStorage | undefined;
  /** The same outbox in the browser's other tabs. */
  outboxShare?: OutboxShare | undefined;
  fetch?: Fetch | undefined;
  createSocket?: ConnectionOptions["createSocket"];
  ackTimeout?: number | undefined;
}

/** What a first load, such as a rendered page, already knows. */
export interface FirstLoad {
  me: User;
  cursor: number;
  unread_total: number;
  conversations?: Conversation[];
  conversation?: Conversation | null;
  messages?: Message[];
  has_more?: boolean;
}

const PAGE = 50;
/** Live events after which the cursor is moved along, so that a reconnection has little to replay. */
const EVENTS_PER_SYNC = 200;
/** Pages of conversations looked through for unread messages. */
const MOST_LISTS = 5;
/** While there is no connection, REST is asked this often. */
const POLL_MS = 10_000;
const UNSURE_MS = 250;

export interface PalabreClientEvents {
  /** A page of changes was applied: for what the store does not hold, such as lessons and contact requests. */
  changes: Changes;
  /** The connection is up, open conversations are joined, and everything missed was fetched. */
  caught_up: Record<string, never>;
}

/** A person's conversations, live: one connection, one outbox, one store, and what keeps them in step. */
export class PalabreClient extends Emitter<PalabreClientEvents> {
  readonly store = new Store();
  readonly presence = new Presence();
  readonly typing: Typing;
  readonly connection: Connection;
  readonly outbox: Outbox;
  readonly rest: Rest;
  readonly #gateway: Gateway;
  readonly #sync: Sync;
  readonly #reads: Reads;
  /** Open conversations, and how many places hold each open. */
  readonly #open = new Map<number, number>();
  readonly #filling = new Map<number, Promise<void>>();
  readonly #unsure = new Map<number, ReturnType<typeof setTimeout>>();
  #poll: ReturnType<typeof setInterval> | undefined;
  #eventsSinceSync = 0;
  /** The revision that the total of `ready` is from, while the sync that follows it runs; then null. */
  #totalFrom: number | null = null;
  #totalIsUnsure = false;

  constructor(options: ClientOptions) {
    super();
    this.connection = new Connection(options);
    this.rest = new Rest(new HttpClient(options.url, options.credentials, options));
    this.#gateway = new Gateway(this.connection, this.rest);
    this.outbox = new Outbox((payload) => this.#gateway.send(payload), options.outboxStorage, options.outboxShare);
    this.#sync = new Sync({
      request: (after) => this.#gateway.changes(after),
      apply: (changes) => this.#apply(changes),
      refetch: () => this.#refetch(),
      done: () => this.status === "connected" && this.emit("caught_up", {}),
    });
    this.#reads = new Reads(
      (id, seq) => this.#gateway.markRead(id, seq),
      (answer) => this.store.putRead({ ...answer, user_id: this.store.me?.id ?? 0 }, { unreadCount: answer.unread_count }),
    );
    this.typing = new Typing((id, isTyping) => this.#tellTyping(id, isTyping));
    this.#listen();
  }

  get status(): ConnectionStatus {
    return this.connection.status;
  }

  /** Begins with what is known already; without it everything comes after the connection. */
  seed(load: FirstLoad): void {
    this.store.me = load.me;
    this.store.unreadTotal = load.unread_total;
    const seeded = { counts: false };
    for (const conversation of load.conversations ?? []) this.store.putConversation(conversation, seeded);
    if (load.conversation) {
      this.store.putConversation(load.conversation, seeded);
      this.store.putNewest(load.conversation.id, load.messages ?? [], { ...seeded, hasOlder: load.has_more ?? false });
    }
    this.#sync.startAt(load.cursor);
  }

  start(): void {
    this.connection.start();
    void this.outbox.load();
  }

  stop(): void {
    this.typing.stop();
    this.connection.stop();
    this.outbox.pause();
    this.#sync.stop();
    this.#reads.stop();
    clearInterval(this.#poll);
    for (const timer of this.#unsure.values()) clearTimeout(timer);
  }

  /** Everything that changed since the last look; called when another tab, or the system, says that something may have. */
  async catchUp(): Promise<void> {
    if (this.status === "ended" || this.status === "stopped") return;
    this.#eventsSinceSync = 0;
    await this.#sync.run();
    if (this.status === "connected") return; // what is open was joined
    for (const id of this.#open.keys()) if (!this.store.timeline(id).started) await this.#loadByRest(id).catch(ignore);
  }

  /**
   * Opens a conversation: joins it now and after every reconnection, until as many `close`.
   * @throws PalabreError
   */
  async open(conversationId: number): Promise<void> {
    this.#open.set(conversationId, (this.#open.get(conversationId) ?? 0) + 1);
    if (this.status === "connected") await this.#join(conversationId);
    else if (!this.store.timeline(conversationId).started) {
      await this.#sync.mark().catch(ignore); // so that what changes after the load is heard of
      await this.#loadByRest(conversationId);
    }
  }

  close(conversationId: number): void {
    const holders = (this.#open.get(conversationId) ?? 0) - 1;
    if (holders > 0) return void this.#open.set(conversationId, holders);
    this.#open.delete(conversationId);
    if (this.status !== "connected") return;
    this.connection.request("leave_conversation", { conversation_id: conversationId }).catch(ignore);
  }

  /** Puts a message in the outbox, which sends it as soon as anything can be sent. */
  send(message: { conversationId: number; text: string; replyToId?: number | undefined }): OutboxItem {
    this.typing.stop();
    return this.outbox.add({
      conversation_id: message.conversationId,
      text: message.text,
      ...(message.replyToId === undefined ? {} : { reply_to_id: message.replyToId }),
    });
  }

  /** A conversation's messages on their way that are not in it yet. */
  pending(conversationId: number): OutboxItem[] {
    return this.outbox.of(conversationId);
  }

  /** Everything up to `seq` was seen. */
  markRead(conversationId: number, seq: number): void {
    this.#reads.mark(conversationId, seq);
  }

  /** @throws PalabreError */
  async edit(messageId: number, text: string): Promise<void> {
    this.store.putMessage((await this.#gateway.edit(messageId, text)).message);
  }

  /** @throws PalabreError */
  async remove(messageId: number, scope: DeleteScope): Promise<void> {
    this.store.putMessage((await this.#gateway.remove(messageId, scope)).message);
  }

  /** Archives, mutes, closes, or the opposite. @throws PalabreError */
  async change(conversationId: number, change: ConversationChange): Promise<void> {
    this.store.putConversation(await this.rest.changeConversation(conversationId, change));
  }

  /** Loads the page before the messages that are here. @throws PalabreError */
  async loadOlder(conversationId: number): Promise<void> {
    const timeline = this.store.timeline(conversationId);
    if (!timeline.hasOlder) return;
    const query = { before_seq: timeline.from, limit: PAGE };
    const { items } = await this.rest.messages(conversationId, query);
    this.store.putOlder(conversationId, items, items.length > 0 && (items[0]?.seq ?? 1) > 1);
  }

  #listen(): void {
    this.connection.on("ready", (ready) => void this.#ready(ready));
    this.connection.on("status", (status) => this.#statusChanged(status));
    this.connection.on("new_message", ({ message }) => this.#arrived(message, () => this.store.putMessage(message)));
    this.connection.on("message_notification", ({ message, unread_count, unread_total }) =>
      this.#arrived(message, () => this.store.putNotification(message, unread_count, unread_total)),
    );
    this.connection.on("messages_read", (mark) => this.#live(() => this.#read(mark)));
    this.connection.on("message_deleted", (deletion) => this.#live(() => this.store.bury(deletion)));
    this.connection.on("message_edited", ({ message }) => this.#live(() => this.store.putMessage(message)));
    this.connection.on("conversation_updated", ({ conversation }) => {
      this.#live(() => this.store.putConversation(conversation));
      this.presence.meet({ conversations: [conversation] });
    });
    this.connection.on("conversation_removed", ({ conversation_id }) => this.#removed(conversation_id));
    this.connection.on("typing", (notice) => this.typing.hear(notice));
    this.connection.on("user_online", ({ user_id, last_seen_at }) => this.presence.set(user_id, true, last_seen_at));
    this.connection.on("user_offline", ({ user_id, last_seen_at }) => this.presence.set(user_id, false, last_seen_at));
    this.outbox.on("sent", ({ answer }) => this.#sent(answer));
    this.store.on("unsure", ({ conversationId }) => this.#askSoon(conversationId));
    this.store.on("timeline", ({ conversationId }) => this.#settle(conversationId));
  }

  async #ready(ready: Ready): Promise<void> {
    this.store.me = ready.user;
    this.store.unreadTotal = ready.unread_total;
    this.presence.replace(ready.online_user_ids);
    if (this.#sync.cursor === null) this.#sync.startAt(ready.cursor);
    this.#totalFrom = ready.cursor;
    await Promise.all([...this.#open.keys()].map((id) => this.#join(id).catch(ignore)));
    await this.catchUp();
    if (this.#totalFrom !== ready.cursor) return; // another connection took this one's place meanwhile
    this.#totalFrom = null;
    this.#reads.flush();
    this.outbox.flush();
    if (this.#totalIsUnsure || this.store.knownUnread < this.store.unreadTotal) await this.#findUnread().catch(ignore);
  }

  /** A page of changes. Those from before `ready` are in its total already; what came since makes it unsure. */
  #apply(changes: Changes): void {
    const from = this.#totalFrom;
    this.store.apply(changes, { counts: from === null });
    this.presence.meet(changes);
    this.emit("changes", changes);
    if (from === null) return;
    this.#totalIsUnsure ||= [...changes.messages, ...changes.reads].some(({ revision }) => revision > from);
  }

  #statusChanged(status: ConnectionStatus): void {
    clearInterval(this.#poll);
    if (status === "connecting") this.#poll = setInterval(() => void this.catchUp(), POLL_MS);
    if (status !== "connected") this.typing.forgetAll();
    if (status === "ended") this.outbox.pause();
    else this.outbox.flush(); // down: what waits for the socket goes by REST
  }

  async #join(conversationId: number): Promise<void> {
    const timeline = this.store.timeline(conversationId);
    const after = timeline.started ? { after_seq: timeline.upTo } : {};
    try {
      const answer = await this.connection.request("join_conversation", { conversation_id: conversationId, ...after });
      const options = { counts: this.#totalFrom === null };
      this.store.putConversation(answer.conversation, options);
      this.store.putNewest(conversationId, answer.messages, { ...options, hasOlder: answer.has_more });
      await this.#fill(conversationId);
    } catch (error) {
      if (error instanceof PalabreError && error.code === "not_found") this.#removed(conversationId);
      throw error;
    }
  }

  async #loadByRest(conversationId: number): Promise<void> {
    this.store.putConversation(await this.rest.conversation(conversationId));
    const { items } = await this.rest.messages(conversationId, { limit: PAGE });
    this.store.putNewest(conversationId, items, { hasOlder: (items[0]?.seq ?? 1) > 1 });
  }

  /** Fetches the messages between those that are shown and the newest, where some are missing. */
  #fill(conversationId: number): Promise<void> {
    const running = this.#filling.get(conversationId) ?? this.#fetchMissing(conversationId);
    this.#filling.set(conversationId, running);
    return running.finally(() => this.#filling.delete(conversationId));
  }

  async #fetchMissing(conversationId: number): Promise<void> {
    while (this.store.lacksMessages(conversationId)) {
      const after = this.store.timeline(conversationId).upTo;
      const { items } = await this.rest.messages(conversationId, { after_seq: after, limit: 100 });
      if (items.length === 0) return;
      this.store.putNewest(conversationId, items, { counts: this.#totalFrom === null });
    }
  }

  /** A live event: shown at once, and counted towards the next sync. */
  #live(apply: () => void): void {
    apply();
    this.#eventsSinceSync += 1;
    if (this.#eventsSinceSync >= EVENTS_PER_SYNC) void this.catchUp();
  }

  /** What was read in a conversation that is not here cannot be subtracted: then all is counted again. */
  #read(mark: ReadMark): void {
    this.store.putRead(mark);
    const known = this.store.conversation(mark.conversation_id);
    if (!known && mark.user_id === this.store.me?.id) this.#findUnread().catch(ignore);
  }

  /**
   * Loads conversations until those with unread messages are here, so that whatever is read elsewhere can be subtracted.
   * Where all were loaded, their sum is the total.
   */
  async #findUnread(): Promise<void> {
    let cursor: string | number | null | undefined;
    this.#totalIsUnsure = false;
    for (let page = 0; page < MOST_LISTS; page += 1) {
      const { items, next_cursor } = await this.rest.conversations({ limit: 100, ...(cursor ? { cursor } : {}) });
      for (const conversation of items) this.store.putConversation(conversation, { counts: false });
      cursor = next_cursor;
      if (cursor === null) this.store.unreadTotal = this.store.knownUnread;
      if (cursor === null || this.store.knownUnread >= this.store.unreadTotal) return;
    }
  }

  #arrived(message: Message, apply: () => void): void {
    const { conversation_id: conversationId, sender } = message;
    this.#live(apply);
    this.typing.forget(conversationId, sender.id);
    if (!this.store.conversation(conversationId)) this.#askSoon(conversationId);
    else if (this.store.lacksMessages(conversationId)) this.#fill(conversationId).catch(ignore);
  }

  #sent(answer: SendAnswer): void {
    this.store.putMessage(answer.message);
    if (!this.store.conversation(answer.conversation_id)) this.#askSoon(answer.conversation_id);
  }

  /** Messages of ours that are in the conversation have left the outbox, whatever became of the answer. */
  #settle(conversationId: number): void {
    const [timeline, me] = [this.store.timeline(conversationId), this.store.me?.id ?? 0];
    for (const { client_id } of this.outbox.of(conversationId)) {
      if (timeline.hasFrom(me, client_id)) this.outbox.settle(client_id);
    }
  }

  #removed(conversationId: number): void {
    this.#open.delete(conversationId);
    this.store.remove(conversationId);
  }

  /** Asks the server about one conversation, once for all that happens in a moment. */
  #askSoon(conversationId: number): void {
    if (this.#unsure.has(conversationId)) return;
    const ask = (): void => {
      this.#unsure.delete(conversationId);
      this.rest
        .conversation(conversationId)
        .then((conversation) => this.store.putConversation(conversation))
        .catch(ignore); // not ours to see, or the next sync brings it
    };
    this.#unsure.set(conversationId, setTimeout(ask, UNSURE_MS));
  }

  /** The server has another past than ours: what is shown is fetched again, and the rest forgotten. */
  async #refetch(): Promise<void> {
    const { items } = await this.rest.conversations({ limit: PAGE });
    this.store.clear();
    for (const conversation of items) this.store.putConversation(conversation, { counts: false });
    for (const id of this.#open.keys()) await (this.status === "connected" ? this.#join(id) : this.#loadByRest(id));
  }

  #tellTyping(conversationId: number, isTyping: boolean): void {
    if (this.status !== "connected" || !this.#open.has(conversationId)) return;
    this.connection.request("typing", { conversation_id: conversationId, is_typing: isTyping }).catch(ignore);
  }
}

function ignore(): void {
  // What failed is tried again at the next reconnection, or was of the moment only.
}
