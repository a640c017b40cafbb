import type { Message, PalabreClient } from "@palabre/client";
import { action, clone, part, setText, show } from "./dom";
import { sayError } from "./phrases";

/** Edits a message in its row: a form replaces its text until it is saved or cancelled. */
export function editInPlace(row: HTMLElement, message: Message, client: PalabreClient): void {
  if (row.querySelector("form")) return;
  const text = part(row, "text");
  const form = clone("edit-form") as HTMLFormElement;
  const field = form.querySelector<HTMLTextAreaElement>('textarea[name="text"]') as HTMLTextAreaElement;
  const problem = part(form, "edit-error");

  const close = (): void => {
    form.remove();
    show(text, true);
  };
  const save = async (): Promise<void> => {
    const edited = field.value.trim();
    if (!edited || edited === message.text) return close();
    try {
      await client.edit(message.id, edited);
      close();
    } catch (error) {
      setText(problem, sayError(error));
      show(problem, true);
    }
  };

  listen(form, field, save, close);
  field.value = message.text ?? "";
  show(text, false);
  text?.after(form);
  field.focus();
  field.setSelectionRange(field.value.length, field.value.length);
}

/** Saves on Enter or by the button, closes on Escape or by the other. */
function listen(form: HTMLFormElement, field: HTMLTextAreaElement, save: () => Promise<void>, close: () => void): void {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void save();
  });
  field.addEventListener("keydown", (event) => {
    if (event.key === "Escape") close();
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    void save();
  });
  action(form, "cancel-edit")?.addEventListener("click", close);
}
