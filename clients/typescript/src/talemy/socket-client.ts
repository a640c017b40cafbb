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

/** What can be listened to: the server's events by their names, and what became of them here. */
export interface SocketClientEvents extends TalemyEvents, KindEvents {
  status: ConnectionStatus;
  messages: { conversationId: number };
  conversations: { conversationId: number | null };
  unread: { total: number };
  /** The server has another past than what was held: everything has to be read anew. */
  reset: Record<string, never>;
}

export type List = "conversations" | KindList;

/** Edits, deletions and read marks have no event on `/talemy`; they are asked for this often. */
const SYNC_MS = 30_000;

/** Talemy's messages, lessons and contact requests, live. All of its objects are spelt in camelCase. */
export class SocketClient {
  readonly #session: Session;
  readonly #events = new Emitter<SocketClientEvents>();
  readonly #joined = new Set<number>();
  /** Conversations on screen, and in how many places. */
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
    this.#kinds = new LiveKinds(this.http.bind(this), (list, news) => this.#events.emit(list, news as SocketClientEvents[typeof list]));
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

  /** The core underneath, null while nobody is signed in. */
  get core(): PalabreClient | null {
    return this.#session.client;
  }

  /** The user is signed in. With `userId`, tabs share the connection, and what was left unsent leaves at once. */
  connect(userId?: number): void {
    this.#session.begin(userId);
  }

  /** The user signed out: closes the connection and forgets what is private. Unsent messages stay in their storage. */
  disconnect(): void {
    this.#session.end();
    this.#joined.clear();
    this.#forget();
  }

  /** Calls back until the function that is returned is called. */
  on<Name extends keyof SocketClientEvents>(name: Name, listener: (payload: SocketClientEvents[Name]) => void): Unsubscribe {
    return this.#events.on(name, listener);
  }

  /** How many listeners an event has. */
  listenerCount(name: keyof SocketClientEvents): number {
    return this.#events.count(name);
  }

  /** Reads a conversation and keeps it read, over reconnections; asked twice, it does nothing. */
  joinConversation(conversationId: number): void {
    if (this.#joined.has(conversationId)) return;
    this.#joined.add(conversationId);
    this.#session.client?.open(conversationId).catch(() => undefined); // the connection tells, and tries again
  }

  leaveConversation(conversationId: number): void {
    if (this.#joined.delete(conversationId)) this.#session.client?.close(conversationId);
  }

  /** The same for one place of several that show it: it is left when the last of them lets go. Survives a sign-out. */
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

  /** Sends, by the socket or by HTTP, once and in order; it is among the messages at once. */
  sendMessage(conversationId: number, text: string, options: { replyToId?: number | undefined } = {}): OutboxItem {
    return this.#client().send({ conversationId, text, replyToId: options.replyToId });
  }

  /** Up to `upToSeq`, or to the last message that is known. */
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

  /** Oldest first, tombstones included, and what is on its way at the end. */
  messages(conversationId: number): ChatMessage[] {
    return this.#shown.of(this.#session.client, conversationId);
  }

  conversation(conversationId: number): Conversation | undefined {
    return this.conversations().find(({ id }) => id === conversationId);
  }

  /** Those that are here, newest activity first. */
  conversations(): Conversation[] {
    this.#list ??= camelize(this.#session.client?.store.conversations() ?? []);
    return this.#list;
  }

  /** Whether a list is here as the server has it, rather than what was heard of it. */
  holds(list: List): boolean {
    return list === "conversations" ? this.#isListWhole : this.#kinds.isWhole(list);
  }

  /** Whether a conversation's newest messages are here. */
  holdsMessages(conversationId: number): boolean {
    return this.#session.client?.store.timeline(conversationId).started ?? false;
  }

  /** Reads the list of conversations. @throws PalabreError */
  async loadConversations(): Promise<Conversation[]> {
    const client = this.#client();
    const { items } = await client.rest.conversations({ limit: PAGE });
    for (const conversation of items) client.store.putConversation(conversation, { counts: false });
    this.#isListWhole = true;
    return this.conversations();
  }

  /** Reads a conversation's newest messages, unless they are here. @throws PalabreError */
  async loadMessages(conversationId: number): Promise<ChatMessage[]> {
    const client = this.#client();
    if (!client.store.timeline(conversationId).started) {
      client.store.putConversation(await client.rest.conversation(conversationId));
      const { items } = await client.rest.messages(conversationId, { limit: PAGE });
      client.store.putNewest(conversationId, items, { hasOlder: (items[0]?.seq ?? 1) > 1 });
    }
    return this.messages(conversationId);
  }

  /** Loads the page before the messages that are here. @throws PalabreError */
  loadOlder(conversationId: number): Promise<void> {
    return this.#client().loadOlder(conversationId);
  }

  /** Any route of the REST API under `/api/v1`, its keys in camelCase both ways. @throws PalabreError */
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

/** `createSocketClient({ serverUrl: process.env.NEXT_PUBLIC_API_URL, tokenStorage })`: nothing is opened before `connect`. */
export function createSocketClient(options: SessionOptions): SocketClient {
  return new SocketClient(options);
}
