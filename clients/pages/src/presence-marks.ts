import type { PalabreClient } from "@palabre/client";
import { part, setData, setText } from "./dom";
import { say } from "./phrases";
import { shortTime } from "./times";

/** Shows who is online wherever a page names a person. */
export class PresenceMarks {
  readonly #client: PalabreClient;

  constructor(client: PalabreClient) {
    this.#client = client;
    client.presence.on("change", ({ userId }) => this.#write(userId));
  }

  /** Brings one mark up to date, such as that of a row just made. */
  refresh(mark: HTMLElement): void {
    const userId = Number(mark.dataset["presenceUserId"]);
    if (!userId || !this.#client.presence.known) return; // until then, as the server rendered it
    const online = this.#client.presence.isOnline(userId);
    setData(mark, { online });
    setText(part(mark, "presence-label"), online ? say("online") : this.#absence(userId));
  }

  #write(userId: number): void {
    const marks = document.querySelectorAll<HTMLElement>(`[data-presence-user-id="${userId}"]`);
    for (const mark of marks) this.refresh(mark);
  }

  #absence(userId: number): string {
    const seen = this.#client.presence.lastSeen(userId);
    return seen ? say("last_seen", { time: shortTime(seen) }) : say("offline");
  }
}
