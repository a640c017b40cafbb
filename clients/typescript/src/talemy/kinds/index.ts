import type { Both } from "../../core/kinds/kind";
import type { ServerEvents } from "../../generated/talemy";
import type { Changes } from "../../wire/types";
import { contactRequests } from "./contact-requests";
import type { CamelHttp, Live, TalemyKind } from "./kind";
import { lessons } from "./lessons";

/** The kinds that `/talemy` has events for and `/` does not. */
const LIST = [lessons, contactRequests] as const;

type One = (typeof LIST)[number];
export type KindList = One["list"];
export type OwnEventName = One["events"][number];
/** The methods of all kinds. */
export type KindCalls = Both<CallsOf<One>>;
/** The event of each list, and its payload. */
export type KindEvents = { [Kind in One as Kind["list"]]: NewsOf<Kind> };

export const OWN_EVENTS: readonly OwnEventName[] = LIST.flatMap(({ events }): readonly OwnEventName[] => events);

/** Every kind of one client, held and kept current. */
export class LiveKinds {
  readonly #live = new Map<KindList, Live<object>>();
  readonly #listOf = new Map<string, KindList>();

  constructor(http: CamelHttp, tell: <List extends KindList>(list: List, news: KindEvents[List]) => void) {
    for (const kind of LIST) {
      for (const name of kind.events) this.#listOf.set(name, kind.list);
      this.#begin(kind, http, tell);
    }
  }

  /** The methods of all kinds, to be assigned to the client. */
  calls(): KindCalls {
    return Object.assign({}, ...[...this.#live.values()].map(({ calls }) => calls)) as KindCalls;
  }

  isWhole(list: KindList): boolean {
    return this.#live.get(list)?.isWhole ?? false;
  }

  /** Takes an event; answers whether a conversation came with it. */
  heard<Name extends OwnEventName>(name: Name, payload: ServerEvents[Name]): boolean {
    const list = this.#listOf.get(name);
    return (list && this.#live.get(list)?.heard(name, payload)) ?? false;
  }

  changed(changes: Changes): void {
    for (const live of this.#live.values()) live.changed(changes);
  }

  clear(): void {
    for (const live of this.#live.values()) live.clear();
  }

  #begin<List extends KindList>(
    kind: TalemyKind<List, OwnEventName, KindEvents[List], object>,
    http: CamelHttp,
    tell: (list: List, news: KindEvents[List]) => void,
  ): void {
    this.#live.set(kind.list, kind.begin(http, (news) => tell(kind.list, news)));
  }
}

type CallsOf<Kind> = Kind extends { begin(http: never, tell: never): Live<infer Calls> } ? Calls : never;
type NewsOf<Kind> = Kind extends { begin(http: never, tell: (news: infer News) => void): unknown } ? News : never;
