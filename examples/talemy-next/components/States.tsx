"use client";

import { useI18n } from "@/lib/i18n/I18nProvider";
import { Icon } from "./Icon";

export function Loading() {
  const { t } = useI18n();
  return (
    <p className="empty" role="status">
      {t.loading}
    </p>
  );
}

export function Failed({ again }: { again: () => void }) {
  const { t } = useI18n();
  return (
    <div className="empty" role="alert">
      <Icon name="alert" size={32} />
      <p>{t.unreachable}</p>
      <button className="button" data-kind="quiet" type="button" onClick={again}>
        {t.retry}
      </button>
    </div>
  );
}

export function Problem({ text }: { text: string | null }) {
  if (text === null) return null;
  return (
    <p className="problem" role="alert">
      <Icon name="alert" />
      <span>{text}</span>
    </p>
  );
}
