/** Validates the traffic with a forge's stand-in by the forge's own OpenAPI description, and fills its answers up to whole ones. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv, type ValidateFunction } from "ajv";

type Json = Record<string, unknown>;

interface Operation {
  parameters?: Json[];
  requestBody?: { content: Record<string, { schema: Json }> };
  responses: Record<string, Json>;
}

interface Found {
  /** `GET /repos/{owner}/{repo}`. */
  route: string;
  operation: Operation;
  parameters: Record<string, string>;
}

export interface Description {
  /** Returns the operation of a path; null: the forge has none, or Banyan needs none. */
  find(method: string, path: string): Found | null;
  /** Returns what the forge would refuse or ignore of a request. */
  faultsOfRequest(found: Found, query: URLSearchParams, body: unknown): string[];
  /** Returns the answer with every field that the forge's answers have. Throws when it is none of the forge's even then. */
  answer(found: Found, status: number, partial: unknown): unknown;
}

/** `forge`: as in the name of its description beside this file. */
export function readDescription(forge: string): Description {
  const document = JSON.parse(readFileSync(join("tests/forges", `${forge}-openapi.json`), "utf8")) as {
    paths: Record<string, Record<string, Operation>>;
  };
  // To compile takes longer than all validation, and to make what is compiled quicker is most of compiling.
  const ajv = new Ajv({ strict: false, validateFormats: false, coerceTypes: true, code: { optimize: false } });
  ajv.addSchema(asJsonSchema(document) as Json, forge);
  const resolve = <Value>(value: Value): Value => {
    const ref = (value as Json | undefined)?.$ref;
    if (typeof ref !== "string") return value;
    return ref
      .slice(2)
      .split("/")
      .reduce<unknown>((inner, name) => (inner as Json)[name], document) as Value;
  };
  // To compile costs more than the rest of a request.
  const compiled = new Map<string, ValidateFunction>();
  const compiledOnce = (key: string, schema: () => Json) => {
    const known = compiled.get(key) ?? ajv.compile(schema());
    compiled.set(key, known);
    return known;
  };
  const said = (validate: ValidateFunction) => ajv.errorsText(validate.errors?.slice(0, 5), { separator: "; " });

  return {
    find(method, path) {
      const names = path.split("/");
      for (const [pattern, operations] of Object.entries(document.paths)) {
        const operation = operations[method.toLowerCase()];
        const parts = pattern.split("/");
        if (!operation || parts.length !== names.length) continue;
        if (
          !parts.every(
            (part, at) => part === names[at] || (part.startsWith("{") && !isLiteral(document, parts, names, at)),
          )
        )
          continue;
        const parameters = Object.fromEntries(
          parts.flatMap((part, at) =>
            part.startsWith("{") ? [[part.slice(1, -1), decodeURIComponent(names[at] ?? "")]] : [],
          ),
        );
        return { route: `${method} ${pattern}`, operation, parameters };
      }
      return null;
    },
    faultsOfRequest({ route, operation }, query, body) {
      const declared = (operation.parameters ?? []).map((parameter) => resolve(parameter));
      const faults: string[] = [];
      for (const [name, value] of query) {
        const parameter = declared.find((one) => one.in === "query" && one.name === name);
        if (!parameter) faults.push(`${route}: there is no parameter ${name}`);
        else {
          const validate = compiledOnce(`${route} ${name}`, () => ({
            type: "object",
            properties: { value: asJsonSchema(parameter.schema) },
          }));
          if (!validate({ value })) faults.push(`${route}: ${name}=${value}: ${said(validate)}`);
        }
      }
      const content = operation.requestBody?.content["application/json"];
      if (content && body !== null) {
        const [method = "", path = ""] = route.split(" ");
        const pointer = `/paths/${escaped(path)}/${method.toLowerCase()}/requestBody/content/application~1json/schema`;
        const validate = compiledOnce(route, () => ({ $ref: `${forge}#${pointer}` }));
        if (!validate(structuredClone(body))) faults.push(`${route}: ${said(validate)}`);
      }
      if (!content && body !== null) faults.push(`${route} takes no body`);
      return faults;
    },
    answer({ route, operation }, status, partial) {
      const response = resolve(operation.responses[String(status)]) as { content?: Record<string, { schema: Json }> };
      if (response === undefined) throw new Error(`${forge} answers ${route} never with ${status}.`);
      const schema = response.content?.["application/json"]?.schema;
      if (!schema) return partial;
      const whole = filled(schema, partial, resolve);
      const validate = compiledOnce(`${route} ${status}`, () => withDocument(forge, asJsonSchema(schema)));
      if (!validate(structuredClone(whole))) throw new Error(`The stand-in's answer to ${route}: ${said(validate)}`);
      return whole;
    },
  };
}

