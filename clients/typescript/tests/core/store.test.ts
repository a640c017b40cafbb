import { beforeEach, describe, expect, it } from "vitest";
import { Store } from "../../src";
import { changes, conversation, ME, message, OTHER, user } from "../support/make";

let store: Store;
const unread = (): number | undefined => store.conversation(7)?.unread_count;
const mine = { conversation_id: 7, user_id: ME };

beforeEach(() => {
  store = new Store();
  store.me = user(ME);
});

describe("conversations in the store", () => {
  it("keep their newer facts when an older state arrives late", () => {
    store.putConversation(conversation({ revision: 5, status: "closed" }));
    store.putConversation(conversation({ revision: 3, status: "open" }));
    expect(store.conversation(7)?.status).toBe("closed");
  });

  it("keep a message that is newer than the conversation's own news", () => {
    store.putConversation(conversation());
    store.putMessage(message(4));
    store.putConversation(conversation({ revision: 2, muted: true, last_seq: 3, last_message: message(3) }));
    expect(store.conversation(7)).toMatchObject({ muted: true, last_seq: 4, last_message: { seq: 4 } });
  });

  it("never move a read mark back", () => {
    store.putConversation(conversation({ last_seq: 9 }));
    store.putRead({ conversation_id: 7, user_id: OTHER, last_read_seq: 8 });
    store.putRead({ conversation_id: 7, user_id: OTHER, last_read_seq: 5 });
    store.putConversation(conversation({ revision: 9, last_seq: 9 }));
    expect(store.conversation(7)?.participants[1]?.last_read_seq).toBe(8);
  });

  it("are listed by their latest message", () => {
    store.putConversation(conversation({ id: 1 }));
    store.putConversation(conversation({ id: 2 }));
    store.putMessage(message(1, { conversation_id: 1 }));
    expect(store.conversations().map(({ id }) => id)).toEqual([1, 2]);
  });

  it("leave with all they had when one is removed", () => {
    store.putConversation(conversation({ last_seq: 1, unread_count: 1, last_message: message(1) }));
    store.unreadTotal = 4;
    store.remove(7);
    expect(store.conversation(7)).toBeUndefined();
    expect(store.timeline(7).messages()).toEqual([]);
    expect(store.unreadTotal).toBe(3);
  });
});

describe("unread counts", () => {
  it("are the server's for a conversation that is not open, and carry the total", () => {
    store.putConversation(conversation());
    store.putNotification(message(1), 1, 11);
    expect([unread(), store.unreadTotal]).toEqual([1, 11]);
  });

  it("are counted where all messages are here: others', not deleted, after the mark", () => {
    store.putConversation(conversation());
    store.putNewest(7, []);
    store.putMessage(message(1));
    store.putMessage(message(2, { sender: { id: ME, name: "Me" } }));
    store.putMessage(message(3));
    expect(unread()).toBe(2);
    store.bury({ conversation_id: 7, message_id: 103, seq: 3, scope: "me", deleted_by: ME, deleted_at: "x", revision: 9 });
    expect(unread()).toBe(1);
    store.putRead({ ...mine, last_read_seq: 1 });
    expect(unread()).toBe(0);
  });

  it("move the total with them", () => {
    store.putConversation(conversation({ last_seq: 3, unread_count: 3 }), { counts: false });
    store.unreadTotal = 5;
    store.putRead({ ...mine, last_read_seq: 3 });
    expect(store.unreadTotal).toBe(2);
  });

  it("do not move a total that includes them already", () => {
    store.putConversation(conversation(), { counts: false });
    store.unreadTotal = 2;
    store.apply(changes({ conversations: [conversation({ revision: 4, last_seq: 2, unread_count: 2 })], cursor: 4 }), { counts: false });
    expect([unread(), store.unreadTotal]).toEqual([2, 2]);
  });

  it("are asked of the server when something was read elsewhere that is not here", () => {
    const asked: number[] = [];
    store.on("unsure", ({ conversationId }) => asked.push(conversationId));
    store.putConversation(conversation({ last_seq: 10, unread_count: 6 }));
    expect(asked).toEqual([]);
    store.putRead({ ...mine, last_read_seq: 7 });
    expect(asked).toContain(7);
    expect(unread()).toBe(3); // at most what is left
  });

  it("are not set back by an answer that was on its way while one read", () => {
    const before = conversation({ last_seq: 3, unread_count: 3 });
    store.putConversation(before);
    store.putRead({ ...mine, last_read_seq: 3 }, { unreadCount: 0 });
    store.putConversation(before);
    expect(unread()).toBe(0);
  });
});
