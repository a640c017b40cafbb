import type { Talemy } from "./socket";

type Status = Talemy.Lesson["status"];

/** Where the reader may bring a lesson now: the server's own rule, so that no button leads to a refusal; it has not taken place before it began. */
export function possibleStatuses(lesson: Talemy.Lesson, me: { id: number }, now: number): Status[] {
  if (lesson.status === "scheduled") return ["confirmed", "cancelled"];
  if (lesson.status !== "confirmed") return [];
  return lesson.teacher.id === me.id && Date.parse(lesson.startsAt) <= now ? ["completed", "cancelled"] : ["cancelled"];
}

/** Over, or called off. */
export function isPast(lesson: Talemy.Lesson, now: number): boolean {
  if (lesson.status === "completed" || lesson.status === "cancelled") return true;
  return Date.parse(lesson.startsAt) + lesson.durationMinutes * 60_000 < now;
}
