/** The operations of a document as tools: names, input schemas, and how a request is made of their arguments. */
import { API_METHODS, type ApiOperation, type ApiParameter, operationKey } from "@/core/rules/api-operation";
import { quoted } from "@/lib/mcp/config/errors";
import { hasUnseen } from "@/lib/mcp/config/unseen";
import { isNode, type Node, resolved } from "./refs";
import { type Copied, type SchemaCopier, schemaCopier } from "./schema";
import { serverOfOperation, serversOf } from "./servers";
import type { DescribedOperation } from "./types";

const MOST_OPERATIONS = 2_000;
const MOST_PROBLEMS = 100;
const MOST_DESCRIPTION = 1_500;
/** With the longest server's name and the separator: 64, the longest name that providers accept. */
const MOST_NAME = 40;
const PATH = /^\/[^?#\s\\]*$/;
const HEADER = /^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}$/;
/**
 * Set by the host, or with a meaning for the connection. The first three are ignored by the standard too. The last ones
 * change the method, the path or the sender of a request, which a policy has judged by those that it had.
 */
const HOST_HEADERS =
  /^(accept|authorization|content-type|host|cookie|connection|content-length|expect|keep-alive|origin|referer|te|trailer|transfer-encoding|upgrade|via|accept-encoding|forwarded|x-forwarded-.*|proxy-.*|sec-.*|x-(http-)?method(-override)?|x-original-.*|x-rewrite-.*|x-real-ip)$/i;
const FORM = /^application\/x-www-form-urlencoded\b/i;
const JSON_TYPE = /^application\/(.+\+)?json\b/i;
const TEXT = /^text\/plain\b/i;
const BODY_TYPES = [JSON_TYPE, FORM, TEXT];

interface Found {
  operations: DescribedOperation[];
  problems: string[];
}

/** Returns the usable operations. `isOld`: OpenAPI 3.0. `address`: where the document was read, for relative base URLs. */
export function describedOperations(document: Node, isOld: boolean, address?: string): Found {
  const found: Found = { operations: [], problems: [] };
  const taken = new Set<string>();
  const copied: Copied = { nodes: 0 };
  const isSafe = serversOf(document, address).every((url) => url.startsWith("https:"));
  const paths = Object.entries(isNode(document.paths) ? document.paths : {});
  let beyond = 0;
  for (const [path, given] of paths) {
    for (const method of API_METHODS) {
      const key = operationKey({ method, path });
      try {
        const item = resolved(document, given);
        if (!Object.hasOwn(item, method)) continue;
        if (found.operations.length >= MOST_OPERATIONS) {
          beyond += 1;
          continue;
        }
        const operation = resolved(document, item[method]);
        const described = describe(document, { method, path, item, operation }, isOld, copied);
        const server = serverOfOperation(item, operation, { address, isSafe });
        if (server !== undefined) {
          described.operation.server = server;
          described.description += ` Its server: ${server}`;
        }
        const name = freeName(operation.operationId, key, taken);
        taken.add(name);
        found.operations.push({ key, name, ...described });
      } catch (error) {
        found.problems.push(`The operation ${quoted(key)} was left out, because ${quoted((error as Error).message)}.`);
      }
    }
  }
  const more = found.problems.length - MOST_PROBLEMS;
  if (more > 0) found.problems = [...found.problems.slice(0, MOST_PROBLEMS), `${more} more operations were left out.`];
  if (beyond > 0)
    found.problems.push(
      `It has ${MOST_OPERATIONS + beyond} operations: those after the first ${MOST_OPERATIONS} were left out.`,
    );
  return found;
}

interface Given {
  method: ApiOperation["method"];
  path: string;
  item: Node;
  operation: Node;
}

