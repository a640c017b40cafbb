import { cookies, headers } from "next/headers";
import type { Phrases } from "./en";
import { chooseLocale, type Locale, LOCALE_COOKIE } from "./locale";
import { PHRASES } from "./phrases";

/** On the server: the language of whoever asks. */
export async function requestLocale(): Promise<Locale> {
  return chooseLocale((await cookies()).get(LOCALE_COOKIE)?.value, (await headers()).get("accept-language"));
}

export async function requestPhrases(): Promise<Phrases> {
  return PHRASES[await requestLocale()];
}
