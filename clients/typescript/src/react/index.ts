export { useContactRequests, useConversations, useLessons, useMessages, useUnreadTotal } from "./hooks";
export { type ContactRequestFilter, type LessonFilter, socketKeys } from "./keys";
export { socketQueries } from "./queries";
export { type SocketContextValue, SocketProvider, type SocketProviderProps, useSocket } from "./socket-provider";
