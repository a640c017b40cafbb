import type { Conversation, User } from "@palabre/client";
import { say } from "./phrases";

/** Names, titles and initials as the server's rows have them (see `app/conversations/rows.py`). */

const TONES = 8;

export function others(conversation: Conversation, me: number): User[] {
  return conversation.participants.map(({ user }) => user).filter(({ id }) => id !== me);
}

export function namesOfOthers(conversation: Conversation, me: number): string {
  return others(conversation, me)
    .map(({ name }) => name)
    .join(", ");
}

/** The other participant of two; null in a group. */
export function counterpart(conversation: Conversation, me: number): User | null {
  const people = others(conversation, me);
  return people.length === 1 && conversation.kind !== "group" ? (people[0] ?? null) : null;
}

/** The product's title, or the group's, or the other participants' names. */
export function titleOf(conversation: Conversation, me: number): string {
  return conversation.product?.title || conversation.title || namesOfOthers(conversation, me) || say("you");
}

/** The picture of the product, or of the other participant. */
export function faceOf(conversation: Conversation, me: number): { id: number; url: string | null } {
  if (conversation.product) return { id: conversation.product.id, url: conversation.product.image_url };
  const other = others(conversation, me)[0];
  return { id: other?.id ?? 0, url: other?.avatar_url ?? null };
}

export function toneOf(id: number): number {
  return id % TONES;
}

/** The initials of a name, at most two letters. */
export function initials(name: string): string {
  const words = name.split(/\s+/).filter((word) => /^[\p{L}\p{N}]/u.test(word));
  const first = words[0] ?? (name || "?");
  const last = words.length > 1 ? words[words.length - 1] : undefined;
  return (letter(first) + (last ? letter(last) : "")).toUpperCase();
}

/** A text as an excerpt: on one line, cut with an ellipsis. */
export function oneLine(text: string, limit = 120): string {
  const flat = Array.from(text.trim().split(/\s+/).join(" "));
  return flat.length <= limit ? flat.join("") : `${flat.slice(0, limit - 1).join("").trimEnd()}…`;
}

function letter(word: string): string {
  return Array.from(word)[0] ?? "";
}
