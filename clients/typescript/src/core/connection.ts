import { io, type Socket } from "socket.io-client";
import { Backoff } from "../backoff";
import { Emitter } from "../emitter";
import type { Credentials } from "../http/credentials";
import { asPalabreError, isSignInProblem, PalabreError } from "../wire/errors";
import { type Ack, type ClientEvents, type Ready, SERVER_EVENTS, type ServerEventName, type ServerEvents, type WireError } from "../wire/protocol";
import { TokenClock } from "./token-clock";

/**
 * - `stopped`: not started.
 * - `connecting`: connecting or reconnecting.
 * - `connected`: the server sent `ready`.
 * - `ended`: the session is over, and nothing is tried until the next sign-in.
 */
export type ConnectionStatus = "stopped" | "connecting" | "connected" | "ended";

export interface ConnectionEvents extends ServerEvents {
  status: ConnectionStatus;
}

/** The part of a socket.io-client socket that the core uses. */
export interface ConnectionSocket {
  readonly connected: boolean;
  readonly active: boolean;
  on(name: string, listener: (payload: never) => void): unknown;
  connect(): unknown;
  disconnect(): unknown;
  timeout(ms: number): { emit(name: string, payload: object, answered: (error: Error | null, answer: never) => void): unknown };
}

export type AuthCallback = (send: (auth: object) => void) => void;

export interface ConnectionOptions {
  url: string;
  credentials: Credentials;
  /** Makes the socket; by default one to `url`, by WebSocket or, where that fails, long polling. */
  createSocket?: ((url: string, auth: AuthCallback) => ConnectionSocket) | undefined;
  /** Milliseconds that an acknowledgement may take. */
  ackTimeout?: number | undefined;
}

const ACK_TIMEOUT_MS = 8_000;
/** Refusals in a row, each after a renewal, before the session counts as over. */
const MOST_REFUSALS = 2;
/** Milliseconds before another attempt may replace a pending one. */
const ATTEMPT_MS = 3_000;
const DROPPED_MS = 15_000;

/** One connection to namespace `/` that reconnects and renews its token by itself. */
export class Connection extends Emitter<ConnectionEvents> {
  #status: ConnectionStatus = "stopped";
  #refusals = 0;
  #triedAt = 0;
  #retry: ReturnType<typeof setTimeout> | undefined;
  readonly #credentials: Credentials;
  readonly #ackTimeout: number;
  readonly #backoff = new Backoff({ first: 1_000, most: 20_000 });
  readonly #clock: TokenClock;
  readonly #socket: ConnectionSocket;

  constructor(options: ConnectionOptions) {
    super();
    this.#credentials = options.credentials;
    this.#ackTimeout = options.ackTimeout ?? ACK_TIMEOUT_MS;
    this.#clock = new TokenClock(() => void this.#renewLive());
    this.#socket = (options.createSocket ?? createSocket)(options.url, (send) => void this.#authenticate(send));
    this.#listen();
  }

  get status(): ConnectionStatus {
    return this.#status;
  }

  start(): void {
    if (this.#status !== "stopped") return;
    this.#setStatus("connecting");
    this.#triedAt = Date.now();
    this.#socket.connect();
  }

  stop(): void {
    this.#halt("stopped");
  }

  /** Tries now instead of at the next attempt; for when the network or the app is back. */
  wake(): void {
    if (this.#status !== "connecting" || Date.now() - this.#triedAt < ATTEMPT_MS) return;
    this.#backoff.reset();
    this.#reconnect();
  }

  /** Closes the connection now; for when the system reports that there is no network. */
  drop(): void {
    if (this.#status !== "connected" && this.#status !== "connecting") return;
    this.#close();
    this.#reconnectLater(DROPPED_MS); // in case `wake` is never called
  }

  /**
   * Emits an event and returns the `data` of its acknowledgement.
   * @throws PalabreError the server's, or `network` (not connected), or `timeout`.
   * @example
   * const { conversation } = await connection.request("join_conversation", { conversation_id: 12 });
   */
  async request<Name extends keyof ClientEvents>(
    name: Name,
    payload: ClientEvents[Name]["payload"],
  ): Promise<ClientEvents[Name]["data"]> {
    // socket.io would buffer the event and send it later, unknown to the outbox.
    if (!this.#socket.connected) throw new PalabreError("network", "No connection to the server.");
    const answer = await this.#emit<ClientEvents[Name]["data"]>(name, payload);
    if (answer.ok) return answer.data;
    throw PalabreError.fromWire(answer.error);
  }

  #emit<Data>(name: string, payload: object): Promise<Ack<Data>> {
    return new Promise((resolve, reject) => {
      this.#socket.timeout(this.#ackTimeout).emit(name, payload, (error: Error | null, answer: Ack<Data>) => {
        if (!error) resolve(answer);
        else if (this.#socket.connected) reject(new PalabreError("timeout", "The server did not answer in time."));
        else reject(new PalabreError("network", "The connection was lost before the server answered."));
      });
    });
  }

  #listen(): void {
    this.#socket.on("connect_error", (error: Error & { data?: WireError }) => void this.#refused(error.data));
    this.#socket.on("disconnect", (reason: string) => this.#lost(reason));
    this.#socket.on("ready", (ready: Ready) => this.#ready(ready));
    this.#socket.on("token_expiring", () => this.#clock.isLate && void this.#renewLive());
    this.#socket.on("session_ended", (ended: WireError) => void this.#sessionEnded(ended));
    for (const name of SERVER_EVENTS) if (name !== "ready") this.#relay(name);
  }

  #relay<Name extends ServerEventName>(name: Name): void {
    this.#socket.on(name, (payload: ConnectionEvents[Name]) => this.emit(name, payload));
  }

