import type { PalabreClient } from "../core/client";
import type { ConnectionStatus } from "../core/connection";
import { Emitter, type Unsubscribe } from "../emitter";
import type { OutboxItem } from "../outbox/outbox-storage";
import { SERVER_EVENTS, type ServerEventName, type ServerEvents } from "../wire/protocol";
import { Session, type SessionOptions } from "../session/session";
import type { Conversation, DeleteScope, Message } from "../wire/types";

export interface MessagingOptions extends SessionOptions {
  /** Connects with the first use: a listener, a conversation, a message. Default: yes. */
  autoConnect?: boolean;
}

/** What can be listened to: every event of the server, by its name, and what became of it here. */
export interface MessagingEvents extends ServerEvents {
  status: ConnectionStatus;
  /** The messages of a conversation, those on their way included, are no longer what they were. */
  messages: { conversation_id: number };
  /** The list of conversations, or one of them, is no longer what it was. */
  conversations: { conversation_id: number | null };
  unread: { total: number };
  /** The server has stored a message of ours; `client_id` is what `sendMessage` gave it. */
  message_sent: { client_id: string; conversation_id: number; message: Message };
  /** The server has refused one; it waits for `retry` or `discard`. */
  message_failed: { client_id: string; code: string; message: string };
}

type Read<Value> = Value | null | undefined;

/**
 * The marketplace application's messages, live. It connects by itself, comes back by itself, renews its token by itself;
 * a message is shown at once and sent as soon as anything can be sent, once and in order.
 */
export class MessagingSocketClient {
  readonly #session: Session;
  readonly #events = new Emitter<MessagingEvents>();
  readonly #autoConnect: boolean;
  readonly #joined = new Set<number>();
  /** Whether somebody asked for the end: then nothing but `connect` begins anew. */
  #halted = false;

  constructor({ autoConnect = true, ...options }: MessagingOptions) {
    this.#autoConnect = autoConnect;
    this.#session = new Session(options);
    this.#session.on("status", (status) => this.#events.emit("status", status));
    this.#session.on("begun", (client) => this.#begun(client));
  }

  get status(): ConnectionStatus {
    return this.#session.status;
  }

  get isConnected(): boolean {
    return this.status === "connected";
  }

  get unreadTotal(): number {
    return this.#session.client?.store.unreadTotal ?? 0;
  }

  /** The core underneath: its store, presence, typing and REST, for what this class has no word for. */
  get core(): PalabreClient {
    return this.#client();
  }

  /** After signing in; with `userId`, tabs share the connection, and what was left unsent leaves at once. */
  connect(userId?: number): void {
    this.#halted = false;
    this.#session.begin(userId);
  }

  /** Signs out of the connection and forgets what is private. Unsent messages stay in their storage. */
  disconnect(): void {
    this.#halted = true;
    this.#joined.clear();
    this.#session.end();
    this.#events.emit("conversations", { conversation_id: null });
  }

  /** The application went to the background; with the option `appState` this happens by itself. */
  suspend(): void {
    this.#session.suspend();
  }

  /** And is in front again: connects and catches up. */
  resume(): void {
    this.#session.resume();
  }

  /** Calls back until the function that is returned is called. */
  on<Name extends keyof MessagingEvents>(name: Name, listener: (payload: MessagingEvents[Name]) => void): Unsubscribe {
    const undo = this.#events.on(name, listener);
    this.#use();
    return undo;
  }

  /** How many listeners an event has. */
  listenerCount(name: keyof MessagingEvents): number {
    return this.#events.count(name);
  }

  /**
   * Sends to a conversation, or, as long as there is none, about a product. It is in `messages` at once; `message_sent`
   * or `message_failed` tells the rest.
   */
  sendMessage(productId: Read<number>, text: string, replyToId?: Read<number>, conversationId?: Read<number>): OutboxItem {
    const target = conversationId ? { conversation_id: conversationId } : productId ? { product_id: productId } : null;
    if (!target) throw new TypeError("sendMessage needs a product or conversation id.");
    const client = this.#client();
    client.typing.stop();
    return client.outbox.add({ ...target, text, ...(replyToId ? { reply_to_id: replyToId } : {}) });
  }

