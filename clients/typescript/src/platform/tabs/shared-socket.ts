import type { ConnectionSocket } from "../../core/connection";
import { type Ready, SERVER_EVENTS } from "../../wire/protocol";

type Listener = (payload: never) => void;
type Answered = (error: Error | null, answer: never) => void;

/** What the tabs' sockets tell each other. */
export type SocketNews =
  | { kind: "hello"; from: string }
  | { kind: "ready"; ready: Ready }
  | { kind: "event"; name: string; payload: unknown }
  | { kind: "lost" }
  | { kind: "request"; from: string; id: number; name: string; payload: object; ms: number }
  | { kind: "answer"; id: number; answer?: unknown };

/** The leading tab's own affairs: it alone renews the token, and says how a connection ended. */
const PRIVATE = new Set(["ready", "token_expiring", "session_ended"]);
/** These end the session for every tab. */
const FINAL = new Set(["token_revoked", "unauthenticated"]);
/** The answer may take this much longer through another tab. */
const DETOUR_MS = 1_000;

/**
 * A socket that is real in the leading tab, and asks the leading tab in all others. To whoever uses it the two are the
 * same: losing the leading tab is a lost connection, and the next one's `ready` its return.
 */
export class SharedSocket implements ConnectionSocket {
  unreadTotal: () => number = () => this.#ready?.unread_total ?? 0;
  readonly #id: string;
  readonly #make: () => ConnectionSocket;
  readonly #post: (news: SocketNews, to?: string) => void;
  readonly #events: readonly string[];
  readonly #listeners = new Map<string, Set<Listener>>();
  readonly #pending = new Map<number, Answered>();
  /** Which tabs have joined a conversation: it is left when the last of them leaves it. */
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

  /** This tab has the connection from now on. */
  lead(): void {
    if (this.#real) return;
    this.#drop("transport close");
    const real = (this.#real = this.#make());
    for (const name of ["connect_error", "disconnect", ...SERVER_EVENTS, ...this.#events]) {
      real.on(name, (payload: never) => this.#said(name, payload));
    }
    if (this.#wanted) real.connect();
  }

  /** And no longer. */
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

  /** In the leading tab: what the server says. */
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

  /** In the leading tab: a tab asks to take part. */
  #welcome(from: string): void {
    if (!this.#ready || !this.connected) return; // its own `ready` will reach them
    const ready = { ...this.#ready, unread_total: this.unreadTotal(), online_user_ids: [...this.#online] };
    this.#post({ kind: "ready", ready: forOthers(ready) }, from);
  }

  #note(name: string, payload: { user_id: number }): void {
    if (name === "user_online") this.#online.add(payload.user_id);
    if (name === "user_offline") this.#online.delete(payload.user_id);
  }

  /** In any other tab. */
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

  /** In the leading tab: another asks for something. */
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
      return answered(null, { ok: true, data: {} } as never); // another tab shows it
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

/** Nobody but the leading tab minds when the token ends: a time that is none starts no clock. */
function forOthers(ready: Ready): Ready {
  return { ...ready, token_expires_at: "" };
}
