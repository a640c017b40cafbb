import { isSignInProblem, PalabreError } from "../wire/errors";
import { fetchJson, type Fetch } from "./fetch-json";
import { singleFlight } from "./single-flight";

/** Authenticates a client on both transports. */
export interface Credentials {
  /** fetch's `credentials`. */
  readonly mode: "omit" | "same-origin" | "include";
  /** The `auth` of the socket's CONNECT packet; empty with cookies. */
  socketAuth(): Promise<{ token?: string }>;
  /** Headers of a REST call. */
  headers(method: string): Promise<Record<string, string>>;
  /**
   * Replaces the access token and returns the new one. Concurrent calls share one renewal.
   * @throws PalabreError with a sign-in code when the session is over.
   */
  renew(): Promise<string>;
}

export interface Tokens {
  access_token: string;
  refresh_token: string;
}

/** An application's storage for tokens: memory, localStorage, Expo SecureStore … */
export interface TokenStorage {
  load(): Promise<Tokens | null>;
  save(tokens: Tokens): Promise<void>;
  clear(): Promise<void>;
}

/** Tokens in memory, lost when the program ends. */
export class MemoryTokenStorage implements TokenStorage {
  #tokens: Tokens | null;

  constructor(tokens: Tokens | null = null) {
    this.#tokens = tokens;
  }

  async load(): Promise<Tokens | null> {
    return this.#tokens;
  }

  async save(tokens: Tokens): Promise<void> {
    this.#tokens = tokens;
  }

  async clear(): Promise<void> {
    this.#tokens = null;
  }
}

/** A new access token, and its lifetime in seconds. */
export interface Renewal {
  access_token: string;
  expires_in: number;
}

interface RefreshAnswer extends Tokens, Renewal {}

const REFRESH_PATH = "/api/v1/auth/refresh";

export interface BearerOptions {
  fetch?: Fetch | undefined;
  /** Runs a renewal while no other tab runs one; needed where tabs share a storage. */
  exclusively?: (<Result>(call: () => Promise<Result>) => Promise<Result>) | undefined;
}

/**
 * Bearer tokens from the application's storage.
 * @example
 * const tokens = new MemoryTokenStorage({ access_token, refresh_token });
 * const credentials = new BearerCredentials("https://palabre.example", tokens);
 */
export class BearerCredentials implements Credentials {
  readonly mode = "omit";
  readonly renew = singleFlight(() => this.#renew());
  readonly #url: string;
  readonly #storage: TokenStorage;
  readonly #fetch: Fetch | undefined;
  readonly #exclusively: NonNullable<BearerOptions["exclusively"]>;
  /** The refused refresh token and its error, so that it is not sent again. */
  #over: { token: string; error: unknown } | null = null;

  constructor(url: string, storage: TokenStorage, options: BearerOptions = {}) {
    this.#url = url;
    this.#storage = storage;
    this.#fetch = options.fetch;
    this.#exclusively = options.exclusively ?? ((call) => call());
  }

  async socketAuth(): Promise<{ token?: string }> {
    const tokens = await this.#storage.load();
    return tokens ? { token: tokens.access_token } : {};
  }

  async headers(): Promise<Record<string, string>> {
    const tokens = await this.#storage.load();
    return tokens ? { Authorization: `Bearer ${tokens.access_token}` } : {};
  }

  async #renew(): Promise<string> {
    const before = await this.#storage.load();
    return this.#exclusively(async () => {
      const tokens = await this.#storage.load();
      if (!tokens) throw new PalabreError("unauthenticated", "Not signed in. Sign in first.");
      // Another tab with the same storage was faster.
      if (before && tokens.refresh_token !== before.refresh_token) return tokens.access_token;
      if (this.#over?.token === tokens.refresh_token) throw this.#over.error;
      return this.#refresh(tokens.refresh_token);
    });
  }

  async #refresh(token: string): Promise<string> {
    try {
      const headers = { Authorization: `Bearer ${token}` };
      const answer = await fetchJson<RefreshAnswer>(this.#fetch, this.#url + REFRESH_PATH, { method: "POST", headers });
      await this.#storage.save({ access_token: answer.access_token, refresh_token: answer.refresh_token });
      return answer.access_token;
    } catch (error) {
      if (isSignInProblem(error)) this.#over = { token, error };
      throw error;
    }
  }
}

export interface CookieOptions {
  /** Reads a cookie that scripts can read: the CSRF ones. */
  readCookie: (name: string) => string | null;
  /** Runs a renewal while no other tab runs one; may return another tab's answer. */
  exclusively?: (renew: () => Promise<Renewal>) => Promise<Renewal>;
  fetch?: Fetch;
}

/** The same-origin cookies of a rendered page, with their CSRF header (double submit). */
export class CookieCredentials implements Credentials {
  readonly mode = "same-origin";
  readonly renew = singleFlight(async () => (await this.#exclusively(() => this.#refresh())).access_token);
  readonly #url: string;
  readonly #readCookie: (name: string) => string | null;
  readonly #exclusively: (renew: () => Promise<Renewal>) => Promise<Renewal>;
  readonly #fetch: Fetch | undefined;

  constructor(url: string, options: CookieOptions) {
    this.#url = url;
    this.#readCookie = options.readCookie;
    this.#exclusively = options.exclusively ?? ((renew) => renew());
    this.#fetch = options.fetch;
  }

  async socketAuth(): Promise<{ token?: string }> {
    return {};
  }

  async headers(method: string): Promise<Record<string, string>> {
    return method === "GET" ? {} : this.#csrf("csrf_access_token");
  }

  #csrf(cookie: string): Record<string, string> {
    const value = this.#readCookie(cookie);
    return value ? { "X-CSRF-TOKEN": value } : {};
  }

  #refresh(): Promise<Renewal> {
    const headers = this.#csrf("csrf_refresh_token");
    return fetchJson(this.#fetch, this.#url + REFRESH_PATH, { method: "POST", headers, credentials: this.mode });
  }
}
