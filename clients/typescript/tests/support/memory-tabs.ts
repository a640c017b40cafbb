import type { ChannelLike, LocksLike, TabHost } from "../../src";

type Waiting = { start: () => void; signal: AbortSignal | undefined };

/** Locks and channels of one browser, without the browser: every tab of a test shares one of these. */
export class MemoryBrowser {
  readonly #queues = new Map<string, Waiting[]>();
  readonly #held = new Set<string>();
  readonly #channels = new Map<string, Set<MemoryChannel>>();

  tab(): TabHost {
    return { locks: { request: (name, options, hold) => this.#request(name, options, hold) }, openChannel: (name) => this.#open(name) };
  }

  #request: LocksLike["request"] = async (name, { signal }, hold) => {
    if (this.#held.has(name)) await this.#turn(name, signal);
    this.#held.add(name);
    try {
      return await hold();
    } finally {
      this.#held.delete(name);
      this.#queues.get(name)?.shift()?.start();
    }
  };

  #turn(name: string, signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      const queue = this.#queues.get(name) ?? [];
      this.#queues.set(name, queue);
      const waiting: Waiting = { start: resolve, signal };
      queue.push(waiting);
      signal?.addEventListener("abort", () => {
        if (queue.includes(waiting)) queue.splice(queue.indexOf(waiting), 1);
        reject(new Error("aborted"));
      });
    });
  }

  #open(name: string): MemoryChannel {
    const channels = this.#channels.get(name) ?? new Set<MemoryChannel>();
    this.#channels.set(name, channels);
    const channel = new MemoryChannel(channels);
    channels.add(channel);
    return channel;
  }
}

/** Messages are copied, and arrive later, as between tabs. */
class MemoryChannel implements ChannelLike {
  onmessage: ((event: never) => void) | null = null;
  readonly #others: Set<MemoryChannel>;

  constructor(others: Set<MemoryChannel>) {
    this.#others = others;
  }

  postMessage(message: unknown): void {
    for (const other of this.#others) {
      if (other === this) continue;
      const data: unknown = structuredClone(message);
      setImmediate(() => this.#others.has(other) && other.onmessage?.({ data } as never));
    }
  }

  close(): void {
    this.#others.delete(this);
  }
}
