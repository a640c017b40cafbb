import { Backoff } from "../backoff";
import { isSignInProblem, isTransient, PalabreError } from "../wire/errors";
import type { ReadAnswer } from "../wire/protocol";

type Send = (conversationId: number, upToSeq: number) => Promise<ReadAnswer>;

/** Sends read marks, one request a conversation at a time, always the furthest seq, until stored. */
export class Reads {
  readonly #wanted = new Map<number, number>();
  readonly #running = new Set<number>();
  readonly #backoff = new Backoff({ first: 2_000 });
  readonly #send: Send;
  readonly #stored: (answer: ReadAnswer) => void;
  #retry: ReturnType<typeof setTimeout> | undefined;

  constructor(send: Send, stored: (answer: ReadAnswer) => void) {
    this.#send = send;
    this.#stored = stored;
  }

  /** Marks everything up to `seq` as read. */
  mark(conversationId: number, seq: number): void {
    if (seq <= (this.#wanted.get(conversationId) ?? 0)) return;
    this.#wanted.set(conversationId, seq);
    void this.#run(conversationId);
  }

  /** Retries failed marks now, after a reconnection. */
  flush(): void {
    clearTimeout(this.#retry);
    for (const conversationId of this.#wanted.keys()) void this.#run(conversationId);
  }

  stop(): void {
    clearTimeout(this.#retry);
  }

  async #run(conversationId: number): Promise<void> {
    if (this.#running.has(conversationId)) return;
    this.#running.add(conversationId);
    try {
      for (let seq = this.#wanted.get(conversationId); seq !== undefined; seq = this.#wanted.get(conversationId)) {
        this.#stored(await this.#send(conversationId, seq));
        if (this.#wanted.get(conversationId) === seq) this.#wanted.delete(conversationId);
      }
      this.#backoff.reset();
    } catch (error) {
      this.#failed(conversationId, error);
    } finally {
      this.#running.delete(conversationId);
    }
  }

  #failed(conversationId: number, error: unknown): void {
    if (isSignInProblem(error)) return; // flush sends it after the next sign-in
    if (!isTransient(error)) return void this.#wanted.delete(conversationId);
    clearTimeout(this.#retry);
    const after = error instanceof PalabreError ? error.retryAfter : null;
    this.#retry = setTimeout(() => this.flush(), after === null ? this.#backoff.next() : after * 1_000);
  }
}
