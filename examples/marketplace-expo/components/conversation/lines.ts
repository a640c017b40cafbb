import type { Message, OutboxItem } from "@palabre/client";
import { dayKey } from "@/i18n/format";

/** What the list of a conversation is made of: days, and messages, stored or on their way. */
export type Line = { kind: "day"; key: string; at: string | number } | MessageLine;

export interface MessageLine {
  kind: "message";
  key: string;
  /** One of the two: a message that the server has, or one on its way. */
  message: Message | null;
  item: OutboxItem | null;
  /** What the one on its way answers, if that is here. */
  answers: Message | null;
  isOwn: boolean;
  isContinued: boolean;
}

/** Messages of one person this close together stand as one. */
const CLOSE_MS = 5 * 60_000;

/** Oldest first. A message keeps its key from the moment it is written, so that nothing flickers when it has arrived. */
export function linesOf(messages: Message[], pending: OutboxItem[], myId: number): Line[] {
  const lines: Line[] = [];
  let before: { day: string; sender: number; at: number } | null = null;
  const add = (at: number, sender: number, key: string, message: Message | null, item: OutboxItem | null) => {
    const day = dayKey(at);
    const isNewDay = before?.day !== day;
    if (isNewDay) lines.push({ kind: "day", key: `day ${day}`, at });
    const isContinued = !isNewDay && before?.sender === sender && at - before.at < CLOSE_MS;
    const answers = messages.find(({ id }) => id === item?.reply_to_id) ?? null;
    lines.push({ kind: "message", key, message, item, answers, isOwn: sender === myId, isContinued });
    before = { day, sender, at };
  };
  for (const message of messages) {
    const isOwn = message.sender.id === myId;
    add(Date.parse(message.created_at), message.sender.id, isOwn && message.client_id ? message.client_id : `${message.id}`, message, null);
  }
  for (const item of pending) add(item.order, myId, item.client_id, null, item);
  return lines;
}