  async #authenticate(send: (auth: object) => void): Promise<void> {
    send(await this.#credentials.socketAuth().catch(() => ({})));
  }

  #ready(ready: Ready): void {
    this.#refusals = 0;
    this.#backoff.reset();
    this.#clock.start(ready.token_expires_at, ready.server_time);
    this.#setStatus("connected");
    this.emit("ready", ready);
  }

  #lost(reason: string): void {
    this.#clock.stop();
    if (this.#status !== "connected") return;
    this.#setStatus("connecting");
    // socket.io reconnects by itself unless the server closed the connection.
    if (reason === "io server disconnect") this.#reconnectLater(this.#backoff.next());
  }

  async #refused(error: WireError | undefined): Promise<void> {
    if (this.#status !== "connecting") return;
    if (!error) {
      // The server was not reached: socket.io keeps trying, unless a proxy refused the connection.
      if (!this.#socket.active) this.#reconnectLater(this.#backoff.next());
      return;
    }
    const refusal = PalabreError.fromWire(error);
    if (refusal.code === "token_revoked") this.#halt("ended");
    else if (isSignInProblem(refusal)) await this.#renewAndReconnect();
    else this.#reconnectLater(refusal.retryAfter ? refusal.retryAfter * 1_000 : this.#backoff.next());
  }

  async #sessionEnded(ended: WireError): Promise<void> {
    const error = PalabreError.fromWire(ended);
    if (error.code === "token_revoked" || error.code === "unauthenticated") return this.#halt("ended");
    this.#close();
    if (error.code === "token_expired") return this.#renewAndReconnect();
    this.#reconnectLater(this.#backoff.next()); // slow_consumer, server_restarting: clients must not reconnect all at once
  }

  async #renewAndReconnect(): Promise<void> {
    this.#refusals += 1;
    if (this.#refusals > MOST_REFUSALS) return this.#halt("ended");
    try {
      await this.#credentials.renew();
      if (this.#status === "connecting") this.#reconnect();
    } catch (error) {
      if (isSignInProblem(error)) return this.#halt("ended");
      this.#refusals -= 1; // not a refusal: the server was not reached
      this.#reconnectLater(this.#backoff.next());
    }
  }

  /** Renews the token of the live connection; after a failure, the connection is renewed at expiry. */
  async #renewLive(): Promise<void> {
    this.#clock.stop();
    try {
      this.#present(await this.#credentials.renew());
    } catch (error) {
      if (isSignInProblem(error)) this.#halt("ended");
      else this.#clock.again(asPalabreError(error).retryAfter);
    }
  }

  #present(token: string): void {
    this.request("authenticate", { token }).then(
      ({ expires_at }) => this.#clock.continue(expires_at),
      (error: unknown) => this.#clock.again(asPalabreError(error).retryAfter),
    );
  }

  #close(): void {
    this.#setStatus("connecting");
    this.#clock.stop();
    this.#triedAt = 0;
    this.#socket.disconnect();
  }

  #reconnectLater(delay: number): void {
    if (this.#status !== "connecting") return;
    clearTimeout(this.#retry);
    this.#retry = setTimeout(() => this.#reconnect(), delay);
  }

  #reconnect(): void {
    clearTimeout(this.#retry);
    this.#triedAt = Date.now();
    this.#socket.disconnect(); // ends socket.io's own backoff, which connect() alone would respect
    this.#socket.connect();
  }

  #halt(status: "stopped" | "ended"): void {
    clearTimeout(this.#retry);
    this.#clock.stop();
    this.#setStatus(status);
    this.#socket.disconnect();
  }

  #setStatus(status: ConnectionStatus): void {
    if (this.#status === status) return;
    this.#status = status;
    this.emit("status", status);
  }
}

/** Makes a socket to a namespace, `/` unless `url` ends in another. */
export function createSocket(url: string, auth: AuthCallback): ConnectionSocket {
  return openSocket(url, auth);
}

/** Makes a socket with socket.io's full interface. */
export function openSocket(url: string, auth: AuthCallback): Socket {
  return io(url, {
    auth,
    autoConnect: false,
    forceNew: true,
    transports: ["websocket", "polling"],
    tryAllTransports: true,
    withCredentials: true,
    reconnectionDelay: 500,
    reconnectionDelayMax: 10_000,
  });
}
