"use client";

import { useState } from "react";
import { useI18n } from "@/lib/i18n/I18nProvider";
import { useMe } from "@/lib/session/useSession";
import { type Talemy, useContactRequests } from "@/lib/socket";
import { ContactRequestCard } from "./ContactRequestCard";
import { ContactRequestForm } from "./ContactRequestForm";
import { Icon } from "./Icon";
import styles from "./Page.module.css";
import { Failed, Loading } from "./States";

export function ContactRequests() {
  const { t } = useI18n();
  const { data, error, refetch } = useContactRequests();
  const [adding, setAdding] = useState(false);
  return (
    <div className={styles.page}>
      <div className={styles.head}>
        <h1>{t.contactRequests}</h1>
        {!adding && (
          <button className="button" type="button" onClick={() => setAdding(true)}>
            <Icon name="plus" />
            {t.newRequest}
          </button>
        )}
      </div>
      {adding && <ContactRequestForm close={() => setAdding(false)} />}
      {data ? <Lists requests={data} /> : error ? <Failed again={() => void refetch()} /> : <Loading />}
    </div>
  );
}

function Lists({ requests }: { requests: Talemy.ContactRequest[] }) {
  const { t } = useI18n();
  const me = useMe();
  return (
    <>
      <Section title={t.received} none={t.noReceived} requests={requests.filter(({ recipient }) => recipient.id === me.id)} />
      <Section title={t.sentOnes} none={t.noSent} requests={requests.filter(({ sender }) => sender.id === me.id)} />
    </>
  );
}

function Section({ title, none, requests }: { title: string; none: string; requests: Talemy.ContactRequest[] }) {
  return (
    <section className={styles.section}>
      <h2>{title}</h2>
      {requests.length === 0 && <p className={styles.nothing}>{none}</p>}
      <ul className={styles.cards}>
        {requests.map((request) => (
          <ContactRequestCard key={request.id} request={request} />
        ))}
      </ul>
    </section>
  );
}
