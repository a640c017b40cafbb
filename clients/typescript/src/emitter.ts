/** Removes a listener. Calling it twice is harmless. */
export type Unsubscribe = () => void;

type Listener<Payload> = (payload: Payload) => void;

/** A typed event emitter: `on` returns the function that removes the listener. */
export class Emitter<Events extends object> {
  readonly #listeners = new Map<keyof Events, Set<Listener<never>>>();

  on<Name extends keyof Events>(name: Name, listener: Listener<Events[Name]>): Unsubscribe {
    const listeners = this.#listeners.get(name) ?? new Set<Listener<never>>();
    this.#listeners.set(name, listeners);
    // A wrapper each: the same function given twice is two listeners, removed one by one.
    const own: Listener<Events[Name]> = (payload) => listener(payload);
    listeners.add(own);
    return () => {
      listeners.delete(own);
    };
  }

  emit<Name extends keyof Events>(name: Name, payload: Events[Name]): void {
    for (const listener of [...(this.#listeners.get(name) ?? [])]) {
      try {
        (listener as Listener<Events[Name]>)(payload);
      } catch (error) {
        // One failing listener must not stop the others.
        console.error(`[palabre] a listener of "${String(name)}" failed`, error);
      }
    }
  }

  /** The number of listeners of an event; for tests that look for leaks. */
  count(name: keyof Events): number {
    return this.#listeners.get(name)?.size ?? 0;
  }
}
