import type { Verdict } from "@/core/log/terms";

/**
 * Parses an evaluator's verdict: a JSON object with `outcome` and `reasons`, alone or inside text, or a text that begins
 * with pass or fail. Anything else is unjudged, with the text as its reason, because a verdict is never guessed.
 */
export function parseVerdict(text: string): Pick<Verdict, "outcome" | "reasons"> {
  const start = text.indexOf("{");
  const end = text.lastIndexOf("}");
  if (start >= 0 && end > start) {
    const parsed = parseObject(text.slice(start, end + 1));
    if (parsed) return parsed;
  }
  const word = /^\W*(?:outcome\W+|verdict\W+)?(pass|fail)(?:ed|s)?\b/i.exec(text)?.[1]?.toLowerCase();
  const reasons = text.trim() ? [text.trim().slice(0, 2_000)] : ["The evaluator gave no reasons."];
  return { outcome: word === "pass" || word === "fail" ? word : "unjudged", reasons };
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