function describe(
  document: Node,
  { method, path, item, operation }: Given,
  isOld: boolean,
  copied: Copied,
): Pick<DescribedOperation, "description" | "inputSchema" | "operation"> {
  if (!PATH.test(path) || hasDots(path)) throw new Error("its path is not a plain path");
  const schemas = schemaCopier(document, isOld, copied);
  const properties = new Map<string, unknown>();
  const required: string[] = [];
  const parameters: ApiParameter[] = [];
  for (const node of parametersOf(document, item, operation)) {
    const parameter = parameterOf(node, properties);
    if (!parameter) continue;
    const { argument } = parameter;
    properties.set(argument, schemaOfParameter(node, schemas));
    if (node.required === true || parameter.in === "path") required.push(argument);
    parameters.push(parameter);
  }
  const inPath = [...path.matchAll(/\{([^{}]*)\}/g)].map((match) => match[1]);
  const missing = inPath.find(
    (name) => !parameters.some((parameter) => parameter.in === "path" && parameter.name === name),
  );
  if (missing !== undefined) throw new Error(`its path has {${missing}}, which no parameter describes`);
  const body = bodyOf(document, operation, schemas, properties);
  if (body?.isRequired) required.push(body.argument);
  const defs = schemas.defs();
  const description = descriptionOf(operation, operationKey({ method, path }));
  const inputSchema = {
    type: "object",
    properties: Object.fromEntries(properties),
    ...(required.length > 0 && { required }),
    additionalProperties: false,
    ...(defs && { $defs: defs }),
  };
  if (hasUnseen([description, inputSchema, parameters])) throw new Error("it has invisible characters");
  return {
    description,
    inputSchema,
    operation: {
      method,
      path,
      parameters,
      ...(body && {
        body: { argument: body.argument, type: body.type, ...(body.encoding && { encoding: body.encoding }) },
      }),
    },
  };
}

/** Returns the parameters of the operation and of its path; the operation's win. */
function parametersOf(document: Node, item: Node, operation: Node): Node[] {
  const given = [item.parameters, operation.parameters].flatMap((list) => (Array.isArray(list) ? list : []));
  const found = new Map(
    given.map((parameter) => resolved(document, parameter)).map((node) => [`${node.in} ${node.name}`, node]),
  );
  return [...found.values()];
}

/** Returns how the parameter is sent; null for one that is never sent. Throws an Error with part of a sentence. */
function parameterOf(given: Node, taken: ReadonlyMap<string, unknown>): ApiParameter | null {
  const { in: place, name } = given;
  if (typeof name !== "string" || name === "") throw new Error("a parameter has no name");
  if (place === "cookie" || (place === "header" && HOST_HEADERS.test(name))) {
    if (given.required === true && place === "cookie") throw new Error(`it needs the cookie ${name}`);
    return null;
  }
  if (place !== "path" && place !== "query" && place !== "header") throw new Error("a parameter has an unknown place");
  if (place === "header" && !HEADER.test(name)) throw new Error("a header has a name that headers cannot have");
  return { name, in: place, argument: argumentFor(name, place, taken), ...styleOf(given, place) };
}

function styleOf(given: Node, place: "path" | "query" | "header"): Pick<ApiParameter, "style" | "explode"> {
  if (isNode(given.content)) return { style: "json", explode: false };
  const style = given.style ?? (place === "query" ? "form" : "simple");
  const allowed = place === "query" ? ["form", "spaceDelimited", "pipeDelimited", "deepObject"] : ["simple"];
  if (typeof style !== "string" || !allowed.includes(style))
    throw new Error(`its parameter ${String(given.name)} has the style ${String(style)}, which is not supported`);
  const explode = typeof given.explode === "boolean" ? given.explode : style === "form";
  return { style: style as ApiParameter["style"], explode };
}

function schemaOfParameter(given: Node, schemas: SchemaCopier): Node {
  const media = isNode(given.content) ? Object.values(given.content)[0] : given;
  const schema = schemas.copy(isNode(media) ? media.schema : undefined);
  const examples = given.example !== undefined && schema.examples === undefined ? { examples: [given.example] } : {};
  const description = typeof given.description === "string" ? given.description.slice(0, 600) : undefined;
  return { ...schema, ...examples, ...(description && schema.$ref === undefined && { description }) };
}

