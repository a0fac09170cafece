import { isMap, parseJsonText, type ValueMap } from "@/core/programs/json";
import { firstMatch } from "./pattern";
import type { Matcher, Runbook } from "./runbook";

/** Only the start of a task's text is compared with runbooks, because a task can be megabytes long. */
const MAX_COMPARED_CHARS = 4_000;
const NAMED = /^Follow the runbook ([a-z0-9-]+)(?: with (\{.*\}))?[ \t]*$/s;

/** Returns the first line of an instruction that names its runbook; `runbookNamed` parses it. */
export function namingLine(name: string, inputs: ValueMap): string {
  return `Follow the runbook ${name} with ${JSON.stringify(inputs)}`;
}

/** Returns the runbook and inputs that an instruction's first line names; null when the line names no runbook. */
export function runbookNamed(instruction: string): { name: string; inputs: ValueMap } | null {
  const [, name, json] = NAMED.exec(instruction.split("\n", 1)[0]?.replace(/\r$/, "") ?? "") ?? [];
  if (name === undefined) return null;
  const inputs = json === undefined ? {} : parseJsonText(json);
  return inputs !== null && isMap(inputs) ? { name, inputs } : null;
}

/**
 * Returns the runbook for an instruction: the one that it names, else the one whose front matter matches the longest
 * part of it (the first of equals), else null. A named runbook that is missing also gives null, never another runbook.
 */
export function matchRunbook<Known extends Pick<Runbook, "name" | "match">>(
  instruction: string,
  runbooks: readonly Known[],
): Known | null {
  const named = runbookNamed(instruction);
  if (named) return runbooks.find(({ name }) => name === named.name) ?? null;
  const text = instruction.slice(0, MAX_COMPARED_CHARS).replace(/\s+/g, " ");
  let best: { runbook: Known; chars: number } | null = null;
  for (const runbook of runbooks) {
    const chars = Math.max(0, ...runbook.match.map((matcher) => matchedChars(matcher, text)));
    if (chars > (best?.chars ?? 0)) best = { runbook, chars };
  }
  return best?.runbook ?? null;
}

function matchedChars(matcher: Matcher, text: string): number {
  if (matcher.kind === "pattern") return firstMatch(matcher.pattern, text)?.length ?? 0;
  const phrase = matcher.words.toLowerCase().replace(/\s+/g, " ");
  return text.toLowerCase().includes(phrase) ? phrase.length : 0;
}
