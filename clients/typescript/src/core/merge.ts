import { laterState, tombstone } from "./timeline";
import type { Conversation, Message, Participant } from "../wire/types";

/**
 * Two states of one conversation, in any order. Its own facts follow its revision; the last message, the order and the
 * read marks have an order of their own, because events move them without carrying the whole conversation.
 */
export function mergeConversation(known: Conversation, incoming: Conversation): Conversation {
  const newer = incoming.revision >= known.revision ? incoming : known;
  const older = newer === incoming ? known : incoming;
  return {
    ...newer,
    participants: newer.participants.map((participant) => withHigherMark(participant, older)),
    last_seq: Math.max(known.last_seq, incoming.last_seq),
    last_message: laterMessage(known.last_message, incoming.last_message),
    updated_at: later(known.updated_at, incoming.updated_at),
  };
}

/** After a new message, or a newer state of its last one; the same object when nothing changed. */
export function withMessage(known: Conversation, message: Message): Conversation {
  const last = laterMessage(known.last_message, message);
  if (last === known.last_message && message.seq <= known.last_seq) return known;
  return {
    ...known,
    last_message: last,
    last_seq: Math.max(known.last_seq, message.seq),
    updated_at: later(known.updated_at, message.created_at),
  };
}

/** After someone read up to `seq`; the same object when they had before. */
export function withRead(known: Conversation, userId: number, seq: number): Conversation {
  if (!known.participants.some(({ user, last_read_seq }) => user.id === userId && last_read_seq < seq)) return known;
  return {
    ...known,
    participants: known.participants.map((participant) =>
      participant.user.id === userId ? { ...participant, last_read_seq: seq } : participant,
    ),
  };
}

/** After a deletion, which matters here when it is the last message. */
export function withoutText(known: Conversation, messageId: number, at: string, revision: number): Conversation {
  if (known.last_message?.id !== messageId || known.last_message.deleted_at !== null) return known;
  return { ...known, last_message: tombstone(known.last_message, at, revision) };
}

/** Newest activity first: the last message, or the opening where there is none yet. */
export function byActivity(a: Conversation, b: Conversation): number {
  const [left, right] = [a.last_message?.created_at ?? a.created_at, b.last_message?.created_at ?? b.created_at];
  if (left !== right) return left < right ? 1 : -1;
  return (b.last_message?.id ?? 0) - (a.last_message?.id ?? 0) || b.id - a.id;
}

/** How far one participant has read; 0 for somebody who is not in it. */
export function readBy(conversation: Conversation, userId: number | undefined): number {
  return conversation.participants.find(({ user }) => user.id === userId)?.last_read_seq ?? 0;
}

function withHigherMark(participant: Participant, other: Conversation): Participant {
  const mark = readBy(other, participant.user.id);
  return mark > participant.last_read_seq ? { ...participant, last_read_seq: mark } : participant;
}

function laterMessage(known: Message | null, incoming: Message | null): Message | null {
  if (!known || !incoming) return incoming ?? known;
  if (incoming.seq !== known.seq) return incoming.seq > known.seq ? incoming : known;
  return laterState(known, incoming);
}

function later(a: string, b: string): string {
  return a > b ? a : b; // one format, so the text sorts as the time does
}
