/** A network that lets REST through and no socket, as some do; and the way back. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { MessagingSocketClient, type SessionOptions, SocketClient } from "../../src";
import { canServe, Person, Server, until } from "./server";
import { Wire } from "./wire";

interface Writer {
  write(text: string): void;
  texts(): Array<string | null>;
  isConnected(): boolean;
  stop(): void;
}

function marketplace(options: SessionOptions, userId: number, id: number): Writer {
  const client = new MessagingSocketClient(options);
  client.connect(userId);
  void client.joinConversation(id).catch(() => undefined);
  return {
    write: (text) => client.sendMessage(null, text, null, id),
    texts: () => client.messages(id).map(({ text }) => text),
    isConnected: () => client.isConnected,
    stop: () => client.disconnect(),
  };
}

function talemy(options: SessionOptions, userId: number, id: number): Writer {
  const client = new SocketClient(options);
  client.connect(userId);
  client.joinConversation(id);
  return {
    write: (text) => client.sendMessage(id, text),
    texts: () => client.messages(id).filter(({ state }) => state === "sent").map(({ text }) => text),
    isConnected: () => client.connected,
    stop: () => client.disconnect(),
  };
}

describe.skipIf(!canServe).concurrent("without a socket", () => {
  let server: Server;

  beforeAll(async () => {
    server = await Server.start({ RATELIMIT_ENABLED: "false" });
  });
  afterAll(() => server?.close());

  it.each([
    ["the marketplace", marketplace],
    ["Talemy", talemy],
  ])("%s sends and hears by REST, and by the socket when there is one again", async (_application, open) => {
    const [alice, bob] = [await Person.register(server, "Alice"), await Person.register(server, "Bob")];
    const { conversation_id: id } = await bob.client().rest.send({ recipient_id: alice.user.id, text: "Hello?" });
    const wire = await Wire.to(server);
    wire.isDead = true;
    const sentByRest: string[] = [];
    const fetchThrough: SessionOptions["fetch"] = (url, init) => {
      if (init.method === "POST" && url.endsWith("/messages")) sentByRest.push(String(JSON.parse(init.body ?? "{}").text));
      return fetch(url.replace(wire.url, server.url), init as RequestInit);
    };
    const options = { serverUrl: wire.url, tokenStorage: alice.tokens, tabs: null, logger: null, fetch: fetchThrough };
    const hers = open(options, alice.user.id, id);
    try {
      await until(() => hers.texts().length === 1);
      hers.write("by REST");
      await until(() => hers.texts().includes("by REST"));
      await bob.client().rest.send({ conversation_id: id, text: "heard by REST" });
      await until(() => hers.texts().includes("heard by REST")); // it is asked every ten seconds
      expect(hers.isConnected()).toBe(false);

      wire.isDead = false;
      await until(() => hers.isConnected(), 40_000);
      hers.write("by the socket");
      await until(() => hers.texts().includes("by the socket"));
      expect(sentByRest).toEqual(["by REST"]);
      expect(hers.texts()).toEqual(["Hello?", "by REST", "heard by REST", "by the socket"]);
    } finally {
      hers.stop();
      wire.close();
    }
  });
});
