"use client";

import Link from "next/link";
import { subjectOf } from "@/lib/conversations";
import { useI18n } from "@/lib/i18n/I18nProvider";
import { useMe } from "@/lib/session/useSession";
import { type Talemy, useConversations } from "@/lib/socket";
import { Avatar } from "./Avatar";
import { Failed, Loading } from "./States";
import { Icon } from "./Icon";
import styles from "./ConversationList.module.css";

export function ConversationList({ chosen }: { chosen: number | null }) {
  const { t } = useI18n();
  const { data, error, refetch } = useConversations();
  return (
    <section className={styles.list} aria-label={t.conversations}>
      <h1>{t.messages}</h1>
      {data ? (
        <Rows conversations={data.filter(({ archived }) => !archived)} chosen={chosen} />
      ) : error ? (
        <Failed again={() => void refetch()} />
      ) : (
        <Loading />
      )}
    </section>
  );
}

function Rows({ conversations, chosen }: { conversations: Talemy.Conversation[]; chosen: number | null }) {
  const { t } = useI18n();
  if (conversations.length === 0) {
    return (
      <div className="empty">
        <Icon name="chat" size={40} />
        <h2>{t.noConversation}</h2>
        <p>{t.noConversationHint}</p>
      </div>
    );
  }
  return (
    <ul>
      {conversations.map((conversation) => (
        <Row key={conversation.id} conversation={conversation} isChosen={conversation.id === chosen} />
      ))}
    </ul>
  );
}

function Row({ conversation, isChosen }: { conversation: Talemy.Conversation; isChosen: boolean }) {
  const { t, times } = useI18n();
  const me = useMe();
  const { title, people, person } = subjectOf(conversation, me, t);
  const { id, unreadCount, lastMessage } = conversation;
  return (
    <li data-conversation-id={id} data-unread={unreadCount}>
      <Link className={styles.row} href={`/messages/${id}`} aria-current={isChosen ? "page" : undefined}>
        <Avatar person={person} />
        <span className={styles.text}>
          <span className={styles.line}>
            <strong data-part="title">{title}</strong>
            <time dateTime={conversation.updatedAt}>{times.short(conversation.updatedAt)}</time>
          </span>
          {people && <span className={styles.people}>{people}</span>}
          <span className={styles.line}>
            <span className={styles.excerpt} data-part="excerpt">
              {excerpt(lastMessage, me, t)}
            </span>
            {unreadCount > 0 && (
              <span className="badge">
                {unreadCount > 99 ? "99+" : unreadCount}
                <span className="visually-hidden"> ({t.unread(unreadCount)})</span>
              </span>
            )}
          </span>
        </span>
      </Link>
    </li>
  );
}

function excerpt(message: Talemy.Message | null, me: { id: number }, t: ReturnType<typeof useI18n>["t"]): string {
  if (!message) return t.noMessage;
  if (message.deletedAt) return t.deleted;
  return message.sender.id === me.id ? t.said(t.you, message.text ?? "") : (message.text ?? "");
}
