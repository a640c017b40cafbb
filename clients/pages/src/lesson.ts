import type { Lesson, PalabreClient } from "@palabre/client";
import { byId, part, setData, show } from "./dom";
import { keep } from "./kept";
import type { PageData } from "./page-data";
import { saysStatus } from "./phrases";

/** Keeps one lesson current: on its own page, or in the header of its conversation. */
export function watchLesson(client: PalabreClient, { lesson }: PageData): void {
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
