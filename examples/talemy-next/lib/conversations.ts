import type { Phrases } from "./i18n/en";
import type { Talemy } from "./socket";

export interface Subject {
  title: string;
  /** With whom, where the title does not say it. */
  people: string;
  /** Whose picture stands for it. */
  person: Talemy.User;
}

/** What a conversation is about, and with whom, as the reader sees it. */
export function subjectOf(conversation: Talemy.Conversation, me: { id: number }, t: Phrases): Subject {
  const users = conversation.participants.map(({ user }) => user);
  const others = users.filter(({ id }) => id !== me.id);
  const people = others.map(({ name }) => name).join(", ");
  const title = conversation.product?.title ?? conversation.title;
  const person = (others[0] ?? users[0]) as Talemy.User; // nobody's conversation is shown to nobody
  if (title) return { title, people, person };
  return { title: people || (conversation.kind === "group" ? t.group : t.you), people: "", person };
}
