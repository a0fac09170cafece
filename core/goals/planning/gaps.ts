/**
 * Asks the host, by ordinary calls, what fits the needs of the work. The log holds the answers, so a round that begins
 * again after a crash tells its agents the same.
 */
import { z } from "zod";
import { cut } from "@/core/goals/facts/record";
import type { Answer } from "@/core/programs/conversation";
import type { Batch, PlannedCall } from "@/core/programs/program";

const MOST_NEEDS = 3;
const MOST_NEED = 120;
const MOST_SENTENCE = 240;

/** What shells and runtimes print about a missing command or library. */
const MISSING = [
  /(?:^|[\s:])([\w.+-]{1,60}): (?:command )?not found\b/g,
  /\bcommand not found: ([\w.+-]{1,60})/g,
  /\bspawn ([\w.+-]{1,60}) ENOENT\b/g,
  /\bNo module named ['"]?([A-Za-z_][\w-]{0,60})/g,
  /\bCannot find (?:module|package) ['"]((?:@[\w-]+\/)?[A-Za-z_][\w.-]{0,60})/g,
];

/** Returns the names of commands and libraries that are missing by this output. */
export function missingIn(output: string): string[] {
  const names = MISSING.flatMap((sign) => [...output.matchAll(sign)].map(([, name = ""]) => name));
  return [...new Set(names)].slice(0, MOST_NEEDS);
}

/** Asks the host what fits each need. Returns a sentence for each. `key`: unique in the round. */
export function* gapsOf(needs: readonly string[], key: string): Generator<Batch, string[], Answer[]> {
  const asked = [...new Set(needs.map((need) => cut(need.replace(/\s+/g, " ").trim(), MOST_NEED)))]
    .filter(Boolean)
    .slice(0, MOST_NEEDS);
  if (asked.length === 0) return [];
  const calls = asked.map(
    (need, at): PlannedCall => ({ key: `gap-${key}-${at + 1}`, name: "find_capability", input: { need } }),
  );
  const answers = yield { says: "Looks for what is missing.", calls };
  return asked.flatMap((need, at) => sentenceOf(need, answers[at] as Answer) ?? []);
}

const Found = z.object({ found: z.array(z.object({ kind: z.string(), name: z.string(), fits: z.boolean() })) });

/**
 * Returns null for an answer without content: a refused call, or a call from a version whose host could not say what
 * fits.
 */
function sentenceOf(need: string, { content, isError }: Answer): string | null {
  const read = isError ? null : Found.safeParse(parsed(content));
  if (!read?.success) return null;
  const fitting = read.data.found.filter(({ fits }) => fits).slice(0, 2);
  if (fitting.length === 0) return `“${need}”: nothing that is here fits. A step can ask for it with request_tools.`;
  const best = fitting.map(({ kind, name }) => `the ${kind.replace("_", " ")} ${name}`);
  return cut(`“${need}”: ${best.join(", or ")}.`, MOST_SENTENCE);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
