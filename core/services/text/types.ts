/** The types of a service: those of its named schemas, and what each operation is called with. */
import type { Parameter, ServiceOperation } from "@/core/services/document/operations";
import { isNode, type Node, resolve, shown } from "@/core/services/document/parts";
import { schemaOf, textsIn } from "@/core/services/document/schemas";
import type { ServiceModel } from "@/core/services/model/model";
import { commentText, literal, propertyKey } from "./literals";

const MOST_DEPTH = 10;
const NUMBERS = new Set(["integer", "number"]);

type Model = Pick<ServiceModel, "document" | "types">;

export function typesFile(model: ServiceModel): string {
  const named = [...model.types].map(([pointer, name]) => {
    const { node } = resolve(model.document, { node: { $ref: pointer }, pointer });
    return `${described(node)}export ${declaration(name, typeText(model, node, 0))}`;
  });
  const own = model.resources.filter(({ schema }) => !isNode(schema) || typeof schema.$ref !== "string");
  const resources = own.map(({ type, schema }) => `export ${declaration(type, typeText(model, schema, 0))}`);
  const calls = model.operations.map((operation) => callType(model, operation));
  return [
    "/** The types of what openapi.yaml describes. */",
    'import type { Call } from "./operation.ts";',
    ...named,
    ...resources,
    ...calls,
  ].join("\n\n");
}

function declaration(name: string, text: string): string {
  return text.startsWith("{ ") && text.endsWith(" }") && !/[|&]/.test(outside(text))
    ? `interface ${name} ${text}`
    : `type ${name} = ${text};`;
}

/** Returns what stands outside of all braces. */
function outside(text: string): string {
  let depth = 0;
  return [...text]
    .filter((sign) => {
      if (sign === "{") depth += 1;
      if (sign === "}") depth -= 1;
      return depth === 0;
    })
    .join("");
}

function described({ description, title }: Node): string {
  const text = commentText(shown(description ?? title ?? ""));
  return text === "" ? "" : `/** ${text} */\n`;
}

function callType(model: Model, operation: ServiceOperation): string {
  const parts = (["path", "query", "header", "cookie"] as const).flatMap((place) => {
    const parameters = operation.parameters.filter((parameter) => parameter.in === place);
    const name = { path: "params", query: "query", header: "headers", cookie: "cookies" }[place];
    return parameters.length === 0
      ? []
      : [`${name}: { ${parameters.map((one) => parameterText(model, one)).join("; ")} };`];
  });
  const [media] = operation.body?.media ?? [];
  if (operation.body && media) {
    const isRead = /json|urlencoded/.test(media.type);
    const type = isRead ? typeText(model, media.schema, 0) : media.type.startsWith("text/plain") ? "string" : "Buffer";
    parts.push(`body${operation.body.isRequired ? "" : "?"}: ${type};`);
  }
  const text =
    parts.length === 0
      ? `export type ${operation.type} = Call;`
      : `export interface ${operation.type} extends Call { ${parts.join(" ")} }`;
  return `/** ${commentText(operation.key)} */\n${text}`;
}

function parameterText(model: Model, { name, schema, isRequired }: Parameter): string {
  const hasDefault = schemaOf(model.document, schema).default !== undefined;
  return `${propertyKey(name)}${isRequired || hasDefault ? "" : "?"}: ${typeText(model, schema, 1)}`;
}

/** Returns the TypeScript type of the values that a schema allows. */
function typeText(model: Model, node: unknown, depth: number): string {
  if (!isNode(node) || depth > MOST_DEPTH) return node === false ? "never" : "unknown";
  // Unnamed parts that refer to each other would unfold without end.
  if (typeof node.$ref === "string") return model.types.get(node.$ref) ?? "unknown";
  if (node.const !== undefined) return literalType(node.const);
  if (Array.isArray(node.enum)) return union(node.enum.map(literalType));
  const { nullable, ...plain } = node;
  if (nullable === true) return union([typeText(model, plain, depth), "null"]);
  const several = [...listIn(node.oneOf), ...listIn(node.anyOf)];
  const parts = listIn(node.allOf);
  if (several.length > 0 || parts.length > 0) return combined(model, node, { several, parts }, depth);
  const types = typeof node.type === "string" ? [node.type] : textsIn(node.type);
  const guessed = node.properties !== undefined ? ["object"] : node.items !== undefined ? ["array"] : [];
  const named = types.length > 0 ? types : guessed;
  return named.length === 0 ? "unknown" : union(named.map((type) => plainType(model, node, type, depth)));
}

function listIn(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

function combined(
  model: Model,
  node: Node,
  { several, parts }: { several: unknown[]; parts: unknown[] },
  depth: number,
) {
  const { oneOf: _one, anyOf: _any, allOf: _all, ...own } = node;
  const texts = parts.map((part) => typeText(model, part, depth + 1));
  if (own.properties !== undefined) texts.push(typeText(model, own, depth + 1));
  if (several.length > 0) texts.push(union(several.map((part) => typeText(model, part, depth + 1))));
  const known = [...new Set(texts)].filter((text) => text !== "unknown");
  return known.length === 0 ? "unknown" : known.map((text) => (text.includes("|") ? `(${text})` : text)).join(" & ");
}

function plainType(model: Model, node: Node, type: string, depth: number): string {
  if (NUMBERS.has(type)) return "number";
  if (type === "array") {
    const item = typeText(model, node.items, depth + 1);
    return /^\w+$/.test(item) ? `${item}[]` : `Array<${item}>`;
  }
  if (type === "object") return objectType(model, node, depth);
  return ["string", "boolean", "null"].includes(type) ? type : "unknown";
}

function objectType(model: Model, node: Node, depth: number): string {
  const properties = Object.entries(isNode(node.properties) ? node.properties : {});
  const required = new Set(textsIn(node.required));
  const more = node.additionalProperties;
  if (properties.length === 0) return `Record<string, ${isNode(more) ? typeText(model, more, depth + 1) : "unknown"}>`;
  const parts = properties.map(
    ([name, property]) =>
      `${isNode(property) ? described(property) : ""}${propertyKey(name)}${required.has(name) ? "" : "?"}: ${typeText(model, property, depth + 1)};`,
  );
  return `{ ${parts.join("\n")} }`;
}

function literalType(value: unknown): string {
  return typeof value === "object" && value !== null ? "unknown" : literal(value);
}

function union(types: string[]): string {
  const unique = [...new Set(types)];
  if (unique.includes("unknown")) return "unknown";
  return unique.map((type) => (type.includes("&") ? `(${type})` : type)).join(" | ");
}
