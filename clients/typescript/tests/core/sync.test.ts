import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type Changes, PalabreError } from "../../src";
import { Sync } from "../../src/core/sync";
import { changes } from "../support/make";

const page = (cursor: number, change: Partial<Changes> = {}): Changes => changes({ cursor, ...change });

let asked: number[];
let applied: number[];
let refetched: number;
let done: number;
let answers: Array<Changes | Error>;
let sync: Sync;

beforeEach(() => {
  vi.useFakeTimers();
  [asked, applied, answers, refetched, done] = [[], [], [], 0, 0];
  sync = new Sync({
    request: async (after) => {
      asked.push(after);
      const answer = answers.shift() ?? page(after);
      if (answer instanceof Error) throw answer;
      return answer;
    },
    apply: ({ cursor }) => applied.push(cursor),
    refetch: async () => void (refetched += 1),
    done: () => void (done += 1),
  });
  sync.startAt(10);
});
afterEach(() => {
  sync.stop();
  vi.useRealTimers();
});

describe("sync", () => {
  it("asks page after page until there is no more", async () => {
    answers = [page(20, { has_more: true }), page(30, { has_more: true }), page(35)];
    await sync.run();
    expect(asked).toEqual([10, 20, 30]);
    expect(applied).toEqual([20, 30, 35]);
    expect(sync.cursor).toBe(35);
  });

  it("fetches everything afresh when the cursor cannot be served, and goes on from the new one", async () => {
    answers = [page(500, { reset: true })];
    await sync.run();
    expect(refetched).toBe(1);
    expect(applied).toEqual([]);
    expect(sync.cursor).toBe(500);
  });

  it("runs once more when it is called while it runs, and once only", async () => {
    const first = sync.run();
    void sync.run();
    void sync.run();
    await first;
    expect(asked).toHaveLength(2);
  });

  it("keeps its place and tries again later when a page fails", async () => {
    answers = [page(20, { has_more: true }), new PalabreError("network", "gone"), page(30)];
    await sync.run();
    expect([sync.cursor, done]).toEqual([20, 0]);
    await vi.advanceTimersByTimeAsync(1_100);
    expect(asked).toEqual([10, 20, 20]);
    expect([sync.cursor, done]).toEqual([30, 1]);
  });

  it("leaves it to the connection when the session has ended", async () => {
    answers = [new PalabreError("token_revoked", "over")];
    await sync.run();
    await vi.advanceTimersByTimeAsync(120_000);
    expect(asked).toHaveLength(1);
  });

  it("begins now where there is no cursor: a server that is asked for what it cannot serve says where now is", async () => {
    const fresh = new Sync({
      request: async (after) => (asked.push(after), after > 2 ** 52 ? page(77, { reset: true }) : page(80)),
      apply: ({ cursor }) => applied.push(cursor),
      refetch: async () => void (refetched += 1),
    });
    await fresh.run();
    expect([fresh.cursor, applied, refetched]).toEqual([77, [], 0]);
    await fresh.run();
    expect([fresh.cursor, applied]).toEqual([80, [80]]);
  });

  it("does not begin later than what was loaded, should the connection come meanwhile", async () => {
    let answer: () => void = () => undefined;
    const answered = new Promise<void>((resolve) => (answer = resolve));
    const fresh = new Sync({ request: async () => (await answered, page(77)), apply: () => undefined, refetch: async () => undefined });
    const marked = fresh.mark();
    fresh.startAt(90);
    answer();
    await marked;
    expect(fresh.cursor).toBe(77);
  });
});
