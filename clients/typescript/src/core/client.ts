import { Emitter } from "../emitter";
import { HttpClient } from "../http/http-client";
import { Outbox } from "../outbox/outbox";
import type { OutboxItem } from "../outbox/outbox-storage";
import type { Ready, SendAnswer } from "../wire/protocol";
import type { Changes, DeleteScope } from "../wire/types";
import type { ClientOptions, FirstLoad } from "./client-options";
import { Connection, type ConnectionStatus } from "./connection";
import { ConversationRefresher } from "./conversation-refresher";
import { Gateway } from "./gateway";
import { subscribe } from "./kinds";
import type { Core } from "./kinds/kind";
import { OpenConversations } from "./open-conversations";
import { Presence } from "./presence";
import { Reads } from "./reads";
import { type ConversationChange, Rest } from "./rest";
import { Store } from "./store";
import { Sync } from "./sync";
import { Typing } from "./typing";
import { UnreadTotal } from "./unread-total";

const PAGE = 50;
/** Live events after which the cursor is moved along, so that a reconnection has little to replay. */
const EVENTS_PER_SYNC = 200;
/** Milliseconds between two syncs by REST while there is no connection. */
const POLL_MS = 10_000;

export interface PalabreClientEvents {
  /** A page of changes was applied. Carries what the store does not hold, such as lessons. */
  changes: Changes;
  /** The connection is up, open conversations are joined, and everything missed was fetched. */
  caught_up: Record<string, never>;
}

