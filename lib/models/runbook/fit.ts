import { isMap, type Value, type ValueMap } from "@/core/programs/json";

/** A parent reads the first 4,000 characters of a result, and JSON that is cut there cannot be parsed. */
const MAX_RESULT_JSON_CHARS = 3_800;

/**
 * Returns JSON on one line of at most `maxChars` characters. While it is too long, the largest list loses its second
 * half, or, without lists, the longest text loses its end; `shortened` is then true. Numbers never change.
 */
export function fitJson(value: Value, maxChars = MAX_RESULT_JSON_CHARS): string {
  let json = JSON.stringify(value);
  if (json.length <= maxChars) return json;
  const root: ValueMap = {
    value: { ...(isMap(value) ? (structuredClone(value) as ValueMap) : { value }), shortened: true },
  };
  json = JSON.stringify(root.value);
  while (json.length > maxChars) {
    const largest = candidates(root).toSorted((left, right) => right.chars - left.chars)[0];
    if (!largest) break;
    largest.halve();
    json = JSON.stringify(root.value);
  }
  return json;
}

interface Candidate {
  chars: number;
  halve(): void;
}

function candidates(holder: ValueMap | Value[]): Candidate[] {
  const found: Candidate[] = [];
  const slots = holder as Record<string, Value>;
  for (const key of Object.keys(slots)) {
    const value = slots[key] ?? null;
    if (typeof value === "string" && value.length > 20) {
      // A text counts for less than a list of the same size, because the tail of a ranked list is the smaller loss.
      found.push({ chars: value.length / 4, halve: () => (slots[key] = `${value.slice(0, value.length / 2)}…`) });
    } else if (Array.isArray(value) || isMap(value)) {
      found.push(...candidates(value));
      if (Array.isArray(value) && value.length > 0) {
        const kept = Math.floor(value.length / 2);
        found.push({ chars: JSON.stringify(value).length, halve: () => (slots[key] = value.slice(0, kept)) });
      }
    }
  }
  return found;
}
