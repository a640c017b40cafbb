import { describe, expect, it } from "vitest";
import { BearerCredentials, CookieCredentials, MemoryTokenStorage } from "../../src";
import type { FetchAnswer, FetchInit } from "../../src/http/fetch-json";
import { HttpClient } from "../../src/http/http-client";

type Call = FetchInit & { url: string };

function answer(status: number, body: object, headers: Record<string, string> = {}): FetchAnswer {
  return {
    ok: status < 400,
    status,
    headers: { get: (name) => headers[name] ?? null },
    text: async () => JSON.stringify(body),
  };
}

/** A fetch whose answers are given in advance, by path. */
function server(answers: Record<string, FetchAnswer[]>): { calls: Call[]; fetch: (url: string, init: FetchInit) => Promise<FetchAnswer> } {
  const calls: Call[] = [];
  return {
    calls,
    fetch: async (url, init) => {
      calls.push({ url, ...init });
      const next = answers[url.replace("http://test/api/v1", "")]?.shift();
      if (!next) throw new TypeError("fetch failed");
      return next;
    },
  };
}

const renewed = { access_token: "new", refresh_token: "next", expires_in: 900 };
const expired = (): FetchAnswer => answer(401, { code: "token_expired", detail: "over" });

describe("bearer credentials", () => {
  it("renew once for all who ask at once, and keep both new tokens", async () => {
    const { calls, fetch } = server({ "/auth/refresh": [answer(200, renewed)] });
    const storage = new MemoryTokenStorage({ access_token: "old", refresh_token: "first" });
    const credentials = new BearerCredentials("http://test", storage, { fetch });
    expect(await Promise.all([credentials.renew(), credentials.renew(), credentials.renew()])).toEqual(["new", "new", "new"]);
    expect(calls).toHaveLength(1);
    expect(calls[0]?.headers["Authorization"]).toBe("Bearer first");
    expect(await storage.load()).toEqual({ access_token: "new", refresh_token: "next" });
  });

  it("fail without a request when no user is signed in", async () => {
    const { calls, fetch } = server({});
    const credentials = new BearerCredentials("http://test", new MemoryTokenStorage(), { fetch });
    await expect(credentials.renew()).rejects.toMatchObject({ code: "unauthenticated" });
    expect(calls).toEqual([]);
  });
});

describe("cookie credentials", () => {
  const cookies: Record<string, string> = { csrf_access_token: "a", csrf_refresh_token: "r" };

  it("send the CSRF value of the cookie that is used, and only where something changes", async () => {
    const { calls, fetch } = server({ "/auth/refresh": [answer(200, renewed)] });
    const credentials = new CookieCredentials("http://test", { readCookie: (name) => cookies[name] ?? null, fetch });
    expect(await credentials.headers("GET")).toEqual({});
    expect(await credentials.headers("POST")).toEqual({ "X-CSRF-TOKEN": "a" });
    expect(await credentials.renew()).toBe("new");
    expect(calls[0]).toMatchObject({ headers: { "X-CSRF-TOKEN": "r" }, credentials: "same-origin" });
  });
});

describe("a REST request", () => {
  const signedIn = (fetch: ReturnType<typeof server>["fetch"]): HttpClient => {
    const storage = new MemoryTokenStorage({ access_token: "old", refresh_token: "first" });
    return new HttpClient("http://test", new BearerCredentials("http://test", storage, { fetch }), { fetch });
  };

  it("renews an expired token and is made again", async () => {
    const { calls, fetch } = server({ "/changes?after=3": [expired(), answer(200, { cursor: 4 })], "/auth/refresh": [answer(200, renewed)] });
    expect(await signedIn(fetch).get("/changes", { after: 3 })).toEqual({ cursor: 4 });
    expect(calls[2]?.headers["Authorization"]).toBe("Bearer new");
  });

  it("does not renew what another request has renewed while its answer was on the way", async () => {
    const { calls, fetch } = server({ "/x": [expired(), answer(200, {})], "/y": [answer(200, {})], "/auth/refresh": [answer(200, renewed)] });
    let refuse: () => void = () => undefined;
    const late = new Promise<void>((resolve) => (refuse = resolve));
    const http = signedIn(async (url, init) => {
      if (!url.endsWith("/y") || init.headers["Authorization"] !== "Bearer old") return fetch(url, init);
      await late;
      return expired();
    });
    const slow = http.get("/y");
    await http.get("/x");
    refuse();
    await slow;
    expect(calls.filter(({ url }) => url.endsWith("/auth/refresh"))).toHaveLength(1);
  });

  it("is made twice at most", async () => {
    const { calls, fetch } = server({ "/x": [expired(), expired(), expired()], "/auth/refresh": [answer(200, renewed)] });
    await expect(signedIn(fetch).get("/x")).rejects.toMatchObject({ code: "token_expired" });
    expect(calls.filter(({ url }) => url.endsWith("/x"))).toHaveLength(2);
  });

  it("throws what a problem says, field by field", async () => {
    const details = [{ field: "text", message: "must not be empty" }];
    const { fetch } = server({ "/x": [answer(422, { code: "invalid_payload", detail: "Not valid.", details })] });
    await expect(signedIn(fetch).get("/x")).rejects.toMatchObject({ code: "invalid_payload", message: "Not valid.", details });
  });

  it.each([
    [429, "rate_limited"],
    [502, "unavailable"],
    [413, "payload_too_large"],
  ])("understands a %i that something in between answered", async (status, code) => {
    const { fetch } = server({ "/x": [answer(status, {}, { "Retry-After": "9" })] });
    await expect(signedIn(fetch).get("/x")).rejects.toMatchObject({ code, retryAfter: 9 });
  });

  it("reports an unreachable server", async () => {
    await expect(signedIn(server({}).fetch).get("/x")).rejects.toMatchObject({ code: "network" });
  });
});
