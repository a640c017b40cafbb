import type { PalabreClient } from "@palabre/client";
import { part, setData, setText } from "./dom";
import { say } from "./phrases";
import { shortTime } from "./times";

/** Shows presence wherever a page names a user. */
export class PresenceMarks {
  readonly #client: PalabreClient;

  constructor(client: PalabreClient) {
    this.#client = client;
    client.presence.on("change", ({ userId }) => this.#write(userId));
  }

  /** Updates one mark, such as that of a new row. */
  refresh(mark: HTMLElement): void {
    const userId = Number(mark.dataset["presenceUserId"]);
    if (!userId || !this.#client.presence.known) return; // until then the server's rendering holds
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
