export { type ContactRequestFilter, useContactRequests } from "./contact-requests";
export { useConversations } from "./conversations";
export { socketKeys, socketQueries } from "./kinds";
export { type LessonFilter, useLessons } from "./lessons";
export { useMessages } from "./messages";
export { type SocketContextValue, useSocket } from "./socket-context";
export { SocketProvider, type SocketProviderProps } from "./socket-provider";
export { useUnreadTotal } from "./unread";
