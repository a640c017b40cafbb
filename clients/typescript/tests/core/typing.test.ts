import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Emitter, Typing } from "../../src";

let told: string[];
let typing: Typing;
const heard = (is_typing: boolean): void => typing.hear({ conversation_id: 7, user_id: 2, is_typing, expires_in: 6 });

beforeEach(() => {
  vi.useFakeTimers();
  told = [];
  typing = new Typing((id, isTyping) => told.push(`${id} ${isTyping}`));
});
afterEach(() => {
  vi.useRealTimers();
});

describe("typing", () => {
  it("is told at the first key, and not at every other", () => {
    for (let key = 0; key < 10; key += 1) typing.touch(7);
    expect(told).toEqual(["7 true"]);
    vi.advanceTimersByTime(3_000);
    typing.touch(7);
    expect(told).toEqual(["7 true", "7 true"]);
  });

  it("ends when the message is sent, and by itself when nothing is typed", () => {
    typing.touch(7);
    typing.stop();
    typing.stop();
    expect(told).toEqual(["7 true", "7 false"]);
    typing.touch(7);
    vi.advanceTimersByTime(5_000);
    expect(told).toEqual(["7 true", "7 false", "7 true", "7 false"]);
  });

  it("ends in one conversation when it begins in another", () => {
    typing.touch(7);
    typing.touch(8);
    expect(told).toEqual(["7 true", "7 false", "8 true"]);
  });

  it("of others is forgotten when they stop, or after as long as the server says", () => {
    heard(true);
    expect(typing.in(7)).toEqual([2]);
    heard(false);
    expect(typing.in(7)).toEqual([]);
    heard(true);
    vi.advanceTimersByTime(4_000);
    heard(true);
    vi.advanceTimersByTime(4_000);
    expect(typing.in(7)).toEqual([2]);
    vi.advanceTimersByTime(2_000);
    expect(typing.in(7)).toEqual([]);
  });
});

describe("an emitter", () => {
  it("leaves nothing of a listener that was undone, and undoes only that one", () => {
    const emitter = new Emitter<{ news: number }>();
    const seen: number[] = [];
    const listener = (news: number): void => void seen.push(news);
    const stop = emitter.on("news", listener);
    emitter.on("news", listener);
    stop();
    stop();
    emitter.emit("news", 1);
    expect(seen).toEqual([1]);
    expect(emitter.count("news")).toBe(1);
  });

  it("calls every listener even if one of them fails", () => {
    const complaint = vi.spyOn(console, "error").mockImplementation(() => undefined);
    const emitter = new Emitter<{ news: number }>();
    const seen: number[] = [];
    emitter.on("news", () => {
      throw new Error("broken");
    });
    emitter.on("news", (news) => seen.push(news));
    emitter.emit("news", 2);
    expect(seen).toEqual([2]);
    expect(complaint).toHaveBeenCalledOnce();
  });
});
