import type { Ready } from "../../src";
import type { AuthCallback, ConnectionSocket } from "../../src/core/connection";

type Listener = (payload: never) => void;

/** A socket.io-client socket whose server is the test. */
export class FakeSocket implements ConnectionSocket {
  connected = false;
  active = false;
  connects = 0;
  readonly emitted: Array<{ name: string; payload: object; answer: (reply: object) => void }> = [];
  readonly #listeners = new Map<string, Listener[]>();
  readonly #auth: AuthCallback;

  constructor(auth: AuthCallback) {
    this.#auth = auth;
  }

  on(name: string, listener: Listener): void {
    this.#listeners.set(name, [...(this.#listeners.get(name) ?? []), listener]);
  }

  connect(): void {
    this.connects += 1;
    this.active = true;
  }

  disconnect(): void {
    this.connected = false;
    this.active = false;
  }

  timeout(ms: number): { emit(name: string, payload: object, answered: (error: Error | null, answer: never) => void): void } {
    return {
      emit: (name, payload, answered) => {
        const timer = setTimeout(() => answered(new Error("operation has timed out"), undefined as never), ms);
        const answer = (reply: object): void => {
          clearTimeout(timer);
          answered(null, reply as never);
        };
        this.emitted.push({ name, payload, answer });
      },
    };
  }

  /** The `auth` of the CONNECT packet. */
  auth(): Promise<object> {
    return new Promise((resolve) => this.#auth(resolve));
  }

  /** The server says something. */
  say(name: string, payload: object): void {
    for (const listener of this.#listeners.get(name) ?? []) listener(payload as never);
  }

  /** The server accepts, with a token of so many seconds. */
  accept(seconds = 900, change: Partial<Ready> = {}): void {
    this.connected = true;
    this.say("ready", {
      user: { id: 1, name: "Me", avatar_url: null, role: "member", online: true, last_seen_at: null },
      cursor: 1,
      unread_total: 0,
      online_user_ids: [],
      token_expires_at: new Date(Date.now() + seconds * 1_000).toISOString(),
      server_time: new Date().toISOString(),
      ...change,
    });
  }

  /** The server refuses the connection. */
  refuse(code: string, extra: object = {}): void {
    this.disconnect();
    this.say("connect_error", Object.assign(new Error(code), { data: { code, message: code, ...extra } }));
  }

  lose(reason: string): void {
    this.connected = false;
    this.active = reason !== "io server disconnect";
    for (const listener of this.#listeners.get("disconnect") ?? []) listener(reason as never);
  }
}
