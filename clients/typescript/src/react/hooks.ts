import { useQuery, type UseQueryResult } from "@tanstack/react-query";
import { useCallback, useEffect, useSyncExternalStore } from "react";
import type { ChatMessage, Talemy } from "../index";
import type { ContactRequestFilter, LessonFilter } from "./keys";
import { socketQueries } from "./queries";
import { useSocket } from "./socket-provider";

/** The list of conversations, newest activity first. */
export function useConversations(): UseQueryResult<Talemy.Conversation[]> {
  const { socket, status } = useSocket();
  return useQuery({ ...socketQueries.conversations(socket), enabled: socket.core !== null && status !== "ended" });
}

/** The messages of the selected conversation, joined for as long as this is on screen. */
export function useMessages(conversationId: number | null | undefined): UseQueryResult<ChatMessage[]> {
  const { socket, status } = useSocket();
  const id = conversationId ?? 0;
  useEffect(() => (id === 0 ? undefined : socket.holdConversation(id)), [socket, id]);
  return useQuery({ ...socketQueries.messages(socket, id), enabled: id !== 0 && socket.core !== null && status !== "ended" });
}

export function useLessons(filter?: LessonFilter): UseQueryResult<Talemy.Lesson[]> {
  const { socket, status } = useSocket();
  return useQuery({ ...socketQueries.lessons(socket, filter), enabled: socket.core !== null && status !== "ended" });
}

export function useContactRequests(filter?: ContactRequestFilter): UseQueryResult<Talemy.ContactRequest[]> {
  const { socket, status } = useSocket();
  return useQuery({ ...socketQueries.contactRequests(socket, filter), enabled: socket.core !== null && status !== "ended" });
}

/** Unread messages in all conversations. */
export function useUnreadTotal(): number {
  const { socket } = useSocket();
  return useSyncExternalStore(
    useCallback((changed) => socket.on("unread", changed), [socket]),
    () => socket.unreadTotal,
    () => 0,
  );
}
