"use client";

import { type FormEvent, useState } from "react";
import { useI18n } from "@/lib/i18n/I18nProvider";
import { type Talemy, useSocket } from "@/lib/socket";
import { useAction } from "@/lib/useAction";
import styles from "./Form.module.css";
import { PersonChoice } from "./PersonChoice";
import { Problem } from "./States";

export function LessonForm({ close }: { close: () => void }) {
  const { t } = useI18n();
  const { socket } = useSocket();
  const { busy, problem, run } = useAction();
  const [student, setStudent] = useState<Talemy.User | null>(null);
  const [lacksStudent, setLacksStudent] = useState(false);

  async function submit(event: FormEvent<HTMLFormElement>): Promise<void> {
    event.preventDefault();
    setLacksStudent(student === null);
    if (!student) return;
    const form = new FormData(event.currentTarget);
    const lesson = {
      studentId: student.id,
      title: String(form.get("title")),
      startsAt: new Date(String(form.get("startsAt"))).toISOString(), // the field is in the reader's time zone
      durationMinutes: Number(form.get("durationMinutes")),
    };
    if (await run(() => socket.createLesson(lesson))) close();
  }

  return (
    <form className={styles.form} onSubmit={(event) => void submit(event)}>
      <h2>{t.newLesson}</h2>
      <Problem text={problem ?? (lacksStudent && !student ? t.choosePerson : null)} />
      <PersonChoice label={t.student} chosen={student} choose={setStudent} />
      <div className="field">
        <label htmlFor="title">{t.subject}</label>
        <input className="input" id="title" name="title" maxLength={120} required placeholder={t.subjectExample} />
      </div>
      <div className={styles.together}>
        <div className="field">
          <label htmlFor="startsAt">{t.dateAndTime}</label>
          <input className="input" id="startsAt" name="startsAt" type="datetime-local" required />
        </div>
        <div className="field">
          <label htmlFor="durationMinutes">{t.duration}</label>
          <input className="input" id="durationMinutes" name="durationMinutes" type="number" min={5} max={1440} defaultValue={60} required />
        </div>
      </div>
      <div className={styles.actions}>
        <button className="button" disabled={busy}>
          {t.schedule}
        </button>
        <button className="button" data-kind="quiet" type="button" onClick={close}>
          {t.cancel}
        </button>
      </div>
    </form>
  );
}
