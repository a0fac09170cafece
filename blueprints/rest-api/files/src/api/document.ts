/** Reads openapi.yaml, which says what the service answers. */
import { readFileSync } from "node:fs";
import { parse } from "yaml";

export type Node = Record<string, unknown>;

/** A part of the document, and the JSON pointer to it. */
export interface Part {
  node: Node;
  pointer: string;
}

const FILE = new URL("../../openapi.yaml", import.meta.url);
const METHODS = ["get", "put", "post", "delete", "options", "head", "patch", "trace"];

export function readDocument(): Node {
  const document: unknown = parse(readFileSync(FILE, "utf8"));
  if (!isNode(document)) throw new Error("openapi.yaml holds no document.");
  return document;
}

export function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Returns the part below a name, followed to where it refers. */
export function partAt(document: Node, { node, pointer }: Part, name: string): Part | undefined {
  const found = node[name];
  if (!isNode(found)) return undefined;
  return resolve(document, { node: found, pointer: `${pointer}/${escapeName(name)}` });
}

function resolve(document: Node, part: Part): Part {
  const { $ref } = part.node;
  if (typeof $ref !== "string") return part;
  let node: unknown = document;
  for (const name of $ref.slice(2).split("/")) {
    const plain = decodeURIComponent(name).replaceAll("~1", "/").replaceAll("~0", "~");
    node = isNode(node) || Array.isArray(node) ? (node as Node)[plain] : undefined;
  }
  if (!isNode(node)) throw new Error(`openapi.yaml has no ${$ref}.`);
  return resolve(document, { node, pointer: $ref });
}

function escapeName(name: string): string {
  return encodeURIComponent(name.replaceAll("~", "~0").replaceAll("/", "~1"));
}

export interface DocumentedOperation extends Part {
  /** `GET /pets/{petId}` */
  key: string;
  method: string;
  path: string;
  /** Those of the path and of the operation. */
  parameters: Part[];
}

export function operationsIn(document: Node): DocumentedOperation[] {
  const paths = partAt(document, { node: document, pointer: "#" }, "paths");
  if (paths === undefined) return [];
  return Object.keys(paths.node).flatMap((path) => {
    const item = path.startsWith("/") ? partAt(document, paths, path) : undefined;
    return METHODS.flatMap((method) => {
      const operation = item && partAt(document, item, method);
      if (!operation) return [];
      const parameters = parametersOf(document, [item, operation]);
      return [{ ...operation, key: `${method.toUpperCase()} ${path}`, method, path, parameters }];
    });
  });
}

/** The operation's own parameters replace those of its path. */
function parametersOf(document: Node, owners: Part[]): Part[] {
  const found = new Map<string, Part>();
  for (const owner of owners) {
    const { parameters } = owner.node;
    if (!Array.isArray(parameters)) continue;
    const list: Part = { node: { ...parameters }, pointer: `${owner.pointer}/parameters` };
    for (const index of parameters.keys()) {
      const part = partAt(document, list, String(index));
      if (part) found.set(`${part.node.in} ${part.node.name}`, part);
    }
  }
  return [...found.values()];
}

/** Returns what the document says of an answer: of its status, of its class (`4XX`), or of all others. */
export function answerAt(document: Node, operation: Part, status: number): Part | undefined {
  const answers = partAt(document, operation, "responses");
  const names = [String(status), `${String(status).charAt(0)}XX`, "default"];
  const name = names.find((one) => answers?.node[one] !== undefined);
  return answers && name !== undefined ? partAt(document, answers, name) : undefined;
}

/** Returns the media types that a body or an answer may have, JSON first. */
export function mediaIn(document: Node, part: Part): { type: string; schema?: Part }[] {
  const content = partAt(document, part, "content");
  const all = Object.keys(content?.node ?? {}).map((type) => {
    const media = content && partAt(document, content, type);
    const schema = media && schemaAt(media);
    return { type, ...(schema && { schema }) };
  });
  return [...all.filter(({ type }) => isJson(type)), ...all.filter(({ type }) => !isJson(type))];
}

/** Schemas keep their references: the validator follows them. */
export function schemaAt(owner: Part): Part | undefined {
  const { schema } = owner.node;
  return isNode(schema) ? { node: schema, pointer: `${owner.pointer}/schema` } : undefined;
}

export function isJson(type: string): boolean {
  return /^(application\/([\w.+-]+\+)?json\b|application\/\*|\*\/\*)/i.test(type);
}
