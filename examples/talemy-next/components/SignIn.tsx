"use client";

import { useRouter } from "next/navigation";
import { type FormEvent, useEffect, useState } from "react";
import { useI18n } from "@/lib/i18n/I18nProvider";
import type { Phrases } from "@/lib/i18n/en";
import { signIn, SignInError } from "@/lib/session/session";
import { useSession } from "@/lib/session/useSession";
import { Icon } from "./Icon";
import { LanguageChoice } from "./LanguageChoice";
import { Logo } from "./Logo";
import styles from "./SignIn.module.css";

export function SignIn() {
  const { t, locale } = useI18n();
  const session = useSession();
  const router = useRouter();
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const signedIn = session.status === "in";

  useEffect(() => {
    if (signedIn) router.replace("/messages");
  }, [signedIn, router]);

  async function submit(event: FormEvent<HTMLFormElement>): Promise<void> {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    setBusy(true);
    setProblem(null);
    try {
      await signIn(String(form.get("email")), String(form.get("password")), locale);
    } catch (error) {
      setProblem(sentence(error, t));
      setBusy(false);
    }
  }

  const ended = session.status === "out" && session.ended && !problem;
  return (
    <main className={styles.page}>
      <div className={styles.top}>
        <Logo />
        <LanguageChoice />
      </div>
      <form className={styles.card} onSubmit={(event) => void submit(event)}>
        <div>
          <p className={styles.tagline}>{t.tagline}</p>
          <h1>{t.signIn}</h1>
          <p className={styles.hint}>{t.signInHint}</p>
        </div>
        {(problem !== null || ended) && (
          <p className="problem" role="alert">
            <Icon name="alert" />
            <span>{problem ?? t.sessionEnded}</span>
          </p>
        )}
        <div className="field">
          <label htmlFor="email">{t.email}</label>
          <input className="input" id="email" name="email" type="email" autoComplete="username" required />
        </div>
        <div className="field">
          <label htmlFor="password">{t.password}</label>
          <input className="input" id="password" name="password" type="password" autoComplete="current-password" required />
        </div>
        <button className="button" disabled={busy || signedIn}>
          {busy || signedIn ? t.signingIn : t.signIn}
        </button>
      </form>
    </main>
  );
}

function sentence(error: unknown, t: Phrases): string {
  if (!(error instanceof SignInError) || error.reason === "unreachable") return t.unreachable;
  return error.message || t.refused;
}
