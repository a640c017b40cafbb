export { SocketProvider } from "./SocketProvider";
export { apiUrl, socketClient, tokenStorage } from "./socketClient";
export { useContactRequests, useConversations, useLessons, useMessages, useSocket, useUnreadTotal } from "@palabre/client/react";
export type { ChatMessage, Talemy } from "@palabre/client";
