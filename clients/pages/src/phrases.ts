import { PalabreError } from "@palabre/client";
import { part, setData, setText } from "./dom";
import { readJson } from "./page-data";

const sentences = readJson<Record<string, string>>("messages-catalogue") ?? {};
const plurals = new Intl.PluralRules(document.documentElement.lang);

/** A sentence in the reader's language; a missing one shows its key. */
export function say(key: string, values: Record<string, string | number> = {}): string {
  const sentence = sentences[key] ?? key;
  return sentence.replace(/\{(\w+)\}/g, (placeholder, name: string) => String(values[name] ?? placeholder));
}

export function has(key: string): boolean {
  return key in sentences;
}

/** A sentence in the form that a number needs. */
export function sayCount(key: string, count: number): string {
  const form = plurals.select(count) === "one" ? "one" : "other"; // French has "many" for millions
  return say(`${key}_${form}`, { count });
}

/** Writes a row's status: the sentence, and the key for its colour. */
export function saysStatus(row: ParentNode, key: string): void {
  const tag = part(row, "status");
  if (tag) setData(tag, { says: key });
  setText(tag, say(key));
}

/** The sentence for an error. */
export function sayError(error: unknown): string {
  const code = error instanceof PalabreError ? error.code : "internal";
  return say(code === "timeout" ? "error_network" : `error_${code}`);
}
