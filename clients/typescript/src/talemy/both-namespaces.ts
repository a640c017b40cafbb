import type { AuthCallback, ConnectionSocket } from "../core/connection";
import { openSocket } from "../core/connection";
import { OWN_EVENTS } from "./kinds";

/** Emitted without a payload when `/talemy` has an event that `/` lacks. */
export const ELSEWHERE = "elsewhere";

/** Includes `ready`: events before it were not received. */
const NEWS = ["ready", ...OWN_EVENTS];
/** Milliseconds before another attempt, when the second namespace alone refuses the connection. */
const RETRY_MS = 10_000;

/**
 * A socket to `/` that listens to `/talemy` as well, over the same transport. Events of `/talemy` alone only prompt a sync
 * on `/`, which fetches the changes as it does after a reconnection. So these objects arrive in one way, and an event that
 * comes twice, late or never does no harm.
 */
export class BothNamespaces implements ConnectionSocket {
  readonly #socket: ConnectionSocket;
  readonly #other: ConnectionSocket;
  #retry: ReturnType<typeof setTimeout> | undefined;

  constructor(socket: ConnectionSocket, other: ConnectionSocket) {
    this.#socket = socket;
    this.#other = other;
    socket.on("ready", () => this.#listenToOther());
    other.on("connect_error", () => this.#listenToOtherLater());
  }

  get connected(): boolean {
    return this.#socket.connected;
  }

  get active(): boolean {
    return this.#socket.active;
  }

  on(name: string, listener: (payload: never) => void): void {
    if (name === ELSEWHERE) for (const news of NEWS) this.#other.on(news, () => listener(undefined as never));
    else this.#socket.on(name, listener);
  }

  connect(): void {
    this.#socket.connect();
  }

  /** Closes both: a transport stays open while one of its sockets uses it. */
  disconnect(): void {
    clearTimeout(this.#retry);
    this.#other.disconnect();
    this.#socket.disconnect();
  }

  timeout(ms: number): ReturnType<ConnectionSocket["timeout"]> {
    return this.#socket.timeout(ms);
  }

  /** Connects after `/` accepted: a client refused there need not ask twice. Both reconnect by themselves. */
  #listenToOther(): void {
    if (this.#socket.connected && !this.#other.active) this.#other.connect();
  }

  #listenToOtherLater(): void {
    clearTimeout(this.#retry);
    this.#retry = setTimeout(() => this.#listenToOther(), RETRY_MS);
  }
}

/** Makes a socket to `/` and `/talemy` over one connection. */
export function createSocketToBoth(url: string, auth: AuthCallback): ConnectionSocket {
  const socket = openSocket(url, auth);
  return new BothNamespaces(socket, socket.io.socket("/talemy", { auth }));
}
