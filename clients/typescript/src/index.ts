export type * as Marketplace from "./generated/marketplace";
export type * as Talemy from "./generated/talemy";

export { createSocketToBoth, ELSEWHERE } from "./talemy/both-namespaces";
export { Records } from "./talemy/records";
export { type ChatMessage } from "./talemy/shown-messages";
export { createSocketClient, SocketClient, type List as SocketList, type SocketClientEvents } from "./talemy/socket-client";
export { camelize, type Camel } from "./talemy/spelling";

export { type MessagingEvents, type MessagingOptions, MessagingSocketClient } from "./marketplace/messaging-socket-client";

export { type Logger } from "./session/report";
export { type SessionOptions } from "./session/session";

export { type AppStateLike, followAppState, type Suspendable } from "./platform/app-state";
export { followBrowser } from "./platform/browser";
export { browserTabs, type ChannelLike, type LocksLike, type TabHost } from "./platform/tabs/tab-host";
export { TabShare, type TabShareOptions } from "./platform/tabs/tab-share";
export { LocalTokenStorage, SecureTokenStorage, type SecureStoreLike, type TextStorage, type TokenStorageService } from "./platform/token-storage";

export { PalabreClient, type PalabreClientEvents } from "./core/client";
export { type ClientOptions, type FirstLoad } from "./core/client-options";
export { Connection, createSocket, type ConnectionEvents, type ConnectionOptions, type ConnectionStatus } from "./core/connection";
export { readBy } from "./core/merge";
export { Presence } from "./core/presence";
export { Rest, type ConversationChange } from "./core/rest";
export { Store, type StoreEvents } from "./core/store";
export { Timeline } from "./core/timeline";
export { Typing } from "./core/typing";

export { Outbox, type OutboxEvents } from "./outbox/outbox";
export { IndexedDbOutboxStorage, type IndexedDbLike } from "./outbox/outbox-indexed-db";
export {
  type AsyncStorageLike,
  AsyncOutboxStorage,
  KeyValueOutboxStorage,
  MemoryOutboxStorage,
  type KeyValueStorage,
  type OutboxItem,
  type OutboxStorage,
} from "./outbox/outbox-storage";

export {
  BearerCredentials,
  CookieCredentials,
  MemoryTokenStorage,
  type CookieOptions,
  type Credentials,
  type Renewal,
  type Tokens,
  type TokenStorage,
} from "./http/credentials";

export { isSignInProblem, isTransient, PalabreError, type ErrorCode, type FieldProblem } from "./wire/errors";
export type * from "./wire/protocol";
export type * from "./wire/types";

export { Emitter, type Unsubscribe } from "./emitter";
