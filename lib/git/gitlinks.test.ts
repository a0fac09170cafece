/** G7: an index of a megabyte, whose paths take gigabytes when they are written out. */
import { expect, test } from "vitest";
import { gitlinksIn, indexedPaths } from "./gitlinks";

const FILE = 0o100644;
const GITLINK = 0o160000;

/** One entry of version 4: the path before without its last bytes, and then `rest`. */
function entry(mode: number, dropped: number, rest: string, length: number): Buffer {
  const head = Buffer.alloc(62);
  head.writeUInt32BE(mode, 24);
  head.writeUInt16BE(Math.min(length, 0xfff), 60);
  const number: number[] = [];
  for (let value = dropped; ; value = Math.floor(value / 128) - 1) {
    number.unshift((value % 128) + (number.length > 0 ? 128 : 0));
    if (value < 128) break;
  }
  return Buffer.concat([head, Buffer.from(number), Buffer.from(`${rest}\0`)]);
}

function index(entries: readonly Buffer[]): Buffer {
  const header = Buffer.alloc(12);
  header.write("DIRC");
  header.writeUInt32BE(4, 4);
  header.writeUInt32BE(entries.length, 8);
  return Buffer.concat([header, ...entries]);
}

/** Each keeps the whole path of the one before, and adds a letter. */
function growing(mode: number, from: string, count: number): Buffer[] {
  return [
    entry(mode, 0, from, from.length),
    ...Array.from({ length: count }, (_, at) => entry(mode, 0, "x", from.length + at + 1)),
  ];
}

test("paths that no file can have are not kept, and hide no gitlink behind them", () => {
  const [length, count] = [1_000_000, 1_500];
  const bomb = index([...growing(FILE, "a".repeat(length), count), entry(GITLINK, length + count - 2, "/sub", 6)]);
  expect(bomb.length).toBeLessThan(1_200_000);
  // Written out, the paths have more than two gigabytes.
  expect(indexedPaths(bomb)).toEqual(["aa/sub"]);
  expect(gitlinksIn(bomb, false)).toEqual(["aa/sub"]);
});

test("paths that are too long together give no list, instead of one that is not complete", () => {
  const path = `${"d/".repeat(1_990)}f`;
  const [first, ...others] = Array.from({ length: 1_200 }, (_, at) => String(at).padStart(5, "0"));
  const length = path.length + 5;
  const bomb = index([
    entry(GITLINK, 0, `${path}${first}`, length),
    ...others.map((number) => entry(GITLINK, 5, number, length)),
  ]);
  expect(bomb.length).toBeLessThan(100_000);
  expect(indexedPaths(bomb)).toHaveLength(1_200);
  expect(indexedPaths(bomb, 1_000_000)).toBeNull();
  expect(gitlinksIn(bomb, false)).toBeNull();
});
