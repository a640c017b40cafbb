import type { PalabreClient } from "@palabre/client";
import { byId, setText } from "./dom";
import { nameOf } from "./message-list";
import { say } from "./phrases";

/** Shows the typing users below the messages. */
export function watchTyping(client: PalabreClient, conversationId: number): void {
  client.typing.on("change", (change) => {
    if (change.conversationId === conversationId) setText(byId("typing"), sentence(client, conversationId));
  });
}

function sentence(client: PalabreClient, conversationId: number): string {
  const conversation = client.store.conversation(conversationId);
  const people = client.typing.in(conversationId);
  if (!conversation || people.length === 0) return "";
  const names = people.map((id) => nameOf(id, conversation, client.store.me?.id ?? 0));
  return names.length === 1 ? say("typing_one", { name: names[0] ?? "" }) : say("typing_many", { names: names.join(", ") });
}
