import { type Changes, type PalabreClient, Records } from "@palabre/client";
import { batched } from "./dom";

interface Kept {
  id: number;
  revision: number;
}

/** Records from the rendered page and every change since; renders once a turn. */
export function keep<Item extends Kept>(
  client: PalabreClient,
  rendered: Item[],
  changed: (changes: Changes) => Item[],
  render: () => void,
): Records<Item> {
  const records = new Records<Item>();
  for (const item of rendered) records.put(item);
  const soon = batched(render);
  client.on("changes", (changes) => {
    for (const item of changed(changes)) if (records.put(item)) soon();
  });
  return records;
}

type Compare<Item> = (a: Item, b: Item) => number;

/** The part of a longer list that a page shows, in the list's order; the rest is on other pages. */
export class Stretch<Item> {
  readonly #compare: Compare<Item>;
  readonly #first: Item | undefined;
  readonly #last: Item | undefined;

  constructor(shown: Item[], compare: Compare<Item>) {
    this.#compare = compare;
    if (new URLSearchParams(location.search).has("cursor")) this.#first = shown[0];
    if (document.querySelector("main .pager")) this.#last = shown[shown.length - 1];
  }

  /** The items that belong to this page, in order. */
  of(items: Item[]): Item[] {
    return items.filter((item) => this.#has(item)).sort(this.#compare);
  }

  #has(item: Item): boolean {
    if (this.#first && this.#compare(item, this.#first) < 0) return false;
    return !this.#last || this.#compare(item, this.#last) <= 0;
  }
}

/** Rows by the id of their record: server-rendered ones, and copies of a template for the others. */
export class Rows {
  readonly #rows = new Map<number, HTMLElement>();
  readonly #make: () => HTMLElement;

  constructor(root: HTMLElement, key: string, make: () => HTMLElement) {
    this.#make = make;
    for (const row of root.querySelectorAll<HTMLElement>("li")) this.#rows.set(Number(row.dataset[key]), row);
  }

  of(id: number): HTMLElement {
    const row = this.#rows.get(id) ?? this.#make();
    this.#rows.set(id, row);
    return row;
  }
}
