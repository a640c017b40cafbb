import type { ContactRequest, PalabreClient, Records } from "@palabre/client";
import { arrange, byId, clone, part, setData, setText, show } from "./dom";
import { fillPerson } from "./face";
import { keep, Rows, Stretch } from "./kept";
import type { PageData } from "./page-data";
import { sayCount, saysStatus } from "./phrases";
import type { PresenceMarks } from "./presence-marks";
import { writeTime } from "./times";

/** Requests that the page was rendered with. */
export interface RequestsOfPage {
  contact_requests?: ContactRequest[];
}

/** Requests a REST page when they are counted. */
const PAGE = 100;

/** Received or sent requests: pending ones, then answered ones. */
export class RequestList {
  readonly #root: HTMLElement;
  readonly #sent: boolean;
  readonly #me: number;
  readonly #presence: PresenceMarks;
  readonly #rows: Rows;
  readonly #records: Records<ContactRequest>;
  readonly #answered: Stretch<ContactRequest>;
  /** Whether this is the first page, which has the pending ones. */
  readonly #isFirst = !new URLSearchParams(location.search).has("cursor");

  constructor(root: HTMLElement, client: PalabreClient, presence: PresenceMarks, load: PageData & RequestsOfPage) {
    const { me, contact_requests = [] } = load;
    this.#root = root;
    this.#sent = root.dataset["direction"] === "sent";
    this.#me = me.id;
    this.#presence = presence;
    this.#rows = new Rows(root, "requestId", () => clone("request-row"));
    this.#answered = new Stretch(contact_requests.filter((request) => !waits(request)), newestFirst);
    this.#records = keep(client, contact_requests, (changes) => changes.contact_requests, () => this.#render());
    this.#render();
  }

  #render(): void {
    const ours = this.#records.list().filter(({ sender, recipient }) => (this.#sent ? sender : recipient).id === this.#me);
    const waiting = this.#isFirst ? ours.filter(waits) : [];
    const answered = this.#answered.of(ours.filter((request) => !waits(request)));
    this.#fill("waiting", waiting);
    this.#fill("answered", answered);
    show(byId("request-list-empty"), waiting.length + answered.length === 0);
  }

  #fill(name: string, requests: ContactRequest[]): void {
    const section = part(this.#root, name);
    const list = section?.querySelector("ul");
    if (!section || !list) return;
    arrange(
      list,
      requests.map((request) => this.#row(request)),
    );
    show(section, requests.length > 0);
  }

  #row(request: ContactRequest): HTMLElement {
    const row = this.#rows.of(request.id);
    const other = this.#sent ? request.recipient : request.sender;
    setData(row, { requestId: request.id, revision: request.revision, status: request.status });
    const person = part(row, "person");
    person?.setAttribute("href", `/people/${other.id}`);
    setText(person, other.name);
    writeTime(part<HTMLTimeElement>(row, "time"), request.created_at);
    setText(part(row, "message"), request.message ?? "");
    show(part(row, "message"), Boolean(request.message));
    saysStatus(row, `request_${request.status}`);
    fillPerson(row, other, this.#presence);
    this.#fillWays(row, request);
    return row;
  }

  /** Offers to answer or withdraw a pending request, and the conversation of an accepted one. */
  #fillWays(row: HTMLElement, request: ContactRequest): void {
    const answers = part(row, "answers");
    answers?.setAttribute("action", `/contact-requests/${request.id}`);
    show(answers, waits(request));
    const conversation = part(row, "conversation");
    if (request.conversation_id) conversation?.setAttribute("href", `/conversations/${request.conversation_id}`);
    show(conversation, request.conversation_id !== null && !waits(request));
  }
}

function waits({ status }: ContactRequest): boolean {
  return status === "pending";
}

function newestFirst(a: ContactRequest, b: ContactRequest): number {
  return b.id - a.id;
}

/**
 * Shows the number of pending received requests in the navigation. After a change, the requests are counted by REST: a
 * page does not have those that were pending when it was rendered.
 */
export function watchPending(client: PalabreClient): void {
  let asking = false;
  let due = false;

  const count = async (): Promise<void> => {
    due = true;
    if (asking) return;
    asking = true;
    try {
      while (due) {
        due = false;
        renderCount(await pending(client));
      }
    } catch {
      due = true; // counted again after the next sync
    } finally {
      asking = false;
    }
  };

  client.on("changes", ({ contact_requests }) => {
    if (contact_requests.some(({ recipient }) => recipient.id === client.store.me?.id)) void count();
  });
  client.store.on("reset", () => void count());
  client.on("caught_up", () => due && void count());
}

async function pending(client: PalabreClient): Promise<number> {
  let total = 0;
  let cursor: string | number | null = null;
  do {
    const query = { direction: "received", status: "pending", limit: PAGE, ...(cursor ? { cursor } : {}) } as const;
    const page = await client.rest.contactRequests(query);
    total += page.items.length;
    cursor = page.next_cursor;
  } while (cursor);
  return total;
}

function renderCount(total: number): void {
  for (const badge of document.querySelectorAll<HTMLElement>('[data-part="pending-requests"]')) {
    setText(badge, String(total));
    badge.setAttribute("aria-label", sayCount("pending", total));
    show(badge, total > 0);
  }
}
