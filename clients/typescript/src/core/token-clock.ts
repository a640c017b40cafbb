/** Milliseconds before its expiry at which a token is renewed; the server warns a minute before. */
const LEAD_MS = 75_000;
/** The share of a short-lived token's remaining life that passes before its renewal. */
const SHARE = 0.8;
const RETRY_MS = 10_000;
/** setTimeout's own limit, about 24 days. */
const LONGEST_MS = 2 ** 31 - 1;

/** Calls back when a token is due for renewal, by the server's clock. */
export class TokenClock {
  #skew = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #dueAt = 0;
  readonly #due: () => void;

  constructor(due: () => void) {
    this.#due = due;
  }

  /** Starts the clock; both times as on the wire. */
  start(expiresAt: string, serverTime: string): void {
    this.#skew = Date.parse(serverTime) - Date.now();
    this.continue(expiresAt);
  }

  /** Restarts the clock after a renewal. */
  continue(expiresAt: string): void {
    const remaining = Date.parse(expiresAt) - (Date.now() + this.#skew);
    if (Number.isNaN(remaining)) return;
    this.#wait(Math.max(remaining - LEAD_MS, remaining * SHARE, 0));
  }

  /** Calls back again after a failed renewal, `after` seconds later. */
  again(after: number | null): void {
    this.#wait(after === null ? RETRY_MS : after * 1_000);
  }

  /** Whether a renewal is overdue: background pages' timers run late, the server's warning does not. */
  get isLate(): boolean {
    return Date.now() >= this.#dueAt;
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  #wait(delay: number): void {
    this.stop();
    this.#dueAt = Date.now() + delay;
    this.#timer = setTimeout(this.#due, Math.min(delay, LONGEST_MS));
  }
}
