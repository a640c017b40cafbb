/**
 * Every row of the guides' event tables, by name. Two clients of one user see the same story, one of them without that event
 * in its socket. The first must notice it and the second must not, or the test would prove nothing.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { MessagingSocketClient, type PalabreClient, SocketClient } from "../../src";
import { type ConnectionSocket, createSocket } from "../../src/core/connection";
import { ROOT } from "../support/places";
import { canServe, Person, Server, until } from "./server";

/** The events that one client emitted and received, as `→ name` and `← name`. */
type Carried = Set<string>;

/** A socket that records the events it carries both ways, and drops one of them. */
function tapped(socket: ConnectionSocket, carried: Carried, lost: string | null): ConnectionSocket {
  return {
    get connected() {
      return socket.connected;
    },
    get active() {
      return socket.active;
    },
    connect: () => socket.connect(),
    disconnect: () => socket.disconnect(),
    on: (name, listener) => socket.on(name, (payload) => void (`← ${name}` !== lost && listener(payload))),
    timeout: (ms) => ({
      emit: (name, payload, answered) => {
        if (`→ ${name}` === lost) return answered(new Error("lost"), undefined as never);
        return socket.timeout(ms).emit(name, payload, (error: Error | null, answer: never) => {
          if (!error && (answer as { ok: boolean }).ok) carried.add(`→ ${name}`);
          answered(error, answer);
        });
      },
    }),
  };
}

