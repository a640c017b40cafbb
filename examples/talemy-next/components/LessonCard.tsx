"use client";

import Link from "next/link";
import { useI18n } from "@/lib/i18n/I18nProvider";
import { possibleStatuses } from "@/lib/lessons";
import { useMe } from "@/lib/session/useSession";
import { type Talemy, useSocket } from "@/lib/socket";
import { useAction } from "@/lib/useAction";
import { Avatar } from "./Avatar";
import styles from "./Card.module.css";
import { Icon } from "./Icon";
import { Problem } from "./States";

const TONES = { scheduled: "hint", confirmed: "good", completed: undefined, cancelled: "alert" } as const;

export function LessonCard({ lesson }: { lesson: Talemy.Lesson }) {
  const { t, times } = useI18n();
  const me = useMe();
  const teaches = lesson.teacher.id === me.id;
  const other = teaches ? lesson.student : lesson.teacher;
  return (
    <li className={styles.card} data-lesson-id={lesson.id} data-status={lesson.status}>
      <Avatar person={other} />
      <div className={styles.text}>
        <h2>{lesson.title}</h2>
        <p>
          <time dateTime={lesson.startsAt}>{times.appointment(lesson.startsAt)}</time> <span>({t.minutes(lesson.durationMinutes)})</span>
        </p>
        <p>{teaches ? t.youTeach(other.name) : t.teachesYou(other.name)}</p>
      </div>
      <span className="tag" data-part="status" data-kind={TONES[lesson.status]}>
        {t.lessonStatus[lesson.status]}
      </span>
      <Actions lesson={lesson} />
    </li>
  );
}

function Actions({ lesson }: { lesson: Talemy.Lesson }) {
  const { t } = useI18n();
  const me = useMe();
  const { socket } = useSocket();
  const { busy, problem, run } = useAction();
  const words = { scheduled: "", confirmed: t.confirm, completed: t.hasTakenPlace, cancelled: t.cancelLesson };
  return (
    <>
      <div className={styles.actions}>
        {possibleStatuses(lesson, me, Date.now()).map((status) => (
          <button
            key={status}
            className="button"
            data-kind={status === "cancelled" ? "quiet" : undefined}
            type="button"
            disabled={busy}
            onClick={() => void run(() => socket.updateLessonStatus(lesson.id, status))}
          >
            <Icon name={status === "cancelled" ? "close" : "check"} />
            {words[status]}
          </button>
        ))}
        {lesson.conversationId !== null && (
          <Link className="button" data-kind="quiet" href={`/messages/${lesson.conversationId}`}>
            <Icon name="chat" />
            {t.talk}
          </Link>
        )}
      </div>
      {problem !== null && (
        <div className={styles.problem}>
          <Problem text={problem} />
        </div>
      )}
    </>
  );
}
