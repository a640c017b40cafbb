import { Emitter } from "../emitter";
import type { Changes, User } from "../wire/types";
import { usersIn } from "./kinds";

export interface PresenceEvents {
  change: { userId: number };
}

/** Who is online, and since when the others are not. About people: a second tab changes nothing. */
export class Presence extends Emitter<PresenceEvents> {
  #online = new Set<number>();
  readonly #lastSeen = new Map<number, string>();
  /** Whom the server spoke of since it accepted the connection: about them it says every change. */
  readonly #told = new Set<number>();
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
    this.#told.clear();
    for (const userId of onlineUserIds) this.#told.add(userId);
    this.#known = true;
    for (const userId of new Set([...before, ...this.#online])) this.emit("change", { userId });
  }

  set(userId: number, online: boolean, lastSeenAt: string | null): void {
    this.#told.add(userId);
    this.#note(userId, online, lastSeenAt);
    this.emit("change", { userId });
  }

  /** What just came names people: those met after the connection began are in no list of it. */
  meet(changes: Partial<Changes>): void {
    for (const user of usersIn(changes)) this.#learn(user);
  }

  #learn({ id, online, last_seen_at }: User): void {
    if (this.#told.has(id)) return;
    const changed = this.#online.has(id) !== online;
    this.#note(id, online, last_seen_at);
    if (changed) this.emit("change", { userId: id });
  }

  #note(userId: number, online: boolean, lastSeenAt: string | null): void {
    if (online) this.#online.add(userId);
    else this.#online.delete(userId);
    if (lastSeenAt) this.#lastSeen.set(userId, lastSeenAt);
  }
}
