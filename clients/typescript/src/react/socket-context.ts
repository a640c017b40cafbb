import { createContext, useContext } from "react";
import type { ConnectionStatus, OutboxItem, SocketClient } from "../index";

export interface SocketContextValue {
  socket: SocketClient;
  isConnected: boolean;
  status: ConnectionStatus;
  /** May be called while rendering, and repeatedly; joined until it is left. */
  joinConversation: (conversationId: number) => void;
  leaveConversation: (conversationId: number) => void;
  sendMessage: (conversationId: number, text: string, options?: { replyToId?: number }) => OutboxItem;
  markAsRead: (conversationId: number, upToSeq?: number) => void;
  editMessage: (messageId: number, text: string) => Promise<void>;
  deleteMessage: (messageId: number, scope?: "everyone" | "me") => Promise<void>;
}

export const SocketContext = createContext<SocketContextValue | null>(null);

/** The socket of the nearest `SocketProvider`. */
export function useSocket(): SocketContextValue {
  const value = useContext(SocketContext);
  if (!value) throw new Error("useSocket needs a SocketProvider above it.");
  return value;
}
