import type { Tokens, TokenStorage } from "../http/credentials";

/** What an application supplies so that its tokens are found, and outlive it: anything with these three. */
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

/** Tokens in the device's keychain: `new SecureTokenStorage(SecureStore)` after `import * as SecureStore from "expo-secure-store"`. */
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

/** Only the two: a keychain has room for 2 kB, and a sign-in's answer holds more. */
function stringify({ access_token, refresh_token }: Tokens): string {
  return JSON.stringify({ access_token, refresh_token });
}

function parse(stored: string | null): Tokens | null {
  try {
    const tokens = JSON.parse(stored ?? "null") as Partial<Tokens> | null;
    return tokens?.access_token && tokens.refresh_token ? (tokens as Tokens) : null;
  } catch {
    return null; // written by something else: nobody is signed in
  }
}
