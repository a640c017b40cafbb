import type { AuthCallback, ConnectionSocket } from "../core/connection";
import { openSocket } from "../core/connection";
import { OWN_EVENTS } from "./kinds";

/** Said, with nothing more, when something happened that `/` has no event for: a lesson or a contact request came or changed. */
export const ELSEWHERE = "elsewhere";

/** Until its `ready` nothing was heard of `/talemy`: something may have happened. */
const NEWS = ["ready", ...OWN_EVENTS];
/** A refusal of the second namespace alone, such as one for too many at once, is given so long. */
const RETRY_MS = 10_000;

/**
 * A socket to `/` that listens to `/talemy` as well, over the same transport. What is said there alone is a bell here, and
 * no more: that something changed. What changed, `sync` says on `/`, as it does after every reconnection; so there is one
 * way in for lessons and contact requests, and an event that is heard twice, late or never does no harm.
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

  /** A transport stays open as long as one of its sockets wants it. */
  disconnect(): void {
    clearTimeout(this.#retry);
    this.#other.disconnect();
    this.#socket.disconnect();
  }

  timeout(ms: number): ReturnType<ConnectionSocket["timeout"]> {
    return this.#socket.timeout(ms);
  }

  /** Once accepted on `/`: whoever is refused there need not ask twice. Afterwards both come back by themselves. */
  #listenToOther(): void {
    if (this.#socket.connected && !this.#other.active) this.#other.connect();
  }

  #listenToOtherLater(): void {
    clearTimeout(this.#retry);
    this.#retry = setTimeout(() => this.#listenToOther(), RETRY_MS);
  }
}

/** To `/` and `/talemy` over one connection. */
export function createSocketToBoth(url: string, auth: AuthCallback): ConnectionSocket {
  const socket = openSocket(url, auth);
  return new BothNamespaces(socket, socket.io.socket("/talemy", { auth }));
}
