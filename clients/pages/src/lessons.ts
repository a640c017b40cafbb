import type { Lesson, PalabreClient, Records } from "@palabre/client";
import { arrange, byId, clone, part, setData, setText, show } from "./dom";
import { fillPerson } from "./face";
import { keep, Rows, Stretch } from "./kept";
import type { PageData } from "./page-data";
import { say, sayCount, saysStatus } from "./phrases";
import type { PresenceMarks } from "./presence-marks";
import { fullTime, writeTime } from "./times";

/** Lessons that the page was rendered with. */
export interface LessonsOfPage {
  lessons?: Lesson[];
  lesson?: Lesson;
}

const MINUTE_MS = 60_000;

/** A list of upcoming or past lessons, kept current row by row; a lesson that ends moves to the past. */
export class LessonList {
  readonly #list: HTMLElement;
  readonly #past: boolean;
  readonly #role: string;
  readonly #me: number;
  readonly #presence: PresenceMarks;
  readonly #rows: Rows;
  readonly #records: Records<Lesson>;
  readonly #stretch: Stretch<Lesson>;
  /** How far the server's clock is ahead of this one, in milliseconds. */
  readonly #ahead: number;

  constructor(list: HTMLElement, client: PalabreClient, presence: PresenceMarks, load: PageData & LessonsOfPage) {
    const { me, now, lessons = [] } = load;
    this.#list = list;
    this.#past = list.dataset["when"] === "past";
    this.#role = list.dataset["role"] ?? "";
    this.#me = me.id;
    this.#presence = presence;
    this.#ahead = Date.parse(now) - Date.now();
    this.#rows = new Rows(list, "lessonId", () => clone("lesson-row"));
    this.#stretch = new Stretch(lessons, this.#past ? (a, b) => byTime(b, a) : byTime);
    this.#records = keep(client, lessons, (changes) => changes.lessons, () => this.#render());
    setInterval(() => this.#render(), MINUTE_MS);
    this.#render();
  }

  #render(): void {
    const shown = this.#stretch.of(this.#records.list().filter((lesson) => this.#belongs(lesson)));
    arrange(
      this.#list,
      shown.map((lesson) => this.#row(lesson)),
    );
    show(this.#list, shown.length > 0);
    show(byId("lesson-list-empty"), shown.length === 0);
  }

  #belongs(lesson: Lesson): boolean {
    return (this.#role === "" || this.#role === this.#roleIn(lesson)) && this.#past !== this.#isToCome(lesson);
  }

  #isToCome({ status, starts_at, duration_minutes }: Lesson): boolean {
    const endsAt = Date.parse(starts_at) + duration_minutes * MINUTE_MS;
    return (status === "scheduled" || status === "confirmed") && endsAt > Date.now() + this.#ahead;
  }

  #roleIn({ teacher }: Lesson): "teacher" | "student" {
    return teacher.id === this.#me ? "teacher" : "student";
  }

  #row(lesson: Lesson): HTMLElement {
    const row = this.#rows.of(lesson.id);
    const role = this.#roleIn(lesson);
    const other = role === "teacher" ? lesson.student : lesson.teacher;
    setData(row, { lessonId: lesson.id, revision: lesson.revision, status: lesson.status, role });
    const link = part<HTMLAnchorElement>(row, "link");
    link?.setAttribute("href", `/lessons/${lesson.id}`);
    setText(link, lesson.title);
    const time = part<HTMLTimeElement>(row, "starts-at");
    writeTime(time, lesson.starts_at);
    if (time) time.title = fullTime(lesson.starts_at);
    setText(part(row, "duration"), sayCount("minutes", lesson.duration_minutes));
    setText(part(row, "who"), say(role === "teacher" ? "you_teach" : "teaches_you", { name: other.name }));
    saysStatus(row, `lesson_${lesson.status}`);
    fillPerson(row, other, this.#presence);
    return row;
  }
}

function byTime(a: Lesson, b: Lesson): number {
  return Date.parse(a.starts_at) - Date.parse(b.starts_at) || a.id - b.id;
}

/** Keeps one lesson current: on its own page, or in the header of its conversation. */
export function watchLesson(client: PalabreClient, { lesson }: LessonsOfPage): void {
  const place = byId("lesson") ?? part(document, "lesson");
  const id = Number(place?.dataset["lessonId"]);
  if (!place || !id) return;
  const records = keep(client, lesson ? [lesson] : [], (changes) => changes.lessons, () => {
    const current = records.get(id);
    if (current) fill(place, current);
  });
}

function fill(place: HTMLElement, { status, revision }: Lesson): void {
  setData(place, { status, revision });
  saysStatus(place, `lesson_${status}`);
  const buttons = [...place.querySelectorAll<HTMLElement>("button[data-from]")];
  for (const button of buttons) show(button, (button.dataset["from"] ?? "").split(" ").includes(status));
  show(part(place, "actions"), buttons.some((button) => !button.hidden));
}
