"use client";

import { useSelectedLayoutSegment } from "next/navigation";
import type { ReactNode } from "react";
import { ConversationList } from "./ConversationList";
import styles from "./Messages.module.css";

/** The list beside what is chosen in it; on a telephone one or the other. */
export function Messages({ children }: { children: ReactNode }) {
  const chosen = useSelectedLayoutSegment();
  return (
    <div className={styles.messages} data-conversation={chosen ?? undefined}>
      <ConversationList chosen={chosen === null ? null : Number(chosen)} />
      {children}
    </div>
  );
}
