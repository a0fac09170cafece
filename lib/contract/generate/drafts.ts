/** Draws whole requests of an operation: valid ones, and ones that break one rule of the document. */
import fc from "fast-check";
import {
  type Contract,
  type ContractMedia,
  type ContractOperation,
  type ContractParameter,
  isJsonType,
} from "@/core/contract/contract";
import { inBoundedTime } from "@/lib/mcp/config/bounded-check";
import { type BrokenRule, brokenValues, interleaved } from "./broken";
import { type Drawing, drawingOf, values, variants } from "./values";

/** A request before it is written: `query limit` → 5. Of a path, only the parameters that are no ids of the service. */
export interface Draft {
  parameters: Record<string, unknown>;
  body: DraftBody | null;
}

/** `text`: sent as it is, for example malformed JSON. */
type DraftBody = { type: string; value: unknown } | { type: string; text: string };

export interface DraftCase {
  /** What is special about it, for people and for findings. */
  rule: BrokenRule | "malformed" | "media-type" | null;
  /** For example `query limit` or `body/reason`; empty for a usual request. */
  place: string;
  drafts: fc.Arbitrary<Draft>;
}

const PLAIN_PLACES: ReadonlySet<string> = new Set(["path", "header", "cookie"]);
const FORM = "application/x-www-form-urlencoded";
const DRAW_MS = 3_000;

export function parameterKey({ in: place, name }: Pick<ContractParameter, "in" | "name">): string {
  return `${place} ${name}`;
}

interface Parts {
  contract: Contract;
  operation: ContractOperation;
  /** The values of these parameters come from the service. */
  given: ReadonlySet<string>;
}

/** Returns the media that requests are sent as; null when the document lists none that can be written. */
function sentMedia({ body }: ContractOperation): ContractMedia | null {
  const media = body?.media ?? [];
  const is = (fits: (type: string) => boolean) => media.find(({ type }) => fits(type));
  return is(isJsonType) ?? is((type) => type === FORM) ?? is((type) => type === "text/plain") ?? null;
}

interface Replaced {
  parameter?: { key: string; value: fc.Arbitrary<unknown> };
  /** These parameters are never sent. */
  without?: string;
  body?: fc.Arbitrary<DraftBody | null>;
}

/** Draws a request that is valid except where something is replaced. */
function usualDrafts({ contract, operation, given }: Parts, replaced: Replaced = {}): fc.Arbitrary<Draft> {
  const drawn = new Map<string, fc.Arbitrary<unknown>>();
  const required: string[] = [];
  for (const parameter of operation.parameters) {
    const key = parameterKey(parameter);
    if (given.has(key) || key === replaced.without) continue;
    const drawing = drawingOf(contract, PLAIN_PLACES.has(parameter.in));
    drawn.set(key, replaced.parameter?.key === key ? replaced.parameter.value : usualValues(drawing, parameter));
    if (parameter.isRequired || replaced.parameter?.key === key) required.push(key);
  }
  return fc.record({
    parameters: fc.record(Object.fromEntries(drawn), { requiredKeys: required, noNullPrototype: true }),
    body: replaced.body ?? usualBody(contract, operation),
  });
}

/** An example in a path is often the only value that a service knows. */
function usualValues(drawing: Drawing, { in: place, schema, examples }: ContractParameter): fc.Arbitrary<unknown> {
  if (examples.length === 0) return values(drawing, schema);
  const given = fc.constantFrom(...examples);
  return place === "path" ? given : fc.oneof(given, values(drawing, schema));
}

/** Returns one value for a parameter, always the same; null when none can be drawn in time. */
export function fixedValue(contract: Contract, parameter: ContractParameter, seed: number): unknown {
  const arbitrary = usualValues(drawingOf(contract, true), parameter);
  return inBoundedTime(() => fc.sample(arbitrary, { seed, numRuns: 1 }), DRAW_MS)?.result[0] ?? null;
}

function usualBody(contract: Contract, operation: ContractOperation): fc.Arbitrary<DraftBody | null> {
  const media = sentMedia(operation);
  if (!media) return fc.constant(null);
  const { type } = media;
  const drawn = values(drawingOf(contract), media.schema ?? true).map((value): DraftBody => ({ type, value }));
  return operation.body?.isRequired ? drawn : fc.oneof({ weight: 4, arbitrary: drawn }, fc.constant(null));
}

