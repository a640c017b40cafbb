"use client";

import { type FormEvent, type KeyboardEvent, useEffect, useRef, useState } from "react";
import { useI18n } from "@/lib/i18n/I18nProvider";
import { type ChatMessage, useSocket } from "@/lib/socket";
import { Icon } from "./Icon";
import styles from "./Composer.module.css";

/** What the next text is for, other than a new message. */
export interface Intent {
  kind: "reply" | "edit";
  message: ChatMessage;
}

const MOST_CHARACTERS = 8_000;

export function Composer({ conversationId, intent, done }: { conversationId: number; intent: Intent | null; done: () => void }) {
  const { t } = useI18n();
  const { sendMessage, editMessage } = useSocket();
  const [text, setText] = useState(intent?.kind === "edit" ? (intent.message.text ?? "") : "");
  const box = useRef<HTMLTextAreaElement>(null);

  useEffect(() => {
    if (intent) box.current?.focus();
  }, [intent]);

  function submit(event?: FormEvent): void {
    event?.preventDefault();
    const written = text.trim();
    if (!written) return;
    if (intent?.kind === "edit") {
      editMessage(intent.message.id, written).then(done, () => alert(t.somethingFailed));
      return;
    }
    sendMessage(conversationId, written, intent ? { replyToId: intent.message.id } : {});
    setText("");
    done();
  }

  function pressed(event: KeyboardEvent): void {
    if (event.key === "Escape" && intent) done();
    if (event.key !== "Enter" || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    submit();
  }

  const isEdit = intent?.kind === "edit";
  return (
    <form className={styles.composer} onSubmit={submit}>
      {intent && (
        <div className={styles.intent}>
          <Icon name={intent.kind} size={18} />
          <p>
            <strong>{isEdit ? t.editing : t.replyingTo(intent.message.sender.name)}</strong>
            <span>{intent.message.text}</span>
          </p>
          <button className="button" data-kind="icon" type="button" onClick={done}>
            <Icon name="close" size={18} />
            <span className="visually-hidden">{t.cancel}</span>
          </button>
        </div>
      )}
      <div className={styles.line}>
        <label className="visually-hidden" htmlFor="text">
          {t.writeMessage}
        </label>
        <textarea
          className="input"
          id="text"
          ref={box}
          rows={1}
          maxLength={MOST_CHARACTERS}
          placeholder={t.writeMessage}
          value={text}
          onChange={(event) => setText(event.target.value)}
          onKeyDown={pressed}
        />
        <button className="button" disabled={!text.trim()}>
          <Icon name={isEdit ? "check" : "send"} />
          <span className="visually-hidden">{isEdit ? t.save : t.send}</span>
        </button>
      </div>
    </form>
  );
}
