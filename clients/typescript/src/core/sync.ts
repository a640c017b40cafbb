import { Backoff } from "../backoff";
import { isSignInProblem } from "../wire/errors";
import type { Changes } from "../wire/types";

export interface SyncOptions {
  /** One page of changes after a cursor. */
  request: (after: number) => Promise<Changes>;
  apply: (changes: Changes) => void;
  /** The server answered `reset`: everything has to be fetched again. */
  refetch: () => Promise<void>;
  /** All changes were fetched. */
  done?: () => void;
}

/** A cursor that no server can serve: its answer carries the current one. */
const NOWHERE = Number.MAX_SAFE_INTEGER;

/**
 * Fetches changes after a cursor, page by page. The cursor moves only after a whole page was applied. Live events do not
 * move it: they do not prove that none was missed, such as a message from another device of the user.
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

  /** Begins at the cursor of a first load or of `ready`. */
  startAt(cursor: number): void {
    this.#cursor = cursor;
  }

  /** Fetches the current cursor, unless there is one, so that a load after it misses no change. */
  async mark(): Promise<void> {
    if (this.#cursor !== null) return;
    const { cursor } = await this.#options.request(NOWHERE);
    this.#cursor = Math.min(cursor, this.#cursor ?? cursor); // the connection may have set a later one meanwhile
  }

  /**
   * Fetches and applies everything after the cursor. A call during a run makes it run once more, so the change behind the
   * call is not missed. Failures are retried later; the promise resolves after the first attempt.
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
      // After a reset this cursor is older than the fetch: changes during it come again, which is harmless.
      this.#cursor = changes.cursor;
      more = changes.has_more && !changes.reset;
    }
  }

  #succeeded(): void {
    this.#backoff.reset();
    this.#options.done?.();
  }

  #failed(error: unknown): void {
    if (isSignInProblem(error)) return; // the connection handles it, and syncs after the next `ready`
    this.#retry = setTimeout(() => void this.run(), this.#backoff.next());
  }
}
