"use client";

import { useRef } from "react";
import { useI18n } from "@/lib/i18n/I18nProvider";
import { useMe } from "@/lib/session/useSession";
import { type ChatMessage, useSocket } from "@/lib/socket";
import type { Intent } from "./Composer";
import { Icon } from "./Icon";
import styles from "./MessageRow.module.css";

interface Props {
  message: ChatMessage;
  /** By the same person as the one before it, on the same day. */
  isContinued: boolean;
  showsSender: boolean;
  /** Who wrote what it answers, if that is here. */
  repliesTo: string | null;
  choose: (intent: Intent) => void;
}

export function MessageRow({ message, isContinued, showsSender, repliesTo, choose }: Props) {
  const { t } = useI18n();
  const isOwn = message.sender.id === useMe().id;
  return (
    <li
      className={styles.row}
      data-message-id={message.id}
      data-seq={message.state === "sent" ? message.seq : undefined}
      data-state={message.state}
      data-own={isOwn}
      data-continued={isContinued}
    >
      {showsSender && !isOwn && !isContinued && <p className={styles.sender}>{message.sender.name}</p>}
      <div className={styles.line}>
        <div className={styles.bubble} data-deleted={message.deletedAt !== null}>
          {message.replyTo && (
            <blockquote className={styles.quote}>
              {repliesTo && <strong>{repliesTo}</strong>}
              <span>{message.replyTo.excerpt ?? t.deleted}</span>
            </blockquote>
          )}
          {message.deletedAt ? <p className={styles.text}>{t.deleted}</p> : <p className={styles.text} data-part="text">{message.text}</p>}
          <Footer message={message} isOwn={isOwn} />
        </div>
        {message.state === "sent" && !message.deletedAt && <Actions message={message} isOwn={isOwn} choose={choose} />}
      </div>
      {message.state === "failed" && <Refused message={message} />}
    </li>
  );
}

function Footer({ message, isOwn }: { message: ChatMessage; isOwn: boolean }) {
  const { t, times } = useI18n();
  const icons = { queued: "clock", sending: "clock", sent: "check", failed: "alert" } as const;
  return (
    <p className={styles.footer}>
      {message.editedAt && !message.deletedAt && <span>{t.edited}</span>}
      <time dateTime={message.createdAt}>{times.clock(message.createdAt)}</time>
      {isOwn && !message.deletedAt && (
        <span data-part="state" title={t[message.state]}>
          <Icon name={icons[message.state]} size={15} />
          <span className="visually-hidden">{t[message.state]}</span>
        </span>
      )}
    </p>
  );
}

function Actions({ message, isOwn, choose }: { message: ChatMessage; isOwn: boolean; choose: (intent: Intent) => void }) {
  const { t } = useI18n();
  const { deleteMessage } = useSocket();
  const menu = useRef<HTMLDetailsElement>(null);

  function close(): void {
    if (menu.current) menu.current.open = false;
  }

  return (
    <details
      className={styles.menu}
      ref={menu}
      onClick={(event) => event.target instanceof Element && event.target.closest("button") && close()}
      onBlur={(event) => !event.currentTarget.contains(event.relatedTarget) && close()}
      onKeyDown={(event) => event.key === "Escape" && close()}
    >
      <summary title={t.messageActions}>
        <Icon name="more" />
        <span className="visually-hidden">{t.messageActions}</span>
      </summary>
      <div className={styles.choices}>
        <button type="button" onClick={() => choose({ kind: "reply", message })}>
          <Icon name="reply" size={18} />
          {t.reply}
        </button>
        {isOwn && (
          <>
            <button type="button" onClick={() => choose({ kind: "edit", message })}>
              <Icon name="edit" size={18} />
              {t.edit}
            </button>
            <button type="button" onClick={() => void deleteMessage(message.id).catch(() => alert(t.somethingFailed))}>
              <Icon name="bin" size={18} />
              {t.remove}
            </button>
          </>
        )}
      </div>
    </details>
  );
}

/** The server will not have it: the writer decides. */
function Refused({ message }: { message: ChatMessage }) {
  const { t } = useI18n();
  const { socket } = useSocket();
  const clientId = message.clientId ?? "";
  return (
    <div className={styles.refused} role="alert">
      <span>{message.error?.message ?? t.failed}</span>
      <button type="button" onClick={() => socket.retry(clientId)}>
        {t.sendAgain}
      </button>
      <button type="button" onClick={() => socket.discard(clientId)}>
        {t.discard}
      </button>
    </div>
  );
}
