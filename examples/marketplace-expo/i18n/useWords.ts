import { useLocales } from "expo-localization";
import { en, fr, type Words } from "./words";

/** The device's first language that we speak. */
export function useLanguage(): "en" | "fr" {
  for (const { languageCode } of useLocales()) {
    if (languageCode === "fr" || languageCode === "en") return languageCode;
  }
  return "en";
}

export function useWords(): Words {
  return useLanguage() === "fr" ? fr : en;
}
