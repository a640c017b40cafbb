/** Several tabs of one browser: one connection, one outbox, and a hand-over when the leading tab closes. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { KeyValueOutboxStorage, MessagingSocketClient, type SessionOptions, SocketClient } from "../../src";
import { createSocket } from "../../src/core/connection";
import { Shelf } from "../support/make";
import { MemoryBrowser } from "../support/memory-tabs";
import { canServe, Person, Server, until } from "./server";

describe.skipIf(!canServe)("tabs of one browser", () => {
  let server: Server;
  let alice: Person;
  let bob: Person;
  let id: number;
  let browser: MemoryBrowser;
  let shelf: Shelf;
  /** Sockets that were told to connect, by tab. */
  let connected: string[];
  const clients: Array<{ disconnect(): void }> = [];

  beforeAll(async () => {
    server = await Server.start({ RATELIMIT_ENABLED: "false" });
  });
  afterAll(() => server?.close());

  beforeEach(async () => {
    [alice, bob] = [await Person.register(server, "Alice"), await Person.register(server, "Bob")];
    id = (await bob.client().rest.send({ recipient_id: alice.user.id, text: "Hello?" })).conversation_id;
    [browser, shelf, connected] = [new MemoryBrowser(), new Shelf(), []];
  });
  afterEach(() => {
    for (const client of clients.splice(0)) client.disconnect();
    alice.leave();
    bob.leave();
  });

  function options(person: Person, name: string): SessionOptions {
    return {
      serverUrl: server.url,
      tokenStorage: person.tokens,
      outboxStorage: (userId) => new KeyValueOutboxStorage(shelf, userId),
      tabs: browser.tab(),
      logger: null,
      createSocket: (url, auth) => {
        const socket = createSocket(url, auth);
        const connect = socket.connect.bind(socket);
        socket.connect = () => (connected.push(name), connect());
        return socket;
      },
    };
  }

  async function tab(person: Person, name: string): Promise<MessagingSocketClient> {
    const client = new MessagingSocketClient(options(person, name));
    clients.push(client);
    client.connect(person.user.id);
    await until(() => client.isConnected);
    await client.joinConversation(id);
    return client;
  }

  const texts = (client: MessagingSocketClient): Array<string | null> => client.messages(id).map(({ text }) => text);

  it("have one connection, which tells all of them", async () => {
    const [first, second, third] = [await tab(alice, "first"), await tab(alice, "second"), await tab(alice, "third")];
    expect(connected).toEqual(["first"]);
    await bob.client().rest.send({ conversation_id: id, text: "to every tab" });
    await until(() => [first, second, third].every((each) => texts(each).join() === "Hello?,to every tab"));
    await until(() => [first, second, third].every((each) => each.unreadTotal === 2));
    second.markMessagesAsRead(id);
    await until(() => [first, second, third].every((each) => each.unreadTotal === 0));
  });

  it("have one outbox: what one writes all show, and one sends", async () => {
    const [first, second] = [await tab(alice, "first"), await tab(alice, "second")];
    const sent: string[] = [];
    second.on("message_sent", ({ client_id }) => sent.push(client_id));
    const item = second.sendMessage(null, "from the second tab", null, id);
    await until(() => texts(first).includes("from the second tab") && texts(second).includes("from the second tab"));
    await until(() => sent.join() === item.client_id && first.pending({ conversationId: id }).length === 0 && second.pending({ conversationId: id }).length === 0);
    expect(shelf.length).toBe(0);
    const refused = second.sendMessage(null, "x".repeat(8_001), null, id);
    await until(() => [first, second].every((each) => each.pending({ conversationId: id })[0]?.state === "failed"));
    first.discard(refused.client_id);
    await until(() => second.pending({ conversationId: id }).length === 0 && shelf.length === 0);
  });

  it("hand the connection and the outbox over when the leading tab closes", async () => {
    const [first, second] = [await tab(alice, "first"), await tab(alice, "second")];
    await server.kill();
    await until(() => !first.isConnected && !second.isConnected);
    const written = ["one", "two", "three", "four"];
    for (const text of written) second.sendMessage(null, text, null, id);
    await until(() => first.pending({ conversationId: id }).length === 4);
    first.disconnect(); // closed with a full outbox
    await server.start();
    await until(() => second.isConnected && texts(second).length === 5, 40_000);
    expect(texts(second)).toEqual(["Hello?", ...written]);
    expect(connected.at(-1)).toBe("second");
    expect(shelf.length).toBe(0);
    await bob.client().rest.send({ conversation_id: id, text: "still there?" });
    await until(() => texts(second).at(-1) === "still there?");
  });

  it("hand it over when the leading tab is suspended, and share it again when it resumes", async () => {
    const [first, second] = [await tab(alice, "first"), await tab(alice, "second")];
    first.suspend();
    await until(() => connected.join() === "first,second" && second.isConnected);
    first.sendMessage(null, "meanwhile", null, id);
    await until(() => texts(second).includes("meanwhile"));
    first.resume();
    await until(() => first.isConnected && texts(first).includes("meanwhile"));
    expect(connected).toEqual(["first", "second"]);
  });

  it("go on joining a conversation that one of them leaves", async () => {
    const [first, second] = [await tab(alice, "first"), await tab(alice, "second")];
    const heard: string[] = [];
    second.on("new_message", ({ message }) => heard.push(message.text ?? ""));
    first.leaveConversation(id);
    await bob.client().rest.send({ conversation_id: id, text: "still joined" });
    await until(() => heard.join() === "still joined");
  });

  it("end together when the session ends, without asking one after the other for ever", async () => {
    const [first, second] = [await tab(alice, "first"), await tab(alice, "second")];
    const headers = { Authorization: `Bearer ${(await alice.tokens.load())?.access_token}` };
    await fetch(`${server.url}/api/v1/auth/logout`, { method: "POST", headers });
    await until(() => first.status === "ended" && second.status === "ended");
    expect(connected.length).toBeLessThanOrEqual(3);
  });

  it("share nothing with another person's tabs", async () => {
    const [hers, his] = [await tab(alice, "hers"), await tab(bob, "his")];
    expect(connected).toEqual(["hers", "his"]);
    hers.sendMessage(null, "mine", null, id);
    await until(() => texts(his).includes("mine"));
    expect(his.pending({ conversationId: id })).toEqual([]);
  });

  it("share what Talemy hears as well", async () => {
    const [first, second] = ["first", "second"].map((name) => new SocketClient(options(alice, name)));
    if (!first || !second) throw new Error("two tabs");
    clients.push(first, second);
    first.connect(alice.user.id);
    await until(() => first.connected);
    second.connect(alice.user.id);
    await until(() => second.connected);
    expect(connected).toEqual(["first"]);
    const heard: string[] = [];
    second.on("lesson:created", ({ lesson }) => heard.push(lesson.title));
    second.on("message:new", ({ message }) => heard.push(message.text ?? ""));
    await first.createLesson({ studentId: bob.user.id, title: "Kora", startsAt: "2026-12-01T17:00:00.000Z" });
    await until(() => heard.join() === "Kora");
    await bob.client().rest.send({ conversation_id: id, text: "News" });
    await until(() => heard.join() === "Kora,News");
  });
});
