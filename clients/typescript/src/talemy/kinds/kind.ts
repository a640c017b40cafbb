import type { ServerEvents } from "../../generated/talemy";
import type { Changes } from "../../wire/types";
import { Records } from "../records";

type Stored = { id: number; revision: number };

/** Any REST route, with camelCase keys both ways. */
export type CamelHttp = <Answer>(method: string, path: string, body?: object) => Promise<Answer>;

/** A kind in use by one `SocketClient`. */
export interface Live<Calls> {
  /** Become methods of `SocketClient`. */
  readonly calls: Calls;
  /** Whether the list was read whole; otherwise only what events brought is here. */
  readonly isWhole: boolean;
  /** Takes one of its events; answers whether a conversation came with it, which has no event on `/talemy`. */
  heard(name: string, payload: unknown): boolean;
  changed(changes: Changes): void;
  clear(): void;
}

/** One kind of object that `/talemy` has events for: its list, its events, its REST calls. `index.ts` lists the kinds. */
export interface TalemyKind<List extends string, EventName extends keyof ServerEvents, News, Calls> {
  /** The event that tells of a change of the list. */
  readonly list: List;
  /** Its events on `/talemy`. */
  readonly events: readonly EventName[];
  begin(http: CamelHttp, tell: (news: News) => void): Live<Calls>;
}

export interface Parts<Item extends Stored, List extends string, EventName extends keyof ServerEvents, News, Calls> {
  list: List;
  /** Its REST collection, `/lessons`. */
  path: string;
  events: readonly EventName[];
  /** The event that brings a conversation along. */
  opensConversation: EventName;
  inEvent(payload: ServerEvents[EventName]): Item;
  inChanges(changes: Changes): Item[];
  /** The payload of the `list` event; null when several changed. */
  news(id: number | null): News;
  calls(held: Held<Item>): Calls;
}

/** Makes a kind of its parts. */
export function kindOf<Item extends Stored, const List extends string, EventName extends keyof ServerEvents, News, Calls>(
  parts: Parts<Item, List, EventName, News, Calls>,
): TalemyKind<List, EventName, News, Calls> {
  return {
    list: parts.list,
    events: parts.events,
    begin(http, tell) {
      const held = new Held<Item>(parts.path, http, (id) => tell(parts.news(id)));
      return {
        calls: parts.calls(held),
        get isWhole() {
          return held.isWhole;
        },
        heard(name, payload) {
          held.keep(parts.inEvent(payload as ServerEvents[EventName]));
          return name === parts.opensConversation;
        },
        changed: (changes) => void parts.inChanges(changes).forEach((item) => held.keep(item)),
        clear: () => held.clear(),
      };
    },
  };
}

/** The items of one kind that are here, and the requests that read and write them. */
export class Held<Item extends Stored> {
  readonly #records = new Records<Item>();
  readonly #path: string;
  readonly #http: CamelHttp;
  readonly #changed: (id: number | null) => void;
  #isWhole = false;

  constructor(path: string, http: CamelHttp, changed: (id: number | null) => void) {
    this.#path = path;
    this.#http = http;
    this.#changed = changed;
  }

  get isWhole(): boolean {
    return this.#isWhole;
  }

  /** Newest first. */
  list(): Item[] {
    return this.#records.list();
  }

  keep(item: Item): Item {
    if (this.#records.put(item)) this.#changed(item.id);
    return item;
  }

  /** Reads the list, whole when there is no filter; returns the items read. @throws PalabreError */
  async read(filter: Record<string, string>): Promise<Item[]> {
    const query = Object.entries({ ...filter, limit: PAGE }).map(([key, value]) => `${key}=${encodeURIComponent(value)}`);
    const { items } = await this.#http<{ items: Item[] }>("GET", `${this.#path}?${query.join("&")}`);
    if (query.length === 1) this.#isWhole = true;
    const news = items.filter((item) => this.#records.put(item));
    if (news.length > 0) this.#changed(null);
    return items;
  }

  /** @throws PalabreError */
  async create(body: object): Promise<Item> {
    return this.keep(await this.#http("POST", this.#path, body));
  }

  /** @throws PalabreError */
  async update(id: number, body: object): Promise<Item> {
    return this.keep(await this.#http("PATCH", `${this.#path}/${id}`, body));
  }

  clear(): void {
    this.#records.clear();
    this.#isWhole = false;
  }
}

/** Items a page. */
export const PAGE = 100;
