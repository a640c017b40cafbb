/** Where applications keep tokens and unsent messages. */
import { IDBFactory } from "fake-indexeddb";
import { describe, expect, it, vi } from "vitest";
import {
  AsyncOutboxStorage,
  BearerCredentials,
  followAppState,
  IndexedDbOutboxStorage,
  KeyValueOutboxStorage,
  LocalTokenStorage,
  type OutboxItem,
  type OutboxStorage,
  SecureTokenStorage,
  type Tokens,
} from "../../src";
import { exclusively } from "../../src/platform/tabs/tab-host";
import { Shelf } from "../support/make";
import { MemoryBrowser } from "../support/memory-tabs";

const item = (client_id: string): OutboxItem => ({ client_id, text: client_id, conversation_id: 7, order: 1, state: "queued" });

function asyncShelf(shelf = new Shelf()) {
  return {
    getAllKeys: async () => [...shelf.map.keys()],
    getItem: async (key: string) => shelf.getItem(key),
    setItem: async (key: string, value: string) => shelf.setItem(key, value),
    removeItem: async (key: string) => shelf.removeItem(key),
  };
}

describe.each<[string, () => (owner: number) => OutboxStorage]>([
  ["localStorage", () => ((shelf) => (owner) => new KeyValueOutboxStorage(shelf, owner))(new Shelf())],
  ["AsyncStorage", () => ((shelf) => (owner) => new AsyncOutboxStorage(shelf, owner))(asyncShelf())],
  ["IndexedDB", () => ((factory) => (owner) => new IndexedDbOutboxStorage(factory as never, owner))(new IDBFactory())],
])("an outbox in %s", (_name, make) => {
  it("is there after a reload, without what was removed", async () => {
    const open = make();
    const before = open(1);
    await Promise.all([before.put(item("a")), before.put(item("b")), before.put({ ...item("a"), state: "failed" }), before.remove("b")]);
    expect(await open(1).load()).toEqual([{ ...item("a"), state: "failed" }]);
  });

  it("is its owner's alone", async () => {
    const open = make();
    await open(1).put(item("a"));
    expect(await open(12).load()).toEqual([]);
  });
});

it("an outbox whose storage fails still works, and keeps nothing", async () => {
  const broken = { open: () => { throw new Error("forbidden"); } };
  const storage = new IndexedDbOutboxStorage(broken as never, 1);
  await storage.put(item("a"));
  expect(await storage.load()).toEqual([]);
});

describe.each([
  ["localStorage", () => new LocalTokenStorage(new Shelf())],
  ["SecureStore", () => {
    const store = asyncShelf();
    return new SecureTokenStorage({ getItemAsync: store.getItem, setItemAsync: store.setItem, deleteItemAsync: store.removeItem });
  }],
])("tokens in %s", (_name, make) => {
  it("are kept as a pair, without the rest of a sign-in's answer, and cleared", async () => {
    const storage = make();
    expect(await storage.load()).toBeNull();
    await storage.save({ access_token: "a", refresh_token: "r", user: { name: "x" } } as Tokens);
    expect(await storage.load()).toEqual({ access_token: "a", refresh_token: "r" });
    await storage.clear();
    expect(await storage.load()).toBeNull();
  });
});

it("tokens that something else has written over are none", async () => {
  const shelf = new Shelf();
  shelf.setItem("palabre.tokens", "not JSON");
  expect(await new LocalTokenStorage(shelf).load()).toBeNull();
});

describe("renewals", () => {
  const answer = (status: number, body: object) => ({ ok: status < 400, status, headers: { get: () => null }, text: async () => JSON.stringify(body) });

  it("of two tabs with one storage are one", async () => {
    const [browser, shelf] = [new MemoryBrowser(), new Shelf()];
    await new LocalTokenStorage(shelf).save({ access_token: "old", refresh_token: "first" });
    const fetch = vi.fn(async () => answer(200, { access_token: "new", refresh_token: "next", expires_in: 900 }));
    const tabs = [1, 2].map(() => new BearerCredentials("http://test", new LocalTokenStorage(shelf), { fetch, exclusively: exclusively(browser.tab(), "renewal") }));
    expect(await Promise.all(tabs.map((tab) => tab.renew()))).toEqual(["new", "new"]);
    expect(fetch).toHaveBeenCalledTimes(1);
  });

  it("are not asked for again with a token that was refused, and are with the next", async () => {
    const storage = new LocalTokenStorage(new Shelf());
    await storage.save({ access_token: "old", refresh_token: "first" });
    const fetch = vi.fn(async () => answer(401, { code: "token_revoked", title: "over" }));
    const credentials = new BearerCredentials("http://test", storage, { fetch });
    for (let time = 0; time < 5; time += 1) await expect(credentials.renew()).rejects.toMatchObject({ code: "token_revoked" });
    expect(fetch).toHaveBeenCalledTimes(1);
    await storage.save({ access_token: "a", refresh_token: "second" });
    await expect(credentials.renew()).rejects.toMatchObject({ code: "token_revoked" });
    expect(fetch).toHaveBeenCalledTimes(2);
  });
});

it("an application in the background is suspended, and resumed in front", () => {
  const said: string[] = [];
  let change: (state: string) => void = () => undefined;
  const remove = vi.fn();
  const appState = { addEventListener: (_type: "change", listener: (state: string) => void) => ((change = listener), { remove }) };
  const stop = followAppState(appState, { suspend: () => said.push("suspend"), resume: () => said.push("resume") });
  for (const state of ["inactive", "background", "active"]) change(state);
  expect(said).toEqual(["suspend", "resume"]);
  stop();
  expect(remove).toHaveBeenCalledOnce();
});
