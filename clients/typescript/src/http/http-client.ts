import { PalabreError } from "../wire/errors";
import type { Credentials } from "./credentials";
import { fetchJson, type Fetch } from "./fetch-json";

export type Query = Record<string, string | number | boolean | undefined>;

/** REST with the client's credentials; renews an expired token once, and repeats the request. */
export class HttpClient {
  readonly #url: string;
  readonly #credentials: Credentials;
  readonly #fetch: Fetch | undefined;

  constructor(url: string, credentials: Credentials, options: { fetch?: Fetch | undefined } = {}) {
    this.#url = `${url}/api/v1`;
    this.#credentials = credentials;
    this.#fetch = options.fetch;
  }

  get<Answer>(path: string, query: Query = {}): Promise<Answer> {
    return this.request("GET", path + queryString(query));
  }

  /** @throws PalabreError */
  async request<Answer>(method: string, path: string, body?: object): Promise<Answer> {
    const used = await this.#credentials.headers(method);
    try {
      return await this.#once(method, path, used, body);
    } catch (error) {
      if (!isExpired(error)) throw error;
      // Another request may have renewed it since.
      if (sameHeaders(used, await this.#credentials.headers(method))) await this.#credentials.renew();
      return this.#once(method, path, await this.#credentials.headers(method), body);
    }
  }

  async #once<Answer>(method: string, path: string, credentials: Record<string, string>, body?: object): Promise<Answer> {
    const headers: Record<string, string> = { Accept: "application/json", ...credentials };
    if (body) headers["Content-Type"] = "application/json";
    return fetchJson(this.#fetch, this.#url + path, {
      method,
      headers,
      credentials: this.#credentials.mode,
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
  }
}

/** Includes `unauthenticated`: an expired cookie is not sent, and a renewal helps as well. */
function isExpired(error: unknown): boolean {
  return error instanceof PalabreError && (error.code === "token_expired" || error.code === "unauthenticated");
}

function sameHeaders(before: Record<string, string>, after: Record<string, string>): boolean {
  return JSON.stringify(before) === JSON.stringify(after);
}

function queryString(query: Query): string {
  const pairs = Object.entries(query).filter(([, value]) => value !== undefined);
  if (pairs.length === 0) return "";
  return `?${pairs.map(([key, value]) => `${key}=${encodeURIComponent(String(value))}`).join("&")}`;
}
