import { en, type Phrases } from "./en";
import { fr } from "./fr";
import type { Locale } from "./locale";

export const PHRASES: Record<Locale, Phrases> = { en, fr };
