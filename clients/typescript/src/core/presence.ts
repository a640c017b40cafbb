import { Emitter } from "../emitter";
import type { Changes, User } from "../wire/types";
import { usersIn } from "./kinds";

export interface PresenceEvents {
  change: { userId: number };
}

/** Online users, and when the others were last seen. Counts users, not tabs. */
export class Presence extends Emitter<PresenceEvents> {
  #online = new Set<number>();
  readonly #lastSeen = new Map<number, string>();
  /** Users in `ready` or an event since: the server sends every change of theirs. */
  readonly #told = new Set<number>();
  #known = false;

  /** Whether `ready` has come; before it, the data of a rendered page holds. */
  get known(): boolean {
    return this.#known;
  }

  isOnline(userId: number): boolean {
    return this.#online.has(userId);
  }

  lastSeen(userId: number): string | null {
    return this.#lastSeen.get(userId) ?? null;
  }

  /** Replaces the list with that of `ready`. */
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

  /** Learns the presence of users in changes who became known after `ready`, whose list lacks them. */
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
