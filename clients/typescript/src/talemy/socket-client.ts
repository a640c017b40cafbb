import type { PalabreClient } from "../core/client";
import { type ConnectionStatus, createSocket } from "../core/connection";
import { Emitter, type Unsubscribe } from "../emitter";
import type { Conversation, ServerEvents } from "../generated/talemy";
import type { OutboxItem } from "../outbox/outbox-storage";
import { Session, type SessionOptions } from "../session/session";
import type { DeleteScope } from "../wire/types";
import { type KindCalls, type KindEvents, type KindList, LiveKinds, OWN_EVENTS, type OwnEventName } from "./kinds";
import { PAGE } from "./kinds/kind";
import { type ChatMessage, ShownMessages } from "./shown-messages";
import { camelize, snakify } from "./spelling";
import { TalemySocket } from "./talemy-socket";

type TalemyEvents = Pick<ServerEvents, OwnEventName | "message:new" | "message:sent" | "session_ended" | "error">;

/** The server's events by their names, and the changes they make here. */
export interface SocketClientEvents extends TalemyEvents, KindEvents {
  status: ConnectionStatus;
  messages: { conversationId: number };
  conversations: { conversationId: number | null };
  unread: { total: number };
  /** The server answered `reset`: everything has to be read again. */
  reset: Record<string, never>;
}

export type List = "conversations" | KindList;

/** Milliseconds between syncs, which bring what has no event on `/talemy`: edits, deletions, read marks. */
const SYNC_MS = 30_000;

/**
 * Talemy's messages and the objects of `./kinds`, live, in camelCase.
 * @example
 * const stop = client.on("lessons", () => render(client.lessons()));
 */
export class SocketClient {
  readonly #session: Session;
  readonly #events = new Emitter<SocketClientEvents>();
  readonly #joined = new Set<number>();
  /** Conversations on screen, with the number of places that show them. */
  readonly #held = new Map<number, number>();
  readonly #kinds: LiveKinds;
  readonly #shown = new ShownMessages();
  #list: Conversation[] | null = null;
  /** Whether the list of conversations was read whole. */
  #isListWhole = false;
  #sync: ReturnType<typeof setInterval> | undefined;

  constructor(options: SessionOptions) {
    const make = options.createSocket ?? createSocket;
    this.#session = new Session(options, {
      namespace: "/talemy",
      createSocket: (url, auth) => new TalemySocket(make(`${url}/talemy`, auth), (id, count) => this.#totalAfter(id, count)),
      events: OWN_EVENTS,
      heard: (name, payload) => this.#heard(name as OwnEventName, payload as never),
    });
    const tell = <Name extends KindList>(list: Name, news: KindEvents[Name]): void => this.#events.emit(list, news as SocketClientEvents[Name]);
    this.#kinds = new LiveKinds(this.http.bind(this), tell);
    Object.assign(this, this.#kinds.calls());
    this.#session.on("status", (status) => this.#statusChanged(status));
    this.#session.on("begun", (client) => this.#begun(client));
  }

  get status(): ConnectionStatus {
    return this.#session.status;
  }

  get connected(): boolean {
    return this.status === "connected";
  }

  get unreadTotal(): number {
    return this.#session.client?.store.unreadTotal ?? 0;
  }

  /** The core; null while no user is signed in. */
  get core(): PalabreClient | null {
    return this.#session.client;
  }

  /** Connects after sign-in. With `userId`, tabs share the connection, and unsent messages leave at once. */
  connect(userId?: number): void {
    this.#session.begin(userId);
  }

  /** Closes the connection and clears private data. Unsent messages stay in their storage. */
  disconnect(): void {
    this.#session.end();
    this.#joined.clear();
    this.#forget();
  }

  /** Adds a listener; returns the function that removes it. */
  on<Name extends keyof SocketClientEvents>(name: Name, listener: (payload: SocketClientEvents[Name]) => void): Unsubscribe {
    return this.#events.on(name, listener);
  }

