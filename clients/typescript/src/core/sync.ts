import { Backoff } from "../backoff";
import { isSignInProblem } from "../wire/errors";
import type { Changes } from "../wire/types";

export interface SyncOptions {
  /** One page of changes after a cursor. */
  request: (after: number) => Promise<Changes>;
  apply: (changes: Changes) => void;
  /** The server cannot answer for this cursor: everything has to be fetched afresh. */
  refetch: () => Promise<void>;
  /** Everything there was to fetch is here. */
  done?: () => void;
}

/** A cursor that no server can serve: its answer says where now is. */
const NOWHERE = Number.MAX_SAFE_INTEGER;

/**
 * The cursor, and the way to now. The cursor moves only when a page of changes was applied whole: live events are shown
 * at once but prove nothing about what a connection was not told, such as a message sent from another device.
 */
export class Sync {
  #cursor: number | null = null;
  #running: Promise<void> | null = null;
  #again = false;
  #retry: ReturnType<typeof setTimeout> | undefined;
  readonly #backoff = new Backoff({ first: 1_000, most: 30_000 });
  readonly #options: SyncOptions;

  constructor(options: SyncOptions) {
    this.#options = options;
  }

  get cursor(): number | null {
    return this.#cursor;
  }

  /** Begins at a cursor that came with a first load, or with the connection. */
  startAt(cursor: number): void {
    this.#cursor = cursor;
  }

  /** Takes a cursor from now, unless there is one: what is loaded after this misses nothing that follows. */
  async mark(): Promise<void> {
    if (this.#cursor !== null) return;
    const { cursor } = await this.#options.request(NOWHERE);
    this.#cursor = Math.min(cursor, this.#cursor ?? cursor); // the connection may have brought a later one meanwhile
  }

  /**
   * Fetches and applies everything after the cursor. Called while it runs, it runs once more, so that a change which
   * prompted the call is never missed. Failures are tried again later; the promise tells of the first attempt only.
   */
  run(): Promise<void> {
    if (this.#running) {
      this.#again = true;
      return this.#running;
    }
    clearTimeout(this.#retry);
    this.#running = this.#runs()
      .then(() => this.#succeeded())
      .catch((error: unknown) => this.#failed(error))
      .finally(() => {
        this.#running = null;
      });
    return this.#running;
  }

  stop(): void {
    clearTimeout(this.#retry);
  }

  async #runs(): Promise<void> {
    do {
      this.#again = false;
      await this.#pages();
    } while (this.#again);
  }

  async #pages(): Promise<void> {
    if (this.#cursor === null) return this.mark();
    let more = true;
    while (more) {
      const changes = await this.#options.request(this.#cursor);
      if (changes.reset) await this.#options.refetch();
      else this.#options.apply(changes);
      // After a reset this is from before the fetch: what changed during it is asked for again, which is harmless.
      this.#cursor = changes.cursor;
      more = changes.has_more && !changes.reset;
    }
  }

  #succeeded(): void {
    this.#backoff.reset();
    this.#options.done?.();
  }

  #failed(error: unknown): void {
    if (isSignInProblem(error)) return; // the connection deals with who we are, and syncs when it is back
    this.#retry = setTimeout(() => void this.run(), this.#backoff.next());
  }
}
