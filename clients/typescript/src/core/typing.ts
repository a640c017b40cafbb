import { Emitter } from "../emitter";
import type { TypingNotice } from "../wire/protocol";

export interface TypingEvents {
  change: { conversationId: number };
}

type Tell = (conversationId: number, isTyping: boolean) => void;
type Timer = ReturnType<typeof setTimeout>;

/** Milliseconds between two notices while the user types. */
const REPEAT_MS = 3_000;
/** Milliseconds without a key after which the user has stopped. */
const IDLE_MS = 5_000;

/**
 * Typing notices, sent and received. They are not stored, and they expire.
 * @example
 * input.addEventListener("input", () => client.typing.touch(12));
 * client.typing.on("change", ({ conversationId }) => showTyping(client.typing.in(conversationId)));
 */
export class Typing extends Emitter<TypingEvents> {
  readonly #tell: Tell;
  readonly #heard = new Map<number, Map<number, Timer>>();
  #mine: { conversationId: number; toldAt: number; idle: Timer } | null = null;

  /** `tell` sends one notice; losing one is harmless. */
  constructor(tell: Tell) {
    super();
    this.#tell = tell;
  }

  /** Notes a key press; sends a notice when one is due. */
  touch(conversationId: number): void {
    if (this.#mine && this.#mine.conversationId !== conversationId) this.stop();
    const now = Date.now();
    const toldAt = this.#mine?.toldAt ?? -Infinity;
    const due = now - toldAt >= REPEAT_MS;
    clearTimeout(this.#mine?.idle);
    this.#mine = { conversationId, toldAt: due ? now : toldAt, idle: setTimeout(() => this.stop(), IDLE_MS) };
    if (due) this.#tell(conversationId, true);
  }

  /** Ends typing: the message was sent, the field left or emptied, or the user idle. */
  stop(): void {
    if (!this.#mine) return;
    clearTimeout(this.#mine.idle);
    this.#tell(this.#mine.conversationId, false);
    this.#mine = null;
  }

  hear(notice: TypingNotice): void {
    const { conversation_id: conversationId, user_id: userId } = notice;
    const people = this.#heard.get(conversationId) ?? new Map<number, Timer>();
    this.#heard.set(conversationId, people);
    clearTimeout(people.get(userId));
    if (notice.is_typing) people.set(userId, setTimeout(() => this.forget(conversationId, userId), notice.expires_in * 1_000));
    else people.delete(userId);
    this.emit("change", { conversationId });
  }

  /** Removes a user whose message arrived, or who left. */
  forget(conversationId: number, userId: number): void {
    const people = this.#heard.get(conversationId);
    clearTimeout(people?.get(userId));
    if (people?.delete(userId)) this.emit("change", { conversationId });
  }

  /** Removes all users: a lost connection brings no notice that they stopped. */
  forgetAll(): void {
    for (const [conversationId, people] of this.#heard) {
      for (const userId of [...people.keys()]) this.forget(conversationId, userId);
    }
  }

  /** Ids of the users typing in a conversation. */
  in(conversationId: number): number[] {
    return [...(this.#heard.get(conversationId)?.keys() ?? [])];
  }
}
