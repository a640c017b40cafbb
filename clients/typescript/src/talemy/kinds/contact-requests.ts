import type { ContactRequest } from "../../generated/talemy";
import { camelize } from "../spelling";
import { type CamelHttp, type Held, kindOf, PAGE, type Page, queryOf } from "./kind";

export const contactRequests = kindOf({
  list: "contactRequests",
  events: ["contactRequest:created", "contactRequest:statusUpdated"],
  opensConversation: "contactRequest:statusUpdated",
  inEvent: ({ contactRequest }) => contactRequest,
  inChanges: (changes) => camelize(changes.contact_requests),
  news: (contactRequestId) => ({ contactRequestId }),
  calls: (held: Held<ContactRequest>, http: CamelHttp) => ({
    contactRequests(): ContactRequest[] {
      return held.list();
    },
    /** @throws PalabreError */
    async loadContactRequests(query: { direction?: "sent" | "received"; status?: ContactRequest["status"] } = {}): Promise<ContactRequest[]> {
      const { items } = await http<Page<ContactRequest>>("GET", `/contact-requests${queryOf({ ...query, limit: PAGE })}`);
      const filtered = query.direction !== undefined || query.status !== undefined;
      held.keepPage(items, !filtered);
      const ids = new Set(items.map(({ id }) => id));
      return filtered ? held.list().filter(({ id }) => ids.has(id)) : held.list();
    },
    /** @throws PalabreError */
    async createContactRequest(request: { recipientId: number; message?: string }): Promise<ContactRequest> {
      return held.keep(await http("POST", "/contact-requests", request));
    },
    /** @throws PalabreError */
    async updateContactRequestStatus(requestId: number, status: ContactRequest["status"]): Promise<ContactRequest> {
      return held.keep(await http("PATCH", `/contact-requests/${requestId}`, { status }));
    },
  }),
});
