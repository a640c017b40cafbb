import type { Changes, User } from "../../wire/types";

/** Lessons are held by the client that shows them; the core learns their participants' presence. */
export const lessons = {
  *users({ lessons: changed = [] }: Partial<Changes>): Iterable<User> {
    for (const { teacher, student } of changed) yield* [teacher, student];
  },
};
