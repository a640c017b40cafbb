import type { ContactRequest } from "../../generated/talemy";
import { camelize } from "../spelling";
import { type Held, kindOf } from "./kind";

export const contactRequests = kindOf({
  list: "contactRequests",
  path: "/contact-requests",
  events: ["contactRequest:created", "contactRequest:statusUpdated"],
  opensConversation: "contactRequest:statusUpdated",
  inEvent: ({ contactRequest }) => contactRequest,
  inChanges: (changes) => camelize(changes.contact_requests),
  news: (contactRequestId) => ({ contactRequestId }),
  calls: (held: Held<ContactRequest>) => ({
    contactRequests(): ContactRequest[] {
      return held.list();
    },
    /** @throws PalabreError */
    async loadContactRequests(query: { direction?: "sent" | "received"; status?: ContactRequest["status"] } = {}): Promise<ContactRequest[]> {
      const ids = new Set((await held.read(query)).map(({ id }) => id));
      return query.direction || query.status ? held.list().filter(({ id }) => ids.has(id)) : held.list();
    },
    /** @throws PalabreError */
    createContactRequest(request: { recipientId: number; message?: string }): Promise<ContactRequest> {
      return held.create(request);
    },
    /** @throws PalabreError */
    updateContactRequestStatus(requestId: number, status: ContactRequest["status"]): Promise<ContactRequest> {
      return held.update(requestId, { status });
    },
  }),
});
