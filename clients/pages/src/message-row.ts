import type { Message, OutboxItem } from "@palabre/client";
import { action, part, setData, setText, show } from "./dom";
import { has, say } from "./phrases";
import { fullTime, writeTime } from "./times";

/** A message, with what its row shows of its neighbours and its reader. */
export interface RowFacts {
  message: Message | null;
  /** Set for an unsent message. */
  pending: OutboxItem | null;
  own: boolean;
  continued: boolean;
  read: boolean;
  author: string;
  replyAuthor: string;
  /** ISO 8601. */
  at: string;
}

/** The row is rewritten only when this changes. */
export function signature({ message, pending, ...rest }: RowFacts): string {
  const stored = message && [message.revision, message.deleted_at, message.reply_to?.excerpt];
  return JSON.stringify([rest, stored, pending?.state, pending?.error?.code]);
}

export function fillRow(row: HTMLElement, facts: RowFacts): void {
  fillData(row, facts);
  fillText(row, facts);
  fillReply(row, facts);
  fillState(row, facts);
  fillActions(row, facts);
}

function stateOf({ message, pending }: RowFacts): string {
  if (message) return message.deleted_at === null ? "sent" : "deleted";
  return pending?.state === "failed" ? "failed" : "sending";
}

function fillData(row: HTMLElement, facts: RowFacts): void {
  const { message, pending } = facts;
  if (message) row.id = `message-${message.id}`;
  else row.removeAttribute("id");
  setData(row, {
    messageId: message?.id,
    seq: message?.seq,
    revision: message?.revision,
    senderId: message?.sender.id,
    createdAt: message?.created_at,
    clientId: message?.client_id ?? pending?.client_id ?? "",
    state: stateOf(facts),
    own: facts.own,
    continued: facts.continued,
    read: facts.read,
  });
}

function fillText(row: HTMLElement, facts: RowFacts): void {
  const { message, pending } = facts;
  setText(part(row, "author"), facts.author);
  const text = part(row, "text");
  setText(text, message ? (message.text ?? say("message_deleted")) : (pending?.text ?? ""));
  if (message?.deleted_at != null) giveUpEditing(row, text);
  const time = part<HTMLTimeElement>(row, "time");
  writeTime(time, facts.at);
  if (time) time.title = fullTime(facts.at);
  show(part(row, "edited"), message?.edited_at != null && message.deleted_at === null);
}

function giveUpEditing(row: HTMLElement, text: HTMLElement | null): void {
  row.querySelector("form")?.remove();
  show(text, true);
}

function fillReply(row: HTMLElement, { message, replyAuthor }: RowFacts): void {
  const anchor = part<HTMLAnchorElement>(row, "reply");
  const reply = message?.deleted_at === null ? message.reply_to : null;
  show(anchor, reply !== null);
  if (!anchor || !reply) return;
  const href = `#message-${reply.id}`;
  if (anchor.getAttribute("href") !== href) anchor.setAttribute("href", href);
  setText(part(anchor, "reply-author"), replyAuthor);
  setText(part(anchor, "reply-excerpt"), reply.excerpt ?? say("original_deleted"));
}

function fillState(row: HTMLElement, facts: RowFacts): void {
  const state = stateOf(facts);
  show(part(row, "read"), facts.read);
  show(part(row, "state"), state === "sending");
  show(part(row, "error"), state === "failed");
  const error = facts.pending?.error;
  if (!error) return;
  const text = has(`error_${error.code}`) ? say(`error_${error.code}`) : error.message;
  setText(part(row, "error-text") ?? part(row, "error"), text);
}

function fillActions(row: HTMLElement, facts: RowFacts): void {
  const { message } = facts;
  const stored = message !== null && message.deleted_at === null;
  show(part(row, "actions"), stored);
  show(action(row, "reply"), stored);
  show(action(row, "edit"), stored && facts.own);
  show(action(row, "delete"), stored);
  show(action(row, "retry"), facts.pending?.state === "failed");
  show(action(row, "discard"), facts.pending?.state === "failed");
  if (!message) return;
  // The server's own page for it, for a middle click.
  action(row, "reply")?.setAttribute("href", `?reply_to=${message.id}#composer`);
  action(row, "edit")?.setAttribute("href", `?edit=${message.id}#edit-message`);
  action(row, "delete")?.setAttribute("href", `?delete=${message.id}#delete-message`);
}
