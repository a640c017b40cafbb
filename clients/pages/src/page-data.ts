import type { ContactRequest, FirstLoad, Lesson } from "@palabre/client";

/** What the server rendered, as data. */
export interface PageData extends FirstLoad {
  /** The server's time, ISO 8601. */
  now: string;
  pending_requests: number;
  lessons?: Lesson[];
  lesson?: Lesson;
  contact_requests?: ContactRequest[];
}

/** Null when nobody is signed in. */
export function readPageData(): PageData | null {
  return readJson<PageData>("page-data");
}

export function readJson<Content>(id: string): Content | null {
  const text = document.getElementById(id)?.textContent;
  return text ? (JSON.parse(text) as Content) : null;
}
