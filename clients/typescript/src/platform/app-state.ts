import type { Unsubscribe } from "../emitter";

/** The interface of React Native's `AppState`. */
export interface AppStateLike {
  addEventListener(type: "change", listener: (state: string) => void): { remove(): void };
}

export interface Suspendable {
  /** Closes the connection; messages written meanwhile wait or go by REST. */
  suspend(): void;
  /** Reconnects and syncs. */
  resume(): void;
}

/** Connects in the foreground, disconnects in the background; ignores iOS's brief `inactive`. */
export function followAppState(appState: AppStateLike, client: Suspendable): Unsubscribe {
  const subscription = appState.addEventListener("change", (state) => {
    if (state === "background") client.suspend();
    else if (state === "active") client.resume();
  });
  return () => subscription.remove();
}
