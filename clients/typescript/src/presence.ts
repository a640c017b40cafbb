import { Emitter } from "./events";
import type { User } from "./types";

export interface PresenceEvents {
  change: { userId: number };
}

/** Who is online, and since when the others are not. About people: a second tab changes nothing. */
export class Presence extends Emitter<PresenceEvents> {
  #online = new Set<number>();
  readonly #lastSeen = new Map<number, string>();
  #known = false;

  /** Whether the server has said who is online; before that, what a page was rendered with holds. */
  get known(): boolean {
    return this.#known;
  }

  isOnline(userId: number): boolean {
    return this.#online.has(userId);
  }

  lastSeen(userId: number): string | null {
    return this.#lastSeen.get(userId) ?? null;
  }

  /** The whole list, as `ready` gives it. */
  replace(onlineUserIds: number[]): void {
    const before = this.#online;
    this.#online = new Set(onlineUserIds);
    this.#known = true;
    for (const userId of new Set([...before, ...this.#online])) this.emit("change", { userId });
  }

  set(userId: number, online: boolean, lastSeenAt: string | null): void {
    if (online) this.#online.add(userId);
    else this.#online.delete(userId);
    if (lastSeenAt) this.#lastSeen.set(userId, lastSeenAt);
    this.emit("change", { userId });
  }

  /** When someone who is away was last here, from an object that says so. */
  learn(user: User): void {
    if (user.last_seen_at) this.#lastSeen.set(user.id, user.last_seen_at);
  }
}
