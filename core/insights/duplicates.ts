/** Code that stands in several places, found by the fingerprints of the files. */
import type { CodeFile } from "./repository";

export interface CodeBlock {
  path: string;
  line: number;
  end: number;
}

/** Fewer lines, or fewer fingerprints in a row, are alike by chance. */
const LEAST_LINES = 10;
const LEAST_PRINTS = 4;
/** What stands in more places is a form that a language or a framework asks for. */
const MOST_PLACES = 12;
/** Lines between two fingerprints that belong to one block. */
const MOST_GAP = 6;
/** An index has to fit beside a hash into the 53 bits of a number. */
const MOST_PRINTS = 2 ** 21;

interface Print {
  file: number;
  first: number;
  last: number;
}

/** Returns groups of blocks that are alike; each group has at least two. */
export function duplicatesIn(files: readonly CodeFile[]): CodeBlock[][] {
  const code = files.filter(({ isTest }) => !isTest);
  const pairs = pairsIn(printsOf(code));
  return groupsOf(
    pairs.flatMap(([a, b]) => [
      { path: code[a.file]?.path ?? "", ...a },
      { path: code[b.file]?.path ?? "", ...b },
    ]),
    pairs.length,
  ).map((group) => group.map(({ path, first, last }) => ({ path, line: first, end: last })));
}

/** Prints as numbers in long rows, because there may be two million; `order` has hash and index, sorted by hash. */
interface Prints {
  order: Float64Array;
  at(index: number): Print;
}

function printsOf(files: readonly CodeFile[]): Prints {
  const packed = files.map(({ brief }) => brief.prints);
  const count = Math.min(
    MOST_PRINTS,
    packed.reduce((sum, numbers) => sum + Math.floor(numbers.length / 3), 0),
  );
  const order = new Float64Array(count);
  const places = new Uint32Array(count * 3);
  let index = 0;
  for (const [file, numbers] of packed.entries())
    for (let at = 0; at + 2 < numbers.length && index < count; at += 3, index += 1) {
      order[index] = (numbers[at] ?? 0) * MOST_PRINTS + index;
      places[index * 3] = file;
      places[index * 3 + 1] = numbers[at + 1] ?? 0;
      places[index * 3 + 2] = numbers[at + 2] ?? 0;
    }
  return {
    order: order.sort(),
    at: (one) => ({ file: places[one * 3] ?? 0, first: places[one * 3 + 1] ?? 0, last: places[one * 3 + 2] ?? 0 }),
  };
}

/** Returns each two blocks that have enough fingerprints in the same order. */
function pairsIn({ order, at: printAt }: Prints): [Print, Print][] {
  const shared = new Map<string, [Print, Print][]>();
  for (let from = 0; from < order.length; ) {
    const hash = Math.floor((order[from] ?? 0) / MOST_PRINTS);
    let to = from + 1;
    while (to < order.length && Math.floor((order[to] ?? 0) / MOST_PRINTS) === hash) to += 1;
    if (to - from > 1 && to - from <= MOST_PLACES) {
      const same = [...order.subarray(from, to)].map((key) => printAt(key % MOST_PRINTS));
      for (const [at, a] of same.entries())
        for (const b of same.slice(at + 1)) {
          const key = `${a.file} ${b.file}`;
          const list = shared.get(key);
          if (list === undefined) shared.set(key, [[a, b]]);
          else list.push([a, b]);
        }
    }
    from = to;
  }
  return [...shared.values()].flatMap(blocksIn);
}

/** Joins the matches of two files to blocks. */
function blocksIn(matches: [Print, Print][]): [Print, Print][] {
  const sorted = matches.sort(([a, c], [b, d]) => a.first - b.first || c.first - d.first);
  const blocks: { a: Print; b: Print; count: number }[] = [];
  for (const [a, b] of sorted) {
    const open = blocks.findLast(
      (block) =>
        a.first >= block.a.first &&
        a.first - block.a.last <= MOST_GAP &&
        b.first >= block.b.first &&
        b.first - block.b.last <= MOST_GAP,
    );
    if (open === undefined) blocks.push({ a: { ...a }, b: { ...b }, count: 1 });
    else {
      open.a.last = Math.max(open.a.last, a.last);
      open.b.last = Math.max(open.b.last, b.last);
      open.count += 1;
    }
  }
  return blocks
    .filter(({ a, b, count }) => count >= LEAST_PRINTS && lengthOf(a) >= LEAST_LINES && lengthOf(b) >= LEAST_LINES)
    .filter(({ a, b }) => a.file !== b.file || a.last < b.first || b.last < a.first)
    .map(({ a, b }): [Print, Print] => [a, b]);
}

function lengthOf({ first, last }: Pick<Print, "first" | "last">): number {
  return last - first + 1;
}

type Placed = Print & { path: string };

/** Joins blocks that overlap: three equal places are three pairs. `ends` holds the two blocks of each pair in a row. */
function groupsOf(ends: readonly Placed[], pairs: number): Placed[][] {
  const groups: Placed[][] = [];
  const byPath = new Map<string, { block: Placed; group: number }[]>();
  const parent: number[] = [];
  const rootOf = (group: number): number => {
    let at = group;
    while ((parent[at] ?? at) !== at) at = parent[at] ?? at;
    return at;
  };
  for (let pair = 0; pair < pairs; pair++) {
    parent.push(pair);
    for (const block of ends.slice(pair * 2, pair * 2 + 2)) {
      const there = byPath.get(block.path) ?? [];
      byPath.set(block.path, there);
      for (const other of there) if (overlaps(other.block, block)) parent[rootOf(other.group)] = rootOf(pair);
      there.push({ block, group: pair });
    }
  }
  const members = new Map<number, Placed[]>();
  for (const [at, block] of ends.entries()) {
    const root = rootOf(at >> 1);
    members.set(root, joinedWith(members.get(root) ?? [], block));
  }
  for (const group of members.values()) if (group.length > 1) groups.push(group);
  return groups;
}

/** Whether two blocks of a file are mostly the same lines. */
function overlaps(a: Print, b: Print): boolean {
  const common = Math.min(a.last, b.last) - Math.max(a.first, b.first) + 1;
  return common * 2 > Math.min(lengthOf(a), lengthOf(b));
}

function joinedWith(group: Placed[], block: Placed): Placed[] {
  const same = group.find((other) => other.path === block.path && overlaps(other, block));
  if (same === undefined) return [...group, { ...block }];
  same.first = Math.min(same.first, block.first);
  same.last = Math.max(same.last, block.last);
  return group;
}
