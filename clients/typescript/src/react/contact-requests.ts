import type { UseQueryResult } from "@tanstack/react-query";
import type { SocketClient, Talemy } from "../index";
import type { Kind } from "./kind";
import { live, STALE_MS, useSocketQuery } from "./live-query";

export interface ContactRequestFilter {
  direction?: "sent" | "received";
  status?: Talemy.ContactRequest["status"];
}

/** With a filter, a list of its own, which is read again when a request changes. */
const key = (filter?: ContactRequestFilter) =>
  filter ? (["palabre", "contactRequests", filter] as const) : (["palabre", "contactRequests"] as const);

export const contactRequests = {
  keys: { contactRequests: key },
  queries: {
    contactRequests: (client: SocketClient, filter?: ContactRequestFilter) =>
      filter
        ? { queryKey: key(filter), queryFn: () => client.loadContactRequests(filter), staleTime: STALE_MS }
        : live(key(), () => client.loadContactRequests(), () => client.contactRequests()),
  },
  follow: (client, cache) =>
    client.on("contactRequests", () => cache.list("contactRequests", key(), () => client.contactRequests())),
} satisfies Kind;

export function useContactRequests(filter?: ContactRequestFilter): UseQueryResult<Talemy.ContactRequest[]> {
  return useSocketQuery((socket) => contactRequests.queries.contactRequests(socket, filter));
}
