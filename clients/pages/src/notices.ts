import type { PalabreClient } from "@palabre/client";
import { byId, setData, setText, show } from "./dom";
import { has, say } from "./phrases";

const TOAST_MS = 6_000;
const RESTORED_MS = 2_500;
/** Milliseconds without a connection before the notice appears. */
const PATIENCE_MS = 1_500;

let toastTimer: ReturnType<typeof setTimeout> | undefined;

/** Shows a short message about a failed action for a few seconds. */
export function toast(text: string): void {
  const element = byId("toast");
  clearTimeout(toastTimer);
  setText(element, text);
  show(element, true);
  toastTimer = setTimeout(() => show(element, false), TOAST_MS);
}

/** Shows when the connection is lost, back, or ended. */
export function watchConnection(client: PalabreClient): void {
  const notice = byId("connection-notice");
  if (!notice) return;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let lost = false;

  const sayLost = (): void => {
    lost = true;
    setText(notice, say("connection_lost"));
    show(notice, true);
  };
  const sayRestored = (): void => {
    if (!lost) return;
    lost = false;
    setText(notice, say("connection_restored"));
    timer = setTimeout(() => show(notice, false), RESTORED_MS);
  };

  client.on("caught_up", () => setData(document.documentElement, { live: true }));
  client.connection.on("status", (status) => {
    clearTimeout(timer);
    if (status !== "connected") setData(document.documentElement, { live: false });
    notice.dataset["status"] = status;
    if (status === "connected") sayRestored();
    else if (status === "ended") sayEnded(notice);
    else if (status === "connecting") timer = setTimeout(sayLost, lost ? 0 : PATIENCE_MS);
  });
}

function sayEnded(notice: HTMLElement): void {
  setText(notice, `${say("session_ended")} `);
  if (has("session_ended_link")) {
    const link = document.createElement("a");
    link.href = `/sign-in?next=${encodeURIComponent(location.pathname + location.search)}`;
    link.textContent = say("session_ended_link");
    notice.append(link);
  }
  show(notice, true);
}
