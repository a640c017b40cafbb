import type { FirstLoad } from "@palabre/client";

/** What every page is rendered with; the lists of a page stand beside their keepers. */
export interface PageData extends FirstLoad {
  /** The server's time, ISO 8601. */
  now: string;
  pending_requests: number;
}

/** Null when nobody is signed in. */
export function readPageData<Load extends PageData>(): Load | null {
  return readJson<Load>("page-data");
}

export function readJson<Content>(id: string): Content | null {
  const text = document.getElementById(id)?.textContent;
  return text ? (JSON.parse(text) as Content) : null;
}
