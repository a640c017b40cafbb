import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { KeyValueOutboxStorage, MemoryOutboxStorage, Outbox, type OutboxItem, PalabreError } from "../../src";
import type { SendAnswer, SendPayload } from "../../src";
import { message, Shelf } from "../support/make";

type Attempt = SendPayload & { client_id: string; answer: () => void; refuse: (error: unknown) => void };

/** A server that answers when the test says so. */
class Wire {
  readonly attempts: Attempt[] = [];

  readonly deliver = (payload: SendPayload & { client_id: string }): Promise<SendAnswer> =>
    new Promise((resolve, reject) => {
      const stored = message(1, { client_id: payload.client_id, text: payload.text });
      const answer = (): void => resolve({ message: stored, conversation_id: payload.conversation_id ?? 7 });
      this.attempts.push({ ...payload, answer, refuse: reject });
    });

  get texts(): string[] {
    return this.attempts.map(({ text }) => text);
  }

  at(index: number): Attempt {
    const attempt = this.attempts[index];
    if (!attempt) throw new Error(`There was no attempt ${index}.`);
    return attempt;
  }
}

let wire: Wire;
let outbox: Outbox;
const write = (text: string, conversationId = 7): OutboxItem => outbox.add({ conversation_id: conversationId, text });
const settled = (): Promise<void> => vi.advanceTimersByTimeAsync(0).then(() => undefined);
const states = (): string[] => outbox.items().map(({ text, state }) => `${text}: ${state}`);

beforeEach(() => {
  vi.useFakeTimers();
  wire = new Wire();
  outbox = new Outbox(wire.deliver);
  outbox.flush();
});
afterEach(() => {
  vi.useRealTimers();
});

describe("the outbox", () => {
  it("sends a conversation's messages one after the other, in the order they were written", async () => {
    ["one", "two", "three"].forEach((text) => write(text));
    expect(wire.texts).toEqual(["one"]);
    wire.at(0).answer();
    await settled();
    expect(wire.texts).toEqual(["one", "two"]);
    wire.at(1).answer();
    await settled();
    wire.at(2).answer();
    await settled();
    expect(wire.texts).toEqual(["one", "two", "three"]);
    expect(outbox.items()).toEqual([]);
  });

  it("does not let one conversation wait for another", () => {
    write("here", 7);
    write("there", 8);
    expect(wire.texts).toEqual(["here", "there"]);
  });

  it("tries again under the same client_id after a time-out, before anything that follows", async () => {
    write("one");
    write("two");
    wire.at(0).refuse(new PalabreError("timeout", "no answer"));
    await vi.advanceTimersByTimeAsync(1_100);
    expect(wire.texts).toEqual(["one", "one"]);
    expect(wire.at(1).client_id).toBe(wire.at(0).client_id);
  });

  it.each(["invalid_payload", "blocked", "conversation_closed", "not_found", "conflict"] as const)(
    "marks a message refused with %s as failed, and goes on with the next",
    async (code) => {
      write("bad");
      write("good");
      wire.at(0).refuse(new PalabreError(code, "This is why."));
      await settled();
      expect(states()).toEqual(["bad: failed", "good: sending"]);
      expect(outbox.items()[0]?.error).toEqual({ code, message: "This is why." });
    },
  );

  it("waits as long as it was told when it was too fast, even when the connection comes back meanwhile", async () => {
    write("eager");
    wire.at(0).refuse(new PalabreError("rate_limited", "slow down", { retryAfter: 5 }));
    await vi.advanceTimersByTimeAsync(2_000);
    outbox.flush();
    await vi.advanceTimersByTimeAsync(2_900);
    expect(wire.attempts).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(200);
    expect(wire.attempts).toHaveLength(2);
  });

  it("tries at once what waits when the connection comes back", async () => {
    write("one");
    wire.at(0).refuse(new PalabreError("network", "nobody there"));
    await settled();
    outbox.flush();
    await settled();
    expect(wire.attempts).toHaveLength(2);
  });

  it("stops, keeping everything, when the session ends", async () => {
    write("one");
    wire.at(0).refuse(new PalabreError("token_revoked", "signed out"));
    await vi.advanceTimersByTimeAsync(120_000);
    expect(wire.attempts).toHaveLength(1);
    expect(states()).toEqual(["one: queued"]);
    outbox.flush();
    expect(wire.attempts).toHaveLength(2);
  });

  it("sends a failed message again under the same client_id when asked to", async () => {
    const { client_id } = write("one");
    wire.at(0).refuse(new PalabreError("blocked", "no"));
    await settled();
    outbox.retry(client_id);
    expect(wire.at(1).client_id).toBe(client_id);
    expect(outbox.items()[0]?.error).toBeUndefined();
  });

  it("forgets a message that was seen in the conversation, even if its answer never comes", async () => {
    const { client_id } = write("one");
    outbox.settle(client_id);
    wire.at(0).refuse(new PalabreError("timeout", "no answer"));
    await vi.advanceTimersByTimeAsync(60_000);
    expect(wire.attempts).toHaveLength(1);
    expect(outbox.items()).toEqual([]);
  });

  it("takes up a message added in the very moment the last one was answered", async () => {
    write("one");
    outbox.on("sent", () => outbox.items().length === 0 && wire.attempts.length === 1 && write("two"));
    wire.at(0).answer();
    await settled();
    expect(wire.texts).toEqual(["one", "two"]);
  });

  it("never puts the payload's own bookkeeping on the wire", () => {
    write("one");
    const { answer: _answer, refuse: _refuse, ...payload } = wire.at(0);
    expect(Object.keys(payload).sort()).toEqual(["client_id", "conversation_id", "text"]);
  });
});

describe("what the outbox keeps", () => {
  it("outlives a reload, in order, with the same client_ids", async () => {
    const shelf = new Shelf();
    const first = new Outbox(wire.deliver, new KeyValueOutboxStorage(shelf, 1));
    const ids = ["one", "two", "three"].map((text) => first.add({ conversation_id: 7, text }).client_id);

    const second = new Outbox(wire.deliver, new KeyValueOutboxStorage(shelf, 1));
    await second.load();
    expect(second.items().map(({ client_id }) => client_id)).toEqual(ids);
    expect(wire.at(0)).toMatchObject({ text: "one", client_id: ids[0] });
  });

  it("is not sent by the next person to sign in", async () => {
    const shelf = new Shelf();
    new Outbox(wire.deliver, new KeyValueOutboxStorage(shelf, 1)).add({ conversation_id: 7, text: "mine" });
    const theirs = new Outbox(wire.deliver, new KeyValueOutboxStorage(shelf, 2));
    await theirs.load();
    expect(theirs.items()).toEqual([]);
  });

  it("comes back as failed if it had failed, and is not sent by itself", async () => {
    const storage = new MemoryOutboxStorage();
    const failed = { code: "blocked", message: "no" };
    await storage.put({ client_id: "a", conversation_id: 7, text: "x", order: 1, state: "failed", error: failed });
    const next = new Outbox(wire.deliver, storage);
    await next.load();
    expect(next.items()[0]).toMatchObject({ state: "failed", error: failed });
    expect(wire.attempts).toEqual([]);
  });

  it("is gone once it was sent", async () => {
    const shelf = new Shelf();
    const kept = new Outbox(wire.deliver, new KeyValueOutboxStorage(shelf, 1));
    kept.flush();
    kept.add({ conversation_id: 7, text: "one" });
    expect(shelf.length).toBe(1);
    wire.at(0).answer();
    await settled();
    expect(shelf.length).toBe(0);
  });
});
