import type { Lesson } from "../../generated/talemy";
import { camelize } from "../spelling";
import { type CamelHttp, type Held, kindOf, PAGE, type Page, queryOf } from "./kind";

export const lessons = kindOf({
  list: "lessons",
  events: ["lesson:created", "lesson:statusUpdated"],
  opensConversation: "lesson:created",
  inEvent: ({ lesson }) => lesson,
  inChanges: (changes) => camelize(changes.lessons),
  news: (lessonId) => ({ lessonId }),
  calls: (held: Held<Lesson>, http: CamelHttp) => ({
    lessons(): Lesson[] {
      return held.list();
    },
    /** @throws PalabreError */
    async loadLessons(query: { status?: Lesson["status"] } = {}): Promise<Lesson[]> {
      const { items } = await http<Page<Lesson>>("GET", `/lessons${queryOf({ ...query, limit: PAGE })}`);
      held.keepPage(items, !query.status);
      return query.status ? held.list().filter(({ status }) => status === query.status) : held.list();
    },
    /** @throws PalabreError */
    async createLesson(lesson: { studentId: number; title: string; startsAt: string; durationMinutes?: number }): Promise<Lesson> {
      return held.keep(await http("POST", "/lessons", lesson));
    },
    /** @throws PalabreError */
    async updateLessonStatus(lessonId: number, status: Lesson["status"]): Promise<Lesson> {
      return held.keep(await http("PATCH", `/lessons/${lessonId}`, { status }));
    },
  }),
});
