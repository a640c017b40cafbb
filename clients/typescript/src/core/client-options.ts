import type { Credentials } from "../http/credentials";
import type { Fetch } from "../http/fetch-json";
import type { OutboxShare } from "../outbox/outbox";
import type { OutboxStorage } from "../outbox/outbox-storage";
import type { Conversation, Message, User } from "../wire/types";
import type { ConnectionOptions } from "./connection";

export interface ClientOptions {
  /** The server's origin, such as `https://palabre.example`. */
  url: string;
  credentials: Credentials;
  /** Where unsent messages wait; by default in memory. */
  outboxStorage?: OutboxStorage | undefined;
  /** The same outbox in the browser's other tabs. */
  outboxShare?: OutboxShare | undefined;
  fetch?: Fetch | undefined;
  createSocket?: ConnectionOptions["createSocket"];
  /** Milliseconds that an acknowledgement may take. */
  ackTimeout?: number | undefined;
}

/** The data of a first load, such as a rendered page. */
export interface FirstLoad {
  me: User;
  cursor: number;
  unread_total: number;
  conversations?: Conversation[];
  conversation?: Conversation | null;
  messages?: Message[];
  has_more?: boolean;
}
