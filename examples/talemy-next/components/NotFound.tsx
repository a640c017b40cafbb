"use client";

import Link from "next/link";
import { useI18n } from "@/lib/i18n/I18nProvider";
import { Logo } from "./Logo";

export function NotFound() {
  const { t } = useI18n();
  return (
    <main className="empty">
      <Logo />
      <h1>{t.pageMissing}</h1>
      <Link className="button" href="/messages">
        {t.home}
      </Link>
    </main>
  );
}
