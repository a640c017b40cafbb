export const LOCALES = ["en", "fr"] as const;
export type Locale = (typeof LOCALES)[number];

export const LOCALE_COOKIE = "talemy.locale";

/** What the reader chose, else the first language of their browser that is spoken here. */
export function chooseLocale(cookie: string | undefined, acceptLanguage: string | null): Locale {
  const wanted = [cookie ?? "", ...byPreference(acceptLanguage ?? "")];
  return wanted.map((tag) => LOCALES.find((locale) => tag.toLowerCase().split("-")[0] === locale)).find(Boolean) ?? "en";
}

/** `fr;q=0.8, en` → `["en", "fr"]`. */
function byPreference(header: string): string[] {
  return header
    .split(",")
    .map((part) => {
      const [tag = "", quality] = part.trim().split(/;\s*q=/);
      return { tag, quality: quality === undefined ? 1 : Number(quality) || 0 };
    })
    .sort((a, b) => b.quality - a.quality)
    .map(({ tag }) => tag);
}
