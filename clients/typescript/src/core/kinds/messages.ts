import type { HttpClient } from "../../http/http-client";
import type { SendAnswer, SendPayload } from "../../wire/protocol";
import type { Changes, DeleteScope, Message, Page } from "../../wire/types";
import type { PutOptions, Store } from "../store";
import type { Core, Handlers, Transports } from "./kind";

export const messages = {
  rest: (http: HttpClient) => ({
    send(payload: SendPayload): Promise<SendAnswer> {
      return http.request("POST", "/messages", payload);
    },
    edit(messageId: number, text: string): Promise<{ message: Message }> {
      return http.request("PATCH", `/messages/${messageId}`, { text });
    },
    remove(messageId: number, scope: DeleteScope): Promise<{ message: Message }> {
      return http.request("DELETE", `/messages/${messageId}?scope=${scope}`);
    },
    /** Oldest first. */
    messages(
      conversationId: number,
      query: { before_seq?: number; after_seq?: number; limit?: number },
    ): Promise<Page<Message>> {
      return http.get(`/conversations/${conversationId}/messages`, query);
    },
  }),

  gateway: ({ socket, rest, either }: Transports) => ({
    /** `payload.client_id` makes a second attempt harmless. */
    send(payload: SendPayload & { client_id: string }): Promise<SendAnswer> {
      return either(
        () => socket.request("send_message", payload),
        () => rest.send(payload),
      );
    },
    edit(messageId: number, text: string): Promise<{ message: Message }> {
      return either(
        () => socket.request("edit_message", { message_id: messageId, text }),
        () => rest.edit(messageId, text),
      );
    },
    remove(messageId: number, scope: DeleteScope): Promise<{ message: Message }> {
      return either(
        () => socket.request("delete_message", { message_id: messageId, scope }),
        () => rest.remove(messageId, scope),
      );
    },
  }),

  events(core: Core): Handlers {
    const { store, live } = core;
    return {
      new_message: ({ message }) => arrived(core, message, () => store.putMessage(message)),
      message_notification: ({ message, unread_count, unread_total }) =>
        arrived(core, message, () => store.putNotification(message, unread_count, unread_total)),
      message_deleted: (deletion) => live(() => store.bury(deletion)),
      message_edited: ({ message }) => live(() => store.putMessage(message)),
    };
  },

  put(store: Store, changes: Changes, options: PutOptions): void {
    for (const message of changes.messages) store.putMessage(message, options);
  },
};

/** Shows a new message, and fetches what it shows to be missing: its conversation, or messages before it. */
function arrived({ store, typing, openConversations, refresher, live }: Core, message: Message, apply: () => void): void {
  const { conversation_id: conversationId, sender } = message;
  live(apply);
  typing.forget(conversationId, sender.id);
  if (!store.conversation(conversationId)) refresher.soon(conversationId);
  else if (store.lacksMessages(conversationId)) openConversations.fill(conversationId).catch(() => undefined);
}
