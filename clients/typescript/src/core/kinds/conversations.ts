import type { HttpClient } from "../../http/http-client";
import type { Changes, Conversation, Page, User } from "../../wire/types";
import type { PutOptions, Store } from "../store";
import type { Core, Handlers } from "./kind";

export interface ConversationChange {
  archived?: boolean;
  muted?: boolean;
  status?: "open" | "closed";
}

export const conversations = {
  rest: (http: HttpClient) => ({
    conversation(conversationId: number): Promise<Conversation> {
      return http.get(`/conversations/${conversationId}`);
    },
    conversations(query: { archived?: boolean; limit?: number; cursor?: string | number }): Promise<Page<Conversation>> {
      return http.get("/conversations", query);
    },
    changeConversation(conversationId: number, change: ConversationChange): Promise<Conversation> {
      return http.request("PATCH", `/conversations/${conversationId}`, change);
    },
  }),

  events: ({ store, presence, openConversations, live }: Core): Handlers => ({
    conversation_updated({ conversation }) {
      live(() => store.putConversation(conversation));
      presence.meet({ conversations: [conversation] });
    },
    conversation_removed: ({ conversation_id }) => openConversations.removed(conversation_id),
  }),

  put(store: Store, changes: Changes, options: PutOptions): void {
    for (const conversation of changes.conversations) store.putConversation(conversation, options);
  },

  drop(store: Store, changes: Changes, options: PutOptions): void {
    for (const id of changes.removed_conversation_ids) store.remove(id, options);
  },

  *users({ conversations: changed = [] }: Partial<Changes>): Iterable<User> {
    for (const { participants } of changed) for (const { user } of participants) yield user;
  },
};
