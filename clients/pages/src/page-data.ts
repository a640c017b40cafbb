import type { FirstLoad } from "@palabre/client";

/** The data of every page; the data of lists is declared beside their scripts. */
export interface PageData extends FirstLoad {
  /** The server's time, ISO 8601. */
  now: string;
  pending_requests: number;
}

/** Null without a signed-in user. */
export function readPageData<Load extends PageData>(): Load | null {
  return readJson<Load>("page-data");
}

export function readJson<Content>(id: string): Content | null {
  const text = document.getElementById(id)?.textContent;
  return text ? (JSON.parse(text) as Content) : null;
}
