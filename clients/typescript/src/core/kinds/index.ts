import type { ServerEventName, ServerEvents } from "../../wire/protocol";
import type { Changes, User } from "../../wire/types";
import type { Connection } from "../connection";
import { account } from "./account";
import { changes } from "./changes";
import { contactRequests } from "./contact-requests";
import { conversations } from "./conversations";
import type { Both, Core, Handlers, Kind } from "./kind";
import { lessons } from "./lessons";
import { messages } from "./messages";
import { presence } from "./presence";
import { reads } from "./reads";
import { typing } from "./typing";

/** The kinds, in the order in which a page of changes is applied. */
const LIST = [account, changes, conversations, messages, reads, lessons, contactRequests, typing, presence] as const;

export const KINDS: readonly Kind[] = LIST;

/** The REST calls of all kinds. */
export type RestCalls = Both<Methods<"rest">>;
/** The commands of all kinds. */
export type Commands = Both<Methods<"gateway">>;

/** Hands each server event to its kind. */
export function subscribe(connection: Connection, core: Core): void {
  for (const kind of KINDS) {
    const handlers = kind.events?.(core) ?? {};
    for (const name of Object.keys(handlers) as ServerEventName[]) subscribeTo(connection, name, handlers[name]);
  }
}

/** Yields the users that a page of changes carries. */
export function* usersIn(page: Partial<Changes>): Iterable<User> {
  for (const kind of KINDS) yield* kind.users?.(page) ?? [];
}

function subscribeTo<Name extends ServerEventName>(connection: Connection, name: Name, handler: Handlers[Name]): void {
  if (handler) connection.on(name, (payload) => handler(payload as ServerEvents[Name]));
}

/** The methods that each kind makes for one part, as a union. */
type Methods<Part extends "rest" | "gateway", Each = (typeof LIST)[number]> = Each extends {
  [Name in Part]: (needs: never) => infer Made;
}
  ? Made
  : never;
