import { type Coverage, countIn, Lines } from "./lines";

/** file.go:10.13,12.2 2 1 is a block from line 10 to 12 of two statements that ran once. */
const BLOCK = /^(.+):(\d{1,9})\.\d{1,9},(\d{1,9})\.\d{1,9} (\d{1,9}) (\d{1,19})$/;
const MODE = /^mode: (set|count|atomic)$/;
const MOST_BLOCK_LINES = 100_000;

/** Reads a coverprofile of Go. A block that is named twice, as with -coverpkg, counts once. */
export function readGo(text: string): Coverage {
  const [mode = "", ...rows] = text.trim().split(/\r?\n/);
  if (!MODE.test(mode)) throw new Error("it does not begin with mode:");
  const blocks = new Map<string, { statements: number; isReached: boolean }>();
  const lines = new Lines();
  for (const row of rows) {
    if (MODE.test(row) || row === "") continue;
    const [, file = "", from, to, statements, count] = BLOCK.exec(row) ?? [];
    if (file === "") throw new Error("a line is no block");
    const [start, end] = [countIn(from), countIn(to)];
    if (end < start || end - start > MOST_BLOCK_LINES) throw new Error("a block has no end");
    const isReached = countIn(count) > 0;
    for (let line = start; line <= end; line++) lines.add(file, line, isReached);
    const key = row.slice(0, row.lastIndexOf(" "));
    blocks.set(key, { statements: countIn(statements), isReached: isReached || (blocks.get(key)?.isReached ?? false) });
  }
  let [total, covered] = [0, 0];
  for (const block of blocks.values()) {
    total += block.statements;
    if (block.isReached) covered += block.statements;
  }
  return { total, covered, files: lines.files };
}
