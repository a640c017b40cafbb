/** What is held of one kind, by id: the state with the higher revision stays, whatever order things arrive in. */
export class Records<Item extends { id: number; revision: number }> {
  readonly #items = new Map<number, Item>();
  #list: Item[] | null = null;

  /** Answers whether it was news. */
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

  /** Newest first; the same array as long as nothing changes. */
  list(): Item[] {
    this.#list ??= [...this.#items.values()].sort((a, b) => b.id - a.id);
    return this.#list;
  }

  clear(): void {
    this.#items.clear();
    this.#list = null;
  }
}