  /** Hears a conversation, and reads its newest page, now and after every reconnection. @throws PalabreError */
  async joinConversation(conversationId: number): Promise<void> {
    const client = this.#client();
    if (this.#joined.has(conversationId)) return;
    this.#joined.add(conversationId);
    await client.open(conversationId);
  }

  leaveConversation(conversationId: number): void {
    if (this.#joined.delete(conversationId)) this.#session.client?.close(conversationId);
  }

  /** Up to `upToSeq`, or to the last message that is known. Told until the server has it. */
  markMessagesAsRead(conversationId: number, upToSeq?: number): void {
    const { store } = this.#client();
    const seq = upToSeq ?? Math.max(store.conversation(conversationId)?.last_seq ?? 0, store.timeline(conversationId).upTo);
    if (seq > 0) this.#client().markRead(conversationId, seq);
  }

  /** @throws PalabreError */
  deleteMessage(messageId: number, scope: DeleteScope = "everyone"): Promise<void> {
    return this.#client().remove(messageId, scope);
  }

  /** @throws PalabreError */
  editMessage(messageId: number, text: string): Promise<void> {
    return this.#client().edit(messageId, text);
  }

  /** A key was pressed, or (`false`) the field was emptied or left. Repeats and time-outs are taken care of. */
  typing(conversationId: number, isTyping = true): void {
    if (isTyping) this.#client().typing.touch(conversationId);
    else this.#client().typing.stop();
  }

  /** Ids of those who are typing. */
  typingIn(conversationId: number): number[] {
    return this.#session.client?.typing.in(conversationId) ?? [];
  }

  isOnline(userId: number): boolean {
    return this.#session.client?.presence.isOnline(userId) ?? false;
  }

  /** The messages of a conversation that are here, oldest first, tombstones included. */
  messages(conversationId: number): Message[] {
    return this.#session.client?.store.timeline(conversationId).messages() ?? [];
  }

  /** Messages on their way, oldest first: show them after `messages`. */
  pending(target: { conversationId: number } | { productId: number }): OutboxItem[] {
    const items = this.#session.client?.outbox.items() ?? [];
    return items.filter((item) =>
      "conversationId" in target ? item.conversation_id === target.conversationId : item.product_id === target.productId,
    );
  }

  conversation(conversationId: number): Conversation | undefined {
    return this.#session.client?.store.conversation(conversationId);
  }

  /** Those that are here, newest activity first; `loadConversations` brings more. */
  conversations(): Conversation[] {
    return this.#session.client?.store.conversations() ?? [];
  }

  /** Loads a page of the list; answers the cursor of the next, or null. @throws PalabreError */
  async loadConversations(query: { archived?: boolean; limit?: number; cursor?: string | number } = {}): Promise<string | number | null> {
    const client = this.#client();
    const { items, next_cursor } = await client.rest.conversations(query);
    for (const conversation of items) client.store.putConversation(conversation, { counts: false });
    return next_cursor;
  }

  /** Whether there are messages before those that are here. */
  hasOlder(conversationId: number): boolean {
    return this.#session.client?.store.timeline(conversationId).hasOlder ?? false;
  }

  /** Loads the page before the messages that are here. @throws PalabreError */
  loadOlder(conversationId: number): Promise<void> {
    return this.#client().loadOlder(conversationId);
  }

  /** Sends a failed message again, under the same id. */
  retry(clientId: string): void {
    this.#client().outbox.retry(clientId);
  }

  /** Gives a message up. */
  discard(clientId: string): void {
    this.#client().outbox.discard(clientId);
  }

  /** Any other route of the REST API under `/api/v1`, with the same tokens, renewed when need be. @throws PalabreError */
  http<Answer>(method: string, path: string, body?: object): Promise<Answer> {
    return this.#session.http.request(method, path, body);
  }

  #client(): PalabreClient {
    if (this.#halted) throw new TypeError("The client is disconnected. Sign in, then call connect().");
    return this.#session.client ?? this.#session.begin();
  }

  #use(): void {
    // A session that has ended stays so until `connect`: listening again is no new sign-in.
    if (this.#autoConnect && !this.#halted && !this.#session.client) this.#session.begin();
  }

  #begun(client: PalabreClient): void {
    for (const name of SERVER_EVENTS) this.#relay(client, name);
    const { store, outbox, typing } = client;
    store.on("timeline", ({ conversationId }) => this.#messages(conversationId));
    store.on("conversation", ({ id }) => this.#events.emit("conversations", { conversation_id: id }));
    store.on("removed", ({ id }) => this.#removed(id));
    store.on("reset", () => this.#events.emit("conversations", { conversation_id: null }));
    store.on("unread", (unread) => this.#events.emit("unread", unread));
    typing.on("change", ({ conversationId }) => this.#messages(conversationId));
    outbox.on("change", ({ item }) => this.#messages(item.conversation_id ?? 0));
    outbox.on("sent", ({ item, answer }) => this.#events.emit("message_sent", { client_id: item.client_id, ...answer }));
    outbox.on("failed", ({ item, error: { code, message } }) =>
      this.#events.emit("message_failed", { client_id: item.client_id, code, message }),
    );
    for (const id of this.#joined) client.open(id).catch(() => undefined);
  }

  #relay<Name extends ServerEventName>(client: PalabreClient, name: Name): void {
    client.connection.on(name, (payload) => this.#events.emit(name, payload as MessagingEvents[Name]));
  }

  #messages(conversationId: number): void {
    this.#events.emit("messages", { conversation_id: conversationId });
  }

  #removed(conversationId: number): void {
    this.#joined.delete(conversationId);
    this.#events.emit("conversations", { conversation_id: conversationId });
    this.#messages(conversationId);
  }
}
