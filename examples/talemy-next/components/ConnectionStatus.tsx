"use client";

import { useEffect, useState } from "react";
import { useI18n } from "@/lib/i18n/I18nProvider";
import { useSocket } from "@/lib/socket";
import { Icon } from "./Icon";
import styles from "./ConnectionStatus.module.css";

/** A reconnection that takes less is nobody's concern. */
const DISCREET_MS = 1_500;

export function ConnectionStatus() {
  const { t } = useI18n();
  const { isConnected } = useSocket();
  return (
    <p className={styles.status} role="status" data-connected={isConnected}>
      <span className={styles.dot} aria-hidden="true" />
      <span className={styles.word}>{isConnected ? t.online : t.offline}</span>
    </p>
  );
}

/** One line under the header, once the connection has been missing for a moment. */
export function ConnectionNotice() {
  const { t } = useI18n();
  const { isConnected } = useSocket();
  const missing = useTrueFor(!isConnected, DISCREET_MS);
  if (!missing) return null;
  return (
    <p className={styles.notice}>
      <Icon name="alert" size={18} />
      <span>{t.connectionLost}</span>
    </p>
  );
}

function useTrueFor(condition: boolean, ms: number): boolean {
  const [since, setSince] = useState(false);
  useEffect(() => {
    if (!condition) return;
    const timer = setTimeout(() => setSince(true), ms);
    return () => {
      clearTimeout(timer);
      setSince(false);
    };
  }, [condition, ms]);
  return condition && since;
}
