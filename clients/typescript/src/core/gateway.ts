import type { Connection } from "./connection";
import { PalabreError } from "../wire/errors";
import type { ReadAnswer, SendAnswer, SendPayload } from "../wire/protocol";
import type { Rest } from "./rest";
import type { Changes, DeleteScope, Message } from "../wire/types";

/**
 * The durable things a client does, by whichever transport works: the socket while it is up, REST while it is down or
 * does not answer. Each of them may be repeated without harm, so trying the other way is always safe.
 */
export class Gateway {
  readonly #connection: Connection;
  readonly #rest: Rest;

  constructor(connection: Connection, rest: Rest) {
    this.#connection = connection;
    this.#rest = rest;
  }

  /** `payload.client_id` is what makes a second attempt harmless. */
  send(payload: SendPayload & { client_id: string }): Promise<SendAnswer> {
    return this.#either(
      () => this.#connection.request("send_message", payload),
      () => this.#rest.send(payload),
    );
  }

  markRead(conversationId: number, upToSeq: number): Promise<ReadAnswer> {
    const payload = { conversation_id: conversationId, up_to_seq: upToSeq };
    return this.#either(
      () => this.#connection.request("mark_messages_read", payload),
      () => this.#rest.markRead(conversationId, upToSeq),
    );
  }

  edit(messageId: number, text: string): Promise<{ message: Message }> {
    return this.#either(
      () => this.#connection.request("edit_message", { message_id: messageId, text }),
      () => this.#rest.edit(messageId, text),
    );
  }

  remove(messageId: number, scope: DeleteScope): Promise<{ message: Message }> {
    return this.#either(
      () => this.#connection.request("delete_message", { message_id: messageId, scope }),
      () => this.#rest.remove(messageId, scope),
    );
  }

  changes(after: number): Promise<Changes> {
    return this.#either(
      () => this.#connection.request("sync", { after }),
      () => this.#rest.changes(after),
    );
  }

  async #either<Answer>(bySocket: () => Promise<Answer>, byRest: () => Promise<Answer>): Promise<Answer> {
    if (this.#connection.status !== "connected") return byRest();
    try {
      return await bySocket();
    } catch (error) {
      if (!isUnanswered(error)) throw error;
      return byRest();
    }
  }
}

/** The socket did not carry it, or its token ended a moment ago: nothing is said about the request itself. */
function isUnanswered(error: unknown): boolean {
  return error instanceof PalabreError && ["timeout", "network", "token_expired"].includes(error.code);
}
