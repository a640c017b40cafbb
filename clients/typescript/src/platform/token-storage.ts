import type { Tokens, TokenStorage } from "../http/credentials";

/** An application's own storage for tokens. */
export type TokenStorageService = TokenStorage;

/** The part of localStorage that tokens need. */
export interface TextStorage {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
}

/** The part of `expo-secure-store` that tokens need. */
export interface SecureStoreLike {
  getItemAsync(key: string): Promise<string | null>;
  setItemAsync(key: string, value: string): Promise<void>;
  deleteItemAsync(key: string): Promise<void>;
}

/** SecureStore allows letters, digits, points, dashes and underscores. */
const KEY = "palabre.tokens";

/** Tokens in localStorage, shared by all tabs of a browser. */
export class LocalTokenStorage implements TokenStorageService {
  readonly #storage: TextStorage;
  readonly #key: string;

  constructor(storage: TextStorage, key = KEY) {
    this.#storage = storage;
    this.#key = key;
  }

  async load(): Promise<Tokens | null> {
    return parse(this.#storage.getItem(this.#key));
  }

  async save(tokens: Tokens): Promise<void> {
    this.#storage.setItem(this.#key, stringify(tokens));
  }

  async clear(): Promise<void> {
    this.#storage.removeItem(this.#key);
  }
}

/**
 * Tokens in the device's keychain.
 * @example
 * import * as SecureStore from "expo-secure-store";
 * const tokenStorage = new SecureTokenStorage(SecureStore);
 */
export class SecureTokenStorage implements TokenStorageService {
  readonly #storage: SecureStoreLike;
  readonly #key: string;

  constructor(storage: SecureStoreLike, key = KEY) {
    this.#storage = storage;
    this.#key = key;
  }

  async load(): Promise<Tokens | null> {
    return parse(await this.#storage.getItemAsync(this.#key));
  }

  async save(tokens: Tokens): Promise<void> {
    await this.#storage.setItemAsync(this.#key, stringify(tokens));
  }

  async clear(): Promise<void> {
    await this.#storage.deleteItemAsync(this.#key);
  }
}

/** Keeps the two tokens only: a keychain has room for 2 kB, and a sign-in's answer is larger. */
function stringify({ access_token, refresh_token }: Tokens): string {
  return JSON.stringify({ access_token, refresh_token });
}

function parse(stored: string | null): Tokens | null {
  try {
    const tokens = JSON.parse(stored ?? "null") as Partial<Tokens> | null;
    return tokens?.access_token && tokens.refresh_token ? (tokens as Tokens) : null;
  } catch {
    return null; // not written by this class
  }
}
