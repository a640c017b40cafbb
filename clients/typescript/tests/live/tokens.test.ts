/** Tokens that live eight seconds: both vocabularies talk on over several of them, side by side. */
import { afterAll, beforeAll, describe, it } from "vitest";
import { SocketClient } from "../../src";
import { canServe, Person, Server, until } from "./server";

/** Two renewals and a half. */
const TALK_MS = 17_000;
const PACE_MS = 500;

describe.skipIf(!canServe).concurrent("with tokens that live eight seconds", () => {
  let server: Server;

  beforeAll(async () => {
    server = await Server.start({ JWT_ACCESS_TOKEN_EXPIRES: "8" });
  });
  afterAll(() => server?.close());

  async function talking(first: string, second: string): Promise<{ hers: Person; his: Person; id: number }> {
    const [hers, his] = [await Person.register(server, first), await Person.register(server, second)];
    const { conversation_id: id } = await his.client().rest.send({ recipient_id: hers.user.id, text: "0" });
    return { hers, his, id };
  }

  /** Says one thing after the other, at the pace of a conversation, for longer than two tokens live. */
  async function talk(say: (number: number) => void, isHeard: (number: number) => boolean): Promise<void> {
    const end = Date.now() + TALK_MS;
    for (let number = 1; Date.now() < end; number += 1) {
      say(number);
      await until(() => isHeard(number));
      await new Promise((resolve) => setTimeout(resolve, PACE_MS));
    }
  }

  const tokenOf = async (person: Person): Promise<string | undefined> => (await person.tokens.load())?.access_token;

  it("talks on over several renewals without losing the connection or a message", async ({ expect }) => {
    const { hers, his, id } = await talking("Alice", "Bob");
    const [alice, bob] = [await hers.online(), await his.online()];
    await Promise.all([alice.open(id), bob.open(id)]);
    const [statuses, before]: [string[], string | undefined] = [[], await tokenOf(hers)];
    alice.connection.on("status", (status) => statuses.push(status));
    const lastHeard = (): string | null | undefined => alice.store.conversation(id)?.last_message?.text;
    await talk(
      (number) => bob.send({ conversationId: id, text: String(number) }),
      (number) => lastHeard() === String(number),
    );
    expect(statuses).toEqual([]);
    expect(await tokenOf(hers)).not.toBe(before);
    hers.leave();
    his.leave();
  });

  it("talks on over several renewals as Talemy does", async ({ expect }) => {
    const { his, id } = await talking("Teacher", "Student");
    const client = new SocketClient({ serverUrl: server.url, tokenStorage: his.tokens, logger: null });
    client.connect(his.user.id);
    client.joinConversation(id);
    await until(() => client.connected);
    const [statuses, before]: [string[], string | undefined] = [[], await tokenOf(his)];
    client.on("status", (status) => statuses.push(status));
    await talk(
      (number) => client.sendMessage(id, String(number)),
      (number) => client.messages(id).at(-1)?.state === "sent" && client.messages(id).length === number + 1,
    );
    expect(statuses).toEqual([]);
    expect(await tokenOf(his)).not.toBe(before);
    client.disconnect();
  });

  it("ends, and asks for nothing more, when the session is signed out elsewhere", async () => {
    const person = await Person.register(server, "Charlie");
    const client = await person.online();
    await fetch(`${server.url}/api/v1/auth/logout`, { method: "POST", headers: { Authorization: `Bearer ${await tokenOf(person)}` } });
    await until(() => client.status === "ended");
    person.leave();
  });
});