  /** The number of listeners of an event. */
  listenerCount(name: keyof SocketClientEvents): number {
    return this.#events.count(name);
  }

  /** Joins a conversation, now and after every reconnection; a second call does nothing. */
  joinConversation(conversationId: number): void {
    if (this.#joined.has(conversationId)) return;
    this.#joined.add(conversationId);
    this.#session.client?.open(conversationId).catch(() => undefined); // the connection reports it and retries
  }

  leaveConversation(conversationId: number): void {
    if (this.#joined.delete(conversationId)) this.#session.client?.close(conversationId);
  }

  /** Joins a conversation for one of several views; leaves it when the last one releases. Survives a sign-out. */
  holdConversation(conversationId: number): Unsubscribe {
    const holders = (this.#held.get(conversationId) ?? 0) + 1;
    this.#held.set(conversationId, holders);
    if (holders === 1) this.#session.client?.open(conversationId).catch(() => undefined);
    let held = true;
    return () => {
      if (held) this.#letGo(conversationId);
      held = false;
    };
  }

  #letGo(conversationId: number): void {
    const holders = (this.#held.get(conversationId) ?? 0) - 1;
    if (holders > 0) return void this.#held.set(conversationId, holders);
    this.#held.delete(conversationId);
    this.#session.client?.close(conversationId);
  }

  /** Sends by the socket or by HTTP, once and in order; `messages` has it at once. */
  sendMessage(conversationId: number, text: string, options: { replyToId?: number | undefined } = {}): OutboxItem {
    return this.#client().send({ conversationId, text, replyToId: options.replyToId });
  }

  /** Marks as read up to `upToSeq` or the last known message. */
  markAsRead(conversationId: number, upToSeq?: number): void {
    const { store } = this.#client();
    const seq = upToSeq ?? store.conversation(conversationId)?.last_seq ?? 0;
    if (seq > 0) this.#client().markRead(conversationId, seq);
  }

  /** @throws PalabreError */
  editMessage(messageId: number, text: string): Promise<void> {
    return this.#client().edit(messageId, text);
  }

  /** @throws PalabreError */
  deleteMessage(messageId: number, scope: DeleteScope = "everyone"): Promise<void> {
    return this.#client().remove(messageId, scope);
  }

  retry(clientId: string): void {
    this.#client().outbox.retry(clientId);
  }

  discard(clientId: string): void {
    this.#client().outbox.discard(clientId);
  }

  /** Oldest first, tombstones included, unsent ones at the end. */
  messages(conversationId: number): ChatMessage[] {
    return this.#shown.of(this.#session.client, conversationId);
  }

  conversation(conversationId: number): Conversation | undefined {
    return this.conversations().find(({ id }) => id === conversationId);
  }

  /** Loaded conversations, newest activity first. */
  conversations(): Conversation[] {
    this.#list ??= camelize(this.#session.client?.store.conversations() ?? []);
    return this.#list;
  }

  /** Whether a list was read whole; otherwise only its items from events are here. */
  holds(list: List): boolean {
    return list === "conversations" ? this.#isListWhole : this.#kinds.isWhole(list);
  }

  /** Whether a conversation's newest messages are loaded. */
  holdsMessages(conversationId: number): boolean {
    return this.#session.client?.store.timeline(conversationId).started ?? false;
  }

  /** Loads the list of conversations. @throws PalabreError */
  async loadConversations(): Promise<Conversation[]> {
    const client = this.#client();
    const { items } = await client.rest.conversations({ limit: PAGE });
    for (const conversation of items) client.store.putConversation(conversation, { counts: false });
    this.#isListWhole = true;
    return this.conversations();
  }

  /** Loads a conversation's newest messages, unless they are loaded. @throws PalabreError */
  async loadMessages(conversationId: number): Promise<ChatMessage[]> {
    const client = this.#client();
    if (!client.store.timeline(conversationId).started) {
      client.store.putConversation(await client.rest.conversation(conversationId));
      const { items } = await client.rest.messages(conversationId, { limit: PAGE });
      client.store.putNewest(conversationId, items, { hasOlder: (items[0]?.seq ?? 1) > 1 });
    }
    return this.messages(conversationId);
  }

  /** Loads the page before the loaded messages. @throws PalabreError */
  loadOlder(conversationId: number): Promise<void> {
    return this.#client().loadOlder(conversationId);
  }

  /** Calls any route under `/api/v1`, with camelCase keys both ways. @throws PalabreError */
  async http<Answer>(method: string, path: string, body?: object): Promise<Answer> {
    return camelize(await this.#session.http.request(method, path, body && (snakify(body) as object))) as Answer;
  }

  #client(): PalabreClient {
    const { client } = this.#session;
    if (!client) throw new TypeError("Not connected. Call connect() first.");
    return client;
  }

  #begun(client: PalabreClient): void {
    this.#forget();
    const { connection, store, outbox } = client;
    connection.on("message_notification", (event) => {
      const { unread_total: _theirs, ...payload } = event;
      this.#events.emit("message:new", camelize(payload));
    });
    connection.on("new_message", (event) => {
      this.#events.emit("message:sent", camelize({ ...event, conversation_id: event.message.conversation_id }));
    });
    connection.on("session_ended", (ended) => this.#events.emit("session_ended", camelize(ended)));
    connection.on("error", (error) => this.#events.emit("error", camelize(error)));
    store.on("timeline", ({ conversationId }) => this.#messagesChanged(conversationId));
    outbox.on("change", ({ item }) => this.#messagesChanged(item.conversation_id ?? 0));
    store.on("conversation", ({ id }) => this.#conversationsChanged(id));
    store.on("removed", ({ id }) => this.#conversationsChanged(id));
    store.on("unread", (unread) => this.#events.emit("unread", unread));
    store.on("reset", () => this.#reset());
    client.on("changes", (changes) => this.#kinds.changed(changes));
    for (const id of [...this.#joined, ...this.#held.keys()]) client.open(id).catch(() => undefined);
  }

  #statusChanged(status: ConnectionStatus): void {
    clearInterval(this.#sync);
    if (status === "connected") this.#sync = setInterval(() => void this.#session.client?.catchUp(), SYNC_MS);
    this.#events.emit("status", status);
  }

  #heard<Name extends OwnEventName>(name: Name, payload: ServerEvents[Name]): void {
    const opensConversation = this.#kinds.heard(name, payload);
    this.#events.emit(name, payload as SocketClientEvents[Name]);
    if (opensConversation) void this.#session.client?.catchUp();
  }

  #messagesChanged(conversationId: number): void {
    this.#shown.changed(conversationId);
    this.#events.emit("messages", { conversationId });
  }

  #conversationsChanged(conversationId: number): void {
    this.#list = null;
    this.#events.emit("conversations", { conversationId });
  }

  #reset(): void {
    this.#forget();
    this.#events.emit("reset", {});
  }

  #forget(): void {
    this.#isListWhole = false;
    this.#kinds.clear();
    this.#shown.clear();
    this.#list = null;
  }

  #totalAfter(conversationId: number, unreadCount: number): number {
    const store = this.#session.client?.store;
    const before = store?.conversation(conversationId)?.unread_count ?? unreadCount - 1;
    return (store?.unreadTotal ?? 0) + unreadCount - before;
  }
}
export interface SocketClient extends KindCalls {}

/**
 * Makes a client, which opens nothing before `connect`.
 * @example
 * const client = createSocketClient({ serverUrl: process.env.NEXT_PUBLIC_API_URL, tokenStorage });
 */
export function createSocketClient(options: SessionOptions): SocketClient {
  return new SocketClient(options);
}
