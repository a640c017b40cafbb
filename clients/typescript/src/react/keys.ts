import type { Talemy } from "../index";

export interface LessonFilter {
  status?: Talemy.Lesson["status"];
}

export interface ContactRequestFilter {
  direction?: "sent" | "received";
  status?: Talemy.ContactRequest["status"];
}

/** The exact keys under which React Query holds what this package keeps current. */
export const socketKeys = {
  all: ["palabre"] as const,
  conversations: ["palabre", "conversations"] as const,
  conversation: (conversationId: number) => ["palabre", "conversation", conversationId] as const,
  messages: (conversationId: number) => ["palabre", "messages", conversationId] as const,
  unread: ["palabre", "unread"] as const,
  /** With a filter, a list of its own, which is read anew when a lesson changes. */
  lessons: (filter?: LessonFilter) => (filter ? (["palabre", "lessons", filter] as const) : (["palabre", "lessons"] as const)),
  contactRequests: (filter?: ContactRequestFilter) =>
    filter ? (["palabre", "contactRequests", filter] as const) : (["palabre", "contactRequests"] as const),
};