export function usualCase(parts: Parts): DraftCase {
  return { rule: null, place: "", drafts: usualDrafts(parts) };
}

/** Returns the cases of valid requests at the limits, one for each, and those of the document's examples. */
export function validCases(parts: Parts): DraftCase[] {
  const { contract, operation, given } = parts;
  const media = sentMedia(operation);
  const ofParameters = operation.parameters
    .filter((parameter) => !given.has(parameterKey(parameter)))
    .map((parameter) => {
      const key = parameterKey(parameter);
      const found = variants(drawingOf(contract, PLAIN_PLACES.has(parameter.in)), parameter.schema);
      return found.map((value) => usualDrafts(parts, { parameter: { key, value } }));
    });
  const ofBody = media
    ? variants(drawingOf(contract), media.schema ?? true).map((drawn) =>
        usualDrafts(parts, { body: drawn.map((value) => ({ type: media.type, value })) }),
      )
    : [];
  const examples = (media?.examples ?? []).map((value) => {
    return usualDrafts(parts, { body: fc.constant({ type: media?.type ?? "", value }) });
  });
  const all = [...examples, ...interleaved([...ofParameters, ofBody])];
  return all.map((drafts) => ({ rule: null, place: "", drafts }));
}

/** Returns the cases of requests that the service has to refuse. */
export function brokenCases(parts: Parts): DraftCase[] {
  const { contract, operation, given } = parts;
  const ofParameters = operation.parameters
    .filter((parameter) => !given.has(parameterKey(parameter)))
    .map((parameter) => parameterCases(parts, parameter));
  const media = sentMedia(operation);
  const ofBody = media ? bodyCases(parts, media) : [];
  const inBody = media
    ? brokenValues(drawingOf(contract), media.schema ?? true).map(({ rule, place, value }): DraftCase => {
        const body = value.map((drawn) => ({ type: media.type, value: drawn }));
        return { rule, place: `body${place}`, drafts: usualDrafts(parts, { body }) };
      })
    : [];
  return interleaved([...ofParameters, ofBody, inBody]);
}

function parameterCases(parts: Parts, parameter: ContractParameter): DraftCase[] {
  const key = parameterKey(parameter);
  const isPlain = PLAIN_PLACES.has(parameter.in);
  const cases: DraftCase[] = [];
  if (parameter.isRequired && parameter.in !== "path")
    cases.push({ rule: "missing", place: key, drafts: usualDrafts(parts, { without: key }) });
  for (const { rule, value } of brokenValues(drawingOf(parts.contract, isPlain), parameter.schema)) {
    // Null and objects have no form of their own in an address.
    if (rule === "null") continue;
    cases.push({ rule, place: key, drafts: usualDrafts(parts, { parameter: { key, value } }) });
  }
  return cases;
}

function bodyCases(parts: Parts, { type, schema }: ContractMedia): DraftCase[] {
  const text = (sent: string, as: string) => usualDrafts(parts, { body: fc.constant({ type: as, text: sent }) });
  const cases: DraftCase[] = [];
  if (isJsonType(type)) cases.push({ rule: "malformed", place: "body", drafts: text('{"a": ', type) });
  const listed = parts.operation.body?.media.map((media) => media.type) ?? [];
  if (!listed.includes("*/*") && !listed.some((one) => one.startsWith("application/x-b")))
    cases.push({ rule: "media-type", place: "content-type", drafts: text("<a/>", "application/x-banyan") });
  if (parts.operation.body?.isRequired && schema !== null)
    cases.push({ rule: "missing", place: "body", drafts: usualDrafts(parts, { body: fc.constant(null) }) });
  return cases;
}

/**
 * Returns a draft of a case, the same for the same seed; null when the schema is too large to draw from. Not biased towards the
 * ends of ranges, because what is made with it must not meet what was made before.
 */
export function drawn(drafts: fc.Arbitrary<Draft>, seed: number): Draft | null {
  const done = inBoundedTime(() => fc.sample(drafts, { seed, numRuns: 1, unbiased: true }), DRAW_MS);
  return done?.result[0] ?? null;
}
