/** A network that is cut at a hundred random moments of a conversation between the two applications. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Message, MessagingSocketClient, SocketClient } from "../../src";
import { Dice } from "../support/random";
import { canServe, Person, Server, until } from "./server";
import { Wire } from "./wire";

const CUTS = 100;
const SEED = Number(process.env["PALABRE_SEED"] ?? 20261122);

describe.skipIf(!canServe)("a network that is cut again and again", () => {
  let server: Server;
  const wires: Wire[] = [];

  beforeAll(async () => {
    server = await Server.start({ RATELIMIT_ENABLED: "false" });
  });
  afterAll(async () => {
    for (const wire of wires) wire.close();
    await server?.close();
  });

  it(`leaves both applications with the server's list (seed ${SEED})`, async () => {
    const dice = new Dice(SEED);
    const [alice, bob] = [await Person.register(server, "Alice"), await Person.register(server, "Bob")];
    const { conversation_id: id } = await bob.client().rest.send({ recipient_id: alice.user.id, text: "Hello?" });
    const [hers, his] = [await Wire.to(server), await Wire.to(server)];
    wires.push(hers, his);
    const marketplace = new MessagingSocketClient({ serverUrl: hers.url, tokenStorage: alice.tokens, tabs: null, logger: null });
    const talemy = new SocketClient({ serverUrl: his.url, tokenStorage: bob.tokens, tabs: null, logger: null });
    marketplace.connect(alice.user.id);
    talemy.connect(bob.user.id);
    await until(() => marketplace.isConnected && talemy.connected);
    await marketplace.joinConversation(id);
    talemy.joinConversation(id);

    const written: Record<string, string[]> = { hers: [], his: [] };
    const changes: Array<Promise<unknown>> = [];
    const own = (person: Person): Message[] =>
      marketplace.messages(id).filter(({ sender, deleted_at }) => sender.id === person.user.id && deleted_at === null);
    const acts: Array<() => void> = [
      () => (written["hers"]?.push(`hers ${written["hers"].length}`), marketplace.sendMessage(null, written["hers"]?.at(-1) ?? "", null, id)),
      () => (written["his"]?.push(`his ${written["his"].length}`), talemy.sendMessage(id, written["his"]?.at(-1) ?? "")),
      () => marketplace.markMessagesAsRead(id),
      () => own(alice).length > 3 && changes.push(marketplace.deleteMessage(dice.pick(own(alice)).id).catch(() => undefined)),
      () => own(bob).length > 3 && changes.push(talemy.editMessage(dice.pick(own(bob)).id, `edited ${dice.below(1_000)}`).catch(() => undefined)),
    ];
    for (let cut = 0; cut < CUTS; cut += 1) {
      // Every third cut finds both on the socket; the others may find them on REST, or on the way back.
      if (cut % 3 === 0) await until(() => marketplace.isConnected && talemy.connected, 60_000);
      for (let act = dice.below(4); act >= 0; act -= 1) dice.pick(acts)();
      await new Promise((resolve) => setTimeout(resolve, dice.below(250))); // the moment of the cut is chance, not a wait for something
      dice.pick([hers, his]).cut();
    }

    await Promise.all(changes);
    await until(() => marketplace.pending({ conversationId: id }).length === 0 && talemy.messages(id).every(({ state }) => state === "sent"), 60_000);
    await until(() => marketplace.isConnected && talemy.connected, 60_000);
    const truth: Message[] = [];
    for (let page = await read(0); page.length > 0; page = await read(truth.length)) truth.push(...page);
    async function read(after: number): Promise<Message[]> {
      return (await alice.client().rest.messages(id, { after_seq: after, limit: 100 })).items;
    }
    await talemy.core?.catchUp();
    await until(() => same(marketplace.messages(id), truth) && same(talemy.core?.store.timeline(id).messages() ?? [], truth), 40_000).catch(() => undefined);
    expect(marketplace.messages(id)).toEqual(truth);
    expect(talemy.core?.store.timeline(id).messages()).toEqual(truth);

    // Once each, and in the order in which they were written, as far as they still say what was written.
    const ids = truth.map(({ client_id }) => client_id).filter(Boolean);
    expect(new Set(ids).size).toBe(ids.length);
    expect(truth.length).toBe(1 + (written["hers"]?.length ?? 0) + (written["his"]?.length ?? 0));
    for (const [who, texts] of Object.entries(written)) {
      const said = truth.map(({ text }) => text ?? "").filter((text) => text.startsWith(`${who} `));
      expect(said).toEqual(texts.filter((text) => said.includes(text)));
    }
    expect(truth.some(({ deleted_at }) => deleted_at !== null)).toBe(true);
    marketplace.disconnect();
    talemy.disconnect();
  }, 180_000);
});

function same(held: Message[], truth: Message[]): boolean {
  return JSON.stringify(held) === JSON.stringify(truth);
}
