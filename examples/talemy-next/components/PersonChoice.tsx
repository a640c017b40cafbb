"use client";

import { useQuery } from "@tanstack/react-query";
import { useDeferredValue, useId, useState } from "react";
import { useI18n } from "@/lib/i18n/I18nProvider";
import { useMe } from "@/lib/session/useSession";
import { type Talemy, useSocket } from "@/lib/socket";
import { Avatar } from "./Avatar";
import styles from "./PersonChoice.module.css";

interface Props {
  label: string;
  chosen: Talemy.User | null;
  choose: (person: Talemy.User | null) => void;
}

/** Somebody of this Palabre, found by name. */
export function PersonChoice({ label, chosen, choose }: Props) {
  const { t } = useI18n();
  const id = useId();
  const [text, setText] = useState("");
  if (chosen) {
    return (
      <div className={styles.chosen}>
        <Avatar person={chosen} />
        <p>
          <small>{label}</small>
          <strong>{chosen.name}</strong>
        </p>
        <button className="button" data-kind="quiet" type="button" onClick={() => choose(null)}>
          {t.someoneElse}
        </button>
      </div>
    );
  }
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <input className="input" id={id} type="search" value={text} placeholder={t.findPerson} autoComplete="off" onChange={(event) => setText(event.target.value)} />
      <Found text={text} choose={choose} />
    </div>
  );
}

function Found({ text, choose }: { text: string; choose: (person: Talemy.User) => void }) {
  const { t } = useI18n();
  const me = useMe();
  const { socket } = useSocket();
  const name = useDeferredValue(text.trim());
  // Not under the client's own key: people are not what the socket keeps current.
  const { data } = useQuery({
    queryKey: ["talemy", "people", me.id, name],
    queryFn: () => socket.http<{ items: Talemy.User[] }>("GET", `/users?limit=9&q=${encodeURIComponent(name)}`),
    enabled: name !== "",
    staleTime: 30_000,
  });
  if (name === "" || !data) return null;
  const people = data.items.filter(({ id }) => id !== me.id).slice(0, 8);
  if (people.length === 0) return <p className={styles.nobody}>{t.nobodyFound}</p>;
  return (
    <ul className={styles.found}>
      {people.map((person) => (
        <li key={person.id}>
          <button type="button" data-person-id={person.id} onClick={() => choose(person)}>
            <Avatar person={person} />
            {person.name}
          </button>
        </li>
      ))}
    </ul>
  );
}