/** A user's conversations, live: one connection, one outbox, one store, and the parts that keep them in step. */
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
  readonly #open: OpenConversations;
  readonly #refresher: ConversationRefresher;
  readonly #unread: UnreadTotal;
  #poll: ReturnType<typeof setInterval> | undefined;
  #eventsSinceSync = 0;

  constructor(options: ClientOptions) {
    super();
    const store = this.store;
    const connection = (this.connection = new Connection(options));
    const rest = (this.rest = new Rest(new HttpClient(options.url, options.credentials, options)));
    this.#gateway = new Gateway(connection, rest);
    this.outbox = new Outbox((payload) => this.#gateway.send(payload), options.outboxStorage, options.outboxShare);
    this.#unread = new UnreadTotal(store, rest);
    this.#refresher = new ConversationRefresher(store, rest);
    this.#open = new OpenConversations({ connection, rest, store, counts: () => this.#unread.counts });
    this.#sync = this.#makeSync();
    this.#reads = new Reads(
      (id, seq) => this.#gateway.markRead(id, seq),
      (answer) => store.putRead({ ...answer, user_id: store.me?.id ?? 0 }, { unreadCount: answer.unread_count }),
    );
    this.typing = new Typing((id, isTyping) => this.#tellTyping(id, isTyping));
    this.#listen();
  }

  get status(): ConnectionStatus {
    return this.connection.status;
  }

  /** Begins with known data; without it, everything is fetched after the connection. */
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

  /** Connects, and loads the outbox. */
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
    this.#refresher.stop();
  }

  /** Fetches everything that changed since the last sync; for when another tab or the system reports news. */
  async catchUp(): Promise<void> {
    if (this.status === "ended" || this.status === "stopped") return;
    this.#eventsSinceSync = 0;
    await this.#sync.run();
    if (this.status === "connected") return; // open conversations were joined
    for (const id of this.#open.ids()) if (!this.store.timeline(id).started) await this.#open.loadByRest(id).catch(ignore);
  }

  /**
   * Opens a conversation: joins it now and after every reconnection, until `close` was called as often.
   * @throws PalabreError
   * @example
   * await client.open(12);
   * const messages = client.store.timeline(12).messages();
   */
  async open(conversationId: number): Promise<void> {
    this.#open.hold(conversationId);
    if (this.status === "connected") await this.#open.join(conversationId);
    else if (!this.store.timeline(conversationId).started) {
      await this.#sync.mark().catch(ignore); // so that a sync brings changes made after the load
      await this.#open.loadByRest(conversationId);
    }
  }

  /** Undoes one `open`. */
  close(conversationId: number): void {
    this.#open.release(conversationId);
  }

  /**
   * Puts a message in the outbox, which sends it as soon as a transport works.
   * @example
   * const item = client.send({ conversationId: 12, text: "Still for sale?" });
   * client.outbox.on("failed", ({ item, error }) => showFailure(item.client_id, error.message));
   */
  send(message: { conversationId: number; text: string; replyToId?: number | undefined }): OutboxItem {
    this.typing.stop();
    return this.outbox.add({
      conversation_id: message.conversationId,
      text: message.text,
      ...(message.replyToId === undefined ? {} : { reply_to_id: message.replyToId }),
    });
  }

  /** Messages of a conversation that are not acknowledged yet, oldest first. */
  pending(conversationId: number): OutboxItem[] {
    return this.outbox.of(conversationId);
  }

  /**
   * Marks everything up to `seq` as read; repeated until the server has stored it.
   * @example
   * client.markRead(12, client.store.timeline(12).upTo);
   */
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
  loadOlder(conversationId: number): Promise<void> {
    return this.#open.loadOlder(conversationId);
  }

  #makeSync(): Sync {
    return new Sync({
      request: (after) => this.#gateway.changes(after),
      apply: (changes) => this.#apply(changes),
      refetch: () => this.#refetch(),
      done: () => this.status === "connected" && this.emit("caught_up", {}),
    });
  }

  #listen(): void {
    this.connection.on("ready", (ready) => void this.#ready(ready));
    this.connection.on("status", (status) => this.#statusChanged(status));
    subscribe(this.connection, this.#core());
    this.outbox.on("sent", ({ answer }) => this.#sent(answer));
    this.store.on("unsure", ({ conversationId }) => this.#refresher.soon(conversationId));
    this.store.on("timeline", ({ conversationId }) => this.#settle(conversationId));
  }

  #core(): Core {
    const { store, presence, typing } = this;
    const [openConversations, refresher, unreadTotal] = [this.#open, this.#refresher, this.#unread];
    return { store, presence, typing, openConversations, refresher, unreadTotal, live: (apply) => this.#live(apply) };
  }

  async #ready(ready: Ready): Promise<void> {
    this.store.me = ready.user;
    this.#unread.begin(ready.unread_total, ready.cursor);
    this.presence.replace(ready.online_user_ids);
    if (this.#sync.cursor === null) this.#sync.startAt(ready.cursor);
    await Promise.all([...this.#open.ids()].map((id) => this.#open.join(id).catch(ignore)));
    await this.catchUp();
    if (!this.#unread.finish(ready.cursor)) return; // another connection took this one's place meanwhile
    this.#reads.flush();
    this.outbox.flush();
    await this.#unread.settle().catch(ignore);
  }

  #apply(changes: Changes): void {
    this.store.apply(changes, { counts: this.#unread.counts });
    this.presence.meet(changes);
    this.emit("changes", changes);
    this.#unread.note(changes);
  }

  #statusChanged(status: ConnectionStatus): void {
    clearInterval(this.#poll);
    if (status === "connecting") this.#poll = setInterval(() => void this.catchUp(), POLL_MS);
    if (status !== "connected") this.typing.forgetAll();
    if (status === "ended") this.outbox.pause();
    else this.outbox.flush(); // without a connection, waiting messages go by REST
  }

  /** Applies a live event at once; the cursor follows after every 200 of them. */
  #live(apply: () => void): void {
    apply();
    this.#eventsSinceSync += 1;
    if (this.#eventsSinceSync >= EVENTS_PER_SYNC) void this.catchUp();
  }

  #sent(answer: SendAnswer): void {
    this.store.putMessage(answer.message);
    if (!this.store.conversation(answer.conversation_id)) this.#refresher.soon(answer.conversation_id);
  }

  /** Removes from the outbox what has arrived in the conversation, even without an acknowledgement. */
  #settle(conversationId: number): void {
    const [timeline, me] = [this.store.timeline(conversationId), this.store.me?.id ?? 0];
    for (const { client_id } of this.outbox.of(conversationId)) {
      if (timeline.hasFrom(me, client_id)) this.outbox.settle(client_id);
    }
  }

  /** Fetches open conversations and the list again after a `reset`, and forgets the rest. */
  async #refetch(): Promise<void> {
    const { items } = await this.rest.conversations({ limit: PAGE });
    this.store.clear();
    for (const conversation of items) this.store.putConversation(conversation, { counts: false });
    for (const id of this.#open.ids()) {
      await (this.status === "connected" ? this.#open.join(id) : this.#open.loadByRest(id));
    }
  }

  #tellTyping(conversationId: number, isTyping: boolean): void {
    if (this.status !== "connected" || !this.#open.has(conversationId)) return;
    this.connection.request("typing", { conversation_id: conversationId, is_typing: isTyping }).catch(ignore);
  }
}

function ignore(): void {
  // The next reconnection tries again, or it mattered for the moment only.
}
