/** Reads flags that hold text or a number, and explains wrong values. */
import { UsageError } from "@/scripts/cli/print/output";
import type { Flags } from "./context";

export function textFlag(flags: Flags, name: string): string | undefined {
  const given = flags[name];
  return typeof given === "string" ? given : undefined;
}

/** Returns the values of a flag that can be given more than once. */
export function listFlag(flags: Flags, name: string): readonly string[] {
  const given = flags[name];
  return Array.isArray(given) ? given : [];
}

interface Bounds {
  whole?: boolean;
  least: number;
  most?: number;
  orZero?: boolean;
}

/** Returns undefined when the flag is not given. Throws UsageError for a value out of bounds. */
export function numberFlag(
  flags: Flags,
  name: string,
  { whole = false, least, most = Number.MAX_SAFE_INTEGER, orZero = false }: Bounds,
): number | undefined {
  const given = flags[name];
  if (given === undefined) return undefined;
  const value = Number(given);
  const isNumber = /^[+-]?(\d+\.?\d*|\.\d+)$/.test(String(given).trim()) && (!whole || Number.isSafeInteger(value));
  // A cap of 0 would refuse every call. Only a depth of 0 makes sense: no subtasks.
  const isPositive = name === "maxDepth" || name === "priority" || value > 0 || (orZero && value === 0);
  if (isNumber && isPositive && value >= least && value <= most) return value;
  const kind = whole ? "a whole number" : orZero ? "a number, 0 or above" : "a number above 0";
  const bounds = most < Number.MAX_SAFE_INTEGER ? ` from ${least} to ${most}` : whole ? ` from ${least} up` : "";
  throw new UsageError(`${flagOf(name)} cannot be "${given}": use ${kind}${bounds}.`);
}

/** Returns where a list goes on, for a list whose cursor is a position. Throws UsageError. */
export function positionIn(flags: Flags): number {
  return numberFlag(flags, "after", { whole: true, least: 0, most: 1_000_000, orZero: true }) ?? 0;
}

function flagOf(name: string): string {
  return `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}
