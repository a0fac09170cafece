/** FNV-1a, 32 bits: quick, and the same on each machine. http://www.isthe.com/chongo/tech/comp/fnv/ */
export function hash32(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return hash >>> 0;
}

/** Returns 32-bit numbers as a text. */
export function packed(numbers: readonly number[]): string {
  const array = Uint32Array.from(numbers);
  return Buffer.from(array.buffer).toString("base64");
}

export function unpacked(text: string): Uint32Array {
  const bytes = Buffer.from(text, "base64");
  // A small buffer may lie anywhere in Node's pool, and numbers need an aligned one.
  return new Uint32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + (bytes.length & ~3)));
}
