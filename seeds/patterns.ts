/** Reads the seeded patterns: general approaches that start as lessons which nobody has confirmed yet. */
import { readFile } from "node:fs/promises";
import path from "node:path";
import { z } from "zod";
import { SeedError } from "./front-matter";

const MOST_TRIGGER = 120;
const MOST_ADVICE = 600;
const LEAST_ADVICE = 80;

const pattern = z.strictObject({
  kind: z.enum(["approach", "error_fix", "optimisation", "recovery"]),
  /** What work or which error it is for. */
  trigger: z.string().trim().min(10).max(MOST_TRIGGER),
  advice: z.string().trim().min(LEAST_ADVICE).max(MOST_ADVICE),
  scope: z.literal("everywhere"),
});
export type Pattern = z.output<typeof pattern>;

const patterns = z.array(pattern).refine((list) => new Set(list.map(({ trigger }) => trigger)).size === list.length, {
  error: "Two patterns have the same trigger",
});

/** Returns the patterns of the file `patterns.json` in `dir` (the folder `seeds`). Throws `SeedError` when one is wrong. */
export async function loadPatterns(dir: string): Promise<Pattern[]> {
  const file = path.posix.join(path.basename(path.resolve(dir)), "patterns.json");
  const text = await readFile(path.join(dir, "patterns.json"), "utf8");
  const parsed = patterns.safeParse(parsedJson(file, text));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new SeedError(file, 1, `${issue?.message ?? "It is wrong"}, at ${issue?.path.join(".") || "the list"}.`);
}

function parsedJson(file: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new SeedError(file, 1, `It is not valid JSON: ${(error as Error).message}.`);
  }
}
