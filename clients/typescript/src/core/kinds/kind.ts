import type { HttpClient } from "../../http/http-client";
import type { ServerEventName, ServerEvents } from "../../wire/protocol";
import type { Changes, User } from "../../wire/types";
import type { Connection } from "../connection";
import type { ConversationRefresher } from "../conversation-refresher";
import type { OpenConversations } from "../open-conversations";
import type { Presence } from "../presence";
import type { Rest } from "../rest";
import type { PutOptions, Store } from "../store";
import type { Typing } from "../typing";
import type { UnreadTotal } from "../unread-total";

/** Parts of the client that handlers of server events may use. */
export interface Core {
  readonly store: Store;
  readonly presence: Presence;
  readonly typing: Typing;
  readonly openConversations: OpenConversations;
  readonly refresher: ConversationRefresher;
  readonly unreadTotal: UnreadTotal;
  /** Applies a live event now, and counts it towards the next sync. */
  live(apply: () => void): void;
}

/** Both transports, for commands that either of them can carry. */
export interface Transports {
  readonly socket: Connection;
  readonly rest: Rest;
  /** Runs the first where the socket is up and answers, the second otherwise. */
  either<Answer>(bySocket: () => Promise<Answer>, byRest: () => Promise<Answer>): Promise<Answer>;
}

export type Handlers = { readonly [Name in ServerEventName]?: (payload: ServerEvents[Name]) => void };

/** Everything the core knows about one kind of object or event. Each part is optional; `index.ts` lists the kinds. */
export interface Kind {
  /** Its REST calls, which become methods of `client.rest`. */
  rest?(http: HttpClient): object;
  /** Its commands by socket or REST, which become methods of the gateway. */
  gateway?(transports: Transports): object;
  /** Its server events. */
  events?(core: Core): Handlers;
  /** Writes its part of a page of changes to the store. */
  put?(store: Store, changes: Changes, options: PutOptions): void;
  /** Removes what a page of changes takes away; runs after every kind's `put`. */
  drop?(store: Store, changes: Changes, options: PutOptions): void;
  /** Yields the users in its part of a page of changes, whose presence the page carries. */
  users?(changes: Partial<Changes>): Iterable<User>;
}

/** The intersection of a union. */
export type Both<Union> = (Union extends unknown ? (one: Union) => void : never) extends (every: infer All) => void ? All : never;
