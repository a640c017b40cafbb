import type { HttpClient } from "../http/http-client";
import type { ReadAnswer, SendAnswer, SendPayload } from "../wire/protocol";
import type { Changes, ContactRequest, Conversation, DeleteScope, Message, Page, User } from "../wire/types";

export interface ConversationChange {
  archived?: boolean;
  muted?: boolean;
  status?: "open" | "closed";
}

/** The REST half of the contract that messaging needs, one method a route. */
export class Rest {
  readonly #http: HttpClient;

  constructor(http: HttpClient) {
    this.#http = http;
  }

  me(): Promise<User> {
    return this.#http.get("/auth/me");
  }

  send(payload: SendPayload): Promise<SendAnswer> {
    return this.#http.request("POST", "/messages", payload);
  }

  markRead(conversationId: number, upToSeq?: number): Promise<ReadAnswer> {
    const body = upToSeq === undefined ? {} : { up_to_seq: upToSeq };
    return this.#http.request("POST", `/conversations/${conversationId}/read`, body);
  }

  edit(messageId: number, text: string): Promise<{ message: Message }> {
    return this.#http.request("PATCH", `/messages/${messageId}`, { text });
  }

  remove(messageId: number, scope: DeleteScope): Promise<{ message: Message }> {
    return this.#http.request("DELETE", `/messages/${messageId}?scope=${scope}`);
  }

  changes(after: number): Promise<Changes> {
    return this.#http.get("/changes", { after });
  }

  conversation(conversationId: number): Promise<Conversation> {
    return this.#http.get(`/conversations/${conversationId}`);
  }

  conversations(query: { archived?: boolean; limit?: number; cursor?: string | number }): Promise<Page<Conversation>> {
    return this.#http.get("/conversations", query);
  }

  changeConversation(conversationId: number, change: ConversationChange): Promise<Conversation> {
    return this.#http.request("PATCH", `/conversations/${conversationId}`, change);
  }

  contactRequests(query: {
    direction?: "sent" | "received";
    status?: ContactRequest["status"];
    limit?: number;
    cursor?: string | number;
  }): Promise<Page<ContactRequest>> {
    return this.#http.get("/contact-requests", query);
  }

  /** Oldest first. */
  messages(
    conversationId: number,
    query: { before_seq?: number; after_seq?: number; limit?: number },
  ): Promise<Page<Message>> {
    return this.#http.get(`/conversations/${conversationId}/messages`, query);
  }
}
