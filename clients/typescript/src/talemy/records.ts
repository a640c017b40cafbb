/** Objects of one kind by id; of two states, the one with the higher revision stays. */
export class Records<Item extends { id: number; revision: number }> {
  readonly #items = new Map<number, Item>();
  #list: Item[] | null = null;

  /** Puts an item; returns whether it was newer. */
  put(item: Item): boolean {
    const known = this.#items.get(item.id);
    if (known && known.revision >= item.revision) return false;
    this.#items.set(item.id, item);
    this.#list = null;
    return true;
  }

  get(id: number): Item | undefined {
    return this.#items.get(id);
  }

  /** Newest first; the same array until something changes. */
  list(): Item[] {
    this.#list ??= [...this.#items.values()].sort((a, b) => b.id - a.id);
    return this.#list;
  }

  clear(): void {
    this.#items.clear();
    this.#list = null;
  }
}
