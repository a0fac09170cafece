/** Checks a request against the contract: what a service that implements the document has to refuse. */
import {
  type Contract,
  type ContractMedia,
  type ContractOperation,
  type ContractParameter,
  isJsonType,
  mediaFor,
  plainType,
  type Schema,
} from "@/core/contract/contract";
import type { SentRequest } from "@/core/contract/exchange";
import { flattened, membersOf } from "@/core/contract/flatten";
import { inBoundedTime } from "@/lib/mcp/config/bounded-check";
import { coerced, itemsOf, scalar, typesIn } from "./coerce";
import { pathBelow, valuesInPath } from "./match";
import { type ValueFault, validatorsOf } from "./validators";

export type RequestFaultCode =
  | "parameter-missing"
  | "parameter-breaks-schema"
  | "body-missing"
  | "body-malformed"
  | "body-breaks-schema"
  | "media-type-undocumented";

export interface RequestFault {
  code: RequestFaultCode;
  /** For example `query limit` or `body/reason`. */
  place: string;
  text: string;
}

/** Thrown and caught here: without its schema, nobody can say whether a request is valid. */
class Uncheckable extends Error {}

/** Returns what of the request breaks the document, nothing for a valid one; null when its schemas cannot be checked. */
export function requestFaults(
  contract: Contract,
  operation: ContractOperation,
  request: SentRequest,
  base: string,
): RequestFault[] | null {
  try {
    const done = inBoundedTime(() => [
      ...operation.parameters.flatMap((parameter) => parameterFaults(contract, operation, parameter, request, base)),
      ...bodyFaults(contract, operation, request),
    ]);
    return done ? done.result : null;
  } catch (error) {
    if (error instanceof Uncheckable) return null;
    throw error;
  }
}

function faultsOf(contract: Contract, schema: Schema, value: unknown): ValueFault[] {
  const faults = validatorsOf(contract, "request").faultsOf(schema, value);
  if (faults.some(({ rule }) => rule === "unchecked")) throw new Uncheckable();
  return faults;
}

function parameterFaults(
  contract: Contract,
  operation: ContractOperation,
  parameter: ContractParameter,
  request: SentRequest,
  base: string,
): RequestFault[] {
  const place = `${parameter.in} ${parameter.name}`;
  const value = valueGiven(contract, operation, parameter, request, base);
  if (value === undefined)
    return parameter.isRequired
      ? [{ code: "parameter-missing", place, text: `the ${parameter.in} parameter ${parameter.name} is missing` }]
      : [];
  const faults = faultsOf(contract, parameter.schema, value);
  return faults.map(({ text }) => ({ code: "parameter-breaks-schema", place, text: `${place} ${text}` }));
}

/** Returns the value of a parameter as its style is read; undefined when it is absent. */
function valueGiven(
  contract: Contract,
  operation: ContractOperation,
  parameter: ContractParameter,
  request: SentRequest,
  base: string,
): unknown {
  const { name, schema, style } = parameter;
  if (parameter.in === "query") return queryValue(contract, parameter, new URL(request.url).searchParams);
  const text = rawText(operation, parameter, request, base);
  if (text === undefined) return undefined;
  if (style === "json") return jsonOr(text);
  return membersOrValue(contract, schema, text, parameter.explode && name !== "");
}

function rawText(
  operation: ContractOperation,
  { name, in: place }: ContractParameter,
  { url, headers }: SentRequest,
  base: string,
): string | undefined {
  if (place === "header") return Object.hasOwn(headers, name.toLowerCase()) ? headers[name.toLowerCase()] : undefined;
  if (place === "cookie") {
    const pair = (headers.cookie ?? "").split(";").find((one) => one.trim().startsWith(`${name}=`));
    return pair === undefined ? undefined : decoded(pair.trim().slice(name.length + 1));
  }
  const value = valuesInPath(operation.path, pathBelow(url, base) ?? "")?.get(name);
  return value === undefined ? undefined : decoded(value);
}

