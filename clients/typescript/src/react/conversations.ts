import type { UseQueryResult } from "@tanstack/react-query";
import type { SocketClient, Talemy } from "../index";
import type { Kind } from "./kind";
import { live, useSocketQuery } from "./live-query";

const list = ["palabre", "conversations"] as const;
const one = (conversationId: number) => ["palabre", "conversation", conversationId] as const;

export const conversations = {
  keys: { conversations: list, conversation: one },
  queries: {
    conversations: (client: SocketClient) => live(list, () => client.loadConversations(), () => client.conversations()),
  },
  follow: (client, cache) =>
    client.on("conversations", ({ conversationId: id }) => {
      cache.list("conversations", list, () => client.conversations());
      if (id === null) return;
      if (client.conversation(id)) cache.patch(one(id), () => client.conversation(id));
      else cache.remove(one(id));
    }),
} satisfies Kind;

/** The list of conversations, newest activity first. */
export function useConversations(): UseQueryResult<Talemy.Conversation[]> {
  return useSocketQuery((socket) => conversations.queries.conversations(socket));
}
