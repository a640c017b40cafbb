import type { SocketClient } from "../index";
import { type ContactRequestFilter, type LessonFilter, socketKeys } from "./keys";

/**
 * Queries whose data the socket keeps current. What they fetch goes through the client, which keeps the newer state of
 * everything: an answer that was on its way while an event came cannot put the past back.
 */
export const socketQueries = {
  conversations: (client: SocketClient) => live(socketKeys.conversations, () => client.loadConversations(), () => client.conversations()),
  messages: (client: SocketClient, conversationId: number) =>
    live(socketKeys.messages(conversationId), () => client.loadMessages(conversationId), () => client.messages(conversationId)),
  lessons: (client: SocketClient, filter?: LessonFilter) =>
    filter
      ? { queryKey: socketKeys.lessons(filter), queryFn: () => client.loadLessons(filter), staleTime: STALE_MS }
      : live(socketKeys.lessons(), () => client.loadLessons(), () => client.lessons()),
  contactRequests: (client: SocketClient, filter?: ContactRequestFilter) =>
    filter
      ? { queryKey: socketKeys.contactRequests(filter), queryFn: () => client.loadContactRequests(filter), staleTime: STALE_MS }
      : live(socketKeys.contactRequests(), () => client.loadContactRequests(), () => client.contactRequests()),
};

/** The guide's five minutes; events and sync, not time, make data stale. */
const STALE_MS = 5 * 60_000;

function live<Key extends readonly unknown[], Data>(queryKey: Key, queryFn: () => Promise<Data>, now: () => Data) {
  return {
    queryKey,
    queryFn,
    staleTime: STALE_MS,
    // Whatever was fetched, and whenever: what is held at the moment of writing it down is never older.
    structuralSharing: (): Data => now(),
  };
}
