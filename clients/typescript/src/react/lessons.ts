import type { UseQueryResult } from "@tanstack/react-query";
import type { SocketClient, Talemy } from "../index";
import type { Kind } from "./kind";
import { live, STALE_MS, useSocketQuery } from "./live-query";

export interface LessonFilter {
  status?: Talemy.Lesson["status"];
}

/** With a filter, a list of its own, which is read again when a lesson changes. */
const key = (filter?: LessonFilter) => (filter ? (["palabre", "lessons", filter] as const) : (["palabre", "lessons"] as const));

export const lessons = {
  keys: { lessons: key },
  queries: {
    lessons: (client: SocketClient, filter?: LessonFilter) =>
      filter
        ? { queryKey: key(filter), queryFn: () => client.loadLessons(filter), staleTime: STALE_MS }
        : live(key(), () => client.loadLessons(), () => client.lessons()),
  },
  follow: (client, cache) => client.on("lessons", () => cache.list("lessons", key(), () => client.lessons())),
} satisfies Kind;

export function useLessons(filter?: LessonFilter): UseQueryResult<Talemy.Lesson[]> {
  return useSocketQuery((socket) => lessons.queries.lessons(socket, filter));
}
