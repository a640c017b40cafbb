import type { FirstLoad } from "@palabre/client";

/** What the server rendered, as data; null when nobody is signed in. */
export function readPageData(): FirstLoad | null {
  return readJson<FirstLoad>("page-data");
}

export function readJson<Content>(id: string): Content | null {
  const text = document.getElementById(id)?.textContent;
  return text ? (JSON.parse(text) as Content) : null;
}
