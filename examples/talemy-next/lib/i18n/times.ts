import type { Phrases } from "./en";
import type { Locale } from "./locale";

export interface Times {
  /** `18:30` */
  clock(iso: string): string;
  /** What fits at the end of a row: the hour, yesterday, a weekday or a date. */
  short(iso: string): string;
  /** Above the first message of a day. */
  day(iso: string): string;
  /** When a lesson takes place. */
  appointment(iso: string): string;
}

/** Moments in the reader's language and time zone. Only a browser knows the zone: nothing of this is rendered on a server. */
export function timesIn(locale: Locale, t: Phrases): Times {
  const tag = locale === "fr" ? "fr" : "en-GB";
  const clock = new Intl.DateTimeFormat(tag, { hour: "2-digit", minute: "2-digit" });
  const weekday = new Intl.DateTimeFormat(tag, { weekday: "short" });
  const date = new Intl.DateTimeFormat(tag, { day: "numeric", month: "short" });
  const dateYear = new Intl.DateTimeFormat(tag, { day: "numeric", month: "short", year: "numeric" });
  const long = new Intl.DateTimeFormat(tag, { weekday: "long", day: "numeric", month: "long" });
  const longYear = new Intl.DateTimeFormat(tag, { weekday: "long", day: "numeric", month: "long", year: "numeric" });
  const inDate = (format: Intl.DateTimeFormat, withYear: Intl.DateTimeFormat, when: Date): string =>
    (when.getFullYear() === new Date().getFullYear() ? format : withYear).format(when);

  return {
    clock: (iso) => clock.format(new Date(iso)),
    short(iso) {
      const when = new Date(iso);
      const days = daysAgo(when);
      if (days <= 0) return clock.format(when);
      if (days === 1) return t.yesterday;
      return days < 7 ? weekday.format(when) : inDate(date, dateYear, when);
    },
    day(iso) {
      const when = new Date(iso);
      const days = daysAgo(when);
      if (days === 0 || days === 1) return days === 0 ? t.today : t.yesterday;
      return inDate(long, longYear, when);
    },
    appointment(iso) {
      const when = new Date(iso);
      return `${inDate(long, longYear, when)}, ${clock.format(when)}`;
    },
  };
}

/** Whether two moments are on the same day of the reader's calendar. */
export function sameDay(one: string, other: string): boolean {
  return new Date(one).toDateString() === new Date(other).toDateString();
}

/** Midnights between then and now. */
function daysAgo(when: Date): number {
  const midnight = (date: Date): number => new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();
  return Math.round((midnight(new Date()) - midnight(when)) / 86_400_000);
}
