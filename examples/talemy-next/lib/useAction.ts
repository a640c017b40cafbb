"use client";

import { useState } from "react";
import { useI18n } from "./i18n/I18nProvider";
import { sentenceOf } from "./problems";

export interface Action {
  busy: boolean;
  problem: string | null;
  /** Runs one thing at a time; answers whether it went well. */
  run: (act: () => Promise<unknown>) => Promise<boolean>;
}

/** A request that somebody waits for: disabled buttons meanwhile, a sentence when it is refused. */
export function useAction(): Action {
  const { t } = useI18n();
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);

  async function run(act: () => Promise<unknown>): Promise<boolean> {
    setBusy(true);
    setProblem(null);
    try {
      await act();
      return true;
    } catch (error) {
      setProblem(sentenceOf(error, t));
      return false;
    } finally {
      setBusy(false);
    }
  }

  return { busy, problem, run };
}
