"use client";

import { Fragment, useState } from "react";
import { useI18n } from "@/lib/i18n/I18nProvider";
import { sameDay } from "@/lib/i18n/times";
import { type ChatMessage, useSocket } from "@/lib/socket";
import type { Intent } from "./Composer";
import { Icon } from "./Icon";
import { MessageRow } from "./MessageRow";
import styles from "./MessageList.module.css";

interface Props {
  id: number;
  messages: ChatMessage[];
  isGroup: boolean;
  choose: (intent: Intent) => void;
}

/** Oldest at the top; the box is laid out from its end, so it stays there by itself when something arrives. */
export function MessageList({ id, messages, isGroup, choose }: Props) {
  const { t, times } = useI18n();
  const senders = new Map(messages.map(({ id: one, sender }) => [one, sender.name]));
  return (
    <div className={styles.scroller} tabIndex={0} role="log" aria-label={t.messages}>
      <div>
        <Earlier id={id} first={messages[0]} />
        {messages.length === 0 && (
          <div className="empty">
            <Icon name="chat" size={40} />
            <h2>{t.noMessage}</h2>
            <p>{t.firstWord}</p>
          </div>
        )}
        <ol className={styles.list}>
          {messages.map((message, index) => {
            const before = messages[index - 1];
            const isNewDay = !before || !sameDay(before.createdAt, message.createdAt);
            return (
              <Fragment key={keyOf(message)}>
                {isNewDay && <li className={styles.day}>{times.day(message.createdAt)}</li>}
                <MessageRow
                  message={message}
                  isContinued={!isNewDay && before.sender.id === message.sender.id}
                  showsSender={isGroup}
                  repliesTo={message.replyTo ? (senders.get(message.replyTo.id) ?? null) : null}
                  choose={choose}
                />
              </Fragment>
            );
          })}
        </ol>
      </div>
    </div>
  );
}

/** The same before and after it was stored, so that the row stays and only its mark changes. */
function keyOf({ id, clientId, sender }: ChatMessage): string {
  return clientId === null ? String(id) : `${sender.id} ${clientId}`;
}

function Earlier({ id, first }: { id: number; first: ChatMessage | undefined }) {
  const { t } = useI18n();
  const { socket } = useSocket();
  const [loading, setLoading] = useState(false);
  if (!first || first.state !== "sent" || first.seq <= 1) return null;

  async function load(): Promise<void> {
    setLoading(true);
    await socket.loadOlder(id).catch(() => undefined); // the button stays, to be pressed again
    setLoading(false);
  }

  return (
    <p className={styles.earlier}>
      <button className="button" data-kind="quiet" type="button" disabled={loading} onClick={() => void load()}>
        {loading ? t.loading : t.earlier}
      </button>
    </p>
  );
}