describe.skipIf(!canServe)("the events of the guides", () => {
  let server: Server;
  let alice: Person;
  let bob: Person;
  let his: PalabreClient;
  let id: number;
  const clients: Array<{ disconnect(): void }> = [];

  beforeAll(async () => {
    server = await Server.start({ RATELIMIT_ENABLED: "false" });
  });
  afterAll(() => server?.close());
  beforeEach(async () => {
    [alice, bob] = [await Person.register(server, "Alice"), await Person.register(server, "Bob")];
    his = bob.client();
    id = (await his.rest.send({ recipient_id: alice.user.id, text: "Hello?" })).conversation_id;
  });
  afterEach(() => {
    for (const client of clients.splice(0)) client.disconnect();
    bob.leave();
  });

  const options = (carried: Carried, lost: string | null): ConstructorParameters<typeof SocketClient>[0] => ({
    serverUrl: server.url,
    tokenStorage: alice.tokens,
    tabs: null,
    logger: null,
    createSocket: (url, auth) => tapped(createSocket(url, auth), carried, lost),
  });

  async function call<Answer>(person: Person, method: string, path: string, body?: object): Promise<Answer> {
    const headers = { "Content-Type": "application/json", Authorization: `Bearer ${(await person.tokens.load())?.access_token}` };
    const answer = await fetch(`${server.url}/api/v1${path}`, { method, headers, ...(body ? { body: JSON.stringify(body) } : {}) });
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status}`);
    return (answer.status === 204 ? null : await answer.json()) as Answer;
  }

  /** Asserts that a client with all of its events carries one, and that a client without that event does not. */
  async function compare<Client extends { core: PalabreClient | null }>(
    row: string,
    open: (carried: Carried, lost: string | null) => Promise<Client>,
    story: (client: Client) => unknown,
    meanwhile: () => unknown,
  ): Promise<void> {
    const [whole, lacking]: [Carried, Carried] = [new Set(), new Set()];
    const [first, second] = [await open(whole, null), await open(lacking, row)];
    await story(first);
    await story(second);
    await meanwhile();
    await until(() => whole.has(row));
    await second.core?.catchUp(); // earlier events have been received
    expect(lacking.has(row)).toBe(false);
  }

  // --- the marketplace application

  type Hers = MessagingSocketClient;
  const MARKETPLACE_HEARS = [
    "new_message", "message_notification", "messages_read", "message_deleted", "message_edited", "conversation_updated",
    "conversation_removed", "typing", "user_online", "user_offline",
  ] as const; // prettier-ignore

  async function marketplace(carried: Carried, lost: string | null): Promise<Hers> {
    const client = new MessagingSocketClient(options(carried, lost));
    clients.push(client);
    for (const name of MARKETPLACE_HEARS) client.on(name, () => carried.add(`← ${name}`));
    client.connect(alice.user.id);
    await until(() => client.isConnected);
    return client;
  }

  const joined = (client: Hers): Promise<unknown> => client.joinConversation(id);
  const nothing = (): void => undefined;
  const firstId = (client: Hers): number => client.messages(id)[0]?.id ?? 0;
  const own = async (): Promise<number> => (await alice.client().rest.send({ conversation_id: id, text: "mine" })).message.id;

  const OF_MARKETPLACE: Record<string, [story: (client: Hers) => unknown, meanwhile: () => unknown]> = {
    "→ send_message": [(client) => client.sendMessage(null, "Still for sale?", null, id), nothing],
    "→ join_conversation": [(client) => joined(client).catch(nothing), nothing],
    "→ leave_conversation": [async (client) => (await joined(client), client.leaveConversation(id)), nothing],
    "→ mark_messages_read": [async (client) => (await joined(client), client.markMessagesAsRead(id)), nothing],
    "→ delete_message": [async (client) => client.deleteMessage(await own()), nothing],
    "→ edit_message": [async (client) => client.editMessage(await own(), "better"), nothing],
    "→ typing": [async (client) => (await joined(client), client.typing(id)), nothing],
    "← new_message": [joined, () => his.rest.send({ conversation_id: id, text: "joined" })],
    "← message_notification": [nothing, () => his.rest.send({ conversation_id: id, text: "not joined" })],
    "← messages_read": [joined, async () => (await own(), his.rest.markRead(id))],
    "← message_deleted": [joined, () => his.rest.remove(firstId(clients[0] as Hers), "everyone")],
    "← message_edited": [joined, () => his.rest.edit(firstId(clients[0] as Hers), "Hello!")],
    "← conversation_updated": [nothing, () => his.rest.changeConversation(id, { status: "closed" })],
    "← conversation_removed": [nothing, () => removed()],
    "← typing": [joined, async () => ((his = await bob.online()), await his.open(id), his.typing.touch(id))],
    "← user_online": [nothing, async () => void (await bob.online())],
    "← user_offline": [nothing, async () => (await bob.online()).stop()],
  };

  async function removed(): Promise<void> {
    const group = await call<{ id: number }>(bob, "POST", "/conversations", { participant_ids: [alice.user.id], title: "Group" });
    await call(bob, "DELETE", `/conversations/${group.id}/participants/${alice.user.id}`);
  }

  it.each(Object.keys(OF_MARKETPLACE))("marketplace: %s", async (row) => {
    const [story, meanwhile] = OF_MARKETPLACE[row] ?? [nothing, nothing];
    await compare(row, marketplace, story, meanwhile);
  });

  // --- Talemy

  const TALEMY_HEARS = [
    "message:new", "message:sent", "lesson:created", "lesson:statusUpdated", "contactRequest:created", "contactRequest:statusUpdated",
  ] as const; // prettier-ignore

  async function talemy(carried: Carried, lost: string | null): Promise<SocketClient> {
    const client = new SocketClient(options(carried, lost));
    clients.push(client);
    for (const name of TALEMY_HEARS) client.on(name, () => carried.add(`← ${name}`));
    client.connect(alice.user.id);
    await until(() => client.connected);
    return client;
  }

  const lesson = (): Promise<{ id: number }> =>
    call(bob, "POST", "/lessons", { student_id: alice.user.id, title: "Kora", starts_at: "2030-01-15T17:00:00Z" });
  const request = (): Promise<{ id: number }> => call(bob, "POST", "/contact-requests", { recipient_id: alice.user.id });

  const OF_TALEMY: Record<string, [story: (client: SocketClient) => unknown, meanwhile: () => unknown]> = {
    "→ conversation:join": [(client) => client.joinConversation(id), nothing],
    "→ conversation:leave": [joinAndLeave, nothing],
    "→ message:send": [(client) => client.sendMessage(id, "Hello!"), nothing],
    "← message:new": [nothing, () => his.rest.send({ conversation_id: id, text: "News" })],
    "← message:sent": [nothing, own],
    "← lesson:created": [nothing, lesson],
    "← lesson:statusUpdated": [nothing, async () => call(bob, "PATCH", `/lessons/${(await lesson()).id}`, { status: "confirmed" })],
    "← contactRequest:created": [nothing, request],
    "← contactRequest:statusUpdated": [
      nothing,
      async () => call(bob, "PATCH", `/contact-requests/${(await request()).id}`, { status: "cancelled" }),
    ],
  };

  async function joinAndLeave(client: SocketClient): Promise<void> {
    client.joinConversation(id);
    await until(() => client.messages(id).length === 1);
    client.leaveConversation(id);
  }

  it.each(Object.keys(OF_TALEMY))("talemy: %s", async (row) => {
    const [story, meanwhile] = OF_TALEMY[row] ?? [nothing, nothing];
    await compare(row, talemy, story, meanwhile);
  });

  // --- and no row is forgotten

  /** The events in the first columns of a page's tables, and other words spelt like an event. */
  function named(page: string): Set<string> {
    const section = readFileSync(join(ROOT, "docs/clients", page), "utf8").split("\n## Events")[1]?.split("\n## ")[0] ?? "";
    const events = section.split("\nAn event reports a single moment")[0] ?? ""; // below it, what a client makes of them
    const cells = events.split("\n").filter((line) => line.startsWith("| `")).map((line) => line.split("|")[1] ?? "");
    return new Set([...cells.join(" ").matchAll(/`(\w[\w:]+)`/g), ...events.matchAll(/`(\w+:\w+)`/g)].map(([, name]) => name ?? ""));
  }

  it("are all of them in the stories above", () => {
    const told = (stories: object): Set<string> => new Set(Object.keys(stories).map((row) => row.slice(2)));
    expect(named("marketplace-app.md")).toEqual(told(OF_MARKETPLACE));
    expect(named("talemy.md")).toEqual(told(OF_TALEMY));
  });
});