/** A literal path wins over a parameter: `/issues/comments` is no issue. */
function isLiteral(document: { paths: object }, parts: string[], names: string[], at: number): boolean {
  const literal = [...parts.slice(0, at), names[at], ...parts.slice(at + 1)].join("/");
  return Object.hasOwn(document.paths, literal);
}

const escaped = (path: string) => path.replaceAll("~", "~0").replaceAll("/", "~1");

/** JSON Schema says `nullable` in another way than OpenAPI 3.0. */
function asJsonSchema(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(asJsonSchema);
  if (typeof value !== "object" || value === null) return value;
  const { nullable, ...rest } = value as Json;
  const schema = Object.fromEntries(Object.entries(rest).map(([name, inner]) => [name, asJsonSchema(inner)]));
  return nullable === true ? { anyOf: [schema, { type: "null" }] } : schema;
}

/** Lets references inside a schema lead into the document. */
function withDocument(forge: string, schema: unknown): Json {
  const text = JSON.stringify(schema).replaceAll('"$ref":"#/', `"$ref":"${forge}#/`);
  return JSON.parse(text) as Json;
}

/** Returns the value with the required fields that it lacks, each with the plainest value that its schema allows. */
function filled(given: Json, partial: unknown, resolve: <Value>(value: Value) => Value): unknown {
  const schema = chosen(resolve(given), partial, resolve);
  if (partial === undefined) return plainest(schema, resolve);
  if (Array.isArray(partial)) return partial.map((item) => filled((schema.items ?? {}) as Json, item, resolve));
  if (typeof partial !== "object" || partial === null) return partial;
  const properties = (schema.properties ?? {}) as Record<string, Json>;
  const whole: Json = {};
  for (const [name, value] of Object.entries(partial))
    whole[name] = properties[name] ? filled(properties[name], value, resolve) : value;
  for (const name of (schema.required ?? []) as string[])
    if (!Object.hasOwn(whole, name)) whole[name] = filled(properties[name] ?? {}, undefined, resolve);
  return whole;
}

function chosen(schema: Json, partial: unknown, resolve: <Value>(value: Value) => Value): Json {
  const options = (schema.anyOf ?? schema.oneOf) as Json[] | undefined;
  const all = schema.allOf as Json[] | undefined;
  if (all) return Object.assign({}, schema, ...all.map((part) => chosen(resolve(part), partial, resolve)));
  if (!options) return schema;
  const isObject = typeof partial === "object" && partial !== null;
  const wanted = options.map((option) => resolve(option)).find(({ type }) => !isObject || type === "object");
  return chosen(wanted ?? resolve(options[0] ?? {}), partial, resolve);
}

function plainest(schema: Json, resolve: <Value>(value: Value) => Value): unknown {
  if (schema.nullable === true) return null;
  const [first] = (schema.enum ?? []) as unknown[];
  if (first !== undefined) return first;
  if (schema.type === "object") return filled(schema, {}, resolve);
  if (schema.type === "array") return [];
  if (schema.type === "boolean") return false;
  if (schema.type === "integer" || schema.type === "number") return 1;
  if (schema.format === "date-time") return "2026-01-01T00:00:00Z";
  return schema.format === "uri" ? "https://forge.test/" : "x";
}
