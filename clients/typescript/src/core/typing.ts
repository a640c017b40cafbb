import { Emitter } from "../emitter";
import type { TypingNotice } from "../wire/protocol";

export interface TypingEvents {
  change: { conversationId: number };
}

type Tell = (conversationId: number, isTyping: boolean) => void;
type Timer = ReturnType<typeof setTimeout>;

/** While somebody types, "is typing" is repeated this often, in milliseconds. */
const REPEAT_MS = 3_000;
/** Without a key for so long, they have stopped. */
const IDLE_MS = 5_000;

/** Who is typing where, told and heard. Nothing of it is stored, and all of it expires. */
export class Typing extends Emitter<TypingEvents> {
  readonly #tell: Tell;
  readonly #heard = new Map<number, Map<number, Timer>>();
  #mine: { conversationId: number; toldAt: number; idle: Timer } | null = null;

  /** `tell` sends one notice; nobody minds one that is lost. */
  constructor(tell: Tell) {
    super();
    this.#tell = tell;
  }

  /** A key was pressed here. */
  touch(conversationId: number): void {
    if (this.#mine && this.#mine.conversationId !== conversationId) this.stop();
    const now = Date.now();
    const toldAt = this.#mine?.toldAt ?? -Infinity;
    const due = now - toldAt >= REPEAT_MS;
    clearTimeout(this.#mine?.idle);
    this.#mine = { conversationId, toldAt: due ? now : toldAt, idle: setTimeout(() => this.stop(), IDLE_MS) };
    if (due) this.#tell(conversationId, true);
  }

  /** Sent, left the field, emptied it, or idle. */
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

  /** Their message has arrived, or they are gone. */
  forget(conversationId: number, userId: number): void {
    const people = this.#heard.get(conversationId);
    clearTimeout(people?.get(userId));
    if (people?.delete(userId)) this.emit("change", { conversationId });
  }

  /** The connection is gone, and with it what would have said that they stopped. */
  forgetAll(): void {
    for (const [conversationId, people] of this.#heard) {
      for (const userId of [...people.keys()]) this.forget(conversationId, userId);
    }
  }

  /** Ids of those who are typing in a conversation. */
  in(conversationId: number): number[] {
    return [...(this.#heard.get(conversationId)?.keys() ?? [])];
  }
}
