import type { Unsubscribe } from "@palabre/client";

/** Unsent text, per user and conversation, shared by all tabs. */
export class Drafts {
  readonly #prefix: string;
  readonly #listeners = new Set<(conversationId: number) => void>();

  constructor(userId: number) {
    this.#prefix = `palabre.draft.${userId}.`;
    addEventListener("storage", ({ key }) => {
      if (key?.startsWith(this.#prefix)) this.#tell(Number(key.slice(this.#prefix.length)));
    });
  }

  get(conversationId: number): string {
    try {
      return localStorage.getItem(this.#prefix + conversationId) ?? "";
    } catch {
      return "";
    }
  }

  set(conversationId: number, text: string): void {
    const key = this.#prefix + conversationId;
    try {
      if (text.trim()) localStorage.setItem(key, text);
      else localStorage.removeItem(key);
    } catch {
      return; // storage is off or full; the field still has the text
    }
    this.#tell(conversationId);
  }

  /** In this tab or another. */
  onChange(listener: (conversationId: number) => void): Unsubscribe {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #tell(conversationId: number): void {
    for (const listener of this.#listeners) listener(conversationId);
  }
}
