import {
  type Conversation,
  type ConnectionStatus,
  isTransient,
  type MessagingEvents,
  type Message,
  type OutboxItem,
} from "@palabre/client";
import { useFocusEffect } from "expo-router";
import { useCallback, useEffect, useReducer, useRef, useState } from "react";
import { AppState } from "react-native";
import { messagingSocket } from "@/services/api/MessagingSocketClient";

type Name = keyof MessagingEvents;

/** Renders anew whenever one of these happens, if it concerns us; what is shown is read from the client itself. */
function useRenderOn(names: Name[], concerns: (name: Name, payload: unknown) => boolean = always): void {
  const [, render] = useReducer((count: number) => count + 1, 0);
  const list = names.join();
  useEffect(() => {
    const undo = (list.split(",") as Name[]).map((name) =>
      messagingSocket.on(name, (payload) => concerns(name, payload) && render()),
    );
    render(); // for what happened between the first look and the listening
    return () => undo.forEach((end) => end());
  }, [list, concerns]);
}

function always(): boolean {
  return true;
}

export function useStatus(): ConnectionStatus {
  useRenderOn(["status"]);
  return messagingSocket.status;
}

export function useUnreadTotal(): number {
  useRenderOn(["unread"]);
  return messagingSocket.unreadTotal;
}

export function useIsOnline(userId: number | undefined): boolean {
  useRenderOn(["ready", "user_online", "user_offline", "status"]);
  return userId !== undefined && messagingSocket.isConnected && messagingSocket.isOnline(userId);
}

export interface ConversationList {
  conversations: Conversation[];
  /** Nothing has been read yet. */
  isFirst: boolean;
  refresh(): Promise<void>;
  more(): Promise<void>;
}

/** The list, newest first, live. It is read again when the connection comes back after a first reading that failed. */
export function useConversations(): ConversationList {
  useRenderOn(["conversations", "messages"]);
  const [cursor, setCursor] = useState<string | number | null>(null);
  const [isFirst, setFirst] = useState(true);
  const load = useCallback(async (from?: string | number) => {
    try {
      setCursor(await messagingSocket.loadConversations({ limit: 50, ...(from ? { cursor: from } : {}) }));
      setFirst(false);
    } catch {
      // The notice about the connection says it; the effect below tries again.
    }
  }, []);
  const status = useStatus();
  useEffect(() => {
    if (isFirst && status !== "ended") void load();
  }, [isFirst, status, load]);
  const conversations = messagingSocket.conversations().filter(({ archived }) => !archived);
  return { conversations, isFirst, refresh: () => load(), more: async () => (cursor ? load(cursor) : undefined) };
}

export interface OpenConversation {
  conversation: Conversation | undefined;
  messages: Message[];
  /** On their way, after the messages. */
  pending: OutboxItem[];
  typing: number[];
  hasOlder: boolean;
  isMissing: boolean;
}

/** A conversation on screen: joined while it is, left when another screen covers it. */
export function useOpenConversation(conversationId: number): OpenConversation {
  const concerns = useCallback(
    (name: Name, payload: unknown) =>
      name !== "messages" || (payload as MessagingEvents["messages"]).conversation_id === conversationId,
    [conversationId],
  );
  useRenderOn(["messages", "conversations"], concerns);
  const [isMissing, setMissing] = useState(false);
  useFocusEffect(
    useCallback(() => {
      setMissing(false);
      messagingSocket.joinConversation(conversationId).catch((error: unknown) => {
        if (!isTransient(error)) setMissing(true); // otherwise it is joined as soon as there is a connection
      });
      return () => messagingSocket.leaveConversation(conversationId);
    }, [conversationId]),
  );
  return {
    conversation: messagingSocket.conversation(conversationId),
    messages: messagingSocket.messages(conversationId),
    pending: messagingSocket.pending({ conversationId }),
    typing: messagingSocket.typingIn(conversationId),
    hasOlder: messagingSocket.hasOlder(conversationId),
    isMissing,
  };
}

/** First messages about a product; `opened` is called once the server has made their conversation. */
export function useFirstMessages(productId: number, opened: (conversationId: number) => void) {
  useRenderOn(["messages"]);
  const mine = useRef(new Set<string>());
  const waiting = messagingSocket.pending({ productId });
  for (const { client_id } of waiting) mine.current.add(client_id);
  useEffect(
    () =>
      messagingSocket.on("message_sent", ({ client_id, conversation_id }) => {
        if (mine.current.has(client_id)) opened(conversation_id);
      }),
    [opened],
  );
  const send = (text: string) => mine.current.add(messagingSocket.sendMessage(productId, text).client_id);
  return { waiting, send };
}

/** Whether somebody is looking: in a browser, whether the tab is in front. */
export function useIsActive(): boolean {
  const [isActive, setActive] = useState(AppState.currentState !== "background");
  useEffect(() => {
    const subscription = AppState.addEventListener("change", (state) => setActive(state === "active"));
    return () => subscription.remove();
  }, []);
  return isActive;
}
