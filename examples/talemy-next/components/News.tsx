"use client";

import { useEffect, useState } from "react";
import { useI18n } from "@/lib/i18n/I18nProvider";
import { useMe } from "@/lib/session/useSession";
import { useSocket } from "@/lib/socket";
import styles from "./News.module.css";

const SHOWN_MS = 6_000;

/** Says for a moment what happened to lessons and contact requests, as the socket tells it. */
export function News() {
  const { t } = useI18n();
  const me = useMe();
  const { socket } = useSocket();
  const [news, setNews] = useState<{ text: string; at: number } | null>(null);

  useEffect(() => {
    const say = (text: string): void => setNews({ text, at: Date.now() });
    const undo = [
      socket.on("lesson:created", ({ lesson }) => {
        if (lesson.student.id === me.id) say(t.heard.lessonCreated(lesson.teacher.name, lesson.title));
      }),
      socket.on("lesson:statusUpdated", ({ lesson }) => say(t.heard.lessonUpdated(lesson.title, t.lessonStatus[lesson.status]))),
      socket.on("contactRequest:created", ({ contactRequest }) => {
        if (contactRequest.recipient.id === me.id) say(t.heard.requestCreated(contactRequest.sender.name));
      }),
      socket.on("contactRequest:statusUpdated", ({ contactRequest: request }) => {
        const other = request.sender.id === me.id ? request.recipient : request.sender;
        say(t.heard.requestUpdated(other.name, t.requestStatus[request.status]));
      }),
    ];
    return () => undo.forEach((stop) => stop());
  }, [socket, me.id, t]);

  useEffect(() => {
    if (!news) return;
    const timer = setTimeout(() => setNews(null), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [news]);

  return (
    <div className={styles.news} role="status" aria-live="polite">
      {news && <p key={news.at}>{news.text}</p>}
    </div>
  );
}
