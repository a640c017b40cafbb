import type { PalabreClient } from "../core/client";
import type { ConnectionStatus } from "../core/connection";
import { Emitter, type Unsubscribe } from "../emitter";
import type { OutboxItem } from "../outbox/outbox-storage";
import { Session, type SessionOptions } from "../session/session";
import { SERVER_EVENTS, type ServerEventName, type ServerEvents } from "../wire/protocol";
import type { Conversation, DeleteScope, Message } from "../wire/types";

export interface MessagingOptions extends SessionOptions {
  /** Connects at the first use: a listener, a conversation, a message. Default: true. */
  autoConnect?: boolean;
}

/** The server's events by their names, and the changes they make here. */
export interface MessagingEvents extends ServerEvents {
  status: ConnectionStatus;
  /** The messages of a conversation changed, unsent ones included. */
  messages: { conversation_id: number };
  /** The list of conversations changed, or one of them. */
  conversations: { conversation_id: number | null };
  unread: { total: number };
  /** The server stored a message of the user; `client_id` as `sendMessage` returned it. */
  message_sent: { client_id: string; conversation_id: number; message: Message };
  /** The server refused a message, which stays until `retry` or `discard`. */
  message_failed: { client_id: string; code: string; message: string };
}

type Read<Value> = Value | null | undefined;

/**
 * The marketplace application's messages, live. Connects, reconnects and renews its token by itself. A message is listed at
 * once, and sent once and in order as soon as a transport works.
 * @example
 * const client = new MessagingSocketClient({ serverUrl: "https://palabre.example", tokenStorage });
 * client.on("messages", ({ conversation_id }) => render(client.messages(conversation_id)));
 */
export class MessagingSocketClient {
  readonly #session: Session;
  readonly #events = new Emitter<MessagingEvents>();
  readonly #autoConnect: boolean;
  readonly #joined = new Set<number>();
  /** Whether `disconnect` was called; then only `connect` begins again. */
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

  /** The core: its store, presence, typing and REST. */
  get core(): PalabreClient {
    return this.#client();
  }

  /** Connects after sign-in. With `userId`, tabs share the connection, and unsent messages leave at once. */
  connect(userId?: number): void {
    this.#halted = false;
    this.#session.begin(userId);
  }

  /** Closes the connection and clears private data. Unsent messages stay in their storage. */
  disconnect(): void {
    this.#halted = true;
    this.#joined.clear();
    this.#session.end();
    this.#events.emit("conversations", { conversation_id: null });
  }

  /** Closes the connection in the background; the option `appState` calls it by itself. */
  suspend(): void {
    this.#session.suspend();
  }

  /** Reconnects and syncs in the foreground. */
  resume(): void {
    this.#session.resume();
  }

  /** Adds a listener; returns the function that removes it. */
  on<Name extends keyof MessagingEvents>(name: Name, listener: (payload: MessagingEvents[Name]) => void): Unsubscribe {
    const undo = this.#events.on(name, listener);
    this.#use();
    return undo;
  }

  /** The number of listeners of an event. */
  listenerCount(name: keyof MessagingEvents): number {
    return this.#events.count(name);
  }

  /**
   * Sends to a conversation or, where there is none yet, about a product. It is in `pending` at once; `message_sent` or
   * `message_failed` follows.
   * @example
   * client.sendMessage(productId, "Still for sale?");
   * client.sendMessage(null, "Yes, it is.", null, conversationId);
   */
  sendMessage(productId: Read<number>, text: string, replyToId?: Read<number>, conversationId?: Read<number>): OutboxItem {
    const target = conversationId ? { conversation_id: conversationId } : productId ? { product_id: productId } : null;
    if (!target) throw new TypeError("sendMessage needs a product or conversation id.");
    const client = this.#client();
    client.typing.stop();
    return client.outbox.add({ ...target, text, ...(replyToId ? { reply_to_id: replyToId } : {}) });
  }

  /** Joins a conversation and loads its newest page, now and after every reconnection. @throws PalabreError */
  async joinConversation(conversationId: number): Promise<void> {
    const client = this.#client();
    if (this.#joined.has(conversationId)) return;
    this.#joined.add(conversationId);
    await client.open(conversationId);
  }

  leaveConversation(conversationId: number): void {
    if (this.#joined.delete(conversationId)) this.#session.client?.close(conversationId);
  }

  /** Marks as read up to `upToSeq` or the last known message; repeated until stored. */
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

  /** Notes a key press or, with `false`, that the field was emptied or left; notices repeat and end by themselves. */
  typing(conversationId: number, isTyping = true): void {
    if (isTyping) this.#client().typing.touch(conversationId);
    else this.#client().typing.stop();
  }

  /** Ids of the users typing. */
  typingIn(conversationId: number): number[] {
    return this.#session.client?.typing.in(conversationId) ?? [];
  }

  isOnline(userId: number): boolean {
    return this.#session.client?.presence.isOnline(userId) ?? false;
  }

  /** The loaded messages of a conversation, oldest first, tombstones included. */
  messages(conversationId: number): Message[] {
    return this.#session.client?.store.timeline(conversationId).messages() ?? [];
  }

  /** Unsent messages, oldest first; shown after `messages`. */
  pending(target: { conversationId: number } | { productId: number }): OutboxItem[] {
    const items = this.#session.client?.outbox.items() ?? [];
    return items.filter((item) =>
      "conversationId" in target ? item.conversation_id === target.conversationId : item.product_id === target.productId,
    );
  }

  conversation(conversationId: number): Conversation | undefined {
    return this.#session.client?.store.conversation(conversationId);
  }

  /** Loaded conversations, newest activity first; `loadConversations` loads more. */
  conversations(): Conversation[] {
    return this.#session.client?.store.conversations() ?? [];
  }

  /** Loads a page of the list; returns the cursor of the next, or null. @throws PalabreError */
  async loadConversations(query: { archived?: boolean; limit?: number; cursor?: string | number } = {}): Promise<string | number | null> {
    const client = this.#client();
    const { items, next_cursor } = await client.rest.conversations(query);
    for (const conversation of items) client.store.putConversation(conversation, { counts: false });
    return next_cursor;
  }

  /** Whether there are messages before the loaded ones. */
  hasOlder(conversationId: number): boolean {
    return this.#session.client?.store.timeline(conversationId).hasOlder ?? false;
  }

  /** Loads the page before the loaded messages. @throws PalabreError */
  loadOlder(conversationId: number): Promise<void> {
    return this.#client().loadOlder(conversationId);
  }

  /** Sends a failed message again, under the same `client_id`. */
  retry(clientId: string): void {
    this.#client().outbox.retry(clientId);
  }

  /** Drops an unsent message. */
  discard(clientId: string): void {
    this.#client().outbox.discard(clientId);
  }

  /** Calls any route under `/api/v1` with the same tokens, renewed as needed. @throws PalabreError */
  http<Answer>(method: string, path: string, body?: object): Promise<Answer> {
    return this.#session.http.request(method, path, body);
  }

  #client(): PalabreClient {
    if (this.#halted) throw new TypeError("The client is disconnected. Sign in, then call connect().");
    return this.#session.client ?? this.#session.begin();
  }

  #use(): void {
    // An ended session stays ended until `connect`: a new listener is no sign-in.
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
