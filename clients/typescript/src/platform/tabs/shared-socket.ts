import type { ConnectionSocket } from "../../core/connection";
import { type Ready, SERVER_EVENTS } from "../../wire/protocol";

type Listener = (payload: never) => void;
type Answered = (error: Error | null, answer: never) => void;

/** Messages between the tabs' sockets. */
export type SocketNews =
  | { kind: "hello"; from: string }
  | { kind: "ready"; ready: Ready }
  | { kind: "event"; name: string; payload: unknown }
  | { kind: "lost" }
  | { kind: "request"; from: string; id: number; name: string; payload: object; ms: number }
  | { kind: "answer"; id: number; answer?: unknown };

/** Handled by the leading tab alone: it renews the token and ends the session. */
const PRIVATE = new Set(["ready", "token_expiring", "session_ended"]);
/** These end the session for every tab. */
const FINAL = new Set(["token_revoked", "unauthenticated"]);
/** Milliseconds that an answer may take longer through another tab. */
const DETOUR_MS = 1_000;

/**
 * A real socket in the leading tab, and a proxy to it in the others, with one interface. Losing the leading tab is a lost
 * connection, and the next leader's `ready` its return.
 */
export class SharedSocket implements ConnectionSocket {
  unreadTotal: () => number = () => this.#ready?.unread_total ?? 0;
  readonly #id: string;
  readonly #make: () => ConnectionSocket;
  readonly #post: (news: SocketNews, to?: string) => void;
  readonly #events: readonly string[];
  readonly #listeners = new Map<string, Set<Listener>>();
  readonly #pending = new Map<number, Answered>();
  /** The tabs that joined each conversation; the last one to leave leaves it. */
  readonly #joined = new Map<number, Set<string>>();
  readonly #online = new Set<number>();
  #real: ConnectionSocket | null = null;
  #ready: Ready | null = null;
  #wanted = false;
  #up = false;
  #requests = 0;

  constructor(id: string, make: () => ConnectionSocket, post: (news: SocketNews, to?: string) => void, events: readonly string[]) {
    this.#id = id;
    this.#events = events;
    this.#make = make;
    this.#post = post;
  }

  get connected(): boolean {
    return this.#real ? this.#real.connected : this.#up;
  }

  get active(): boolean {
    return this.#real ? this.#real.active : this.#wanted;
  }

  on(name: string, listener: Listener): void {
    const listeners = this.#listeners.get(name) ?? new Set();
    this.#listeners.set(name, listeners.add(listener));
  }

