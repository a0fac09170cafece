import { z } from "zod";
import { type Coverage, Lines } from "./lines";

const Summary = z.object({ total: z.object({ lines: z.object({ total: z.number(), covered: z.number() }) }) });
const Place = z.object({ start: z.object({ line: z.number() }) });
const Final = z.record(
  z.string(),
  z.object({ statementMap: z.record(z.string(), Place), s: z.record(z.string(), z.number()) }),
);

/** Reads coverage-summary.json or coverage-final.json, which Vitest, Jest, nyc and c8 write; only the second has lines. */
export function readIstanbul(text: string): Coverage {
  const value: unknown = JSON.parse(text);
  const summary = Summary.safeParse(value);
  if (summary.success) return { ...summary.data.total.lines, files: new Map() };
  const lines = new Lines();
  for (const [file, { statementMap, s }] of Object.entries(Final.parse(value))) {
    lines.open(file);
    // As Istanbul counts: a line is reached if a statement that begins in it is.
    for (const [id, { start }] of Object.entries(statementMap)) lines.add(file, start.line, (s[id] ?? 0) > 0);
  }
  return lines.coverage();
}
