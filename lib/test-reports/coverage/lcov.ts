import { type Coverage, countIn, Lines } from "./lines";

/** Reads lcov's tracefile: SF is a file, DA a line and its hits, LF and LH the lines found and hit. */
export function readLcov(text: string): Coverage {
  const lines = new Lines();
  let file = "";
  const sums = { LF: 0, LH: 0 };
  let hasSums = false;
  for (const row of text.split(/\r?\n/)) {
    const at = row.indexOf(":");
    const [key, value] = [row.slice(0, at), row.slice(at + 1)];
    if (key === "SF") {
      file = value;
      lines.open(file);
    } else if (key === "DA") {
      const [line, hits] = value.split(",");
      lines.add(file, countIn(line), Number(hits) > 0);
    } else if (key === "LF" || key === "LH") {
      sums[key] += countIn(value);
      hasSums = true;
    }
  }
  const found = lines.coverage();
  if (found.total > 0) return found;
  if (!hasSums) throw new Error("it has no lines");
  return { total: sums.LF, covered: sums.LH, files: new Map() };
}
