"use client";

import Link from "next/link";
import { useEffect, useState, useSyncExternalStore } from "react";
import { subjectOf } from "@/lib/conversations";
import { useI18n } from "@/lib/i18n/I18nProvider";
import { useMe } from "@/lib/session/useSession";
import { type ChatMessage, useConversations, useSocket } from "@/lib/socket";
import { useHeldMessages } from "@/lib/useHeldMessages";
import { Avatar } from "./Avatar";
import { Composer, type Intent } from "./Composer";
import styles from "./Conversation.module.css";
import { Icon } from "./Icon";
import { MessageList } from "./MessageList";
import { Failed, Loading } from "./States";

/** The selected conversation: joined for as long as it is on screen, and read while somebody looks at it. */
export function Conversation({ id }: { id: number }) {
  const { t } = useI18n();
  const { data: messages, error, refetch } = useHeldMessages(id);
  const conversation = useConversations().data?.find((one) => one.id === id);
  const [intent, setIntent] = useState<Intent | null>(null);
  useKeptRead(id, messages);

  if (isMissing(error)) return <Missing />;
  return (
    <section className={styles.conversation} aria-label={t.messages} data-conversation-id={id}>
      <Head id={id} />
      {messages ? (
        <MessageList id={id} messages={messages} isGroup={(conversation?.participants.length ?? 0) > 2} choose={setIntent} />
      ) : error ? (
        <Failed again={() => void refetch()} />
      ) : (
        <Loading />
      )}
      {conversation?.status === "closed" ? (
        <p className={styles.closed}>{t.closed}</p>
      ) : (
        <Composer key={intent?.kind === "edit" ? intent.message.id : "new"} conversationId={id} intent={intent} done={() => setIntent(null)} />
      )}
    </section>
  );
}

function Head({ id }: { id: number }) {
  const { t } = useI18n();
  const me = useMe();
  const conversation = useConversations().data?.find((one) => one.id === id);
  const subject = conversation && subjectOf(conversation, me, t);
  return (
    <header className={styles.head}>
      <Link className="button" data-kind="icon" href="/messages">
        <Icon name="back" />
        <span className="visually-hidden">{t.backToList}</span>
      </Link>
      {subject && (
        <>
          <Avatar person={subject.person} />
          <div className={styles.subject}>
            <h2>{subject.title}</h2>
            {subject.people && <p>{subject.people}</p>}
          </div>
        </>
      )}
    </header>
  );
}

function Missing() {
  const { t } = useI18n();
  return (
    <section className="empty">
      <Icon name="alert" size={40} />
      <h2>{t.conversationMissing}</h2>
      <Link className="button" data-kind="quiet" href="/messages">
        {t.backToList}
      </Link>
    </section>
  );
}

/** Everything that is shown while the page is in front is read. */
function useKeptRead(id: number, messages: ChatMessage[] | undefined): void {
  const { markAsRead } = useSocket();
  const isInFront = useSyncExternalStore(followVisibility, () => !document.hidden, () => false);
  const lastSeq = messages?.findLast(({ state }) => state === "sent")?.seq ?? 0;
  const unread = useConversations().data?.find((one) => one.id === id)?.unreadCount ?? 0;
  useEffect(() => {
    if (isInFront && lastSeq > 0 && unread > 0) markAsRead(id, lastSeq);
  }, [id, isInFront, lastSeq, unread, markAsRead]);
}

function followVisibility(changed: () => void): () => void {
  document.addEventListener("visibilitychange", changed);
  return () => document.removeEventListener("visibilitychange", changed);
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "not_found";
}
