export { PalabreClient, type ClientOptions, type FirstLoad, type PalabreClientEvents } from "./client";
export { Connection, type ConnectionEvents, type ConnectionOptions, type ConnectionStatus } from "./connection";
export {
  BearerCredentials,
  CookieCredentials,
  MemoryTokenStorage,
  type CookieOptions,
  type Credentials,
  type Renewal,
  type Tokens,
  type TokenStorage,
} from "./credentials";
export { isSignInProblem, isTransient, PalabreError, type ErrorCode, type FieldProblem } from "./errors";
export { Emitter, type Unsubscribe } from "./events";
export { Outbox, type OutboxEvents } from "./outbox";
export {
  KeyValueOutboxStorage,
  MemoryOutboxStorage,
  type KeyValueStorage,
  type OutboxItem,
  type OutboxStorage,
} from "./outbox-storage";
export { Presence } from "./presence";
export type * from "./protocol";
export { readBy } from "./merge";
export { Rest, type ConversationChange } from "./rest";
export { Store, type StoreEvents } from "./store";
export { Timeline } from "./timeline";
export { Typing } from "./typing";
export type * from "./types";
