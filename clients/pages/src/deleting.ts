import type { DeleteScope, Message, PalabreClient } from "@palabre/client";
import { byId, part, setText, show } from "./dom";
import { toast } from "./notices";
import { oneLine } from "./people";
import { sayError } from "./phrases";

/** Asks whether to delete a message for everyone or for the reader, and deletes it. */
export function askToDelete(message: Message, mayForEveryone: boolean, client: PalabreClient): void {
  const dialog = byId<HTMLDialogElement>("confirm-delete");
  if (!dialog) return;
  setText(part(dialog, "delete-excerpt"), oneLine(message.text ?? ""));
  show(dialog.querySelector<HTMLElement>('button[value="everyone"]'), mayForEveryone);
  dialog.returnValue = "";
  dialog.addEventListener("close", () => void remove(message.id, dialog.returnValue, client), { once: true });
  dialog.showModal();
}

async function remove(messageId: number, answer: string, client: PalabreClient): Promise<void> {
  if (!isScope(answer)) return;
  try {
    await client.remove(messageId, answer);
  } catch (error) {
    toast(sayError(error));
  }
}

function isScope(answer: string): answer is DeleteScope {
  return answer === "everyone" || answer === "me";
}
