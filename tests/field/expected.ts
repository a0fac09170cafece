import { isDeepStrictEqual } from "node:util";
import type { Expectation } from "./case";

/** The most that is shown of a value that is wrong, in characters. */
const SHOWN_MAX = 1_500;

/** Returns the value at a path such as `tree.results.0.text`; undefined where nothing is. */
export function valueAt(answers: unknown, at: string): unknown {
  return at.split(".").reduce<unknown>((value, key) => {
    if (typeof value !== "object" || value === null) return undefined;
    return Object.hasOwn(value, key) || Array.isArray(value) ? (value as Record<string, unknown>)[key] : undefined;
  }, answers);
}

/** Returns what an answer lacks of an expectation, as a sentence; null when it holds. Throws when nothing is expected. */
export function faultOf(answers: unknown, expectation: Expectation): string | null {
  const { at, ...wanted } = expectation;
  const value = valueAt(answers, at);
  const text = typeof value === "string" ? value : (JSON.stringify(value) ?? "undefined");
  const checks: [keyof typeof wanted, (want: never) => boolean][] = [
    ["equals", (want: unknown) => isDeepStrictEqual(value, want)],
    ["contains", (want: string) => text.includes(want)],
    ["lacks", (want: string) => value !== undefined && !text.includes(want)],
    ["matches", (want: string) => new RegExp(want, "s").test(text)],
    ["atLeast", (want: number) => typeof value === "number" && value >= want],
    ["atMost", (want: number) => typeof value === "number" && value <= want],
  ];
  const given = checks.filter(([kind]) => wanted[kind] !== undefined);
  if (given.length === 0) throw new Error(`The expectation at ${at} expects nothing.`);
  const failed = given.filter(([kind, holds]) => !holds(wanted[kind] as never));
  if (failed.length === 0) return null;
  const words = failed.map(([kind]) => `${kind} ${JSON.stringify(wanted[kind])}`).join(", ");
  return `${at} must: ${words}; it is ${text.slice(0, SHOWN_MAX)}`;
}
