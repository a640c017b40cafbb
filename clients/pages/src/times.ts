import { say } from "./phrases";

const lang = document.documentElement.lang || undefined;
const DAY_MS = 24 * 60 * 60 * 1000;

const clock = new Intl.DateTimeFormat(lang, { timeStyle: "short" });
const weekday = new Intl.DateTimeFormat(lang, { weekday: "short" });
const shortDate = new Intl.DateTimeFormat(lang, { day: "numeric", month: "short" });
const shortDateYear = new Intl.DateTimeFormat(lang, { day: "numeric", month: "short", year: "numeric" });
const longDate = new Intl.DateTimeFormat(lang, { weekday: "long", day: "numeric", month: "long" });
const longDateYear = new Intl.DateTimeFormat(lang, { weekday: "long", day: "numeric", month: "long", year: "numeric" });
const mediumDate = new Intl.DateTimeFormat(lang, { weekday: "short", day: "numeric", month: "short" });
const mediumDateYear = new Intl.DateTimeFormat(lang, { weekday: "short", day: "numeric", month: "short", year: "numeric" });
const full = new Intl.DateTimeFormat(lang, { dateStyle: "full", timeStyle: "short" });

/** The day of a moment in the reader's zone, as `2026-11-22`. */
export function dayOf(iso: string): string {
  const when = new Date(iso);
  const pad = (value: number): string => String(value).padStart(2, "0");
  return `${when.getFullYear()}-${pad(when.getMonth() + 1)}-${pad(when.getDate())}`;
}

export function clockTime(iso: string): string {
  return clock.format(new Date(iso));
}

export function fullTime(iso: string): string {
  return full.format(new Date(iso));
}

/** A time for the end of a row: the hour, yesterday, a weekday, or a date. */
export function shortTime(iso: string): string {
  const when = new Date(iso);
  const days = daysAgo(dayOf(iso));
  if (days <= 0) return clock.format(when);
  if (days === 1) return say("yesterday");
  if (days < 7) return weekday.format(when);
  return (when.getFullYear() === new Date().getFullYear() ? shortDate : shortDateYear).format(when);
}

/** A short appointment: weekday, date and hour, with the year unless it is this one. */
function appointmentTime(iso: string): string {
  const when = new Date(iso);
  const date = when.getFullYear() === new Date().getFullYear() ? mediumDate : mediumDateYear;
  return `${date.format(when)}, ${clock.format(when)}`;
}

/** A day separator: today, yesterday, or the date in words. `day` as `2026-11-22`. */
export function dayName(day: string): string {
  const days = daysAgo(day);
  if (days === 0 || days === 1) return say(days === 0 ? "today" : "yesterday");
  const noon = new Date(`${day}T12:00:00`);
  return (noon.getFullYear() === new Date().getFullYear() ? longDate : longDateYear).format(noon);
}

/** Writes a `<time>` in the reader's zone and language, in its `data-format`. */
export function writeTime(element: HTMLTimeElement | null, iso: string): void {
  if (!element) return;
  if (element.dateTime !== iso) element.dateTime = iso;
  const text = format(element.dataset["format"], iso);
  if (element.textContent !== text) element.textContent = text;
}

/** Writes every server-rendered time; called again as days pass. */
export function localiseTimes(root: ParentNode = document): void {
  for (const element of root.querySelectorAll<HTMLTimeElement>("time[data-format]")) {
    if (element.dateTime) writeTime(element, element.dateTime);
  }
}

/** Stores the reader's time zone for the server's next page, and shows it on this one. */
export function rememberTimeZone(): void {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (!zone) return;
  document.cookie = `tz=${zone}; path=/; max-age=31536000; samesite=lax`;
  for (const named of document.querySelectorAll("[data-part=timezone]")) {
    if (named instanceof HTMLInputElement) named.value = zone;
    else named.textContent = zone;
  }
}

function format(style: string | undefined, iso: string): string {
  if (style === "day") return dayName(iso.length > 10 ? dayOf(iso) : iso);
  if (style === "short") return shortTime(iso);
  if (style === "appointment") return appointmentTime(iso);
  return style === "long" ? fullTime(iso) : clockTime(iso);
}

function daysAgo(day: string): number {
  const noon = (value: string): number => Date.parse(`${value}T12:00:00`);
  return Math.round((noon(dayOf(new Date().toISOString())) - noon(day)) / DAY_MS);
}
