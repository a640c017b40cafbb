import type { Conversation, ConversationChange, PalabreClient } from "@palabre/client";
import { action, byId, part, setData, setText, show } from "./dom";
import { toast } from "./notices";
import { titleOf, counterpart } from "./people";
import { sayError } from "./phrases";

const CHANGES: Record<string, ConversationChange> = {
  archive: { archived: true },
  unarchive: { archived: false },
  mute: { muted: true },
  unmute: { muted: false },
  close: { status: "closed" },
  reopen: { status: "open" },
};

/** Around the messages: the heading, the menu, and the composer or its notice. */
export class ConversationHead {
  readonly #section: HTMLElement;
  readonly #client: PalabreClient;
  readonly #id: number;

  constructor(section: HTMLElement, client: PalabreClient, id: number) {
    this.#section = section;
    this.#client = client;
    this.#id = id;
    client.store.on("conversation", (change) => change.id === id && this.#render());
  }

  /** Runs a menu action; false for one that is not the conversation's. */
  act(name: string): boolean {
    const change = CHANGES[name];
    if (!change) return false;
    this.#client.change(this.#id, change).catch((error: unknown) => toast(sayError(error)));
    return true;
  }

  #render(): void {
    const conversation = this.#client.store.conversation(this.#id);
    if (!conversation) return;
    const { archived, muted, status } = conversation;
    const before = this.#section.dataset["status"];
    setData(this.#section, { archived, muted, status, lastSeq: conversation.last_seq, revision: conversation.revision });
    this.#fillHeading(conversation);
    this.#offer("archive", !archived, "unarchive");
    this.#offer("mute", !muted, "unmute");
    this.#offer("close", status === "open", "reopen");
    if (status !== before) this.#allowWriting(status === "open");
  }

  #fillHeading(conversation: Conversation): void {
    const me = this.#client.store.me?.id ?? 0;
    const other = counterpart(conversation, me);
    setText(part(this.#section, "conversation-title"), other?.name ?? titleOf(conversation, me));
  }

  #offer(name: string, offered: boolean, opposite: string): void {
    show(action(this.#section, name), offered);
    show(action(this.#section, opposite), !offered);
  }

  #allowWriting(open: boolean): void {
    const blocked = byId("composer-blocked")?.hidden === false;
    const busy = byId("edit-message") ?? byId("delete-message");
    show(byId("composer-closed"), !open && !blocked);
    show(byId("composer"), open && !blocked && !busy);
  }
}
