/**
 * A client's state equals a fresh fetch. A made-up server's history reaches a store as live events, pages and sync answers,
 * late, twice and in any order. In the end the store has the server's state.
 */
import { describe, expect, it } from "vitest";
import { type Conversation, type Message, Store } from "../../src";
import { conversation, ME, message, OTHER, user } from "../support/make";
import { Dice } from "../support/random";

type Arrival = (store: Store) => void;

class World {
  revision = 1;
  readonly messages: Message[] = [];
  readonly marks = new Map([
    [ME, 0],
    [OTHER, 0],
  ]);
  status: Conversation["status"] = "open";
  statusRevision = 1;
  readonly arrivals: Arrival[] = [];

  constructor(readonly dice: Dice) {}

  step(): void {
    this.revision += 1;
    const deeds = [this.send, this.send, this.send, this.edit, this.remove, this.read, this.toggle, this.page, this.look];
    this.dice.pick(deeds).call(this);
  }

  /** The conversation as `ME` would fetch it now. */
  view(): Conversation {
    const last = this.messages[this.messages.length - 1] ?? null;
    return conversation({
      status: this.status,
      revision: this.statusRevision,
      last_seq: this.messages.length,
      last_message: last,
      unread_count: this.unread(),
      participants: [ME, OTHER].map((id) => ({ user: user(id), last_read_seq: this.marks.get(id) ?? 0 })),
      updated_at: last?.created_at ?? "2026-11-21T09:00:00.000Z",
    });
  }

  private unread(): number {
    const mark = this.marks.get(ME) ?? 0;
    return this.messages.filter(({ seq, sender, deleted_at }) => seq > mark && sender.id !== ME && !deleted_at).length;
  }

  private send(): void {
    const id = this.dice.pick([ME, OTHER]);
    const sent = message(this.messages.length + 1, { revision: this.revision, sender: { id, name: `Person ${id}` } });
    this.messages.push(sent);
    this.arrivals.push((store) => store.putMessage(sent));
  }

  private edit(): void {
    const known = this.alive();
    if (!known) return;
    const edited = { ...known, text: `edited at ${this.revision}`, edited_at: "then", revision: this.revision };
    this.messages[known.seq - 1] = edited;
    this.arrivals.push((store) => store.putMessage(edited));
  }

  private remove(): void {
    const known = this.alive();
    if (!known) return;
    const [at, revision] = [`at ${this.revision}`, this.revision];
    this.messages[known.seq - 1] = { ...known, text: null, deleted_at: at, revision };
    const told = { conversation_id: 7, message_id: known.id, seq: known.seq, deleted_by: OTHER, deleted_at: at, revision };
    this.arrivals.push((store) => store.bury({ ...told, scope: "everyone" }));
  }

  private read(): void {
    const [userId, seq] = [this.dice.pick([ME, OTHER]), this.dice.below(this.messages.length + 1)];
    if (seq <= (this.marks.get(userId) ?? 0)) return;
    this.marks.set(userId, seq);
    this.arrivals.push((store) => store.putRead({ conversation_id: 7, user_id: userId, last_read_seq: seq }));
  }

  private toggle(): void {
    this.status = this.status === "open" ? "closed" : "open";
    this.statusRevision = this.revision;
    const view = this.view();
    this.arrivals.push((store) => store.putConversation(view));
  }

  /** A page of messages, read now and perhaps arriving much later. */
  private page(): void {
    const page = [...this.messages];
    this.arrivals.push((store) => page.forEach((one) => store.putMessage(one)));
  }

  private look(): void {
    const view = this.view();
    this.arrivals.push((store) => store.putConversation(view));
  }

  private alive(): Message | null {
    const alive = this.messages.filter(({ deleted_at }) => deleted_at === null);
    return alive.length > 0 ? this.dice.pick(alive) : null;
  }
}

function storeAfter(arrivals: Arrival[]): Store {
  const store = new Store();
  store.me = user(ME);
  store.putConversation(conversation());
  store.putNewest(7, []);
  for (const arrive of arrivals) arrive(store);
  return store;
}

describe("a store that was told everything, in any order and more than once", () => {
  it.each(Array.from({ length: 300 }, (_, seed) => seed))("ends as a fresh load would (seed %i)", (seed) => {
    const dice = new Dice(seed);
    const world = new World(dice);
    for (let step = 0; step < 40; step += 1) world.step();
    const again = world.arrivals.filter(() => dice.below(3) === 0);
    const store = storeAfter(dice.shuffled([...world.arrivals, ...again]));

    expect(store.timeline(7).messages()).toEqual(world.messages);
    expect(store.conversation(7)).toEqual(world.view());
  });
});
