/** Two people and a real server: what the client promises, over real sockets, real REST and real crashes. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { KeyValueOutboxStorage, MemoryOutboxStorage, type Message, type PalabreClient } from "../../src";
import { Shelf } from "../support/make";
import { canServe, Person, Server, until } from "./server";

describe.skipIf(!canServe)("with a real server", () => {
  let server: Server;
  let alice: Person;
  let bob: Person;
  let id: number;

  beforeAll(async () => {
    server = await Server.start({ RATELIMIT_ENABLED: "false" });
  });
  afterAll(() => server?.close());

  beforeEach(async () => {
    [alice, bob] = [await Person.register(server, "Alice"), await Person.register(server, "Bob")];
    const opening = await bob.client().rest.send({ recipient_id: alice.user.id, text: "Hello?" });
    id = opening.conversation_id;
  });
  afterEach(() => {
    alice.leave();
    bob.leave();
  });

  const texts = (client: PalabreClient): Array<string | null> => client.store.timeline(id).messages().map(({ text }) => text);
  const unread = (client: PalabreClient): Array<number | undefined> => [client.store.conversation(id)?.unread_count, client.store.unreadTotal];
  const fetched = async (person: Person): Promise<Message[]> => (await person.client().rest.messages(id, { limit: 100 })).items;

  it("carries a message, its read mark and its unread counts to every participant", async () => {
    const [hers, herOtherTab, his] = [await alice.online(), await alice.online(), await bob.online()];
    await until(() => herOtherTab.store.unreadTotal === 1);
    await his.open(id);
    his.send({ conversationId: id, text: "Still for sale?" });
    await until(() => unread(hers).join() === "2,2" && unread(herOtherTab).join() === "2,2");

    await hers.open(id);
    expect(texts(hers)).toEqual(["Hello?", "Still for sale?"]);
    hers.markRead(id, 2);
    await until(() => unread(hers).join() === "0,0" && unread(herOtherTab).join() === "0,0");
    await until(() => his.store.conversation(id)?.participants.every(({ last_read_seq, user }) => user.id === bob.user.id || last_read_seq === 2) === true);
  });

  it("shows edits, deletions and typing as they happen", async () => {
    const [hers, his] = [await alice.online(), await bob.online()];
    await Promise.all([hers.open(id), his.open(id)]);
    const [first] = his.store.timeline(id).messages();
    if (!first) throw new Error("The conversation is empty.");
    await his.edit(first.id, "Hello!");
    await until(() => texts(hers).join() === "Hello!");
    his.typing.touch(id);
    await until(() => hers.typing.in(id).join() === String(bob.user.id));
    await his.remove(first.id, "everyone");
    await until(() => hers.store.timeline(id).messages()[0]?.deleted_at !== null);
    expect(hers.store.timeline(id).messages()).toEqual(await fetched(alice));
  });

  it("sends what was written while the server was gone, in order and once, and catches up with the rest", async () => {
    const [hers, his] = [await alice.online(), await bob.online()];
    await Promise.all([hers.open(id), his.open(id)]);
    await server.kill();
    const written = ["one", "two", "three", "four"];
    for (const text of written) his.send({ conversationId: id, text });
    hers.send({ conversationId: id, text: "and mine" });
    await server.start();
    await until(() => texts(hers).length === 6 && texts(his).length === 6, 40_000);

    expect(texts(hers).filter((text) => written.includes(text ?? ""))).toEqual(written);
    const truth = await fetched(alice);
    expect(hers.store.timeline(id).messages()).toEqual(truth);
    expect(his.store.timeline(id).messages()).toEqual(truth);
    expect(his.outbox.items()).toEqual([]);
  });

  it("sends by REST while there is no socket, and the others hear it at once", async () => {
    const hers = await alice.online();
    await hers.open(id);
    const his = bob.client();
    await his.open(id).catch(() => undefined);
    his.outbox.flush(); // never connected: everything goes by REST
    his.send({ conversationId: id, text: "by REST" });
    await until(() => texts(hers).includes("by REST"));
    await until(() => texts(his).includes("by REST"));
    his.markRead(id, 1);
    expect(his.status).toBe("stopped");
  });

  it("flushes 200 queued messages in order", async () => {
    const hers = await alice.online();
    await hers.open(id);
    const his = bob.client();
    const written = Array.from({ length: 200 }, (_, index) => `number ${index}`);
    for (const text of written) his.send({ conversationId: id, text });
    his.start();
    await until(() => texts(hers).length === 201, 40_000);
    expect(texts(hers).slice(1)).toEqual(written);
  });

  it("takes a full outbox through a reload, whether or not the server had stored part of it", async () => {
    const [shelf, hers] = [new Shelf(), await alice.online()];
    await hers.open(id);
    const before = bob.client({ outboxStorage: new KeyValueOutboxStorage(shelf, bob.user.id) });
    const items = ["a", "b", "c"].map((text) => before.send({ conversationId: id, text }));
    // The first one was stored, but the reload came before the answer.
    await before.rest.send({ conversation_id: id, text: "a", client_id: items[0]?.client_id ?? "" });
    await bob.online({ outboxStorage: new KeyValueOutboxStorage(shelf, bob.user.id) });
    await until(() => texts(hers).length === 4);
    expect(texts(hers)).toEqual(["Hello?", "a", "b", "c"]);
    await until(() => shelf.length === 0);
  });

  it("tells why a message failed, and sends the next one", async () => {
    const his = await bob.online();
    await his.open(id);
    his.send({ conversationId: id, text: "x".repeat(8_001) });
    his.send({ conversationId: id, text: "shorter" });
    await until(() => texts(his).includes("shorter"));
    expect(his.pending(id)).toMatchObject([{ state: "failed", error: { code: "invalid_payload" } }]);
  });

  it("hears nothing more of a conversation it was removed from, and forgets it", async () => {
    const hers = await alice.online();
    const group = await fetch(`${server.url}/api/v1/conversations`, {
      method: "POST",
      headers: { "Content-Type": "application/json", Authorization: `Bearer ${(await alice.tokens.load())?.access_token}` },
      body: JSON.stringify({ participant_ids: [bob.user.id], title: "Group" }),
    }).then((answer) => answer.json() as Promise<{ id: number }>);
    const his = await bob.online();
    await his.open(group.id);
    await fetch(`${server.url}/api/v1/conversations/${group.id}/participants/${bob.user.id}`, {
      method: "DELETE",
      headers: { Authorization: `Bearer ${(await alice.tokens.load())?.access_token}` },
    });
    await until(() => his.store.conversation(group.id) === undefined);
    hers.outbox.add({ conversation_id: group.id, text: "he must not hear this" });
    his.outbox.add({ conversation_id: group.id, text: "nor send this" });
    await until(() => his.outbox.items()[0]?.error?.code === "not_found");
    expect(his.store.timeline(group.id).messages()).toEqual([]);
  });

  it("fills the hole when messages were missed", async () => {
    const [hers, his] = [await alice.online(), bob.client()];
    await hers.open(id);
    hers.close(id);
    for (let index = 0; index < 3; index += 1) await his.rest.send({ conversation_id: id, text: `quiet ${index}` });
    await until(() => texts(hers).length === 4); // each was notified, although the conversation was left
    expect(hers.store.timeline(id).messages()).toEqual(await fetched(alice));
  });

  it("starts afresh when the server has another past than the one it knew", async () => {
    const hers = alice.client();
    const gone = { ...(await hers.rest.conversation(id)), id: 987_654 };
    hers.seed({ me: alice.user, cursor: 2 ** 52, unread_total: 9, conversations: [gone] });
    hers.start();
    await until(() => hers.store.conversation(987_654) === undefined && hers.store.conversation(id) !== undefined);
    await until(() => unread(hers).join() === "1,1");
    await bob.client().rest.send({ conversation_id: id, text: "and on" });
    await until(() => unread(hers).join() === "2,2");
  });

  it("loads older pages until the first message", async () => {
    const his = bob.client({ outboxStorage: new MemoryOutboxStorage() });
    for (let index = 0; index < 120; index += 1) await his.rest.send({ conversation_id: id, text: `${index}` });
    const hers = await alice.online();
    await hers.open(id);
    expect(texts(hers)).toHaveLength(50);
    while (hers.store.timeline(id).hasOlder) await hers.loadOlder(id);
    expect(texts(hers)).toHaveLength(121);
    expect(texts(hers)[0]).toBe("Hello?");
  });
});
