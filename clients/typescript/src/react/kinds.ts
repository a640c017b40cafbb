import type { Both } from "../core/kinds/kind";
import type { SocketClient, Unsubscribe } from "../index";
import { contactRequests } from "./contact-requests";
import { conversations } from "./conversations";
import type { Cache } from "./kind";
import { lessons } from "./lessons";
import { messages } from "./messages";
import { unread } from "./unread";

const LIST = [conversations, messages, unread, lessons, contactRequests] as const;

type One = (typeof LIST)[number];

/**
 * The exact keys under which React Query holds what this package keeps current.
 * @example
 * queryClient.invalidateQueries({ queryKey: socketKeys.messages(12) });
 */
export const socketKeys = assembled({ all: ["palabre"] as const }, LIST.map(({ keys }) => keys)) as {
  all: readonly ["palabre"];
} & Both<One["keys"]>;

/**
 * Queries whose data the socket keeps current.
 * @example
 * const { data } = useQuery(socketQueries.lessons(socket, { status: "confirmed" }));
 */
export const socketQueries = assembled({}, LIST.map(({ queries }) => queries)) as Both<One["queries"]>;

/** Keeps every kind's cached data current. */
export function follow(client: SocketClient, cache: Cache): Unsubscribe[] {
  return LIST.map((kind) => kind.follow(client, cache));
}

function assembled(start: object, parts: object[]): object {
  return Object.assign(start, ...parts) as object;
}
