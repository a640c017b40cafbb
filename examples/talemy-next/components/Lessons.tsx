"use client";

import { useState } from "react";
import { useI18n } from "@/lib/i18n/I18nProvider";
import { isPast } from "@/lib/lessons";
import { type Talemy, useLessons } from "@/lib/socket";
import { Icon } from "./Icon";
import { LessonCard } from "./LessonCard";
import { LessonForm } from "./LessonForm";
import styles from "./Page.module.css";
import { Failed, Loading } from "./States";

export function Lessons() {
  const { t } = useI18n();
  const { data, error, refetch } = useLessons();
  const [adding, setAdding] = useState(false);
  return (
    <div className={styles.page}>
      <div className={styles.head}>
        <h1>{t.lessons}</h1>
        {!adding && (
          <button className="button" type="button" onClick={() => setAdding(true)}>
            <Icon name="plus" />
            {t.newLesson}
          </button>
        )}
      </div>
      {adding && <LessonForm close={() => setAdding(false)} />}
      {data ? <Lists lessons={data} /> : error ? <Failed again={() => void refetch()} /> : <Loading />}
    </div>
  );
}

function Lists({ lessons }: { lessons: Talemy.Lesson[] }) {
  const { t } = useI18n();
  const now = Date.now();
  const byStart = [...lessons].sort((a, b) => a.startsAt.localeCompare(b.startsAt));
  const upcoming = byStart.filter((lesson) => !isPast(lesson, now));
  const past = byStart.filter((lesson) => isPast(lesson, now)).reverse();
  if (lessons.length === 0) {
    return (
      <div className="empty">
        <Icon name="calendar" size={40} />
        <h2>{t.noLesson}</h2>
        <p>{t.noLessonHint}</p>
      </div>
    );
  }
  return (
    <>
      <section className={styles.section}>
        <h2>{t.upcoming}</h2>
        {upcoming.length === 0 && <p className={styles.nothing}>{t.nothingUpcoming}</p>}
        <Cards lessons={upcoming} />
      </section>
      {past.length > 0 && (
        <section className={styles.section}>
          <h2>{t.past}</h2>
          <Cards lessons={past} />
        </section>
      )}
    </>
  );
}

function Cards({ lessons }: { lessons: Talemy.Lesson[] }) {
  return (
    <ul className={styles.cards}>
      {lessons.map((lesson) => (
        <LessonCard key={lesson.id} lesson={lesson} />
      ))}
    </ul>
  );
}
