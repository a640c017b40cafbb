import type { PalabreClient } from "@palabre/client";
import { setText, show } from "./dom";
import { sayCount } from "./phrases";

const PAGE = 100;

/**
 * The number of requests that wait for the reader's answer, in the navigation. When one of them came or changed, the
 * server is asked how many there are: a page cannot know which of them waited when it was rendered.
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
        render(await pending(client));
      }
    } catch {
      due = true; // asked again once the page has caught up
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

function render(total: number): void {
  for (const badge of document.querySelectorAll<HTMLElement>('[data-part="pending-requests"]')) {
    setText(badge, String(total));
    badge.setAttribute("aria-label", sayCount("pending", total));
    show(badge, total > 0);
  }
}
