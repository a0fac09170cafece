import { createHash } from "node:crypto";
import { deflateSync } from "node:zlib";

/** An object of a pack: a whole one, or a difference to one that the pack need not have. */
export type CraftedObject = { kind: "commit" | "tree" | "blob"; content: Buffer } | { base: string; steps: Buffer[] };

const KINDS = { commit: 1, tree: 2, blob: 3, difference: 7 };

/** Returns a pack as an attacker would write it. */
export function craftedPack(objects: readonly CraftedObject[], count = objects.length): Buffer {
  const head = Buffer.alloc(12);
  head.write("PACK");
  head.writeUInt32BE(2, 4);
  head.writeUInt32BE(count, 8);
  const body = Buffer.concat([head, ...objects.map(packed)]);
  return Buffer.concat([body, createHash("sha1").update(body).digest()]);
}

function packed(object: CraftedObject): Buffer {
  if ("kind" in object) return Buffer.concat([header(KINDS[object.kind], object.content), deflateSync(object.content)]);
  const steps = Buffer.concat(object.steps);
  return Buffer.concat([header(KINDS.difference, steps), Buffer.from(object.base, "hex"), deflateSync(steps)]);
}

/** The kind, and the size as groups of bits, the lowest first: four, and then seven each. */
function header(kind: number, { length }: Buffer): Buffer {
  const rest = length >> 4;
  return Buffer.concat([
    Buffer.from([(rest > 0 ? 0x80 : 0) | (kind << 4) | (length & 15)]),
    rest > 0 ? varint(rest) : NONE,
  ]);
}

const NONE = Buffer.alloc(0);

function varint(value: number): Buffer {
  const bytes: number[] = [];
  for (let left = value; ; left >>= 7) {
    bytes.push((left > 127 ? 0x80 : 0) | (left & 127));
    if (left <= 127) return Buffer.from(bytes);
  }
}

/** Returns the steps of a difference to a content of `bytes`: all of it, so many times, and then `more`. */
export function repeated(bytes: number, { times = 1, more = NONE }: { times?: number; more?: Buffer } = {}): Buffer[] {
  // Copy, with a size of two bytes, from the start; the size of 0x10000 has no bytes.
  const copy = Buffer.from([0x80 | 0x10 | 0x20, bytes & 255, bytes >> 8]);
  const insert = more.length === 0 ? NONE : Buffer.concat([Buffer.from([more.length]), more]);
  return [varint(bytes), varint(bytes * times + more.length), ...Array<Buffer>(times).fill(copy), insert];
}

/** Returns git's name of an object. */
export function nameOf(kind: string, content: Buffer): string {
  return createHash("sha1").update(`${kind} ${content.length}\0`).update(content).digest("hex");
}

/** Returns a folder with these files. */
export function treeOf(files: Record<string, string>): Buffer {
  const lines = Object.keys(files)
    .sort()
    .map((name) => Buffer.concat([Buffer.from(`100644 ${name}\0`), Buffer.from(files[name] ?? "", "hex")]));
  return Buffer.concat(lines);
}