  connect(): void {
    this.#wanted = true;
    if (this.#real) this.#real.connect();
    else this.#post({ kind: "hello", from: this.#id });
  }

  disconnect(): void {
    this.#wanted = false;
    if (this.#real) this.#real.disconnect();
    else this.#drop("io client disconnect");
  }

  timeout(ms: number): { emit(name: string, payload: object, answered: Answered): void } {
    return { emit: (name, payload, answered) => this.#emit(name, payload, ms, answered) };
  }

  /** Makes this tab the leading one. */
  lead(): void {
    if (this.#real) return;
    this.#drop("transport close");
    const real = (this.#real = this.#make());
    for (const name of ["connect_error", "disconnect", ...SERVER_EVENTS, ...this.#events]) {
      real.on(name, (payload: never) => this.#said(name, payload));
    }
    if (this.#wanted) real.connect();
  }

  /** Ends its lead. */
  follow(): void {
    this.#real?.disconnect();
    this.#real = null;
    this.#joined.clear();
    this.#drop("io client disconnect");
  }

  hear(news: SocketNews): void {
    if (news.kind === "hello") this.#welcome(news.from);
    else if (news.kind === "request") this.#ask(news);
    else if (news.kind === "answer") this.#answered(news);
    else if (!this.#real && this.#wanted) this.#follow(news);
  }

  /** In the leading tab: handles an event of the server. */
  #said(name: string, payload: never): void {
    if (name === "ready") this.#begin(payload);
    this.#note(name, payload);
    this.#fire(name, payload);
    if (name === "disconnect") this.#end();
    else if (name === "session_ended" && !FINAL.has((payload as { code: string }).code)) return;
    else if (name === "session_ended" || (!PRIVATE.has(name) && name !== "connect_error")) {
      this.#post({ kind: "event", name, payload });
    }
  }

  #begin(ready: Ready): void {
    this.#ready = ready;
    this.#online.clear();
    for (const id of ready.online_user_ids) this.#online.add(id);
    this.#post({ kind: "ready", ready: forOthers(ready) });
  }

  #end(): void {
    this.#ready = null;
    this.#joined.clear();
    this.#post({ kind: "lost" });
  }

  /** In the leading tab: greets a tab that joins. */
  #welcome(from: string): void {
    if (!this.#ready || !this.connected) return; // the next `ready` will reach them
    const ready = { ...this.#ready, unread_total: this.unreadTotal(), online_user_ids: [...this.#online] };
    this.#post({ kind: "ready", ready: forOthers(ready) }, from);
  }

  #note(name: string, payload: { user_id: number }): void {
    if (name === "user_online") this.#online.add(payload.user_id);
    if (name === "user_offline") this.#online.delete(payload.user_id);
  }

  /** In other tabs: handles a message of the leading one. */
  #follow(news: SocketNews & { kind: "ready" | "event" | "lost" }): void {
    if (news.kind === "event") return this.#up ? this.#fire(news.name, news.payload as never) : undefined;
    this.#drop("transport close");
    if (news.kind === "lost") return;
    this.#up = true;
    this.#fire("ready", news.ready as never);
  }

  #emit(name: string, payload: object, ms: number, answered: Answered): void {
    if (this.#real) return this.#send(this.#id, name, payload, ms, answered);
    const id = (this.#requests += 1);
    const timer = setTimeout(() => this.#answered({ id }), ms + DETOUR_MS);
    this.#pending.set(id, (error, answer) => {
      clearTimeout(timer);
      answered(error, answer);
    });
    this.#post({ kind: "request", from: this.#id, id, name, payload, ms });
  }

  /** In the leading tab: emits for another tab. */
  #ask({ from, id, name, payload, ms }: SocketNews & { kind: "request" }): void {
    if (!this.#real) return;
    if (!this.#real.connected) return this.#post({ kind: "answer", id }, from);
    this.#send(from, name, payload, ms, (error, answer) => {
      this.#post(error ? { kind: "answer", id } : { kind: "answer", id, answer }, from);
    });
  }

  #send(from: string, name: string, payload: object, ms: number, answered: Answered): void {
    const id = (payload as { conversation_id?: number }).conversation_id ?? 0;
    const tabs = this.#joined.get(id) ?? new Set();
    if (name === "join_conversation") this.#joined.set(id, tabs.add(from));
    if (name === "leave_conversation" && tabs.delete(from) && tabs.size > 0) {
      return answered(null, { ok: true, data: {} } as never); // another tab has it open
    }
    this.#real?.timeout(ms).emit(name, payload, answered);
  }

  #answered({ id, answer }: { id: number; answer?: unknown }): void {
    const answered = this.#pending.get(id);
    this.#pending.delete(id);
    if (answer === undefined) answered?.(new Error("no answer"), undefined as never);
    else answered?.(null, answer as never);
  }

  #drop(reason: string): void {
    const was = this.#up;
    this.#up = false;
    if (was) this.#fire("disconnect", reason as never);
    for (const id of [...this.#pending.keys()]) this.#answered({ id });
  }

  #fire(name: string, payload: never): void {
    for (const listener of [...(this.#listeners.get(name) ?? [])]) listener(payload);
  }
}

/** `ready` without an expiry, so that only the leading tab's clock runs. */
function forOthers(ready: Ready): Ready {
  return { ...ready, token_expires_at: "" };
}
