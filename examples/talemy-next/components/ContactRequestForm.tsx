"use client";

import { type FormEvent, useState } from "react";
import { useI18n } from "@/lib/i18n/I18nProvider";
import { type Talemy, useSocket } from "@/lib/socket";
import { useAction } from "@/lib/useAction";
import styles from "./Form.module.css";
import { PersonChoice } from "./PersonChoice";
import { Problem } from "./States";

export function ContactRequestForm({ close }: { close: () => void }) {
  const { t } = useI18n();
  const { socket } = useSocket();
  const { busy, problem, run } = useAction();
  const [recipient, setRecipient] = useState<Talemy.User | null>(null);
  const [lacksRecipient, setLacksRecipient] = useState(false);

  async function submit(event: FormEvent<HTMLFormElement>): Promise<void> {
    event.preventDefault();
    setLacksRecipient(recipient === null);
    if (!recipient) return;
    const message = String(new FormData(event.currentTarget).get("message")).trim();
    const request = { recipientId: recipient.id, ...(message ? { message } : {}) };
    if (await run(() => socket.createContactRequest(request))) close();
  }

  return (
    <form className={styles.form} onSubmit={(event) => void submit(event)}>
      <h2>{t.newRequest}</h2>
      <Problem text={problem ?? (lacksRecipient && !recipient ? t.choosePerson : null)} />
      <PersonChoice label={t.to} chosen={recipient} choose={setRecipient} />
      <div className="field">
        <label htmlFor="message">
          {t.yourMessage} ({t.optional})
        </label>
        <textarea className="input" id="message" name="message" rows={3} maxLength={1000} placeholder={t.requestExample} />
      </div>
      <div className={styles.actions}>
        <button className="button" disabled={busy}>
          {t.ask}
        </button>
        <button className="button" data-kind="quiet" type="button" onClick={close}>
          {t.cancel}
        </button>
      </div>
    </form>
  );
}
