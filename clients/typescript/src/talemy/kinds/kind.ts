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
  events: readonly EventName[];
  /** The event that brings a conversation along. */
  opensConversation: EventName;
  inEvent(payload: ServerEvents[EventName]): Item;
  inChanges(changes: Changes): Item[];
  /** The payload of the `list` event; null when several changed. */
  news(id: number | null): News;
  calls(held: Held<Item>, http: CamelHttp): Calls;
}

/** Makes a kind of its parts. */
export function kindOf<Item extends Stored, const List extends string, EventName extends keyof ServerEvents, News, Calls>(
  parts: Parts<Item, List, EventName, News, Calls>,
): TalemyKind<List, EventName, News, Calls> {
  return {
    list: parts.list,
    events: parts.events,
    begin(http, tell) {
      const held = new Held<Item>((id) => tell(parts.news(id)));
      return {
        calls: parts.calls(held, http),
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

/** The items of one kind that are here. */
export class Held<Item extends Stored> {
  readonly #records = new Records<Item>();
  readonly #changed: (id: number | null) => void;
  #isWhole = false;

  constructor(changed: (id: number | null) => void) {
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

  /** Takes a page that was read, `whole` when no filter left anything out. */
  keepPage(items: Item[], whole: boolean): void {
    if (whole) this.#isWhole = true;
    const news = items.filter((item) => this.#records.put(item));
    if (news.length > 0) this.#changed(null);
  }

  clear(): void {
    this.#records.clear();
    this.#isWhole = false;
  }
}

/** Items a page. */
export const PAGE = 100;

export interface Page<Item> {
  items: Item[];
  nextCursor: string | number | null;
}

export function queryOf(query: Record<string, string | number>): string {
  return `?${Object.entries(query).map(([key, value]) => `${key}=${encodeURIComponent(value)}`).join("&")}`;
}
