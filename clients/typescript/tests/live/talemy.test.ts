/** Talemy's client against a real server: every row of its guide's tables, and its promises. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { KeyValueOutboxStorage, MessagingSocketClient, type SessionOptions, SocketClient, type SocketClientEvents } from "../../src";
import { Shelf } from "../support/make";
import { canServe, Person, Server, until } from "./server";

type Heard = { [Name in keyof SocketClientEvents]?: Array<SocketClientEvents[Name]> };
const STARTS = "2026-12-01T17:00:00.000Z";

describe.skipIf(!canServe)("talemy's client", () => {
  let server: Server;
  let teacher: Person;
  let student: Person;
  let id: number;
  const clients: Array<{ disconnect(): void }> = [];

  beforeAll(async () => {
    server = await Server.start({ RATELIMIT_ENABLED: "false" });
  });
  afterAll(() => server?.close());

  beforeEach(async () => {
    [teacher, student] = [await Person.register(server, "Teacher"), await Person.register(server, "Student")];
    id = (await student.client().rest.send({ recipient_id: teacher.user.id, text: "Hello?" })).conversation_id;
  });
  afterEach(() => {
    for (const client of clients.splice(0)) client.disconnect();
  });

  function talemy(person: Person, options: Partial<SessionOptions> = {}): SocketClient {
    const client = new SocketClient({ serverUrl: server.url, tokenStorage: person.tokens, logger: null, ...options });
    clients.push(client);
    return client;
  }

  async function online(person: Person, options: Partial<SessionOptions> = {}): Promise<SocketClient> {
    const client = talemy(person, options);
    client.connect(person.user.id);
    await until(() => client.connected);
    return client;
  }

  function listen<Name extends keyof SocketClientEvents>(client: SocketClient, ...names: Name[]): Heard {
    const heard: Heard = {};
    for (const name of names) {
      heard[name] = [];
      client.on(name, (payload) => (heard[name] as unknown[]).push(payload));
    }
    return heard;
  }

  const texts = (client: SocketClient): Array<string | null> => client.messages(id).map(({ text }) => text);

  it("emits message:send; the sender hears message:sent, the other message:new, joined or not", async () => {
    const [hers, his, herOther] = [await online(teacher), await online(student), await online(teacher)];
    const heard = listen(hers, "message:new", "unread");
    const sent = listen(his, "message:sent");
    his.sendMessage(id, "Is Friday free?");
    expect(texts(his)).toContain("Is Friday free?");
    await until(() => heard["message:new"]?.length === 1 && sent["message:sent"]?.length === 1);
    expect(heard["message:new"]?.[0]).toMatchObject({ conversationId: id, unreadCount: 2, message: { text: "Is Friday free?", sender: { id: student.user.id } } });
    expect(sent["message:sent"]?.[0]).toMatchObject({ conversationId: id, message: { text: "Is Friday free?" } });
    expect(Object.keys(heard["message:new"]?.[0] ?? {}).sort()).toEqual(["conversationId", "message", "revision", "unreadCount"]);
    await until(() => hers.unreadTotal === 2 && herOther.unreadTotal === 2);
  });

  it("emits conversation:join, reads the page, and conversation:leave", async () => {
    const hers = await online(teacher);
    hers.joinConversation(id);
    hers.joinConversation(id);
    await until(() => texts(hers).join() === "Hello?");
    expect(hers.messages(id)[0]).toMatchObject({ conversationId: id, replyTo: null, state: "sent" });
    expect(hers.messages(id)).toBe(hers.messages(id));
    expect(hers.conversation(id)).toMatchObject({ unreadCount: 1, lastMessage: { text: "Hello?" } });
    hers.markAsRead(id);
    await until(() => hers.unreadTotal === 0);
    hers.leaveConversation(id);
  });

  it("hears lesson:created and lesson:statusUpdated, and finds the lesson's conversation", async () => {
    const [hers, his] = [await online(teacher), await online(student)];
    const heard = listen(his, "lesson:created", "lesson:statusUpdated");
    const lesson = await hers.createLesson({ studentId: student.user.id, title: "Kora", startsAt: STARTS });
    await until(() => heard["lesson:created"]?.length === 1);
    expect(heard["lesson:created"]?.[0]?.lesson).toMatchObject({ id: lesson.id, startsAt: STARTS, durationMinutes: 60 });
    await until(() => his.conversation(lesson.conversationId ?? 0)?.kind === "lesson");
    await hers.updateLessonStatus(lesson.id, "confirmed");
    await until(() => heard["lesson:statusUpdated"]?.length === 1);
    expect(heard["lesson:statusUpdated"]?.[0]).toMatchObject({ previousStatus: "scheduled", lesson: { status: "confirmed" } });
    expect(his.lessons()).toMatchObject([{ id: lesson.id, status: "confirmed" }]);
    expect(await his.loadLessons({ status: "cancelled" })).toEqual([]);
  });

  it("learns by sync what happened to lessons, edits and deletions while it was away", async () => {
    const hers = await online(teacher);
    const his = await online(student);
    his.joinConversation(id);
    await until(() => texts(his).length === 1);
    hers.joinConversation(id);
    await until(() => texts(hers).length === 1);
    const lesson = await hers.createLesson({ studentId: student.user.id, title: "Kora", startsAt: STARTS });
    await until(() => his.lessons().length === 1);
    await server.kill();
    await until(() => !his.connected && !hers.connected);
    his.core?.connection.stop(); // so that all of it happens while he is away
    await server.start();
    const first = his.messages(id)[0];
    await student.client().rest.edit(first?.id ?? 0, "Hello!");
    await teacher.client().rest.send({ conversation_id: id, text: "Yes?" });
    await hers.updateLessonStatus(lesson.id, "cancelled");
    his.core?.connection.start();
    await until(() => his.connected && texts(his).join() === "Hello!,Yes?" && his.lessons()[0]?.status === "cancelled", 40_000);
  });

  it("falls back to HTTP while there is no socket, and every client receives it", async () => {
    const hers = await online(teacher);
    const heard = listen(hers, "message:new");
    const his = talemy(student, { createSocket: () => deaf });
    his.connect(student.user.id);
    his.joinConversation(id);
    await until(() => texts(his).length === 1);
    his.sendMessage(id, "by HTTP");
    await until(() => heard["message:new"]?.[0]?.message.text === "by HTTP");
    await until(() => his.messages(id)[1]?.state === "sent");
    await his.editMessage(his.messages(id)[1]?.id ?? 0, "by HTTP, edited");
    expect(his.connected).toBe(false);
  });

  it("takes a full outbox through a reload", async () => {
    const shelf = new Shelf();
    const outboxStorage = (userId: number): KeyValueOutboxStorage => new KeyValueOutboxStorage(shelf, userId);
    const before = talemy(student, { outboxStorage, createSocket: () => deaf, fetch: () => Promise.reject(new TypeError("no network")) });
    before.connect(student.user.id);
    for (let index = 0; index < 20; index += 1) before.sendMessage(id, `number ${index}`);
    await until(() => shelf.length === 20);
    before.disconnect();
    const his = await online(student, { outboxStorage });
    his.joinConversation(id);
    await until(() => shelf.length === 0 && texts(his).length === 21);
    expect(texts(his).slice(1)).toEqual(Array.from({ length: 20 }, (_, index) => `number ${index}`));
  });

  it("talks with a user on the other namespace", async () => {
    const his = await online(student);
    his.joinConversation(id);
    const hers = new MessagingSocketClient({ serverUrl: server.url, tokenStorage: teacher.tokens, logger: null });
    clients.push(hers);
    const heard: string[] = [];
    hers.on("new_message", ({ message }) => heard.push(message.text ?? ""));
    await until(() => hers.isConnected);
    await hers.joinConversation(id);
    his.sendMessage(id, "from talemy");
    hers.sendMessage(null, "from the marketplace", null, id);
    await until(() => heard.length === 2 && texts(his).length === 3);
    expect(texts(his)).toEqual(hers.messages(id).map(({ text }) => text));
  });

  it("hears session_ended and stops when it was signed out elsewhere", async () => {
    const hers = await online(teacher);
    const heard = listen(hers, "session_ended", "status");
    const headers = { Authorization: `Bearer ${(await teacher.tokens.load())?.access_token}` };
    await fetch(`${server.url}/api/v1/auth/logout`, { method: "POST", headers });
    await until(() => hers.status === "ended");
    expect(heard.session_ended).toMatchObject([{ code: "token_revoked" }]);
  });
});

/** A socket that never connects. */
const deaf = {
  connected: false,
  active: true,
  on: () => undefined,
  connect: () => undefined,
  disconnect: () => undefined,
  timeout: () => ({ emit: () => undefined }),
};
