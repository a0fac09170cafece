/** Reads the parameters of a request in the styles that OpenAPI has for lists and objects. */
import type { Ajv2020 as Ajv } from "ajv/dist/2020.js";
import type { FastifyRequest } from "fastify";
import { type DocumentedOperation, mediaIn, type Node, type Part, partAt, schemaAt } from "./document.ts";
import { Problem } from "./problem.ts";
import { faultOf, schemaAtPointer } from "./schemas.ts";

export type Place = "path" | "query" | "header" | "cookie";

const SEPARATORS: Record<string, string> = { pipeDelimited: "|", spaceDelimited: " " };

/** Returns a function that reads the parameters in one place, with the types that the document gives them. */
export function parameterReader(document: Node, operation: DocumentedOperation, place: Place, ajv: Ajv) {
  const parameters = operation.parameters.filter(({ node }) => node.in === place).map((part) => described(document, part));
  const inPath = [...operation.path.matchAll(/\{([^{}]*)\}/g)].map((match) => match[1]);
  const check = ajv.compile({
    type: "object",
    properties: Object.fromEntries(parameters.map(({ name, schema }) => [name, schema])),
    required: parameters.flatMap(({ name, isRequired }) => (isRequired ? [name] : [])),
  });
  return (request: FastifyRequest, invalid: number): Record<string, unknown> => {
    const values: Record<string, unknown> = {};
    const textsOf = textsIn(request, place, inPath);
    for (const parameter of parameters) {
      const value = readValue(parameter, textsOf, invalid);
      if (value !== undefined) values[parameter.name] = value;
    }
    if (!check(values)) throw new Problem(invalid, faultOf(check, `The ${place} parameter`));
    return values;
  };
}

interface Described {
  name: string;
  isRequired: boolean;
  schema: Node;
  isJson: boolean;
  isList: boolean;
  isObject: boolean;
  /** Between the items of a list in one text; undefined: each item is a parameter of its own. */
  separator: string | undefined;
}

function described(document: Node, parameter: Part): Described {
  const { node } = parameter;
  const [content] = mediaIn(document, parameter);
  const schema = content?.schema ?? schemaAt(parameter);
  const target = (schema && partAt(document, { node: { schema: schema.node }, pointer: "" }, "schema"))?.node ?? {};
  const explode = typeof node.explode === "boolean" ? node.explode : node.style === undefined || node.style === "form";
  const isRepeated = (node.in === "query" || node.in === "cookie") && explode;
  return {
    name: String(node.name),
    isRequired: node.in === "path" || node.required === true,
    schema: { ...(schema && schemaAtPointer(schema.pointer)), ...(target.default !== undefined && { default: target.default }) },
    isJson: content !== undefined,
    isList: [target.type].flat().includes("array"),
    isObject: [target.type].flat().includes("object"),
    separator: isRepeated ? undefined : (SEPARATORS[String(node.style)] ?? ","),
  };
}

type Texts = (name: string) => string[];

function readValue(parameter: Described, textsOf: Texts, invalid: number): unknown {
  const { name, isJson, isList, isObject, separator } = parameter;
  const texts = textsOf(name);
  const [first] = texts;
  if (isObject && !isJson) return objectOf(name, parameter, textsOf);
  if (first === undefined) return undefined;
  if (isJson) return parsed(name, first, invalid);
  if (isList) return separator === undefined ? texts : first.split(separator);
  return first;
}

/** `deepObject` has a parameter for each property, as in `filter[name]=text`; other styles have pairs in one text. */
function objectOf(name: string, { separator }: Described, textsOf: Texts): Node | undefined {
  const inBrackets = textsOf(`${name}[]`).flatMap((entry) => {
    const at = entry.indexOf("=");
    return [[entry.slice(0, at), entry.slice(at + 1)] as const];
  });
  if (inBrackets.length > 0) return Object.fromEntries(inBrackets);
  const parts = textsOf(name)[0]?.split(separator ?? ",");
  if (!parts) return undefined;
  return Object.fromEntries(parts.flatMap((part, index) => (index % 2 === 0 ? [[part, parts[index + 1] ?? ""]] : [])));
}

function parsed(name: string, text: string, invalid: number): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Problem(invalid, `The parameter ${name} is not JSON.`);
  }
}

/** Returns the texts of a parameter by its name; `name[]` stands for all of its properties in brackets. */
function textsIn(request: FastifyRequest, place: Place, inPath: (string | undefined)[]): Texts {
  if (place === "path") {
    const values = Object.values(request.params as Record<string, string>);
    return (name) => [values[inPath.indexOf(name)] ?? []].flat();
  }
  if (place === "header") return (name) => [request.headers[name.toLowerCase()] ?? []].flat();
  if (place === "cookie") return (name) => cookiesIn(request).getAll(name);
  const query = new URL(request.raw.url ?? "/", "http://localhost").searchParams;
  return (name) => {
    if (!name.endsWith("[]") || query.has(name)) return query.getAll(name);
    const prefix = name.slice(0, -1);
    const own = [...query].filter(([key]) => key.startsWith(prefix) && key.endsWith("]"));
    return own.map(([key, value]) => `${key.slice(prefix.length, -1)}=${value}`);
  };
}

export function cookiesIn(request: FastifyRequest): URLSearchParams {
  return new URLSearchParams((request.headers.cookie ?? "").split(/;\s*/).join("&"));
}
