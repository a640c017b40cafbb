import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ELSEWHERE } from "../../src";
import { BothNamespaces } from "../../src/talemy/both-namespaces";
import { OWN_EVENTS } from "../../src/talemy/kinds";
import { FakeSocket } from "../support/fake-socket";

let root: FakeSocket;
let talemy: FakeSocket;
let both: BothNamespaces;
let bells: number;

beforeEach(() => {
  vi.useFakeTimers();
  [root, talemy] = [new FakeSocket(() => undefined), new FakeSocket(() => undefined)];
  both = new BothNamespaces(root, talemy);
  bells = 0;
  both.on(ELSEWHERE, () => (bells += 1));
});
afterEach(() => vi.useRealTimers());

describe("a socket to both namespaces", () => {
  it("asks for the second once it is accepted by the first", () => {
    both.connect();
    expect([root.connects, talemy.connects]).toEqual([1, 0]);
    root.accept();
    expect([root.connects, talemy.connects]).toEqual([1, 1]);
    root.accept(); // back, and the second comes back by itself
    expect(talemy.connects).toBe(1);
  });

  it.each(OWN_EVENTS)("rings for %s", (name) => {
    talemy.say(name, { revision: 7 });
    expect(bells).toBe(1);
  });

  it("rings when the second is ready, for what happened before", () => {
    talemy.accept();
    expect(bells).toBe(1);
  });

  it("keeps quiet about what is said on both", () => {
    talemy.say("message:new", {});
    talemy.say("message:sent", {});
    root.say("new_message", {});
    expect(bells).toBe(0);
  });

  it("listens and asks on the first", () => {
    const heard: unknown[] = [];
    both.on("typing", (payload) => heard.push(payload));
    root.say("typing", { user_id: 2 });
    both.timeout(1_000).emit("sync", { after: 1 }, () => undefined);
    expect(heard).toEqual([{ user_id: 2 }]);
    expect([root.emitted.length, talemy.emitted.length]).toEqual([1, 0]);
  });

  it("asks again when the second alone was refused", () => {
    both.connect();
    root.accept();
    talemy.refuse("rate_limited");
    vi.advanceTimersByTime(60_000);
    expect(talemy.connects).toBe(2);
  });

  it("asks for nothing once it was closed", () => {
    both.connect();
    root.accept();
    talemy.refuse("rate_limited");
    both.disconnect();
    vi.advanceTimersByTime(60_000);
    expect(talemy.connects).toBe(1);
    expect([root.active, talemy.active]).toEqual([false, false]);
  });
});
