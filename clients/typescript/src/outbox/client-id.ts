/** Returns a new `client_id`, a UUID of version 7: later ids sort later. */
export function newClientId(now: number = Date.now()): string {
  const bytes = randomBytes(16);
  for (let index = 0; index < 6; index += 1) {
    bytes[index] = Math.floor(now / 256 ** (5 - index)) % 256;
  }
  bytes[6] = 0x70 | ((bytes[6] ?? 0) & 0x0f);
  bytes[8] = 0x80 | ((bytes[8] ?? 0) & 0x3f);
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}

function randomBytes(length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  if (typeof globalThis.crypto?.getRandomValues === "function") return globalThis.crypto.getRandomValues(bytes);
  // React Native without a polyfill: the id must be unique, not hard to guess.
  return bytes.map(() => Math.floor(Math.random() * 256));
}
