/** The operations of a document, with names for code. */
import { camelName, fileName, freeName, typeName } from "./names";
import { below, DocumentError, isNode, type Node, type Part, resolve, shown } from "./parts";

const METHODS = ["get", "put", "post", "delete", "options", "head", "patch", "trace"] as const;
const PLACES = ["path", "query", "header", "cookie"] as const;
const MOST_OPERATIONS = 500;
/** Letters, digits and signs that a path may hold beside its parameters. */
const LITERAL = /^[\w.~!$&'(),;=:@%+-]*$/;

export interface Parameter {
  name: string;
  in: (typeof PLACES)[number];
  isRequired: boolean;
  schema: unknown;
}

export interface Media {
  type: string;
  schema: unknown;
}

export interface ServiceOperation {
  /** `GET /pets/{petId}`, which is unique in a document. */
  key: string;
  method: (typeof METHODS)[number];
  path: string;
  /** Names for code, each unique in the service: `getPet`, `GetPet`, `get-pet`. */
  name: string;
  type: string;
  file: string;
  summary: string;
  tag: string | null;
  parameters: Parameter[];
  /** The first is the one that tests send. Null: it takes no body. */
  body: { isRequired: boolean; media: Media[] } | null;
  /** What it answers when it succeeds; `media` is null for an answer without a body. */
  answer: { status: number; media: Media | null };
  /** The statuses that the document names, such as `404`, `4XX` and `default`. */
  statuses: string[];
}

/** Returns the operations. `types` has the names of types that are taken, and gets theirs. Throws DocumentError for a document of which no service can be made. */
export function operationsOf(document: Node, types: Set<string>): ServiceOperation[] {
  const taken = { names: new Set<string>(), types, files: new Set<string>() };
  const paths = isNode(document.paths) ? document.paths : {};
  refuseClashes(Object.keys(paths));
  const found: ServiceOperation[] = [];
  for (const [path, given] of Object.entries(paths)) {
    if (path.startsWith("x-")) continue;
    const pointer = below("#/paths", path);
    const item = resolve(document, { node: given, pointer });
    for (const method of METHODS) {
      if (item.node[method] === undefined) continue;
      const operation = resolve(document, { node: item.node[method], pointer: below(item.pointer, method) });
      refusePath(path);
      found.push(describe(document, { path, method, item: item.node, operation }, taken));
      if (found.length > MOST_OPERATIONS)
        throw new DocumentError(
          `The document has more than ${MOST_OPERATIONS} operations: make services of parts of it.`,
        );
    }
  }
  if (found.length === 0) throw new DocumentError("The document has no operation: add a path with a method.");
  return found;
}

/** Paths that differ only in the names of their parameters answer the same requests. */
function refuseClashes(paths: string[]): void {
  const seen = new Map<string, string>();
  for (const path of paths) {
    const form = path.replace(/\{[^{}]*\}/g, "{}");
    const other = seen.get(form);
    if (other !== undefined)
      throw new DocumentError(
        `The paths ${shown(other)} and ${shown(path)} match the same requests: keep one of them.`,
      );
    seen.set(form, path);
  }
}

function refusePath(path: string): void {
  const isPlain =
    path.startsWith("/") &&
    !/[\p{C}\s]/u.test(path) &&
    path.split(/\{[^{}/]+\}/).every((text) => text.split("/").every(isLiteral));
  if (!isPlain || /\}\{/.test(path))
    throw new DocumentError(
      `The path ${shown(path)} cannot be served: use letters, digits, the signs - . _ ~ ! $ & ' ( ) , ; = : @ + and parameters in braces.`,
    );
}

function isLiteral(text: string): boolean {
  return LITERAL.test(text) && !/^(\.|%2e){1,2}$/i.test(text);
}

interface Found {
  path: string;
  method: (typeof METHODS)[number];
  item: Node;
  operation: Part;
}

function describe(
  document: Node,
  { path, method, item, operation: { node, pointer } }: Found,
  taken: Record<"names" | "types" | "files", Set<string>>,
): ServiceOperation {
  const key = `${method.toUpperCase()} ${path}`;
  const called = typeof node.operationId === "string" && /[A-Za-z]/.test(node.operationId) ? node.operationId : key;
  const [tag] = Array.isArray(node.tags) ? node.tags : [];
  const parameters = parametersOf(document, item, node, key);
  const answers = isNode(node.responses) ? node.responses : {};
  return {
    key,
    method,
    path,
    name: freeName(operationName(called), taken.names),
    type: freeName(`${typeName(called, "Operation")}Call`, taken.types),
    file: freeName(fileName(called, "operation"), taken.files),
    summary: shown(node.summary ?? node.description ?? ""),
    tag: typeof tag === "string" ? tag : null,
    parameters,
    body: method === "get" || method === "head" || method === "trace" ? null : bodyOf(document, node, pointer),
    answer: answerOf(document, answers, pointer),
    statuses: Object.keys(answers).filter((status) => /^([1-5](\d\d|XX)|default)$/.test(status)),
  };
}

/** Names of this form are those of resources, such as `petsOperations` and `petsHandlers`. */
function operationName(called: string): string {
  const name = camelName(called, "operation");
  return /(Operations|Handlers)$/.test(name) ? `${name}Call` : name;
}

function parametersOf(document: Node, item: Node, operation: Node, key: string): Parameter[] {
  const found = new Map<string, Parameter>();
  for (const given of [item.parameters, operation.parameters].flatMap((list) => (Array.isArray(list) ? list : []))) {
    const { node } = resolve(document, { node: given, pointer: `a parameter of ${key}` });
    const place = PLACES.find((one) => one === node.in);
    if (place === undefined || typeof node.name !== "string") continue;
    const [content] = isNode(node.content) ? Object.values(node.content) : [];
    const schema = isNode(content) ? content.schema : node.schema;
    const isRequired = place === "path" || node.required === true;
    found.set(`${place} ${node.name}`, { name: node.name, in: place, isRequired, schema });
  }
  const missing = parametersIn(key).find((name) => !found.has(`path ${name}`));
  if (missing !== undefined)
    throw new DocumentError(`The operation ${shown(key)} does not describe its parameter ${shown(missing)}.`);
  return [...found.values()];
}

export function parametersIn(path: string): string[] {
  return [...path.matchAll(/\{([^{}]*)\}/g)].map((match) => match[1] ?? "");
}

function bodyOf(document: Node, operation: Node, pointer: string): ServiceOperation["body"] {
  if (operation.requestBody === undefined) return null;
  const { node } = resolve(document, { node: operation.requestBody, pointer: below(pointer, "requestBody") });
  const all = mediaOf(node.content);
  // Bodies are read as JSON wherever the document has it.
  const json = all.filter(({ type }) => isJson(type));
  const media = json.length > 0 ? json : all;
  return media.length === 0 ? null : { isRequired: node.required === true, media };
}

function answerOf(document: Node, answers: Node, pointer: string): ServiceOperation["answer"] {
  const named = Object.keys(answers);
  const status =
    named.filter((name) => /^2\d\d$/.test(name)).sort()[0] ??
    named.find((name) => name === "2XX") ??
    named.find((name) => name === "default") ??
    named.filter((name) => /^3(\d\d|XX)$/.test(name)).sort()[0];
  // A document that only names errors leaves open what follows a success.
  if (status === undefined) return { status: 204, media: null };
  const { node } = resolve(document, { node: answers[status], pointer: below(below(pointer, "responses"), status) });
  const code = status === "default" ? 200 : Number(status.replace("XX", "00"));
  // These statuses have no body.
  const [media = null] = code === 204 || code === 205 || code === 304 ? [] : mediaOf(node.content);
  return { status: code, media };
}

/** Returns the media types, JSON first. */
function mediaOf(content: unknown): Media[] {
  const all = Object.entries(isNode(content) ? content : {}).map(([type, media]) => ({
    type: type === "*/*" || type === "application/*" ? "application/json" : type.replace("/*", "/plain"),
    schema: isNode(media) ? media.schema : undefined,
  }));
  return [...all.filter(({ type }) => isJson(type)), ...all.filter(({ type }) => !isJson(type))];
}

export function isJson(type: string): boolean {
  return /^application\/([\w.+-]+\+)?json\b/i.test(type);
}
