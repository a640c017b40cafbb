"use client";

import { useRouter } from "next/navigation";
import { createContext, type ReactNode, useContext, useMemo } from "react";
import type { Phrases } from "./en";
import { type Locale, LOCALE_COOKIE } from "./locale";
import { PHRASES } from "./phrases";
import { type Times, timesIn } from "./times";

interface I18n {
  locale: Locale;
  t: Phrases;
  times: Times;
}

const I18nContext = createContext<I18n | null>(null);

export function I18nProvider({ locale, children }: { locale: Locale; children: ReactNode }) {
  const value = useMemo(() => ({ locale, t: PHRASES[locale], times: timesIn(locale, PHRASES[locale]) }), [locale]);
  return <I18nContext.Provider value={value}>{children}</I18nContext.Provider>;
}

export function useI18n(): I18n {
  const value = useContext(I18nContext);
  if (!value) throw new Error("useI18n needs an I18nProvider above it.");
  return value;
}

/** Remembers a language, and renders this page anew in it. */
export function useChooseLocale(): (locale: Locale) => void {
  const router = useRouter();
  return (locale) => {
    document.cookie = `${LOCALE_COOKIE}=${locale}; path=/; max-age=31536000; samesite=lax`;
    router.refresh();
  };
}