/** An object in a path or a header is written `a,1,b,2`, or `a=1,b=2` when its members are apart. */
function membersOrValue(contract: Contract, schema: Schema, text: string, isApart: boolean): unknown {
  if (!typesIn(contract, schema).has("object")) return coerced(contract, schema, text);
  const parts = text.split(",");
  const pairs = isApart
    ? parts.map((part) => [part.split("=")[0] ?? "", part.slice(part.indexOf("=") + 1)] as const)
    : parts.flatMap((part, index) => (index % 2 === 0 ? [[part, parts[index + 1] ?? ""] as const] : []));
  return objectOf(contract, schema, pairs);
}

function queryValue(contract: Contract, parameter: ContractParameter, query: URLSearchParams): unknown {
  const { name, schema, style, explode } = parameter;
  const types = typesIn(contract, schema);
  const all = query.getAll(name);
  const [first] = all;
  if (style === "json") return first === undefined ? undefined : jsonOr(first);
  if (types.has("object")) {
    const members = membersOf(flattened(contract, schema).node, "properties");
    const pairs = [...query].flatMap(([key, text]): (readonly [string, string])[] => {
      if (style === "deepObject") return key.startsWith(`${name}[`) ? [[key.slice(name.length + 1, -1), text]] : [];
      return explode && Object.hasOwn(members, key) ? [[key, text]] : [];
    });
    if (pairs.length > 0) return objectOf(contract, schema, pairs);
    return first === undefined ? undefined : membersOrValue(contract, schema, first, false);
  }
  if (first === undefined) return undefined;
  if (!types.has("array")) return scalar(types, first);
  const separator = style === "spaceDelimited" ? " " : style === "pipeDelimited" ? "|" : ",";
  const items = explode ? all : first.split(separator);
  return items.map((item) => coerced(contract, itemsOf(contract, schema), item));
}

function objectOf(contract: Contract, schema: Schema, pairs: readonly (readonly [string, string])[]): unknown {
  const members = membersOf(flattened(contract, schema).node, "properties");
  const value = new Map<string, unknown>();
  for (const [name, text] of pairs) {
    const member = Object.hasOwn(members, name) ? (members[name] ?? true) : true;
    const known = value.get(name);
    const one = coerced(contract, member, text);
    // A form repeats the name of a list.
    value.set(name, Array.isArray(known) && Array.isArray(one) ? [...known, ...one] : one);
  }
  return Object.fromEntries(value);
}

function bodyFaults(contract: Contract, { body }: ContractOperation, request: SentRequest): RequestFault[] {
  if (!body) return [];
  if (request.body === null || request.body === "")
    return body.isRequired ? [{ code: "body-missing", place: "body", text: "the body is missing" }] : [];
  const type = plainType(request.headers["content-type"] ?? "");
  const media = mediaFor(body.media, type);
  if (!media) {
    const text = `the document does not list the media type ${type || "of a body without one"}`;
    return [{ code: "media-type-undocumented", place: "content-type", text }];
  }
  return mediaFaults(contract, media, type, request.body);
}

function mediaFaults(contract: Contract, { schema }: ContractMedia, type: string, body: string): RequestFault[] {
  const read = bodyValue(contract, schema ?? true, type, body);
  if (read === null) return [{ code: "body-malformed", place: "body", text: "the body is not valid JSON" }];
  if (schema === null || read === "opaque") return [];
  return faultsOf(contract, schema, read.value).map(({ place, text }) => ({
    code: "body-breaks-schema",
    place: `body${place}`,
    text: `body${place} ${text}`,
  }));
}

/** Returns the value of a body; null for malformed JSON, `opaque` for a type that is not read. */
function bodyValue(
  contract: Contract,
  schema: Schema,
  type: string,
  body: string,
): { value: unknown } | "opaque" | null {
  if (isJsonType(type)) {
    try {
      return { value: JSON.parse(body) };
    } catch {
      return null;
    }
  }
  if (type === "application/x-www-form-urlencoded")
    return { value: objectOf(contract, schema, [...new URLSearchParams(body)]) };
  return type === "text/plain" ? { value: body } : "opaque";
}

function jsonOr(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
