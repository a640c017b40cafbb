import type { Changes, Conversation, Message, User } from "../../src";

export function user(id: number): User {
  return { id, name: `Person ${id}`, avatar_url: null, role: "member", online: false, last_seen_at: null };
}

export const ME = 1;
export const OTHER = 2;

/** Message number `seq` of conversation 7; by the other unless said otherwise. */
export function message(seq: number, change: Partial<Message> = {}): Message {
  return {
    id: 100 + seq,
    conversation_id: 7,
    seq,
    revision: seq,
    client_id: null,
    sender: { id: OTHER, name: "Person 2" },
    text: `text ${seq}`,
    reply_to: null,
    created_at: new Date(Date.UTC(2026, 10, 21, 9, 0, seq)).toISOString(),
    edited_at: null,
    deleted_at: null,
    ...change,
  };
}

export function conversation(change: Partial<Conversation> = {}): Conversation {
  return {
    id: 7,
    kind: "direct",
    title: null,
    product: null,
    status: "open",
    archived: false,
    muted: false,
    participants: [ME, OTHER].map((id) => ({ user: user(id), last_read_seq: 0 })),
    last_message: null,
    last_seq: 0,
    unread_count: 0,
    revision: 1,
    created_at: "2026-11-21T09:00:00.000Z",
    updated_at: "2026-11-21T09:00:00.000Z",
    ...change,
  };
}

/** A page of changes, empty but for what is given. */
export function changes(change: Partial<Changes> = {}): Changes {
  return {
    conversations: [],
    messages: [],
    reads: [],
    lessons: [],
    contact_requests: [],
    removed_conversation_ids: [],
    cursor: 50,
    has_more: false,
    reset: false,
    ...change,
  };
}

/** Lets everything that is already settled run. */
export async function turns(count = 20): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) await Promise.resolve();
}

/** A localStorage in memory. */
export class Shelf {
  readonly map = new Map<string, string>();
  get length(): number {
    return this.map.size;
  }
  key = (index: number): string | null => [...this.map.keys()][index] ?? null;
  getItem = (key: string): string | null => this.map.get(key) ?? null;
  setItem = (key: string, value: string): void => void this.map.set(key, value);
  removeItem = (key: string): void => void this.map.delete(key);
}
