import type { HttpClient } from "../../http/http-client";
import type { ReadAnswer } from "../../wire/protocol";
import type { Changes, ReadMark } from "../../wire/types";
import type { PutOptions, Store } from "../store";
import type { Core, Handlers, Transports } from "./kind";

export const reads = {
  rest: (http: HttpClient) => ({
    markRead(conversationId: number, upToSeq?: number): Promise<ReadAnswer> {
      const body = upToSeq === undefined ? {} : { up_to_seq: upToSeq };
      return http.request("POST", `/conversations/${conversationId}/read`, body);
    },
  }),

  gateway: ({ socket, rest, either }: Transports) => ({
    markRead(conversationId: number, upToSeq: number): Promise<ReadAnswer> {
      const payload = { conversation_id: conversationId, up_to_seq: upToSeq };
      return either(
        () => socket.request("mark_messages_read", payload),
        () => rest.markRead(conversationId, upToSeq),
      );
    },
  }),

  events: (core: Core): Handlers => ({
    messages_read: (mark) => core.live(() => read(core, mark)),
  }),

  put(store: Store, changes: Changes, options: PutOptions): void {
    for (const mark of changes.reads) store.putRead(mark, options);
  },
};

/** Messages read in a conversation that is not loaded cannot be subtracted from the total, so all are counted again. */
function read({ store, unreadTotal }: Core, mark: ReadMark): void {
  store.putRead(mark);
  const known = store.conversation(mark.conversation_id);
  if (!known && mark.user_id === store.me?.id) unreadTotal.find().catch(() => undefined);
}
