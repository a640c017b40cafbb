import type { ConnectionSocket } from "../core/connection";
import type { MessageNotification } from "../generated/marketplace";
import type { ServerEvents as Talemy } from "../generated/talemy";
import { camelize, snakify } from "./spelling";

type Listener = (payload: never) => void;
type Answered = (error: Error | null, answer: never) => void;

/** The client events of `/` that `/talemy` has, by their names there. */
const CLIENT_EVENTS: Record<string, string> = {
  join_conversation: "conversation:join",
  leave_conversation: "conversation:leave",
  send_message: "message:send",
  sync: "sync",
  authenticate: "authenticate",
};

/**
 * A socket to `/talemy` with the events of `/`, so that one core serves both. Events that `/talemy` lacks fail at once, and
 * the core uses REST.
 */
export class TalemySocket implements ConnectionSocket {
  readonly #socket: ConnectionSocket;
  readonly #unreadTotal: (conversationId: number, unreadCount: number) => number;

  /** `unreadTotal` computes the total, which `message:new` does not carry. */
  constructor(socket: ConnectionSocket, unreadTotal: (conversationId: number, unreadCount: number) => number) {
    this.#socket = socket;
    this.#unreadTotal = unreadTotal;
  }

  get connected(): boolean {
    return this.#socket.connected;
  }

  get active(): boolean {
    return this.#socket.active;
  }

  connect(): void {
    this.#socket.connect();
  }

  disconnect(): void {
    this.#socket.disconnect();
  }

  on(name: string, listener: Listener): void {
    if (name === "message_notification") this.#onNew(listener as (payload: MessageNotification) => void);
    else if (name === "new_message") this.#socket.on("message:sent", (payload) => listener(snakify(payload) as never));
    else if (name === "connect_error" || name === "disconnect" || name.includes(":")) this.#socket.on(name, listener);
    else this.#socket.on(name, (payload) => listener(snakify(payload) as never));
  }

  timeout(ms: number): { emit(name: string, payload: object, answered: Answered): void } {
    return { emit: (name, payload, answered) => this.#emit(name, payload, ms, answered) };
  }

  #onNew(listener: (payload: MessageNotification) => void): void {
    this.#socket.on("message:new", (payload: Talemy["message:new"]) => {
      const unread_total = this.#unreadTotal(payload.conversationId, payload.unreadCount);
      listener({ ...(snakify(payload) as Omit<MessageNotification, "unread_total">), unread_total });
    });
  }

  #emit(name: string, payload: object, ms: number, answered: Answered): void {
    const theirs = this.#nameOf(name, payload);
    if (!theirs) return answered(new Error("not on this namespace"), undefined as never);
    this.#socket.timeout(ms).emit(theirs, camelize(payload), (error: Error | null, answer: never) =>
      answered(error, (error ? answer : snakify(answer)) as never),
    );
  }

  /** `message:send` cannot open a conversation. */
  #nameOf(name: string, payload: object): string | undefined {
    const opens = name === "send_message" && !("conversation_id" in payload && payload.conversation_id);
    return opens ? undefined : CLIENT_EVENTS[name];
  }
}

