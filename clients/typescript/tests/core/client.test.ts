import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { BearerCredentials, type Conversation, MemoryTokenStorage, PalabreClient } from "../../src";
import { FakeSocket } from "../support/fake-socket";
import { changes, conversation, ME, message, turns, user } from "../support/make";

let socket: FakeSocket;
let client: PalabreClient;
let totals: number[];
let asked: string[];

/** Answers the latest emission of an event. */
async function answer(name: string, data: object): Promise<void> {
  await turns();
  const emission = [...socket.emitted].reverse().find((each) => each.name === name);
  if (!emission) throw new Error(`Nobody emitted ${name}: ${socket.emitted.map((each) => each.name).join()}`);
  emission.answer({ ok: true, data });
  await turns();
}

const names = (): string[] => socket.emitted.map(({ name }) => name);
const missed = (): Conversation => conversation({ last_seq: 2, unread_count: 2, revision: 40, last_message: message(2) });

beforeEach(async () => {
  vi.useFakeTimers();
  asked = [];
  client = new PalabreClient({
    url: "http://test",
    credentials: new BearerCredentials("http://test", new MemoryTokenStorage({ access_token: "a", refresh_token: "r" })),
    createSocket: (_url, auth) => (socket = new FakeSocket(auth)),
    fetch: async (url) => {
      asked.push(url);
      throw new TypeError("there is no REST in this test");
    },
  });
  totals = [];
  client.store.on("unread", ({ total }) => totals.push(total));
  client.seed({ me: user(ME), cursor: 10, unread_total: 0, conversations: [conversation()] });
  client.start();
});
afterEach(() => {
  client.stop();
  vi.useRealTimers();
});

describe("a client that is connected", () => {
  it("joins what is open, then asks for what it missed, from its own cursor", async () => {
    client.seed({ me: user(ME), cursor: 10, unread_total: 0, conversation: conversation(), messages: [message(1)] });
    void client.open(7);
    socket.accept();
    await turns();
    expect(names()).toEqual(["join_conversation"]);
    expect(socket.emitted[0]?.payload).toEqual({ conversation_id: 7, after_seq: 1 });
    await answer("join_conversation", { conversation: conversation(), messages: [], has_more: false });
    expect(socket.emitted[1]).toMatchObject({ name: "sync", payload: { after: 10 } });
  });

  it("does the same again after every reconnection, from where it had come", async () => {
    void client.open(7).catch(() => undefined);
    for (const [round, cursor] of [10, 50].entries()) {
      socket.accept();
      await answer("join_conversation", { conversation: conversation(), messages: [], has_more: false });
      expect(socket.emitted[2 * round + 1]?.payload).toEqual({ after: cursor });
      await answer("sync", changes());
      socket.lose("transport close");
    }
  });

  it("does not count twice what the total of ready includes already", async () => {
    void client.open(7).catch(() => undefined);
    socket.accept(900, { unread_total: 2, cursor: 40 });
    await answer("join_conversation", { conversation: missed(), messages: [message(1), message(2)], has_more: false });
    await answer("sync", changes({ conversations: [missed()], messages: [message(1), message(2)] }));
    expect(totals).toEqual([2]);
    expect(client.store.conversation(7)?.unread_count).toBe(2);
  });

  it("does not count it twice either where nothing is open", async () => {
    socket.accept(900, { unread_total: 2, cursor: 40 });
    await answer("sync", changes({ conversations: [missed()], messages: [message(1), message(2)] }));
    expect(totals).toEqual([2]);
  });

  it("shows at once what arrives while it is still catching up, and keeps it", async () => {
    socket.accept();
    await turns();
    const news = message(3, { revision: 60, text: "news" });
    socket.say("message_notification", { conversation_id: 7, message: news, unread_count: 3, unread_total: 3, revision: 60 });
    expect(client.store.conversation(7)?.last_message?.text).toBe("news");
    await answer("sync", changes({ conversations: [missed()], messages: [message(1), message(2)] }));
    expect(client.store.conversation(7)).toMatchObject({ last_seq: 3, unread_count: 3, last_message: { text: "news" } });
    expect(client.store.unreadTotal).toBe(3);
  });

  it("leaves the outbox alone once the session has ended, and asks for nothing more", async () => {
    socket.accept();
    await answer("sync", changes());
    socket.say("session_ended", { code: "token_revoked", message: "" });
    asked.length = 0;
    client.send({ conversationId: 7, text: "later" });
    await client.catchUp();
    await vi.advanceTimersByTimeAsync(120_000);
    expect(client.pending(7)).toMatchObject([{ text: "later", state: "queued" }]);
    expect(asked).toEqual([]);
  });

  it("sees its message arrive and lets go of it, although the answer is lost", async () => {
    void client.open(7).catch(() => undefined);
    socket.accept();
    await answer("join_conversation", { conversation: conversation(), messages: [], has_more: false });
    await answer("sync", changes());
    const { client_id } = client.send({ conversationId: 7, text: "hello" });
    expect(client.pending(7)).toHaveLength(1);
    const stored = message(1, { client_id, sender: { id: ME, name: "Me" }, text: "hello" });
    socket.say("new_message", { message: stored, revision: 61 });
    expect(client.pending(7)).toEqual([]);
    expect(client.store.timeline(7).messages()).toEqual([stored]);
  });

  it("moves its cursor along after many live events, so that little is replayed later", async () => {
    socket.accept();
    await answer("sync", changes());
    for (let seq = 1; seq <= 200; seq += 1) {
      socket.say("message_notification", {
        conversation_id: 7,
        message: message(seq),
        unread_count: seq,
        unread_total: seq,
        revision: seq,
      });
    }
    await turns();
    expect(names().filter((name) => name === "sync")).toHaveLength(2);
  });
});

describe("a client without a connection", () => {
  it("asks by REST every ten seconds what is new", async () => {
    await vi.advanceTimersByTimeAsync(10_100);
    expect(asked).toEqual(["http://test/api/v1/changes?after=10"]);
  });
});
