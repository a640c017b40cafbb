/** The used part of a BroadcastChannel. */
export interface ChannelLike {
  postMessage(message: unknown): void;
  onmessage: ((event: never) => void) | null;
  close(): void;
}

/** The used part of the Web Locks API. */
export interface LocksLike {
  request<Result>(name: string, options: { signal?: AbortSignal }, hold: () => Promise<Result>): Promise<Result>;
}

/** Channels and locks, which tabs of one browser share. */
export interface TabHost {
  locks: LocksLike;
  openChannel(name: string): ChannelLike;
}

/** The browser's own host, or null where there is none: an app, a server, an insecure page. */
export function browserTabs(): TabHost | null {
  const { navigator, BroadcastChannel } = globalThis as unknown as {
    navigator?: { locks?: LocksLike };
    BroadcastChannel?: new (name: string) => ChannelLike;
  };
  const locks = navigator?.locks;
  if (!locks || !BroadcastChannel) return null;
  return { locks, openChannel: (name) => new BroadcastChannel(name) };
}

/** Returns a function that runs calls while no other tab runs one of the same name. */
export function exclusively(host: TabHost | null, name: string): <Result>(call: () => Promise<Result>) => Promise<Result> {
  return (call) => (host ? host.locks.request(name, {}, call) : call());
}
