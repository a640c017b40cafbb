import type { Conversation, Message } from "../wire/types";
import { readBy } from "./merge";
import type { Timeline } from "./timeline";

/** An unread count by the server, and the state it was taken at. */
export interface UnreadFigure {
  count: number;
  /** The conversation's last seq at that time. */
  atSeq: number;
  /** The reader's read mark at that time. */
  readSeq: number;
}

export interface UnreadCount {
  count: number;
  /** False when only the server knows: the reader read elsewhere messages that are not loaded. */
  sure: boolean;
}

export function figureOf(conversation: Conversation, me: number | undefined): UnreadFigure {
  return { count: conversation.unread_count, atSeq: conversation.last_seq, readSeq: readBy(conversation, me) };
}

/** Whether a figure is newer than the known one. */
export function supersedes(incoming: UnreadFigure, known: UnreadFigure | undefined): boolean {
  return !known || (incoming.atSeq >= known.atSeq && incoming.readSeq >= known.readSeq);
}

/**
 * The number of undeleted messages by others after the reader's mark: counted where all are loaded, otherwise the server's
 * last figure plus the messages since.
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
