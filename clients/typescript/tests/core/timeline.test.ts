import { describe, expect, it } from "vitest";
import { Timeline } from "../../src";
import { message, OTHER } from "../support/make";

const seqs = (timeline: Timeline): number[] => timeline.messages().map(({ seq }) => seq);

describe("a timeline", () => {
  it("shows nothing before a page was loaded, and all of it after", () => {
    const timeline = new Timeline();
    timeline.put(message(12));
    expect(seqs(timeline)).toEqual([]);
    timeline.addNewest([message(11), message(12)], true);
    expect(seqs(timeline)).toEqual([11, 12]);
    expect(timeline.hasOlder).toBe(true);
  });

  it("keeps what lies beyond a gap aside until the gap is filled", () => {
    const timeline = new Timeline();
    timeline.addNewest([message(1)]);
    timeline.put(message(3));
    expect(seqs(timeline)).toEqual([1]);
    expect(timeline.lacks(3)).toBe(true);
    timeline.put(message(2));
    expect(seqs(timeline)).toEqual([1, 2, 3]);
    expect(timeline.lacks(3)).toBe(false);
  });

  it("begins in an empty conversation", () => {
    const timeline = new Timeline();
    timeline.addNewest([]);
    timeline.put(message(1));
    expect(seqs(timeline)).toEqual([1]);
    expect(timeline.hasOlder).toBe(false);
  });

  it("grows at its older end until nothing is older", () => {
    const timeline = new Timeline();
    timeline.addNewest([message(5), message(6)], true);
    timeline.addOlder([message(3), message(4)], true);
    expect(seqs(timeline)).toEqual([3, 4, 5, 6]);
    timeline.addOlder([message(1), message(2)], false);
    expect(seqs(timeline)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(timeline.hasOlder).toBe(false);
  });

  it("never lets an older state replace a newer one", () => {
    const timeline = new Timeline();
    timeline.addNewest([message(1, { revision: 9, text: "edited" })]);
    expect(timeline.put(message(1, { revision: 1 }))).toBe(false);
    expect(timeline.messages()[0]?.text).toBe("edited");
  });

  it("keeps the deleted deleted, in any order of its states", () => {
    const timeline = new Timeline();
    timeline.addNewest([message(1)]);
    timeline.bury(101, 1, "2026-11-21T10:00:00.000Z", 8);
    timeline.put(message(1, { revision: 20, text: "back?" }));
    expect(timeline.messages()[0]).toMatchObject({ text: null, deleted_at: "2026-11-21T10:00:00.000Z" });
  });

  it("remembers a deletion that comes before the page with its message", () => {
    const timeline = new Timeline();
    timeline.addNewest([message(2)], true);
    timeline.bury(101, 1, "2026-11-21T10:00:00.000Z", 8);
    timeline.addOlder([message(1)], false);
    expect(timeline.messages()[0]?.text).toBeNull();
  });

  it("quotes what the original says now", () => {
    const timeline = new Timeline();
    const reply = message(2, { reply_to: { id: 101, sender_id: OTHER, excerpt: "text 1" } });
    timeline.addNewest([message(1), reply]);
    timeline.put(message(1, { revision: 5, text: "other \n words" }));
    expect(timeline.messages()[1]?.reply_to?.excerpt).toBe("other words");
    timeline.bury(101, 1, "2026-11-21T10:00:00.000Z", 8);
    expect(timeline.messages()[1]?.reply_to?.excerpt).toBeNull();
  });
});
