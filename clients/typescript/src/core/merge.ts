import type { Conversation, Message, Participant } from "../wire/types";
import { laterState, tombstone } from "./timeline";

/**
 * Merges two states of one conversation, in any order. Its own fields follow its revision. The last message, `updated_at`
 * and the read marks have orders of their own, because events change them without carrying the whole conversation.
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

/** The conversation with a message; the same object when that changes nothing. */
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

/** The conversation with a user's read mark at `seq`; the same object when that changes nothing. */
export function withRead(known: Conversation, userId: number, seq: number): Conversation {
  if (!known.participants.some(({ user, last_read_seq }) => user.id === userId && last_read_seq < seq)) return known;
  return {
    ...known,
    participants: known.participants.map((participant) =>
      participant.user.id === userId ? { ...participant, last_read_seq: seq } : participant,
    ),
  };
}

/** The conversation after a deletion, which shows when it was the last message. */
export function withoutText(known: Conversation, messageId: number, at: string, revision: number): Conversation {
  if (known.last_message?.id !== messageId || known.last_message.deleted_at !== null) return known;
  return { ...known, last_message: tombstone(known.last_message, at, revision) };
}

/** Compares by activity, newest first: the last message, or the creation where there is none. */
export function byActivity(a: Conversation, b: Conversation): number {
  const [left, right] = [a.last_message?.created_at ?? a.created_at, b.last_message?.created_at ?? b.created_at];
  if (left !== right) return left < right ? 1 : -1;
  return (b.last_message?.id ?? 0) - (a.last_message?.id ?? 0) || b.id - a.id;
}

/** A participant's read mark; 0 for other users. */
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
  return a > b ? a : b; // one format, so text order is time order
}
