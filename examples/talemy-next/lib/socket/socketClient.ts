import { createSocketClient, LocalTokenStorage, MemoryTokenStorage } from "@palabre/client";

/** Palabre's origin; `bin/serve` listens on port 5000. */
export const apiUrl = process.env.NEXT_PUBLIC_API_URL ?? "http://localhost:5000";

/** In a browser, all tabs share the tokens. A server renders for everybody, so it has nobody's. */
export const tokenStorage = typeof window === "undefined" ? new MemoryTokenStorage() : new LocalTokenStorage(window.localStorage);

/** One for the whole application. It opens nothing before somebody is signed in. */
export const socketClient = createSocketClient({ serverUrl: apiUrl, tokenStorage });
