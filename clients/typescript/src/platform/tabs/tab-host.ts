/** The part of a BroadcastChannel that is used. */
export interface ChannelLike {
  postMessage(message: unknown): void;
  onmessage: ((event: never) => void) | null;
  close(): void;
}

/** The part of the Web Locks API that is used. */
export interface LocksLike {
  request<Result>(name: string, options: { signal?: AbortSignal }, hold: () => Promise<Result>): Promise<Result>;
}

/** What tabs of one browser have in common. */
export interface TabHost {
  locks: LocksLike;
  openChannel(name: string): ChannelLike;
}

/** The browser's own, or null where tabs cannot find each other: an app, a server, an insecure page. */
export function browserTabs(): TabHost | null {
  const { navigator, BroadcastChannel } = globalThis as unknown as {
    navigator?: { locks?: LocksLike };
    BroadcastChannel?: new (name: string) => ChannelLike;
  };
  const locks = navigator?.locks;
  if (!locks || !BroadcastChannel) return null;
  return { locks, openChannel: (name) => new BroadcastChannel(name) };
}

/** Runs a call while no other tab runs one of the same name. */
export function exclusively(host: TabHost | null, name: string): <Result>(call: () => Promise<Result>) => Promise<Result> {
  return (call) => (host ? host.locks.request(name, {}, call) : call());
}
