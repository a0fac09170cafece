import type { Verdict } from "@/core/log/terms";

/** Where a JSON object begins: at the beginning of a line, or after the name of the answer. */
const JSON_BEGINS = /^(?:[*#> \t]*(?:outcome|verdict|result|answer)[*: \t]*|[ \t]*)(?=\{)/im;
/** A pass must be a statement of its own: “Pass or fail?” and “Pass is not possible” do not count. A fail needs less. */
const BEGINS =
  /^\W*(?:outcome\W+|verdict\W+)?(?:(fail)(?:ed|s)?\b|(pass)(?:ed)?(?=[*_`"”')\]]*\s*(?:[.:,;!(–—-]|\n|$)))/i;

/**
 * Parses an evaluator's verdict: a JSON object with `outcome` and `reasons` that begins or ends the text, or a text that
 * begins with pass or fail. Anything else is unjudged, with the text as its reason, because a verdict is never guessed.
 * An object in the middle of the text may be quoted from the work, so it counts for nothing.
 */
export function parseVerdict(text: string): Pick<Verdict, "outcome" | "reasons"> {
  const [, fail, pass] = BEGINS.exec(text) ?? [];
  const word = fail ? "fail" : pass ? "pass" : null;
  const told = ownObject(text);
  if (told && (word === null || word === told.outcome)) return told;
  const reasons = text.trim() ? [text.trim().slice(0, 2_000)] : ["The evaluator gave no reasons."];
  return { outcome: told ? "unjudged" : (word ?? "unjudged"), reasons };
}

function ownObject(text: string): Pick<Verdict, "outcome" | "reasons"> | null {
  const found = JSON_BEGINS.exec(text);
  if (!found) return null;
  const [begin, end] = [found.index + found[0].length, text.lastIndexOf("}") + 1];
  const isOwn = isFrame(text.slice(0, found.index)) || isFrame(text.slice(end));
  return isOwn ? parseObject(text.slice(begin, end)) : null;
}

/** Whether nothing but the marks of a code block stands beside the object. */
function isFrame(character: string): boolean {
  return /^\s*(```(json)?\s*)?$/i.test(character);
}

function parseObject(text: string): Pick<Verdict, "outcome" | "reasons"> | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  const { outcome, reasons } = value as { outcome?: unknown; reasons?: unknown };
  if (outcome !== "pass" && outcome !== "fail" && outcome !== "unjudged") return null;
  const list = Array.isArray(reasons) ? reasons : reasons === undefined ? [] : [reasons];
  return { outcome, reasons: list.map((reason) => String(reason)) };
}
