/**
 * What a part of a tree's snapshots may hold, and on what it may lean: its own objects and those of its ground, never on
 * what the store has of other trees.
 */
import fs from "node:fs";
import { type Git, runGit } from "./git";
import { SnapshotError, type SnapshotLimits } from "./port";

/** How many differences may follow each other from a whole content; git makes no longer chains by itself. */
export const DEEPEST_DIFFERENCE = 50;
/** Git makes no differences between larger contents, and would hold such a content in memory. */
const LARGEST_DIFFERENCE_BYTES = 16 * 1024 ** 2;
const MOST_OBJECTS = 2_000_000;

/** Passes a pack on. `objects`: how many objects its header says that it has, which is as many as git reads. */
export function countingObjects(pack: AsyncIterable<Uint8Array>) {
  let head = Buffer.alloc(0);
  async function* bytes(): AsyncGenerator<Uint8Array> {
    for await (const chunk of pack) {
      if (head.length < HEADER_BYTES) head = Buffer.concat([head, chunk.subarray(0, HEADER_BYTES - head.length)]);
      yield chunk;
    }
  }
  return { bytes: bytes(), objects: () => (head.length < HEADER_BYTES ? 0 : head.readUInt32BE(8)) };
}

/** "PACK", a version and the number of objects. */
const HEADER_BYTES = 12;

export interface IncomingPart {
  /** The pack with its index, after git added the contents that differences lean on. */
  file: string;
  /** How many objects came. */
  sent: number;
  commits: readonly string[];
  /** The ground. */
  without: string;
}

/**
 * Refuses kinds of objects that a snapshot does not have, chains of differences that git does not make, and too much in
 * all. All that the snapshots need and the ground does not have must have been sent, and differences may lean on nothing
 * else: what the store has of other trees counts as missing, so that nobody gets a file by the name of its content.
 * Returns the text of each commit.
 */
export async function checkPart(git: Git, part: IncomingPart, limits: SnapshotLimits): Promise<Map<string, string>> {
  const { file, sent, commits, without } = part;
  if (sent > MOST_OBJECTS)
    throw new SnapshotError(`The snapshots are refused, because they have more than ${MOST_OBJECTS} objects.`);
  const names = namesInOrder(fs.readFileSync(file.replace(/pack$/, "idx")));
  const own = names.slice(0, sent);
  // Git adds behind what came.
  const added = names.slice(sent);
  const isOwn = new Set(own);
  // So the ground that is asked for below is that of the store.
  if (isOwn.has(without))
    throw new SnapshotError("The snapshots are refused, because they hold the ground that they are to lean on.");
  const { lines, texts } = await readObjects(git, own, commits);
  checkOwn(own, lines, limits);
  const asked = [...commits, ...added, `^${without}^{commit}^{tree}`];
  const needed = await runGit(git, ["rev-list", "--objects", "--no-object-names", "--stdin"], {
    input: `${asked.join("\n")}\n`,
  });
  const isAdded = new Set(added);
  const lacking = linesOf(needed.output).filter((name) => !isOwn.has(name));
  if (lacking.some((name) => isAdded.has(name)))
    throw new SnapshotError("The snapshots are refused, because they lean on what their ground does not have.");
  if (lacking.length > 0) throw new SnapshotError("The snapshots are refused, because a part of them is missing.");
  return texts;
}

/** Returns a line about each object, and the texts of the commits, with a character for each byte. */
async function readObjects(git: Git, names: readonly string[], commits: readonly string[]) {
  const questions = [...names.map((name) => `info ${name}\n`), ...commits.map((commit) => `contents ${commit}\n`)];
  const format = "--batch-command=%(objecttype) %(objectsize) %(deltabase)";
  const { output } = await runGit(git, ["cat-file", format, "--buffer"], {
    input: questions.join(""),
    encoding: "latin1",
  });
  let at = 0;
  const nextLine = () => {
    const from = at;
    at = output.indexOf("\n", from) + 1;
    return output.slice(from, at - 1);
  };
  const lines = names.map(nextLine);
  const texts = new Map<string, string>();
  for (const commit of commits) {
    const [kind, size] = nextLine().split(" ");
    if (kind !== "commit") throw foreign("a commit");
    texts.set(commit, output.slice(at, at + Number(size)));
    at += Number(size) + 1;
  }
  return { lines, texts };
}

function checkOwn(names: readonly string[], lines: readonly string[], { maxTotalBytes }: SnapshotLimits): void {
  const bases = new Map<string, string>();
  let bytes = 0;
  for (const [index, line] of lines.entries()) {
    const [kind = "", size, base = ""] = line.split(" ");
    if (!["blob", "tree", "commit"].includes(kind)) throw foreign("something else");
    bytes += Number(size);
    if (/^0+$/.test(base)) continue;
    if (Number(size) > LARGEST_DIFFERENCE_BYTES) throw foreign("a difference to a large file");
    bases.set(names[index] ?? "", base);
  }
  if (bytes > maxTotalBytes) throw tooLarge(maxTotalBytes);
  for (const name of bases.keys()) if (isTooDeep(name, bases)) throw foreign("a long chain of differences");
}

function isTooDeep(name: string, bases: ReadonlyMap<string, string>): boolean {
  let depth = 0;
  for (let base = bases.get(name); base !== undefined && depth <= DEEPEST_DIFFERENCE; base = bases.get(base))
    depth += 1;
  return depth > DEEPEST_DIFFERENCE;
}

const FANOUT_BYTES = 256 * 4;
const NAMES_AT = 8 + FANOUT_BYTES;
const NAME_BYTES = 20;
const IS_LARGE = 0x80000000;

/** Returns the names of a pack's objects in the order of the pack, of an index that git made (`gitformat-pack`, version 2). */
function namesInOrder(index: Buffer): string[] {
  if (index.readUInt32BE(0) !== 0xff744f63 || index.readUInt32BE(4) !== 2)
    throw new SnapshotError("The snapshots cannot be read, because this git writes indexes of another form.");
  const count = index.readUInt32BE(NAMES_AT - 4);
  const offsetsAt = NAMES_AT + count * (NAME_BYTES + 4);
  const largeAt = offsetsAt + count * 4;
  const objects = Array.from({ length: count }, (_, at) => {
    const name = index.toString("hex", NAMES_AT + at * NAME_BYTES, NAMES_AT + (at + 1) * NAME_BYTES);
    const offset = index.readUInt32BE(offsetsAt + at * 4);
    // Offsets from 2 GB on are in a table of their own.
    if (offset < IS_LARGE) return { name, offset };
    return { name, offset: Number(index.readBigUInt64BE(largeAt + (offset - IS_LARGE) * 8)) };
  });
  return objects.sort((one, other) => one.offset - other.offset).map(({ name }) => name);
}

export function foreign(what: string): SnapshotError {
  return new SnapshotError(`The snapshots are refused, because they hold ${what} that no snapshot has.`);
}

export function tooLarge(maxTotalBytes: number): SnapshotError {
  return new SnapshotError(`The snapshots are refused, because they unpack to more than ${maxTotalBytes} bytes.`);
}

function linesOf(output: string): string[] {
  return output.split("\n").filter(Boolean);
}
