import { PalabreClient } from "../core/client";
import { type ConnectionOptions, type ConnectionSocket, type ConnectionStatus, createSocket } from "../core/connection";
import { Emitter, type Unsubscribe } from "../emitter";
import { BearerCredentials, type Credentials } from "../http/credentials";
import type { Fetch } from "../http/fetch-json";
import { HttpClient } from "../http/http-client";
import { type IndexedDbLike, IndexedDbOutboxStorage } from "../outbox/outbox-indexed-db";
import { MemoryOutboxStorage, type OutboxItem, type OutboxStorage } from "../outbox/outbox-storage";
import { type AppStateLike, followAppState } from "../platform/app-state";
import { followBrowser } from "../platform/browser";
import { browserTabs, exclusively, type TabHost } from "../platform/tabs/tab-host";
import { TabShare } from "../platform/tabs/tab-share";
import type { TokenStorageService } from "../platform/token-storage";
import { type Logger, report } from "./report";

export interface SessionOptions {
  /** The server's origin, such as `https://palabre.example`. */
  serverUrl: string;
  tokenStorage: TokenStorageService;
  /** The signed-in user, if the application knows: only then do tabs share a connection. */
  userId?: number | (() => number | undefined) | undefined;
  /**
   * Storage for a user's unsent messages; by default IndexedDB where there is one, otherwise memory. One user's messages
   * are never sent as another.
   */
  outboxStorage?: ((userId: number) => OutboxStorage) | undefined;
  /** React Native's `AppState`: no connection in the background, a new one in the foreground. */
  appState?: AppStateLike | undefined;
  /** Lets tabs share a connection; by default the browser's own host. `null`: a connection a tab. */
  tabs?: TabHost | null | undefined;
  /** Logs failures; by default the console. `null`: none. */
  logger?: Logger | null | undefined;
  fetch?: Fetch | undefined;
  createSocket?: ConnectionOptions["createSocket"];
  /** Milliseconds that an acknowledgement may take. */
  ackTimeout?: number | undefined;
}

/** A vocabulary other than that of `/`. */
export interface Dialect {
  namespace: string;
  createSocket: typeof createSocket;
  /** Its events that `/` does not have. */
  events: readonly string[];
  heard: (name: string, payload: unknown) => void;
}

export interface SessionEvents {
  status: ConnectionStatus;
  /** A new client begins, for another user or after a sign-out. */
  begun: PalabreClient;
}

/** The lifetime of a sign-in: one client a user, suspended and resumed, ended and begun again. */
export class Session extends Emitter<SessionEvents> {
  readonly http: HttpClient;
  readonly #options: SessionOptions;
  readonly #dialect: Dialect | null;
  readonly #credentials: Credentials;
  readonly #tabs: TabHost | null;
  #client: PalabreClient | null = null;
  #share: TabShare | null = null;
  #undo: Unsubscribe[] = [];
  #userId: number | undefined;
  #tellOwner: (userId: number) => void = () => undefined;
  #suspended = false;
  #starts = 0;

  constructor(options: SessionOptions, dialect: Dialect | null = null) {
    super();
    this.#options = options;
    this.#dialect = dialect;
    this.#tabs = options.tabs === undefined ? browserTabs() : options.tabs;
    this.#credentials = new BearerCredentials(options.serverUrl, options.tokenStorage, {
      fetch: options.fetch,
      exclusively: exclusively(this.#tabs, "palabre.renewal"),
    });
    this.http = new HttpClient(options.serverUrl, this.#credentials, { fetch: options.fetch });
  }

  get client(): PalabreClient | null {
    return this.#client;
  }

  get status(): ConnectionStatus {
    return this.#client?.status ?? "stopped";
  }

