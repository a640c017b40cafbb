import type { UseQueryResult } from "@tanstack/react-query";
import { useEffect } from "react";
import type { ChatMessage, SocketClient } from "../index";
import type { Kind } from "./kind";
import { live, useSocketQuery } from "./live-query";
import { useSocket } from "./socket-context";

const key = (conversationId: number) => ["palabre", "messages", conversationId] as const;

export const messages = {
  keys: { messages: key },
  queries: {
    messages: (client: SocketClient, conversationId: number) =>
      live(key(conversationId), () => client.loadMessages(conversationId), () => client.messages(conversationId)),
  },
  follow: (client, cache) =>
    client.on("messages", ({ conversationId: id }) => {
      // Data rendered on a server, or persisted, can hold more than the events since have brought.
      if (client.holdsMessages(id)) cache.patch(key(id), () => client.messages(id));
      else cache.invalidate(key(id));
    }),
} satisfies Kind;

/**
 * The messages of the selected conversation, which stays joined while this is on screen.
 * @example
 * const { data: messages = [] } = useMessages(selectedId);
 */
export function useMessages(conversationId: number | null | undefined): UseQueryResult<ChatMessage[]> {
  const { socket } = useSocket();
  const id = conversationId ?? 0;
  useEffect(() => (id === 0 ? undefined : socket.holdConversation(id)), [socket, id]);
  return useSocketQuery((client) => messages.queries.messages(client, id), id !== 0);
}
