import type { PalabreClient } from "@palabre/client";
import { setText, show } from "./dom";
import { sayCount } from "./phrases";

/** The number of unread messages in the header and before the page's title. */
export function watchUnread(client: PalabreClient): void {
  const title = document.title.replace(/^\(\d+\) /, "");
  const render = (): void => {
    const total = client.store.unreadTotal;
    for (const badge of document.querySelectorAll<HTMLElement>('[data-part="unread-total"]')) {
      setText(badge, String(total));
      badge.setAttribute("aria-label", sayCount("unread", total));
      show(badge, total > 0);
    }
    document.title = total > 0 ? `(${total}) ${title}` : title;
  };
  client.store.on("unread", render);
  render();
}
