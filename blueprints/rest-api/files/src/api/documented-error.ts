/** Says a problem in the form that the document has for errors. */
import { answerAt, isJson, isNode, mediaIn, type Node, type Part, partAt } from "./document.ts";
import type { ProblemDocument } from "./problem.ts";

const MOST_DEPTH = 6;

/** Returns undefined when the document has no form of its own for this status. */
export function documentedError(
  document: Node,
  operation: Part | undefined,
  problem: ProblemDocument,
): { type: string; body: unknown } | undefined {
  const answer = operation && answerAt(document, operation, problem.status);
  const [media] = answer ? mediaIn(document, answer) : [];
  if (!media?.schema || !isJson(media.type) || media.type.includes("problem")) return undefined;
  const type = media.type.includes("*") ? "application/json" : media.type;
  return { type, body: bodyOf(document, media.schema, problem, 0) };
}

/** Fills what the schema requires or what names a part of the problem. */
function bodyOf(document: Node, part: Part, problem: ProblemDocument, depth: number): unknown {
  const { node } = partAt(document, { node: { schema: part.node }, pointer: "" }, "schema") ?? part;
  const inside = (value: unknown): unknown =>
    isNode(value) && depth < MOST_DEPTH ? bodyOf(document, { node: value, pointer: "" }, problem, depth + 1) : {};
  if (Array.isArray(node.allOf)) return Object.assign({}, ...node.allOf.map(inside));
  const [alternative] = [node.oneOf, node.anyOf].flatMap((list) => (Array.isArray(list) ? list : []));
  if (alternative !== undefined) return inside(alternative);
  if (node.const !== undefined) return node.const;
  if (Array.isArray(node.enum)) return node.enum[0];
  switch ([node.type].flat()[0] ?? (isNode(node.properties) ? "object" : "string")) {
    case "object":
      return objectOf(node, problem, inside);
    case "array":
      return Number(node.minItems ?? 0) > 0 ? [inside(node.items)] : [];
    case "integer":
    case "number":
      return typeof node.maximum === "number" && node.maximum < problem.status ? node.maximum : problem.status;
    case "boolean":
      return false;
    case "null":
      return null;
    default:
      return typeof node.format === "string" ? textOf(node.format) : problem.detail;
  }
}

function objectOf(node: Node, problem: ProblemDocument, inside: (value: unknown) => unknown): Node {
  const properties = isNode(node.properties) ? node.properties : {};
  const required = Array.isArray(node.required) ? node.required : [];
  const told = /^(type|title|status|detail|code|message|error|description)$/i;
  const names = Object.keys(properties).filter((name) => required.includes(name) || told.test(name));
  return Object.fromEntries(names.map((name) => [name, toldAs(name, problem) ?? inside(properties[name])] as const).map(
    ([name, value]) => [name, fitsType(properties[name], value) ? value : inside(properties[name])],
  ));
}

function toldAs(name: string, { type, title, detail }: ProblemDocument): string | undefined {
  return { type, title, detail, message: detail, description: detail }[name.toLowerCase()];
}

function fitsType(schema: unknown, value: unknown): boolean {
  if (!isNode(schema) || typeof value !== "string") return true;
  return [schema.type].flat().includes("string") && schema.enum === undefined && schema.const === undefined;
}

function textOf(format: string): string {
  if (format === "date-time") return new Date().toISOString();
  if (format === "date") return new Date().toISOString().slice(0, 10);
  if (format === "uuid") return crypto.randomUUID();
  return format.startsWith("uri") ? "about:blank" : "error";
}
