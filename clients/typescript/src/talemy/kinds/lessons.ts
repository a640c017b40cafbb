import type { Lesson } from "../../generated/talemy";
import { camelize } from "../spelling";
import { type Held, kindOf } from "./kind";

export const lessons = kindOf({
  list: "lessons",
  path: "/lessons",
  events: ["lesson:created", "lesson:statusUpdated"],
  opensConversation: "lesson:created",
  inEvent: ({ lesson }) => lesson,
  inChanges: (changes) => camelize(changes.lessons),
  news: (lessonId) => ({ lessonId }),
  calls: (held: Held<Lesson>) => ({
    lessons(): Lesson[] {
      return held.list();
    },
    /** @throws PalabreError */
    async loadLessons(query: { status?: Lesson["status"] } = {}): Promise<Lesson[]> {
      await held.read(query);
      return query.status ? held.list().filter(({ status }) => status === query.status) : held.list();
    },
    /** @throws PalabreError */
    createLesson(lesson: { studentId: number; title: string; startsAt: string; durationMinutes?: number }): Promise<Lesson> {
      return held.create(lesson);
    },
    /** @throws PalabreError */
    updateLessonStatus(lessonId: number, status: Lesson["status"]): Promise<Lesson> {
      return held.update(lessonId, { status });
    },
  }),
});
