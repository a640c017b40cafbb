import { beforeEach, describe, expect, it } from "vitest";
import { Presence } from "../../src";
import { conversation, ME, OTHER, user } from "../support/make";

let presence: Presence;
let changed: number[];

beforeEach(() => {
  presence = new Presence();
  changed = [];
  presence.on("change", ({ userId }) => changed.push(userId));
});

const met = (online: boolean): void =>
  presence.meet({
    conversations: [
      conversation({ participants: [user(ME), { ...user(OTHER), online }].map((each) => ({ user: each, last_read_seq: 0 })) }),
    ],
  });

describe("presence", () => {
  it("is what the server said when it accepted the connection, and every change since", () => {
    presence.replace([OTHER]);
    presence.set(OTHER, false, "2026-11-22T09:00:00.000Z");
    expect([presence.isOnline(OTHER), presence.lastSeen(OTHER)]).toEqual([false, "2026-11-22T09:00:00.000Z"]);
  });

  it("is taken from an object for a user met since, whom no list has", () => {
    presence.replace([]);
    met(true);
    expect(presence.isOnline(OTHER)).toBe(true);
    expect(changed).toEqual([OTHER]);
    met(true);
    expect(changed).toEqual([OTHER]);
  });

  it("is not taken from an object once the server has said otherwise", () => {
    presence.replace([OTHER]);
    presence.set(OTHER, false, null);
    met(true);
    expect(presence.isOnline(OTHER)).toBe(false);
  });

  it("of people in lessons is learnt too", () => {
    presence.replace([]);
    const [teacher, student] = [11, 12].map((id) => ({ ...user(id), online: true }));
    presence.meet({ lessons: [{ teacher, student } as never] });
    expect([11, 12].map((id) => presence.isOnline(id))).toEqual([true, true]);
  });
});
