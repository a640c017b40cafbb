"use client";

import { useI18n } from "@/lib/i18n/I18nProvider";
import { Icon } from "./Icon";
import styles from "./NoConversation.module.css";

export function NoConversation() {
  const { t } = useI18n();
  return (
    <section className={styles.nothing}>
      <div className="empty">
        <Icon name="chat" size={48} />
        <h2>{t.chooseConversation}</h2>
        <p>{t.chooseConversationHint}</p>
      </div>
    </section>
  );
}
