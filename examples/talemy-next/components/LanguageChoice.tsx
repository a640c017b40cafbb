"use client";

import { useChooseLocale, useI18n } from "@/lib/i18n/I18nProvider";
import { LOCALES } from "@/lib/i18n/locale";
import styles from "./LanguageChoice.module.css";

const NAMES = { en: "English", fr: "Français" };

export function LanguageChoice() {
  const { t, locale } = useI18n();
  const choose = useChooseLocale();
  return (
    <div className={styles.choice} role="group" aria-label={t.language}>
      {LOCALES.map((one) => (
        <button key={one} type="button" lang={one} title={NAMES[one]} aria-pressed={one === locale} onClick={() => choose(one)}>
          {one.toUpperCase()}
        </button>
      ))}
    </div>
  );
}
