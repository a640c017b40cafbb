import type { Unsubscribe } from "../emitter";

/** React Native's `AppState`, or anything like it. */
export interface AppStateLike {
  addEventListener(type: "change", listener: (state: string) => void): { remove(): void };
}

export interface Suspendable {
  /** Gives the connection back; what is written meanwhile waits, or goes by REST. */
  suspend(): void;
  /** Connects again, and catches up. */
  resume(): void;
}

/** In the background there is no connection, in front there is one. `inactive`, a moment's distraction on iOS, changes nothing. */
export function followAppState(appState: AppStateLike, client: Suspendable): Unsubscribe {
  const subscription = appState.addEventListener("change", (state) => {
    if (state === "background") client.suspend();
    else if (state === "active") client.resume();
  });
  return () => subscription.remove();
}
