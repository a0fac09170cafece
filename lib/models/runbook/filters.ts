import { isDeepStrictEqual } from "node:util";
import { fieldOf, isMap, parseJsonText, toText, type Value } from "@/core/programs/json";
import { asCell, asCode, asPercent, asPlural, asSize, asTable, asThousands } from "./markdown";
import { firstMatch, patternFault } from "./pattern";
import { contains, describe, elementsOf, ValueFault } from "./value";

interface Filter {
  /** The minimum and maximum number of arguments. */
  args: [number, number];
  /** Whether the first argument is a pattern in quotes. */
  pattern?: boolean;
  apply(input: Value, args: Value[]): Value;
}

const list = (name: string, apply: (elements: Value[], args: Value[]) => Value, args: [number, number]): Filter => ({
  args,
  apply: (input, given) => apply(elementsOf(input, `the filter ${name}`), given),
});

/** Applies to a text, a number or null, or to each element of a list. */
const each = (apply: (value: Value, args: Value[]) => Value, args: [number, number] = [0, 0]): Filter => ({
  args,
  apply: (input, given) => (Array.isArray(input) ? input.map((value) => apply(value, given)) : apply(input, given)),
});

/** All filters, as written behind a `|`. A new filter is one line here and one in docs/runbooks.md. */
const FILTERS: Record<string, Filter> = {
  count: { args: [0, 0], apply: count },
  sum: list("sum", (elements, [field]) => total(pick(elements, field)), [0, 1]),
  min: list("min", (elements, [field]) => ranked(pick(elements, field))[0] ?? null, [0, 1]),
  max: list("max", (elements, [field]) => ranked(pick(elements, field)).at(-1) ?? null, [0, 1]),
  first: list("first", (elements) => elements[0] ?? null, [0, 0]),
  last: list("last", (elements) => elements.at(-1) ?? null, [0, 0]),
  take: list("take", (elements, [amount]) => elements.slice(0, whole(amount, "take")), [1, 1]),
  skip: list("skip", (elements, [amount]) => elements.slice(whole(amount, "skip")), [1, 1]),
  sort: list("sort", (elements, [field]) => sorted(elements, field), [0, 1]),
  reverse: list("reverse", (elements) => elements.toReversed(), [0, 0]),
  top: list("top", (elements, [amount, field]) => top(elements, whole(amount, "top"), field), [1, 2]),
  where: list("where", (elements, [field, value]) => filtered(elements, field, value, true), [2, 2]),
  where_not: list("where_not", (elements, [field, value]) => filtered(elements, field, value, false), [2, 2]),
  compact: list("compact", (elements) => elements.filter((element) => element !== null), [0, 0]),
  unique: list("unique", unique, [0, 0]),
  concat: list("concat", (elements, [more]) => [...elements, ...elementsOf(more ?? null, "concat")], [1, 1]),
  total_by: list("total_by", (elements, [field]) => totalBy(elements, toText(field ?? null)), [1, 1]),
  missing_from: list(
    "missing_from",
    (elements, [all]) => elements.filter((element) => !contains(all ?? null, element)),
    [1, 1],
  ),
  join: list("join", (elements, [glue]) => elements.map(toText).join(toText(glue ?? ", ")), [0, 1]),
  table: list("table", (elements, columns) => asTable(elements, columns.map(toText)), [1, 12]),
  columns: list("columns", (elements, fields) => elements.map((element) => columns(element, fields)), [1, 12]),
  entries: { args: [0, 0], apply: entries },
  default: { args: [1, 1], apply: (input, [other]) => (input === null || input === "" ? (other ?? null) : input) },
  json: { args: [0, 0], apply: (input) => JSON.stringify(input) },
  from_json: each((value) => (typeof value === "string" ? parseJsonText(value) : value)),
  lines: {
    args: [0, 0],
    apply: (input) =>
      toText(input)
        .split("\n")
        .filter((line) => line.trim() !== ""),
  },
  split: { args: [1, 1], apply: (input, [by]) => toText(input).split(toText(by ?? null)) },
  trim: each((value) => toText(value).trim()),
  number: each(asNumber),
  lower: each((value) => toText(value).toLowerCase()),
  find: { ...each((value, [pattern]) => firstMatch(toText(pattern ?? null), toText(value)), [1, 1]), pattern: true },
  cut: each((value, [amount]) => cut(toText(value), whole(amount, "cut")), [1, 1]),
  inside: each((value, [folder]) => inside(toText(value), toText(folder ?? null)), [1, 1]),
  round: each((value, [digits]) => Number(numeric(value, "round").toFixed(whole(digits ?? 0, "round"))), [0, 1]),
  thousands: each((value) => asThousands(numeric(value, "thousands"))),
  bytes: each((value) => asSize(numeric(value, "bytes"))),
  percent_of: each(
    (value, [all]) => asPercent(numeric(value, "percent_of"), numeric(all ?? null, "percent_of")),
    [1, 1],
  ),
  plural: each((value, [singular, many]) => asPlural(numeric(value, "plural"), toText(singular ?? ""), many), [1, 2]),
  cell: each((value) => asCell(toText(value))),
  code: each((value) => asCode(toText(value))),
};

export const FILTER_NAMES = Object.keys(FILTERS);

