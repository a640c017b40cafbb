import { PalabreError } from "@palabre/client";
import type { Phrases } from "./i18n/en";

/** What to tell the reader: the server's own sentence, which is in their browser's language, where it has one. */
export function sentenceOf(error: unknown, t: Phrases): string {
  if (!(error instanceof PalabreError)) return t.somethingFailed;
  if (error.code === "network" || error.code === "timeout" || error.code === "unavailable") return t.unreachable;
  return error.details.map(({ message }) => message).join(" ") || error.message;
}
