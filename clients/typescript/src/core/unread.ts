import { readBy } from "./merge";
import type { Timeline } from "./timeline";
import type { Conversation, Message } from "../wire/types";

/** A count of the server's, and what it was a count of. */
export interface UnreadFigure {
  count: number;
  /** The conversation's last seq when it was taken. */
  atSeq: number;
  /** How far the reader had read. */
  readSeq: number;
}

export interface UnreadCount {
  count: number;
  /** False when the server should be asked: the reader read elsewhere, and what they left is not here. */
  sure: boolean;
}

export function figureOf(conversation: Conversation, me: number | undefined): UnreadFigure {
  return { count: conversation.unread_count, atSeq: conversation.last_seq, readSeq: readBy(conversation, me) };
}

/** Whether a figure says more than the one before it. */
export function supersedes(incoming: UnreadFigure, known: UnreadFigure | undefined): boolean {
  return !known || (incoming.atSeq >= known.atSeq && incoming.readSeq >= known.readSeq);
}

/**
 * How many messages by others, not deleted, come after the reader's mark: counted where all of them are here, otherwise
 * the server's last figure and what has arrived since.
 */
export function countUnread(
  conversation: Conversation,
  timeline: Timeline | undefined,
  figure: UnreadFigure | undefined,
  me: number | undefined,
): UnreadCount {
  const read = readBy(conversation, me);
  if (read >= conversation.last_seq) return { count: 0, sure: true };
  if (timeline && holdsAllAfter(timeline, read, conversation.last_seq)) {
    return { count: newsAfter(timeline, read, me), sure: true };
  }
  if (!figure) return { count: conversation.unread_count, sure: false };
  if (figure.readSeq < read) return { count: Math.min(figure.count, conversation.last_seq - read), sure: false };
  const since = timeline ? newsAfter(timeline, Math.max(figure.atSeq, read), me) : 0;
  return { count: figure.count + since, sure: true };
}

export function holdsAllAfter(timeline: Timeline, seq: number, lastSeq: number): boolean {
  return timeline.started && timeline.from <= seq + 1 && timeline.upTo >= lastSeq;
}

function newsAfter(timeline: Timeline, seq: number, me: number | undefined): number {
  let count = 0;
  for (const message of timeline.after(seq)) if (isNews(message, me)) count += 1;
  return count;
}

function isNews(message: Message, me: number | undefined): boolean {
  return message.sender.id !== me && message.deleted_at === null;
}
