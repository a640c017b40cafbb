import type { PalabreClient } from "../core/client";
import type { Message } from "../generated/talemy";
import type { OutboxItem } from "../outbox/outbox-storage";
import type { User } from "../wire/types";
import { camelize } from "./spelling";

/** A message for display; an unsent one has a negative id and the highest `seq`. */
export interface ChatMessage extends Message {
  state: OutboxItem["state"] | "sent";
  error?: { code: string; message: string };
}

/** Conversations' messages in camelCase; the same array until one of them changes. */
export class ShownMessages {
  readonly #shown = new Map<number, ChatMessage[]>();

  /** Oldest first, tombstones included, unsent ones at the end. */
  of(client: PalabreClient | null, conversationId: number): ChatMessage[] {
    const shown = this.#shown.get(conversationId) ?? show(client, conversationId);
    this.#shown.set(conversationId, shown);
    return shown;
  }

  changed(conversationId: number): void {
    this.#shown.delete(conversationId);
  }

  clear(): void {
    this.#shown.clear();
  }
}

function show(client: PalabreClient | null, conversationId: number): ChatMessage[] {
  if (!client) return [];
  const sent = client.store.timeline(conversationId).messages();
  const waiting = client.pending(conversationId).map((item) => unsent(item, client.store.me));
  return [...sent.map((message) => ({ ...camelize(message), state: "sent" as const })), ...waiting];
}

function unsent(item: OutboxItem, me: User | null): ChatMessage {
  return {
    id: -item.order,
    conversationId: item.conversation_id ?? 0,
    seq: Number.MAX_SAFE_INTEGER,
    revision: 0,
    clientId: item.client_id,
    sender: { id: me?.id ?? 0, name: me?.name ?? "" },
    text: item.text,
    replyTo: null,
    createdAt: new Date(item.order).toISOString(),
    editedAt: null,
    deletedAt: null,
    state: item.state,
    ...(item.error ? { error: item.error } : {}),
  };
}