/**
 * Returns what is wrong with a use of a filter, or null. `args` holds the literal arguments, and undefined for the
 * others.
 */
export function filterFault(name: string, args: (Value | undefined)[]): string | null {
  if (!Object.hasOwn(FILTERS, name)) return `there is no filter "${name}"; the filters are ${FILTER_NAMES.join(", ")}`;
  const { args: bounds, pattern } = FILTERS[name] as Filter;
  if (args.length < bounds[0] || args.length > bounds[1]) {
    const wanted = bounds[0] === bounds[1] ? bounds[0] : `${bounds[0]} to ${bounds[1]}`;
    return `the filter ${name} takes ${wanted} ${bounds[1] === 1 ? "argument" : "arguments"}, not ${args.length}`;
  }
  if (!pattern) return null;
  return typeof args[0] === "string" ? patternFault(args[0]) : `the filter ${name} needs a pattern in quotes`;
}

/** Applies a filter that `filterFault` has accepted. */
export function applyFilter(name: string, input: Value, args: Value[]): Value {
  return (FILTERS[name] as Filter).apply(input, args);
}

function count(input: Value): number {
  if (input === null) return 0;
  if (isMap(input)) return Object.keys(input).length;
  return typeof input === "string" && parseJsonText(input) === null
    ? input.length
    : elementsOf(input, "the filter count").length;
}

function pick(elements: Value[], field: Value | undefined): Value[] {
  return field === undefined ? elements : elements.map((element) => fieldOf(element, toText(field)));
}

function total(values: Value[]): number {
  return values.reduce<number>((sum, value) => sum + (value === null ? 0 : numeric(value, "sum")), 0);
}

function compare(left: Value, right: Value): number {
  if (typeof left === "number" && typeof right === "number") return left - right;
  const [first, second] = [toText(left), toText(right)];
  return first < second ? -1 : first > second ? 1 : 0;
}

function ranked(values: Value[]): Value[] {
  return values.filter((value) => value !== null).toSorted(compare);
}

function sorted(elements: Value[], field: Value | undefined): Value[] {
  const key = (element: Value) => (field === undefined ? element : fieldOf(element, toText(field)));
  return elements.toSorted((left, right) => compare(key(left), key(right)));
}

/** Returns the largest elements first; equal elements keep their order. */
function top(elements: Value[], amount: number, field: Value | undefined): Value[] {
  const key = (element: Value) => (field === undefined ? element : fieldOf(element, toText(field)));
  return elements.toSorted((left, right) => compare(key(right), key(left))).slice(0, amount);
}

function filtered(elements: Value[], field: Value | undefined, value: Value | undefined, equal: boolean): Value[] {
  const name = toText(field ?? null);
  return elements.filter((element) => isDeepStrictEqual(fieldOf(element, name), value ?? null) === equal);
}

function unique(elements: Value[]): Value[] {
  return [...new Map(elements.map((element) => [JSON.stringify(element), element])).values()];
}

function columns(element: Value, fields: Value[]): Value {
  return Object.fromEntries(fields.map((field) => [toText(field), fieldOf(element, toText(field))]));
}

/** Returns a map as a list, so that a template can loop over it. */
function entries(input: Value): Value {
  if (input === null) return [];
  if (!isMap(input)) throw new ValueFault(`the filter entries needs a map, not ${describe(input)}`);
  return Object.entries(input).map(([key, value]) => ({ key, value }));
}

/**
 * Returns one map for each value of the field, with the sum of every numeric field: `[{language, files}]` of many
 * folders as one list.
 */
function totalBy(elements: Value[], field: string): Value[] {
  const totals = new Map<string, Map<string, Value>>();
  for (const element of elements) {
    if (!isMap(element)) throw new ValueFault(`total_by needs a list of maps, not of ${describe(element)}`);
    const key = toText(fieldOf(element, field));
    const sums = totals.get(key) ?? new Map<string, Value>([[field, key]]);
    for (const [name, value] of Object.entries(element)) {
      if (name !== field && typeof value === "number") sums.set(name, Number(sums.get(name) ?? 0) + value);
    }
    totals.set(key, sums);
  }
  return [...totals.values()].map((sums) => Object.fromEntries(sums));
}

/** Returns the path of a name in a folder; "." and "" are the workspace itself. */
function inside(name: string, folder: string): string {
  return folder === "." || folder === "" ? name : `${folder.replace(/\/+$/, "")}/${name}`;
}

function cut(text: string, maxChars: number): string {
  const chars = [...text];
  return chars.length <= maxChars ? text : `${chars.slice(0, Math.max(0, maxChars - 1)).join("")}…`;
}

/** Returns the number that a text is, such as an answer of a person; null for any other text. */
function asNumber(value: Value): Value {
  if (typeof value !== "string") return typeof value === "number" ? value : null;
  return /^-?[0-9]+([.][0-9]+)?$/.test(value.trim()) ? Number(value) : null;
}

function numeric(value: Value, filter: string): number {
  if (typeof value === "number") return value;
  throw new ValueFault(`the filter ${filter} needs a number, not ${describe(value)}`);
}

function whole(value: Value | undefined, filter: string): number {
  if (typeof value === "number" && Number.isInteger(value) && value >= 0) return value;
  throw new ValueFault(`the filter ${filter} needs a whole number, not ${describe(value ?? null)}`);
}
