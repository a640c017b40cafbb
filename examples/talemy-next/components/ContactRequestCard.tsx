"use client";

import Link from "next/link";
import { useI18n } from "@/lib/i18n/I18nProvider";
import { useMe } from "@/lib/session/useSession";
import { type Talemy, useSocket } from "@/lib/socket";
import { useAction } from "@/lib/useAction";
import { Avatar } from "./Avatar";
import styles from "./Card.module.css";
import { Icon } from "./Icon";
import { Problem } from "./States";

const TONES = { pending: "hint", accepted: "good", declined: "alert", cancelled: undefined } as const;

export function ContactRequestCard({ request }: { request: Talemy.ContactRequest }) {
  const { t, times } = useI18n();
  const isMine = request.sender.id === useMe().id;
  const other = isMine ? request.recipient : request.sender;
  return (
    <li className={styles.card} data-request-id={request.id} data-status={request.status}>
      <Avatar person={other} />
      <div className={styles.text}>
        <h2>{other.name}</h2>
        <p>
          <time dateTime={request.createdAt}>{times.short(request.createdAt)}</time>
        </p>
        {request.message && <p className={styles.said}>{request.message}</p>}
      </div>
      <span className="tag" data-part="status" data-kind={TONES[request.status]}>
        {t.requestStatus[request.status]}
      </span>
      <Actions request={request} isMine={isMine} />
    </li>
  );
}

function Actions({ request, isMine }: { request: Talemy.ContactRequest; isMine: boolean }) {
  const { t } = useI18n();
  const { socket } = useSocket();
  const { busy, problem, run } = useAction();
  if (request.conversationId !== null) {
    return (
      <div className={styles.actions}>
        <Link className="button" data-kind="quiet" href={`/messages/${request.conversationId}`}>
          <Icon name="chat" />
          {t.openConversation}
        </Link>
      </div>
    );
  }
  if (request.status !== "pending") return null;
  const answer = (status: Talemy.ContactRequest["status"]) => () => void run(() => socket.updateContactRequestStatus(request.id, status));
  return (
    <>
      <div className={styles.actions}>
        {isMine ? (
          <button className="button" data-kind="quiet" type="button" disabled={busy} onClick={answer("cancelled")}>
            {t.withdraw}
          </button>
        ) : (
          <>
            <button className="button" type="button" disabled={busy} onClick={answer("accepted")}>
              <Icon name="check" />
              {t.accept}
            </button>
            <button className="button" data-kind="quiet" type="button" disabled={busy} onClick={answer("declined")}>
              {t.decline}
            </button>
          </>
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