  /**
   * Returns the client, connecting. With the signed-in `userId`, unsent messages are listed at once and sent even before
   * there is a connection.
   */
  begin(userId = this.#knownUser()): PalabreClient {
    const other = userId !== undefined && this.#userId !== undefined && userId !== this.#userId;
    if (other || this.status === "ended" || this.#isAnonymous(userId)) this.end();
    if (this.#client) {
      if (this.status === "stopped" && !this.#suspended) void this.#start(this.#client);
      return this.#client;
    }
    this.#userId = userId;
    const client = (this.#client = this.#make());
    this.emit("begun", client);
    void this.#start(client);
    return client;
  }

  /** Closes everything and clears private data; for a sign-out. */
  end(): void {
    const client = this.#client;
    this.#client = null;
    this.#userId = undefined;
    this.#starts += 1;
    client?.stop();
    this.#share?.leave();
    this.#share = null;
    for (const undo of this.#undo.splice(0)) undo();
  }

  suspend(): void {
    if (this.#suspended) return;
    this.#suspended = true;
    this.#starts += 1;
    this.#client?.connection.stop();
    this.#share?.leave(); // another tab may lead
  }

  resume(): void {
    if (!this.#suspended) return;
    this.#suspended = false;
    if (this.#client && this.status === "stopped") void this.#start(this.#client);
  }

  /** Whether the client was made before a sign-in. */
  #isAnonymous(userId: number | undefined): boolean {
    const unused = this.status === "stopped" && this.#client?.outbox.items().length === 0;
    return unused && userId !== undefined && this.#userId === undefined;
  }

  #make(): PalabreClient {
    const { serverUrl, fetch, ackTimeout } = this.#options;
    const make = this.#dialect?.createSocket ?? this.#options.createSocket ?? createSocket;
    const identified = waiter<number>();
    this.#tellOwner = identified.resolve;
    if (this.#userId !== undefined) identified.resolve(this.#userId);
    const share = this.#tabs && this.#userId !== undefined ? this.#shareWith(this.#tabs, this.#userId, make) : null;
    const client: PalabreClient = new PalabreClient({
      url: serverUrl,
      credentials: this.#credentials,
      outboxStorage: new LateOutboxStorage(identified.promise.then((userId) => this.#outboxOf(userId))),
      outboxShare: share ?? undefined,
      createSocket: (url, auth) => this.#listenTo((share?.createSocket ?? make)(url, auth)),
      fetch,
      ackTimeout,
    });
    if (share) share.unreadTotal = () => client.store.unreadTotal;
    this.#share = share;
    this.#undo = [
      client.connection.on("ready", ({ user }) => this.#identified(user.id)),
      client.connection.on("status", (status) => this.#statusChanged(status)),
      followBrowser(client),
      ...(this.#options.logger === null ? [] : report(client, this.#options.logger ?? console)),
      ...(this.#options.appState ? [followAppState(this.#options.appState, this)] : []),
    ];
    return client;
  }

  #listenTo(socket: ConnectionSocket): ConnectionSocket {
    const { events = [], heard } = this.#dialect ?? {};
    for (const name of events) socket.on(name, (payload: unknown) => heard?.(name, payload));
    return socket;
  }

  /** Shares with tabs of the same user only, whose id must be certain. */
  #shareWith(host: TabHost, userId: number, make: typeof createSocket): TabShare {
    return new TabShare({
      name: `palabre.tabs ${this.#options.serverUrl}${this.#dialect?.namespace ?? "/"} ${userId}`,
      host,
      createSocket: make,
      events: this.#dialect?.events,
      leads: () => void this.#client?.outbox.load(),
    });
  }

  /** Starts the client if there are tokens; without them it stays stopped. */
  async #start(client: PalabreClient): Promise<void> {
    const start = (this.#starts += 1);
    const tokens = await this.#options.tokenStorage.load().catch(() => null);
    if (!tokens || start !== this.#starts || this.#suspended) return;
    this.#share?.enter();
    client.start();
    if (this.#userId !== undefined) return;
    // Without a socket, REST names the owner of the outbox.
    client.rest.me().then((user) => client === this.#client && this.#identified(user.id), () => undefined);
  }

  #knownUser(): number | undefined {
    const { userId } = this.#options;
    return typeof userId === "function" ? userId() : userId;
  }

  #identified(userId: number): void {
    if (this.#userId !== undefined && this.#userId !== userId) {
      // The tokens belong to another user than the application named: begin again, so that no message changes its sender.
      this.end();
      this.begin(userId);
      return;
    }
    this.#userId = userId;
    this.#tellOwner(userId);
  }

  #statusChanged(status: ConnectionStatus): void {
    if (status === "ended") this.#share?.leave();
    this.emit("status", status);
  }

  #outboxOf(userId: number): OutboxStorage {
    if (this.#options.outboxStorage) return this.#options.outboxStorage(userId);
    const { indexedDB } = globalThis as unknown as { indexedDB?: IndexedDbLike };
    return indexedDB ? new IndexedDbOutboxStorage(indexedDB, userId) : new MemoryOutboxStorage();
  }
}

/** A storage whose owner is not known yet; every call waits until it is. */
class LateOutboxStorage implements OutboxStorage {
  readonly #storage: Promise<OutboxStorage>;

  constructor(storage: Promise<OutboxStorage>) {
    this.#storage = storage;
  }

  async load(): Promise<OutboxItem[]> {
    return (await this.#storage).load();
  }

  async put(item: OutboxItem): Promise<void> {
    await (await this.#storage).put(item);
  }

  async remove(clientId: string): Promise<void> {
    await (await this.#storage).remove(clientId);
  }
}

function waiter<Value>(): { promise: Promise<Value>; resolve: (value: Value) => void } {
  let resolve: (value: Value) => void = () => undefined;
  const promise = new Promise<Value>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}
