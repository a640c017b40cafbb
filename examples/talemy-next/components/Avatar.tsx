import styles from "./Avatar.module.css";

const TONES = 5;

/** A person's picture, or their initials on a colour of theirs. Decorative: the name stands beside it. */
export function Avatar({ person }: { person: { id: number; name: string; avatarUrl?: string | null } }) {
  return (
    <span className={styles.avatar} data-tone={person.id % TONES} aria-hidden="true">
      {person.avatarUrl ? <img src={person.avatarUrl} alt="" loading="lazy" /> : initials(person.name)}
    </span>
  );
}

function initials(name: string): string {
  const words = name.trim().split(/\s+/);
  const [first = "", last = ""] = [words[0], words.length > 1 ? words.at(-1) : ""];
  return (letter(first) + letter(last)).toLocaleUpperCase();
}

function letter(word: string): string {
  return [...word][0] ?? "";
}
