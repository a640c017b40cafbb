"use client";

import Link from "next/link";
import { usePathname, useRouter } from "next/navigation";
import { type ReactNode, useEffect } from "react";
import { useI18n } from "@/lib/i18n/I18nProvider";
import { sessionHasEnded, signOut } from "@/lib/session/session";
import { useSession } from "@/lib/session/useSession";
import { useContactRequests, useSocket, useUnreadTotal } from "@/lib/socket";
import { ConnectionNotice, ConnectionStatus } from "./ConnectionStatus";
import { Icon, type IconName } from "./Icon";
import { LanguageChoice } from "./LanguageChoice";
import { Logo } from "./Logo";
import { News } from "./News";
import styles from "./Shell.module.css";

/** What surrounds every page of somebody who is signed in. Nobody else gets past it. */
export function Shell({ children }: { children: ReactNode }) {
  const { t } = useI18n();
  const session = useSession();
  const router = useRouter();
  const out = session.status === "out";

  useEffect(() => {
    if (out) router.replace("/sign-in");
  }, [out, router]);
  useEndOfSession();

  if (session.status !== "in") {
    return (
      <div className={styles.waiting}>
        <Logo />
        <p role="status">{t.loading}</p>
      </div>
    );
  }
  return (
    <div className={styles.shell}>
      <header className={styles.header}>
        <Link className={styles.home} href="/messages">
          <Logo />
        </Link>
        <Sections />
        <div className={styles.account}>
          <ConnectionStatus />
          <LanguageChoice />
          <button className="button" data-kind="icon" type="button" title={`${t.signOut} (${session.user.name})`} onClick={signOut}>
            <Icon name="leave" />
            <span className="visually-hidden">{t.signOut}</span>
          </button>
        </div>
      </header>
      <ConnectionNotice />
      <main className={styles.main}>{children}</main>
      <News />
    </div>
  );
}

function Sections() {
  const { t } = useI18n();
  const path = usePathname();
  const unread = useUnreadTotal();
  const { data: waiting = [] } = useContactRequests({ direction: "received", status: "pending" });
  const sections: Array<{ href: string; icon: IconName; name: string; count: number; means: string }> = [
    { href: "/messages", icon: "chat", name: t.messages, count: unread, means: t.unread(unread) },
    { href: "/lessons", icon: "calendar", name: t.lessons, count: 0, means: "" },
    { href: "/contact-requests", icon: "people", name: t.contactRequests, count: waiting.length, means: t.pendingRequests(waiting.length) },
  ];
  return (
    <nav className={styles.sections} aria-label={t.sections}>
      {sections.map(({ href, icon, name, count, means }) => (
        <Link key={href} href={href} aria-current={path.startsWith(href) ? "page" : undefined}>
          <Icon name={icon} />
          <span>{name}</span>
          {count > 0 && (
            <span className="badge" title={means}>
              {count > 99 ? "99+" : count}
              <span className="visually-hidden"> ({means})</span>
            </span>
          )}
        </Link>
      ))}
    </nav>
  );
}

/** Renewing was refused: the reader is told so on the page where they can sign in again. */
function useEndOfSession(): void {
  const { status } = useSocket();
  useEffect(() => {
    if (status === "ended") sessionHasEnded();
  }, [status]);
}
