/** Compares the limits of two schemas: numbers, lengths, counts and steps. */
import type { SchemaNode } from "./contract";

export interface LimitChange {
  isTighter: boolean;
  /** For example `maxLength 200 → 100`. */
  detail: string;
}

const UPWARD = ["minLength", "minItems", "minProperties"] as const;
const DOWNWARD = ["maxLength", "maxItems", "maxProperties"] as const;

export function limitChanges(before: SchemaNode, after: SchemaNode): LimitChange[] {
  const changes = [boundChange(before, after, "minimum", 1), boundChange(before, after, "maximum", -1)];
  for (const keyword of UPWARD) changes.push(countChange(before, after, keyword, 0));
  for (const keyword of DOWNWARD) changes.push(countChange(before, after, keyword, Number.POSITIVE_INFINITY));
  changes.push(stepChange(before, after), uniqueChange(before, after));
  return changes.filter((change) => change !== null);
}

interface Bound {
  value: number;
  isExclusive: boolean;
}

/** `sign`: 1 when a higher bound is tighter. */
function boundChange(before: SchemaNode, after: SchemaNode, keyword: string, sign: 1 | -1): LimitChange | null {
  const [old, now] = [boundOf(before, keyword, sign), boundOf(after, keyword, sign)];
  const difference = (now.value - old.value) * sign;
  if (old.value === now.value ? old.isExclusive === now.isExclusive : Number.isNaN(difference)) return null;
  const isTighter = old.value === now.value ? now.isExclusive : difference > 0;
  const shown = ({ value, isExclusive }: Bound) =>
    Number.isFinite(value) ? `${value}${isExclusive ? ", exclusive" : ""}` : "none";
  return { isTighter, detail: `${keyword} ${shown(old)} → ${shown(now)}` };
}

function boundOf(node: SchemaNode, keyword: string, sign: 1 | -1): Bound {
  const exclusive = node[keyword === "minimum" ? "exclusiveMinimum" : "exclusiveMaximum"];
  const none = { value: Number.NEGATIVE_INFINITY * sign, isExclusive: false };
  const bounds: Bound[] = [none];
  if (typeof node[keyword] === "number") bounds.push({ value: node[keyword], isExclusive: false });
  if (typeof exclusive === "number") bounds.push({ value: exclusive, isExclusive: true });
  return bounds.reduce((tightest, bound) => {
    if (bound.value === tightest.value) return bound.isExclusive ? bound : tightest;
    return (bound.value - tightest.value) * sign > 0 ? bound : tightest;
  });
}

function countChange(before: SchemaNode, after: SchemaNode, keyword: string, none: number): LimitChange | null {
  const [old, now] = [before, after].map((node) => (typeof node[keyword] === "number" ? node[keyword] : none)) as [
    number,
    number,
  ];
  if (old === now) return null;
  const shown = (value: number) => (Number.isFinite(value) ? String(value) : "none");
  const isTighter = none === 0 ? now > old : now < old;
  return { isTighter, detail: `${keyword} ${shown(old)} → ${shown(now)}` };
}

function stepChange({ multipleOf: old }: SchemaNode, { multipleOf: now }: SchemaNode): LimitChange | null {
  if (old === now) return null;
  const detail = `multipleOf ${old ?? "none"} → ${now ?? "none"}`;
  if (typeof now !== "number") return { isTighter: false, detail };
  // Any other step leaves out values that were valid.
  const isLooser = typeof old === "number" && old % now === 0;
  return { isTighter: !isLooser, detail };
}

function uniqueChange({ uniqueItems: old }: SchemaNode, { uniqueItems: now }: SchemaNode): LimitChange | null {
  if ((old === true) === (now === true)) return null;
  return { isTighter: now === true, detail: now === true ? "items must differ" : "items may be the same" };
}
