import type { AuthCallback, ConnectionSocket } from "../../core/connection";
import type { OutboxNews, OutboxShare } from "../../outbox/outbox";
import { SharedSocket, type SocketNews } from "./shared-socket";
import type { ChannelLike, TabHost } from "./tab-host";

/** A message between tabs; without `to`, to all of them. */
export type TabNews = ({ about: "socket"; news: SocketNews } | { about: "outbox"; news: OutboxNews }) & { to?: string };

type MakeSocket = (url: string, auth: AuthCallback) => ConnectionSocket;

export interface TabShareOptions {
  /** Equal in all tabs of one user at one server. */
  name: string;
  host: TabHost;
  createSocket: MakeSocket;
  /** Events that the tabs share besides those of `/`. */
  events?: readonly string[] | undefined;
  /** Called when this tab begins to lead: it has the connection and sends. */
  leads: () => void;
}

/**
 * One connection and one outbox for all tabs of a browser. The tab that holds the lock leads: it has the socket and sends
 * for the others. When it closes, the browser gives the lock to the next.
 */
export class TabShare implements OutboxShare {
  readonly id = Math.random().toString(36).slice(2);
  readonly #options: TabShareOptions;
  #channel: ChannelLike | null = null;
  #socket: SharedSocket | null = null;
  #release: (() => void) | null = null;
  #waiting: AbortController | null = null;
  #hear: (news: OutboxNews) => void = () => undefined;

  constructor(options: TabShareOptions) {
    this.#options = options;
  }

  /** Whether this tab leads. */
  get sends(): boolean {
    return this.#release !== null;
  }

  readonly createSocket: MakeSocket = (url, auth) => {
    const real = (): ConnectionSocket => this.#options.createSocket(url, auth);
    const post = (news: SocketNews, to?: string): void => this.#post({ about: "socket", news, ...(to ? { to } : {}) });
    this.#socket = new SharedSocket(this.id, real, post, this.#options.events ?? []);
    return this.#socket;
  };

  /** The unread total for a tab that joins while the leading one is connected. */
  set unreadTotal(read: () => number) {
    if (this.#socket) this.#socket.unreadTotal = read;
  }

  /** Joins the tabs: leads if none does, queues for the lead otherwise. */
  enter(): void {
    if (this.#channel) return;
    this.#channel = this.#options.host.openChannel(this.#options.name);
    this.#channel.onmessage = ({ data }: { data: TabNews }) => this.#heard(data);
    const waiting = (this.#waiting = new AbortController());
    this.#options.host.locks
      .request(this.#options.name, { signal: waiting.signal }, () => this.#lead())
      .catch(() => undefined); // left before it led
  }

  /** Leaves the tabs; another may lead. */
  leave(): void {
    this.#waiting?.abort();
    this.#waiting = null;
    this.#socket?.follow();
    this.#release?.();
    this.#release = null;
    this.#channel?.close();
    this.#channel = null;
  }

  tell(news: OutboxNews): void {
    this.#post({ about: "outbox", news });
  }

  listen(hear: (news: OutboxNews) => void): void {
    this.#hear = hear;
  }

  #lead(): Promise<void> {
    if (!this.#channel) return Promise.resolve();
    const held = new Promise<void>((resolve) => {
      this.#release = resolve;
    });
    this.#socket?.lead();
    this.#options.leads();
    return held;
  }

  #heard(news: TabNews): void {
    if (news.to !== undefined && news.to !== this.id) return;
    if (news.about === "outbox") this.#hear(news.news);
    else this.#socket?.hear(news.news);
  }

  #post(news: TabNews): void {
    this.#channel?.postMessage(news);
  }
}
