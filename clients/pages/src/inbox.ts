import type { Conversation, PalabreClient } from "@palabre/client";
import { arrange, batched, byId, clone, part, setData, setText, show } from "./dom";
import type { Drafts } from "./drafts";
import { fillFace } from "./face";
import { counterpart, faceOf, namesOfOthers, oneLine, titleOf } from "./people";
import { say, sayCount } from "./phrases";
import type { PresenceMarks } from "./presence-marks";
import { writeTime } from "./times";

/** The list of conversations, latest activity first, kept current row by row. */
export class Inbox {
  readonly #list: HTMLElement;
  readonly #rows = new Map<number, HTMLElement>();
  readonly #archived: boolean;
  readonly #client: PalabreClient;
  readonly #drafts: Drafts;
  readonly #presence: PresenceMarks;
  /** Where the page ends: older conversations are on the next page, even if the store has them. */
  readonly #oldest: string;

  constructor(list: HTMLElement, client: PalabreClient, drafts: Drafts, presence: PresenceMarks) {
    this.#list = list;
    this.#archived = list.dataset["archived"] === "true";
    this.#client = client;
    this.#drafts = drafts;
    this.#presence = presence;
    for (const row of list.querySelectorAll<HTMLElement>("[data-conversation-id]")) {
      this.#rows.set(Number(row.dataset["conversationId"]), row);
    }
    const more = list.parentElement?.querySelector(".pager") != null;
    const last = client.store.conversations().filter(({ id }) => this.#rows.has(id)).pop();
    this.#oldest = more && last ? activityOf(last) : "";
    const render = batched(() => this.#render());
    client.store.on("conversation", render);
    client.store.on("removed", render);
    client.store.on("reset", render);
    drafts.onChange(render);
    this.#render();
  }

  #render(): void {
    const shown = this.#client.store.conversations().filter((conversation) => this.#belongs(conversation));
    arrange(
      this.#list,
      shown.map((conversation) => this.#row(conversation)),
    );
    show(byId("conversation-list-empty"), shown.length === 0);
  }

  #belongs(conversation: Conversation): boolean {
    return conversation.archived === this.#archived && activityOf(conversation) >= this.#oldest;
  }

  #row(conversation: Conversation): HTMLElement {
    const row = this.#rows.get(conversation.id) ?? clone("conversation-row");
    this.#rows.set(conversation.id, row);
    this.#fill(row, conversation);
    return row;
  }

  #fill(row: HTMLElement, conversation: Conversation): void {
    const last = conversation.last_message;
    setData(row, {
      conversationId: conversation.id,
      kind: conversation.kind,
      revision: conversation.revision,
      updatedAt: conversation.updated_at,
      status: conversation.status,
      archived: conversation.archived,
      muted: conversation.muted,
      unread: conversation.unread_count,
    });
    const link = part<HTMLAnchorElement>(row, "link");
    const href = `/conversations/${conversation.id}`;
    if (link && link.getAttribute("href") !== href) link.href = href;
    writeTime(part<HTMLTimeElement>(row, "time"), last?.created_at ?? conversation.updated_at);
    show(part(row, "status"), conversation.status === "closed");
    show(part(row, "muted"), conversation.muted);
    show(part(row, "archived"), conversation.archived);
    this.#fillNames(row, conversation);
    this.#fillWords(row, conversation);
    this.#fillUnread(row, conversation.unread_count);
    this.#fillPresence(row, conversation);
  }

  #fillNames(row: HTMLElement, conversation: Conversation): void {
    const me = this.#me;
    const title = titleOf(conversation, me);
    const names = namesOfOthers(conversation, me);
    setText(part(row, "title"), title);
    setText(part(row, "person"), names === title ? "" : names);
    show(part(row, "person"), names !== title && names !== "");
    fillFace(row, { ...faceOf(conversation, me), name: title });
  }

  #fillWords(row: HTMLElement, conversation: Conversation): void {
    const current = row.dataset["current"] === "true";
    const draft = current ? "" : this.#drafts.get(conversation.id).trim();
    setText(part(row, "draft"), draft ? say("draft", { text: oneLine(draft) }) : "");
    setText(part(row, "excerpt"), this.#excerpt(conversation));
    show(part(row, "draft"), draft !== "");
    show(part(row, "excerpt"), draft === "");
  }

  #excerpt({ last_message: last }: Conversation): string {
    if (!last) return "";
    if (last.text === null) return say("message_deleted");
    const text = oneLine(last.text);
    return last.sender.id === this.#me ? say("you_excerpt", { text }) : text;
  }

  #fillUnread(row: HTMLElement, count: number): void {
    const badge = part(row, "unread");
    setText(badge, String(count));
    badge?.setAttribute("aria-label", sayCount("unread", count));
    show(badge, count > 0);
  }

  #fillPresence(row: HTMLElement, conversation: Conversation): void {
    const mark = part(row, "presence");
    if (!mark) return;
    const other = counterpart(conversation, this.#me);
    setData(mark, { presenceUserId: other?.id ?? "" });
    show(mark, other !== null);
    this.#presence.refresh(mark);
  }

  get #me(): number {
    return this.#client.store.me?.id ?? 0;
  }
}

function activityOf({ last_message, created_at }: Conversation): string {
  return last_message?.created_at ?? created_at;
}
