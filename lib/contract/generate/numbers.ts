/** Numbers for schemas of the types integer and number: typical ones, and those at the limits. */
import fc from "fast-check";
import type { SchemaNode } from "@/core/contract/contract";

const FORMAT_LIMITS: Record<string, number> = { int32: 2 ** 31 - 1, int64: Number.MAX_SAFE_INTEGER };
/** Where the document has no limit: many services keep 32 bits without saying so, which only a larger number shows. */
const USUAL = 2 ** 31 - 1;
const TYPICAL = 100;

interface Range {
  least: number;
  most: number;
}

/** Returns the least and the largest whole number that the schema allows. */
function wholeRange(node: SchemaNode): Range {
  const limit = FORMAT_LIMITS[String(node.format)] ?? USUAL;
  const least = largest([Math.ceil(numberIn(node.minimum)), Math.floor(numberIn(node.exclusiveMinimum)) + 1], -limit);
  const most = smallest([Math.floor(numberIn(node.maximum)), Math.ceil(numberIn(node.exclusiveMaximum)) - 1], limit);
  return { least, most: Math.max(least, most) };
}

function realRange(node: SchemaNode): Range {
  const step = 0.01;
  const least = largest([numberIn(node.minimum), numberIn(node.exclusiveMinimum) + step], -USUAL);
  const most = smallest([numberIn(node.maximum), numberIn(node.exclusiveMaximum) - step], USUAL);
  return { least, most: Math.max(least, most) };
}

function numberIn(value: unknown): number {
  return typeof value === "number" ? value : Number.NaN;
}

function largest(values: number[], none: number): number {
  const given = values.filter((value) => !Number.isNaN(value));
  return given.length === 0 ? none : Math.max(...given);
}

function smallest(values: number[], none: number): number {
  const given = values.filter((value) => !Number.isNaN(value));
  return given.length === 0 ? none : Math.min(...given);
}

export function numbers(node: SchemaNode, isWhole: boolean): fc.Arbitrary<number> {
  const { least, most } = isWhole ? wholeRange(node) : realRange(node);
  const step = typeof node.multipleOf === "number" && node.multipleOf > 0 ? node.multipleOf : isWhole ? 1 : 0.01;
  const start = least <= 0 && most >= 0 ? 0 : least;
  const near = fc.integer({ min: 0, max: TYPICAL }).map((steps) => onStep(start + steps * step, step, most));
  const any = fc.integer({ min: Math.ceil(least), max: Math.max(Math.ceil(least), Math.floor(most)) });
  return fc.oneof(
    { weight: 3, arbitrary: near },
    { weight: 1, arbitrary: any.map((value) => onStep(value, step, most)) },
  );
}

/** Steps of 0.01 do not add up exactly. */
function onStep(value: number, step: number, most: number): number {
  const rounded = Number((Math.ceil(value / step) * step).toFixed(10));
  return rounded > most ? Number((Math.floor(most / step) * step).toFixed(10)) : rounded;
}

export function numberCorners(node: SchemaNode, isWhole: boolean): number[] {
  const { least, most } = isWhole ? wholeRange(node) : realRange(node);
  return [...new Set([least, most, ...(least <= 0 && most >= 0 ? [0] : [])])];
}

/** Numbers just outside of the limits that the document has. */
export function beyondLimits(node: SchemaNode, isWhole: boolean): { tooLow: number | null; tooHigh: number | null } {
  const { least, most } = isWhole ? wholeRange(node) : realRange(node);
  const has = (...keywords: string[]) => keywords.some((keyword) => typeof node[keyword] === "number");
  return {
    tooLow: has("minimum", "exclusiveMinimum") ? least - 1 : null,
    tooHigh: has("maximum", "exclusiveMaximum") ? most + 1 : null,
  };
}
