/**
 * The rendered pages, live. The server's markup works by itself; this keeps it current and sends without reloading.
 * What the page and this script agree on is in `clients/pages/README.md`.
 */
import { KeyValueOutboxStorage, MemoryOutboxStorage, PalabreClient } from "@palabre/client";
import { watchUnread } from "./badge";
import { ConversationPage } from "./conversation";
import { byId } from "./dom";
import { Drafts } from "./drafts";
import { Inbox } from "./inbox";
import { LessonList, type LessonsOfPage, watchLesson } from "./lessons";
import { watchMenus } from "./menus";
import { watchConnection } from "./notices";
import { type PageData, readPageData } from "./page-data";
import { PresenceMarks } from "./presence-marks";
import { RequestList, type RequestsOfPage, watchPending } from "./requests";
import { pageCredentials } from "./session";
import { keepInStep, shareWithTabs } from "./tabs";
import { localiseTimes, rememberTimeZone } from "./times";

const HOUR_MS = 60 * 60 * 1000;

type Load = PageData & LessonsOfPage & RequestsOfPage;

function begin(load: Load): void {
  const client = shareWithTabs(
    load.me.id,
    (createSocket, outboxShare) =>
      new PalabreClient({
        url: location.origin,
        credentials: pageCredentials(),
        outboxStorage: outboxStorage(load.me.id),
        outboxShare,
        createSocket,
      }),
  );
  // Somebody else signed in in another tab: this page shows what is not theirs.
  client.connection.on("ready", ({ user }) => user.id !== load.me.id && location.reload());
  client.seed(isLatest() ? load : { ...load, messages: [], conversation: null });

  const drafts = new Drafts(load.me.id);
  const presence = new PresenceMarks(client);
  watchUnread(client);
  watchConnection(client);
  const list = byId("conversation-list");
  if (list) new Inbox(list, client, drafts, presence);
  const lessons = byId("lesson-list");
  if (lessons) new LessonList(lessons, client, presence, load);
  const requests = byId("request-list");
  if (requests) new RequestList(requests, client, presence, load);
  // The server has another past than this page: only it can say what to show.
  if (lessons || requests || byId("lesson")) client.store.on("reset", () => location.reload());
  watchLesson(client, load);
  watchPending(client);
  const conversation = byId("conversation");
  if (conversation) new ConversationPage(conversation, client, drafts);
  keepInStep(client);
  client.start();
}

/** Without script one may have gone back to an older page; with it the page begins at the end. */
function isLatest(): boolean {
  return byId("conversation")?.dataset["latest"] !== "false";
}

function outboxStorage(userId: number): KeyValueOutboxStorage | MemoryOutboxStorage {
  try {
    return new KeyValueOutboxStorage(localStorage, userId);
  } catch {
    return new MemoryOutboxStorage(); // storage is forbidden here
  }
}

document.documentElement.dataset["js"] = "";
rememberTimeZone();
localiseTimes();
setInterval(localiseTimes, HOUR_MS);
watchMenus();
const load = readPageData<Load>();
if (load?.me) begin(load);
