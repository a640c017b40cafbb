import type { Message, PalabreClient } from "@palabre/client";
import { action, byId, part, setText, show } from "./dom";
import type { Drafts } from "./drafts";
import { oneLine } from "./people";

/** The form for a new message: sends through the outbox, keeps the draft, and holds the message replied to. */
export class Composer {
  readonly #form: HTMLFormElement;
  readonly #field: HTMLTextAreaElement;
  readonly #replyTo: HTMLInputElement | null;
  readonly #client: PalabreClient;
  readonly #drafts: Drafts;
  readonly #conversationId: number;
  readonly #sent: () => void;

  constructor(
    form: HTMLFormElement,
    client: PalabreClient,
    drafts: Drafts,
    { conversationId, sent }: { conversationId: number; sent: () => void },
  ) {
    this.#form = form;
    this.#field = form.querySelector<HTMLTextAreaElement>('textarea[name="text"]') as HTMLTextAreaElement;
    this.#replyTo = form.querySelector<HTMLInputElement>('input[name="reply_to_id"]');
    this.#client = client;
    this.#drafts = drafts;
    this.#conversationId = conversationId;
    this.#sent = sent;
    if (!this.#field.value) this.#field.value = drafts.get(conversationId);
    this.#fit();
    this.#listen();
  }

  /** Makes the next message a reply. */
  replyTo(message: Message, author: string): void {
    if (this.#replyTo) this.#replyTo.value = String(message.id);
    const context = byId("composer-reply");
    if (context) {
      setText(part(context, "reply-author"), author);
      setText(part(context, "reply-excerpt"), oneLine(message.text ?? ""));
      show(context, true);
    }
    this.#field.focus();
  }

  focus(): void {
    this.#field.focus();
  }

  #listen(): void {
    this.#form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#send();
    });
    this.#field.addEventListener("keydown", (event) => this.#pressed(event));
    this.#field.addEventListener("input", () => this.#typed());
    this.#field.addEventListener("blur", () => this.#client.typing.stop());
    action(this.#form, "cancel-reply")?.addEventListener("click", (event) => {
      event.preventDefault();
      this.#cancelReply();
      this.#field.focus();
    });
    addEventListener("pagehide", () => this.#client.typing.stop());
  }

  #pressed(event: KeyboardEvent): void {
    if (event.key === "Escape") this.#cancelReply();
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || writesByTouch()) return;
    event.preventDefault();
    this.#send();
  }

  #typed(): void {
    this.#drafts.set(this.#conversationId, this.#field.value);
    this.#fit();
    if (this.#field.value.trim()) this.#client.typing.touch(this.#conversationId);
    else this.#client.typing.stop();
  }

  #send(): void {
    const text = this.#field.value.trim();
    if (!text) return;
    const replyToId = Number(this.#replyTo?.value) || undefined;
    this.#client.send({ conversationId: this.#conversationId, text, replyToId });
    this.#field.value = "";
    this.#drafts.set(this.#conversationId, "");
    this.#cancelReply();
    show(byId("composer-error"), false);
    this.#fit();
    this.#sent();
  }

  #cancelReply(): void {
    if (this.#replyTo) this.#replyTo.value = "";
    show(byId("composer-reply"), false);
  }

  /** Grows with its text where CSS alone cannot. */
  #fit(): void {
    if (CSS.supports("field-sizing", "content")) return;
    this.#field.style.height = "auto";
    this.#field.style.height = `${this.#field.scrollHeight}px`;
  }
}

/** On a touch keyboard, Enter begins a new line. */
function writesByTouch(): boolean {
  return matchMedia("(pointer: coarse)").matches && !matchMedia("(any-pointer: fine)").matches;
}
