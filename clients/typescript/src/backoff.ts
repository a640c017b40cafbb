export interface BackoffOptions {
  /** Milliseconds of the first wait. */
  first?: number;
  /** The longest wait, in milliseconds. */
  most?: number;
}

/** Exponential backoff with jitter, so that many clients do not reconnect in step. */
export class Backoff {
  #attempt = 0;
  readonly #first: number;
  readonly #most: number;

  constructor({ first = 1_000, most = 30_000 }: BackoffOptions = {}) {
    this.#first = first;
    this.#most = most;
  }

  /** Milliseconds to wait before the next attempt: between half and all of 1, 2, 4 … times the first. */
  next(): number {
    const ceiling = Math.min(this.#most, this.#first * 2 ** this.#attempt);
    this.#attempt = Math.min(this.#attempt + 1, 20);
    return ceiling * (0.5 + Math.random() / 2);
  }

  reset(): void {
    this.#attempt = 0;
  }
}
