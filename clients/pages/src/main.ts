/**
 * Makes the rendered pages live. The server's markup works without it; this keeps it current and sends without reloading.
 * `clients/pages/README.md` has the contract between page and script.
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
  // Another user signed in in another tab: this page shows the first one's data.
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
  // After a reset only the server can render these lists.
  if (lessons || requests || byId("lesson")) client.store.on("reset", () => location.reload());
  watchLesson(client, load);
  watchPending(client);
  const conversation = byId("conversation");
  if (conversation) new ConversationPage(conversation, client, drafts);
  keepInStep(client);
  client.start();
}

/** Whether the page shows the newest messages; a link without script may lead to older ones. */
function isLatest(): boolean {
  return byId("conversation")?.dataset["latest"] !== "false";
}

function outboxStorage(userId: number): KeyValueOutboxStorage | MemoryOutboxStorage {
  try {
    return new KeyValueOutboxStorage(localStorage, userId);
  } catch {
    return new MemoryOutboxStorage(); // storage is blocked
  }
}

document.documentElement.dataset["js"] = "";
rememberTimeZone();
localiseTimes();
setInterval(localiseTimes, HOUR_MS);
watchMenus();
const load = readPageData<Load>();
if (load?.me) begin(load);
