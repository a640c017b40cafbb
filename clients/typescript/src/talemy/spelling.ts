/** A key in camelCase: `last_read_seq` becomes `lastReadSeq`. */
export type CamelKey<Key extends string> = Key extends `${infer Head}_${infer Tail}` ? `${Head}${Capitalize<CamelKey<Tail>>}` : Key;

/** A value with camelCase keys at every depth. */
export type Camel<Value> = Value extends ReadonlyArray<infer Item>
  ? Array<Camel<Item>>
  : Value extends object
    ? { [Key in keyof Value as Key extends string ? CamelKey<Key> : Key]: Camel<Value[Key]> }
    : Value;

export function camelize<Value>(value: Value): Camel<Value> {
  return spell(value, (key) => key.replace(/_([a-z])/g, (_all, letter: string) => letter.toUpperCase())) as Camel<Value>;
}

/** A value with snake_case keys at every depth; the caller knows its type. */
export function snakify(value: unknown): unknown {
  return spell(value, (key) => key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`));
}

function spell(value: unknown, key: (name: string) => string): unknown {
  if (Array.isArray(value)) return value.map((item) => spell(item, key));
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [key(name), spell(item, key)]));
}