/** Returns how the body is sent, and adds its schema to `properties`. Throws an Error with part of a sentence. */
function bodyOf(document: Node, operation: Node, schemas: SchemaCopier, properties: Map<string, unknown>) {
  if (operation.requestBody === undefined) return null;
  const body = resolved(document, operation.requestBody);
  const content = Object.entries(isNode(body.content) ? body.content : {});
  const isRequired = body.required === true;
  const found = BODY_TYPES.flatMap((type) => content.find(([name]) => type.test(name)) ?? []);
  const [type, media] = found;
  if (typeof type !== "string") {
    if (!isRequired) return null;
    throw new Error(`its body is ${content[0]?.[0] ?? "of no type"}; only JSON, forms and plain text are sent`);
  }
  const argument = argumentFor("body", "body", properties);
  const schema = schemas.copy(isNode(media) ? media.schema : undefined);
  const examples = isNode(media) && media.example !== undefined ? { examples: [media.example] } : {};
  properties.set(argument, { ...schema, ...examples });
  const [plainType] = /^[\w.+-]+\/[\w.+-]+/.exec(type) ?? [];
  if (plainType === undefined) throw new Error("the type of its body is no type that a header can name");
  const encoding = FORM.test(plainType) && isNode(media) ? encodingOf(media) : undefined;
  return { argument, type: plainType, isRequired, ...(encoding && { encoding }) };
}

/**
 * Returns how a form contains the fields for which the document says more than the usual. By the standard a field with a
 * style is sent as a parameter of a query, whatever its type. Throws an Error with part of a sentence.
 */
function encodingOf({ encoding }: Node): NonNullable<ApiOperation["body"]>["encoding"] {
  if (!isNode(encoding)) return undefined;
  const found = Object.entries(encoding).flatMap(([name, given]) => {
    if (!isNode(given)) return [];
    if (given.style !== undefined || given.explode !== undefined)
      return [[name, styleOf({ name, style: given.style, explode: given.explode }, "query")] as const];
    const { contentType } = given;
    if (typeof contentType !== "string" || TEXT.test(contentType)) return [];
    if (JSON_TYPE.test(contentType)) return [[name, { style: "json", explode: false } as const] as const];
    throw new Error(`the field ${name} of its form is ${contentType.slice(0, 100)}; only JSON and plain text are sent`);
  });
  return found.length > 0 ? Object.fromEntries(found) : undefined;
}

/** Returns the name of an argument; two parameters of one name in different places get different names. */
function argumentFor(name: string, place: string, taken: ReadonlyMap<string, unknown>): string {
  const plain = name.replace(/[^A-Za-z0-9_.-]+/g, "_").slice(0, 64) || place;
  // Not a name that an object has by itself.
  const base = /^(__proto__|constructor|prototype)$/.test(plain) ? `${plain}_${place}` : plain;
  let free = taken.has(base) ? `${base}_${place}` : base;
  for (let n = 2; taken.has(free); n += 1) free = `${base}_${place}_${n}`;
  return free;
}

/** Returns a name of A-Z a-z 0-9 _ - that no other operation of the document has. */
function freeName(id: unknown, key: string, taken: ReadonlySet<string>): string {
  const plain = (text: string) => text.replace(/[^A-Za-z0-9-]+/g, "_").replace(/^_+|_+$/g, "");
  const base = (plain(typeof id === "string" ? id : "") || plain(key.toLowerCase()) || "operation").slice(0, MOST_NAME);
  let name = base;
  for (let n = 2; taken.has(name); n += 1) name = `${base.slice(0, MOST_NAME - 5)}_${n}`;
  return name;
}

function descriptionOf({ summary, description, deprecated }: Node, key: string): string {
  const texts = [summary, description].filter((text): text is string => typeof text === "string" && text.trim() !== "");
  const unique = [...new Set(texts.map((text) => text.trim()))].join(" ");
  const old = deprecated === true ? " Deprecated." : "";
  const said =
    unique === "" ? "" : `${unique.length > MOST_DESCRIPTION ? `${unique.slice(0, MOST_DESCRIPTION)}…` : unique} `;
  return `${said}(${key})${old}`;
}

/** Whether a path has `.` or `..` between its slashes, also when it is written in percents. */
function hasDots(path: string): boolean {
  return path.split("/").some((part) => /^(\.|%2e){1,2}$/i.test(part));
}
