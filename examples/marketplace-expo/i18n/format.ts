import type { Words } from "./words";

export type Language = "en" | "fr";

const DAY_MS = 86_400_000;

/** `1:15 AM`, `01:15`. */
export function timeOf(moment: string | number, language: Language): string {
  return new Date(moment).toLocaleTimeString(language, { hour: "numeric", minute: "2-digit" });
}

/** A line between two days: `Today`, `Yesterday`, `Friday, November 14`. */
export function dayOf(moment: string | number, language: Language, words: Words): string {
  const days = daysAgo(moment);
  if (days <= 0) return words.today;
  if (days === 1) return words.yesterday;
  return new Date(moment).toLocaleDateString(language, { weekday: "long", day: "numeric", month: "long" });
}

/** As short as a list needs it: the time today, a weekday this week, a date before. */
export function whenOf(moment: string, language: Language, words: Words): string {
  const days = daysAgo(moment);
  if (days <= 0) return timeOf(moment, language);
  if (days === 1) return words.yesterday;
  const style: Intl.DateTimeFormatOptions = days < 7 ? { weekday: "short" } : { day: "numeric", month: "short" };
  return new Date(moment).toLocaleDateString(language, style);
}

/** Distinguishes days, in the reader's own time zone. */
export function dayKey(moment: string | number): string {
  return new Date(moment).toDateString();
}

export function priceOf(price: string | null, currency: string, language: Language, words: Words): string {
  if (price === null) return words.onRequest;
  const whole = price.endsWith(".00");
  const style = { style: "currency", currency, minimumFractionDigits: whole ? 0 : 2 } as const;
  return Number(price).toLocaleString(language, style);
}

function daysAgo(moment: string | number): number {
  return Math.round((midnight(new Date()) - midnight(new Date(moment))) / DAY_MS);
}

function midnight(day: Date): number {
  return new Date(day.getFullYear(), day.getMonth(), day.getDate()).getTime();
}
