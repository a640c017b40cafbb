/** The marketplace application's client against a real server: every row of its guide's tables, and its promises. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import {
  type AppStateLike,
  KeyValueOutboxStorage,
  type MessagingEvents,
  type MessagingOptions,
  MessagingSocketClient,
  SecureTokenStorage,
} from "../../src";
import { Shelf } from "../support/make";
import { canServe, Person, Server, until } from "./server";

type Heard = { [Name in keyof MessagingEvents]?: Array<MessagingEvents[Name]> };

describe.skipIf(!canServe)("the marketplace client", () => {
  let server: Server;
  let alice: Person;
  let bob: Person;
  let conversationId: number;
  let productId: number;
  const clients: MessagingSocketClient[] = [];

  beforeAll(async () => {
    server = await Server.start({ RATELIMIT_ENABLED: "false" });
  });
  afterAll(() => server?.close());

  beforeEach(async () => {
    [alice, bob] = [await Person.register(server, "Alice"), await Person.register(server, "Bob")];
    productId = (await call<{ id: number }>(alice, "POST", "/products", { title: "Kora", price: "450" })).id;
    conversationId = (await bob.client().rest.send({ product_id: productId, text: "Hello?" })).conversation_id;
  });
  afterEach(() => {
    for (const client of clients.splice(0)) client.disconnect();
  });

  async function call<Answer>(person: Person, method: string, path: string, body: object): Promise<Answer> {
    const headers = { "Content-Type": "application/json", Authorization: `Bearer ${(await person.tokens.load())?.access_token}` };
    const answer = await fetch(`${server.url}/api/v1${path}`, { method, headers, body: JSON.stringify(body) });
    return (await answer.json()) as Answer;
  }

  function messaging(person: Person, options: Partial<MessagingOptions> = {}): MessagingSocketClient {
    const client = new MessagingSocketClient({ serverUrl: server.url, tokenStorage: person.tokens, logger: null, ...options });
    clients.push(client);
    return client;
  }

  function listen<Name extends keyof MessagingEvents>(client: MessagingSocketClient, ...names: Name[]): Heard {
    const heard: Heard = {};
    for (const name of names) {
      heard[name] = [];
      client.on(name, (payload) => (heard[name] as unknown[]).push(payload));
    }
    return heard;
  }

  async function online(person: Person, options: Partial<MessagingOptions> = {}): Promise<MessagingSocketClient> {
    const client = messaging(person, options);
    client.connect(person.user.id);
    await until(() => client.isConnected);
    return client;
  }

  const texts = (client: MessagingSocketClient): Array<string | null> => client.messages(conversationId).map(({ text }) => text);

  it("connects with the first listener, by itself", async () => {
    const hers = messaging(alice);
    expect(hers.status).toBe("stopped");
    hers.on("new_message", () => undefined);
    await until(() => hers.isConnected);
  });

  it("connects no one without tokens, and every user who has signed in since", async () => {
    const hers = messaging(alice, { tokenStorage: { load: async () => null, save: async () => undefined, clear: async () => undefined } });
    hers.on("new_message", () => undefined);
    await new Promise((resolve) => setImmediate(resolve));
    expect(hers.status).toBe("stopped");
    const stored = new Map<string, string>();
    const secure = new SecureTokenStorage({
      getItemAsync: async (key) => stored.get(key) ?? null,
      setItemAsync: async (key, value) => void stored.set(key, value),
      deleteItemAsync: async (key) => void stored.delete(key),
    });
    const his = messaging(bob, { tokenStorage: secure });
    his.on("new_message", () => undefined);
    const tokens = await bob.tokens.load();
    if (tokens) await secure.save(tokens);
    his.connect(bob.user.id);
    await until(() => his.isConnected);
  });

  it("emits join_conversation and send_message, hears new_message, and says message_sent", async () => {
    const [hers, his] = [await online(alice), await online(bob)];
    const heard = listen(hers, "new_message");
    const sent = listen(his, "message_sent");
    await hers.joinConversation(conversationId);
    await his.joinConversation(conversationId);
    const [first] = his.messages(conversationId);
    const item = his.sendMessage(productId, "Still for sale?", first?.id, conversationId);
    expect(his.pending({ conversationId }).map(({ text }) => text)).toEqual(["Still for sale?"]);
    await until(() => heard.new_message?.length === 1);
    expect(heard.new_message?.[0]?.message).toMatchObject({ text: "Still for sale?", client_id: item.client_id, reply_to: { id: first?.id } });
    await until(() => sent.message_sent?.length === 1);
    expect(sent.message_sent?.[0]).toMatchObject({ client_id: item.client_id, conversation_id: conversationId });
    expect(texts(his)).toEqual(["Hello?", "Still for sale?"]);
    expect(his.pending({ conversationId })).toEqual([]);
  });

  it("opens the conversation about a product with the first message", async () => {
    const charlie = await Person.register(server, "Charlie");
    const his = await online(charlie);
    const sent = listen(his, "message_sent", "conversation_updated");
    his.sendMessage(productId, "And for me?");
    expect(his.pending({ productId })).toHaveLength(1);
    await until(() => sent.message_sent?.length === 1 && sent.conversation_updated?.length === 1);
    expect(sent.message_sent?.[0]?.message).toMatchObject({ seq: 1, text: "And for me?" });
    expect(() => his.sendMessage(null, "To whom?")).toThrow(TypeError);
  });

  it("emits leave_conversation, after which message_notification comes instead of new_message", async () => {
    const [hers, his] = [await online(alice), await online(bob)];
    const heard = listen(hers, "new_message", "message_notification", "unread");
    await hers.joinConversation(conversationId);
    hers.leaveConversation(conversationId);
    his.sendMessage(null, "Anybody?", null, conversationId);
    await until(() => heard.message_notification?.length === 1);
    expect(heard.message_notification?.[0]).toMatchObject({ conversation_id: conversationId, unread_count: 2, unread_total: 2 });
    expect(heard.new_message).toEqual([]);
    expect(hers.unreadTotal).toBe(2);
  });

  it("emits mark_messages_read, and the other hears messages_read", async () => {
    const [hers, his] = [await online(alice), await online(bob)];
    await his.joinConversation(conversationId);
    await hers.joinConversation(conversationId);
    const heard = listen(his, "messages_read");
    hers.markMessagesAsRead(conversationId);
    await until(() => heard.messages_read?.length === 1);
    expect(heard.messages_read?.[0]).toMatchObject({ conversation_id: conversationId, user_id: alice.user.id, last_read_seq: 1 });
    await until(() => hers.unreadTotal === 0);
  });

  it("emits delete_message and edit_message, and the other hears message_deleted and message_edited", async () => {
    const [hers, his] = [await online(alice), await online(bob)];
    const heard = listen(hers, "message_deleted", "message_edited");
    await his.joinConversation(conversationId);
    const id = his.messages(conversationId)[0]?.id ?? 0;
    await his.editMessage(id, "Hello, is it still there?");
    await until(() => heard.message_edited?.[0]?.message.text === "Hello, is it still there?");
    await his.deleteMessage(id);
    await until(() => heard.message_deleted?.[0]?.message_id === id);
    expect(his.messages(conversationId)[0]).toMatchObject({ text: null });
  });

  it("hears user_online, user_offline, typing and conversation_updated", async () => {
    const hers = await online(alice);
    const heard = listen(hers, "user_online", "user_offline", "typing", "conversation_updated");
    await hers.joinConversation(conversationId);
    const his = await online(bob);
    await until(() => heard.user_online?.[0]?.user_id === bob.user.id);
    expect(hers.isOnline(bob.user.id)).toBe(true);
    await his.joinConversation(conversationId);
    his.typing(conversationId);
    await until(() => hers.typingIn(conversationId).join() === String(bob.user.id));
    his.typing(conversationId, false);
    await until(() => heard.typing?.some(({ is_typing }) => !is_typing) === true);
    await call(bob, "PATCH", `/conversations/${conversationId}`, { status: "closed" });
    await until(() => heard.conversation_updated?.some(({ conversation }) => conversation.status === "closed") === true);
    his.disconnect();
    await until(() => heard.user_offline?.[0]?.user_id === bob.user.id);
  });

  it("hears conversation_removed and forgets the conversation", async () => {
    const group = await call<{ id: number }>(alice, "POST", "/conversations", { participant_ids: [bob.user.id], title: "Group" });
    const his = await online(bob);
    const heard = listen(his, "conversation_removed");
    await his.joinConversation(group.id);
    const headers = { Authorization: `Bearer ${(await alice.tokens.load())?.access_token}` };
    await fetch(`${server.url}/api/v1/conversations/${group.id}/participants/${bob.user.id}`, { method: "DELETE", headers });
    await until(() => heard.conversation_removed?.length === 1 && his.conversation(group.id) === undefined);
  });

  it("knows whether there are older messages, and loads them", async () => {
    for (let number = 1; number <= 60; number += 1) await bob.client().rest.send({ conversation_id: conversationId, text: `${number}` });
    const hers = await online(alice);
    await hers.joinConversation(conversationId);
    expect(hers.hasOlder(conversationId)).toBe(true);
    await hers.loadOlder(conversationId);
    expect(hers.hasOlder(conversationId)).toBe(false);
    expect(texts(hers)).toEqual(["Hello?", ...Array.from({ length: 60 }, (_, index) => `${index + 1}`)]);
  });

  it("asks any other route of REST, and renews a token once for all who need it", async () => {
    const renewals: string[] = [];
    const fetch: MessagingOptions["fetch"] = (url, init) => {
      if (url.endsWith("/auth/refresh")) renewals.push(url);
      return globalThis.fetch(url, init);
    };
    const tokens = await bob.tokens.load();
    await bob.tokens.save({ access_token: "no longer good", refresh_token: tokens?.refresh_token ?? "" });
    const his = messaging(bob, { fetch });
    const asked = [1, 2, 3].map(() => his.http<{ title: string }>("GET", `/products/${productId}`));
    expect((await Promise.all(asked)).map(({ title }) => title)).toEqual(["Kora", "Kora", "Kora"]);
    expect(renewals).toHaveLength(1);
    await expect(his.http("GET", "/products/999999999")).rejects.toMatchObject({ code: "not_found" });
  });

  it("leaves no listener behind", async () => {
    const hers = await online(alice);
    const undo = [hers.on("new_message", () => undefined), hers.on("new_message", () => undefined), hers.on("status", () => undefined)];
    for (const stop of undo) stop();
    expect([hers.listenerCount("new_message"), hers.listenerCount("status")]).toEqual([0, 0]);
  });

  it("gives the connection back in the background, and syncs in front again", async () => {
    let change: (state: string) => void = () => undefined;
    let removed = 0;
    const appState: AppStateLike = {
      addEventListener: (_type, listener) => {
        change = listener;
        return { remove: () => (removed += 1) };
      },
    };
    const [hers, his] = [await online(alice, { appState }), await online(bob)];
    await hers.joinConversation(conversationId);
    change("inactive");
    expect(hers.isConnected).toBe(true);
    change("background");
    expect(hers.status).toBe("stopped");
    his.sendMessage(null, "while you were away", null, conversationId);
    hers.sendMessage(null, "from the background", null, conversationId);
    await until(() => his.pending({ conversationId }).length === 0 && hers.pending({ conversationId }).length === 0);
    change("active");
    await until(() => hers.isConnected && texts(hers).length === 3);
    expect(new Set(texts(hers))).toEqual(new Set(["Hello?", "while you were away", "from the background"]));
    hers.disconnect();
    expect(removed).toBe(1);
  });

  it("sends unsent messages after a reload, as their writer only", async () => {
    const shelf = new Shelf();
    const outboxStorage = (userId: number): KeyValueOutboxStorage => new KeyValueOutboxStorage(shelf, userId);
    const before = messaging(bob, { outboxStorage, fetch: () => Promise.reject(new TypeError("no network")), createSocket: () => deaf });
    before.connect(bob.user.id);
    for (const text of ["one", "two", "three"]) before.sendMessage(productId, text, null, conversationId);
    await until(() => shelf.length === 3);
    before.disconnect();
    const hers = await online(alice, { outboxStorage });
    await hers.joinConversation(conversationId);
    expect(hers.pending({ conversationId })).toEqual([]);
    await online(bob, { outboxStorage });
    await until(() => texts(hers).length === 4);
    expect(texts(hers)).toEqual(["Hello?", "one", "two", "three"]);
    await until(() => shelf.length === 0);
  });

  it.each(["the socket", "REST"])("flushes 500 queued messages in order after an outage, by %s", async (transport) => {
    const hers = await online(alice);
    await hers.joinConversation(conversationId);
    let network = false;
    const his = messaging(bob, {
      fetch: (url, init) => (network ? fetch(url, init as RequestInit) : Promise.reject(new TypeError("no network"))),
      ...(transport === "REST" ? { createSocket: () => deaf } : {}),
    });
    his.connect(bob.user.id);
    if (transport === "the socket") {
      await until(() => his.isConnected);
      his.suspend();
    }
    const written = Array.from({ length: 500 }, (_, index) => `number ${index}`);
    for (const text of written) his.sendMessage(productId, text, null, conversationId);
    expect(his.pending({ conversationId })).toHaveLength(500);
    network = true;
    his.resume();
    his.core.outbox.flush();
    await until(() => texts(hers).length === 501, 60_000);
    expect(texts(hers).slice(1)).toEqual(written);
    await until(() => his.pending({ conversationId }).length === 0);
  });

  it("stops when the session has ended, asks nothing more, and begins anew after signing in", async () => {
    let requests = 0;
    const counting: typeof fetch = (...args) => ((requests += 1), fetch(...args));
    const lines: string[] = [];
    const logger = { info: () => undefined, warn: (line: string) => lines.push(line), error: (line: string) => lines.push(line) };
    const hers = await online(alice, { fetch: counting as never, logger: logger as never });
    const headers = { Authorization: `Bearer ${(await alice.tokens.load())?.access_token}` };
    await fetch(`${server.url}/api/v1/auth/logout`, { method: "POST", headers });
    await until(() => hers.status === "ended");
    expect(lines.join(" ")).toContain("Sign in again");
    const asked = requests;
    hers.on("new_message", () => undefined);
    hers.sendMessage(null, "into the void", null, conversationId);
    await new Promise((resolve) => setTimeout(resolve, 1_500)); // long enough for a loop to show
    expect(requests).toBe(asked);
    const again = await fetch(`${server.url}/api/v1/auth/login`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ email: alice.email, password: "correct horse battery" }),
    });
    await alice.tokens.save((await again.json()) as never);
    hers.connect(alice.user.id);
    await until(() => hers.isConnected);
  });
});

/** A socket that never connects. */
const deaf = {
  connected: false,
  active: true,
  on: () => undefined,
  connect: () => undefined,
  disconnect: () => undefined,
  timeout: () => ({ emit: () => undefined }),
};
