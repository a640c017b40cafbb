import type { HttpClient } from "../../http/http-client";
import type { Changes, ContactRequest, Page, User } from "../../wire/types";

/** Contact requests are held by the client that shows them; the core reads lists and learns the users' presence. */
export const contactRequests = {
  rest: (http: HttpClient) => ({
    contactRequests(query: {
      direction?: "sent" | "received";
      status?: ContactRequest["status"];
      limit?: number;
      cursor?: string | number;
    }): Promise<Page<ContactRequest>> {
      return http.get("/contact-requests", query);
    },
  }),

  *users({ contact_requests: changed = [] }: Partial<Changes>): Iterable<User> {
    for (const { sender, recipient } of changed) yield* [sender, recipient];
  },
};
