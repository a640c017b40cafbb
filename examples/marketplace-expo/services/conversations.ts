import type { Conversation, User } from "@palabre/client";

/** The other person, where there is exactly one. */
export function otherOf(conversation: Conversation, myId: number): User | undefined {
  const others = conversation.participants.filter(({ user }) => user.id !== myId);
  return others.length === 1 ? others[0]?.user : undefined;
}

/** A group's and a lesson's own title; otherwise who one talks to. */
export function titleOf(conversation: Conversation, myId: number): string {
  const others = conversation.participants.filter(({ user }) => user.id !== myId).map(({ user }) => user.name);
  return conversation.title ?? others.join(", ");
}
