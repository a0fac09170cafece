/**
 * Reads an OpenAPI document (3.0 or 3.1) as a contract. A document that refers to another one is refused, because a
 * contract that is only half read would look as if it held. Nothing is fetched.
 */
import {
  type Contract,
  type ContractAnswer,
  type ContractBody,
  type ContractHeader,
  type ContractMedia,
  type ContractMethod,
  type ContractOperation,
  type ContractParameter,
  type Definition,
  type ParameterPlace,
  type ParameterStyle,
  plainType,
  pointerStep,
  type Schema,
} from "@/core/contract/contract";
import { API_METHODS } from "@/core/rules/api-operation";
import { inBoundedTime } from "@/lib/mcp/config/bounded-check";
import { quoted } from "@/lib/mcp/config/errors";
import { readStandardDocument } from "@/lib/openapi/document";
import { isNode, type Node, resolved } from "@/lib/openapi/refs";
import { type SchemaCopier, schemaCopier } from "@/lib/openapi/schema";
import { ApiDocumentError } from "@/lib/openapi/types";

const MOST_OPERATIONS = 2_000;
const MOST_NODES = 150_000;
const READ_MS = 5_000;

/** What all operations of one document share. */
interface Reading {
  document: Node;
  schemas: SchemaCopier;
  security: Record<string, string[]>[];
}

/** A part of the document, and where it is. */
interface Part {
  node: Node;
  pointer: string;
}

/** Throws an ApiDocumentError with one sentence. */
export async function readContract(text: string): Promise<Contract> {
  const { document, isOld } = await readStandardDocument(text);
  const read = inBoundedTime(() => contractOf(document, isOld), READ_MS);
  if (!read) throw new ApiDocumentError("Reading the document's operations takes too long.");
  return read.result;
}

function contractOf(document: Node, isOld: boolean): Contract {
  const schemas = schemaCopier(document, isOld, { nodes: 0, most: MOST_NODES });
  const reading: Reading = { document, schemas, security: securityOf(document.security) };
  const operations = operationsOf(reading);
  if (operations.length > MOST_OPERATIONS)
    throw new ApiDocumentError(`The document has ${operations.length} operations; the limit is ${MOST_OPERATIONS}.`);
  const info = isNode(document.info) ? document.info : {};
  const copied = asked("the schemas", () => schemas.defs()) ?? {};
  const pointers = new Map([...schemas.names()].map(([pointer, name]) => [name, pointer.slice(1)]));
  const definitions = Object.entries(copied).map(([name, schema]): [string, Definition] => {
    return [name, { schema: schema as Schema, pointer: pointers.get(name) ?? "" }];
  });
  return {
    title: quoted(String(info.title ?? "")),
    version: quoted(String(info.version ?? "")),
    operations,
    definitions: Object.fromEntries(definitions),
  };
}

function operationsOf(reading: Reading): ContractOperation[] {
  const paths = Object.entries(isNode(reading.document.paths) ? reading.document.paths : {});
  return paths.flatMap(([path, given]) => {
    const pointer = `/paths${pointerStep(path)}`;
    const item = asked(path, () => resolved(reading.document, given));
    return API_METHODS.filter((method) => isNode(item[method])).map((method) => {
      const key = `${method.toUpperCase()} ${path}`;
      return asked(key, () => operationOf(reading, { key, method, path }, { node: item, pointer }));
    });
  });
}

/** Passes on what `read` returns, and says which part of the document it could not read. */
function asked<Result>(part: string, read: () => Result): Result {
  try {
    return read();
  } catch (error) {
    if (error instanceof ApiDocumentError) throw error;
    throw new ApiDocumentError(
      `The document cannot be used, because of ${quoted(part)}: ${quoted((error as Error).message)}.`,
    );
  }
}

function operationOf(
  reading: Reading,
  named: { key: string; method: ContractMethod; path: string },
  item: Part,
): ContractOperation {
  const operation: Part = { node: item.node[named.method] as Node, pointer: `${item.pointer}/${named.method}` };
  const { operationId, deprecated, security } = operation.node;
  const parameters = parametersOf(reading, item, operation);
  for (const [, name] of named.path.matchAll(/\{([^{}]*)\}/g)) {
    if (parameters.some((parameter) => parameter.in === "path" && parameter.name === name)) continue;
    throw new Error(`its path has {${name}}, which no parameter describes`);
  }
  return {
    ...named,
    id: typeof operationId === "string" ? operationId : null,
    isDeprecated: deprecated === true,
    parameters,
    body: bodyOf(reading, operation),
    answers: answersOf(reading, operation),
    security: security === undefined ? reading.security : securityOf(security),
    pointer: operation.pointer,
  };
}

function securityOf(given: unknown): Record<string, string[]>[] {
  const choices = Array.isArray(given) ? given.filter(isNode) : [];
  return choices.map((choice) => {
    const scopesOf = (scopes: unknown) => (Array.isArray(scopes) ? scopes.map(String) : []);
    return Object.fromEntries(Object.entries(choice).map(([scheme, scopes]) => [scheme, scopesOf(scopes)]));
  });
}

/** The parameters of the operation and of its path; the operation's win. */
function parametersOf(reading: Reading, item: Part, operation: Part): ContractParameter[] {
  const found = new Map<string, ContractParameter>();
  for (const { node, pointer } of [item, operation]) {
    const list = Array.isArray(node.parameters) ? node.parameters : [];
    for (const [index, given] of list.entries()) {
      const parameter = parameterOf(reading, {
        node: resolved(reading.document, given),
        pointer: `${pointer}/parameters/${index}`,
      });
      if (parameter) found.set(`${parameter.in} ${parameter.name.toLowerCase()}`, parameter);
    }
  }
  return [...found.values()];
}

/** The first ones are described by other parts of a document; the others belong to the connection. */
const OWN_HEADERS: ReadonlySet<string> = new Set([
  "accept",
  "content-type",
  "authorization",
  "host",
  "content-length",
  "transfer-encoding",
  "connection",
  "expect",
  "keep-alive",
  "te",
  "trailer",
  "upgrade",
]);

function parameterOf({ schemas }: Reading, { node, pointer }: Part): ContractParameter | null {
  const name = String(node.name);
  const place = node.in as ParameterPlace;
  if (place === "header" && OWN_HEADERS.has(name.toLowerCase())) return null;
  const media = isNode(node.content) ? Object.values(node.content)[0] : node;
  const usual = place === "query" || place === "cookie" ? "form" : "simple";
  const style = isNode(node.content) ? "json" : ((node.style ?? usual) as ParameterStyle);
  return {
    name,
    in: place,
    isRequired: node.required === true || place === "path",
    schema: schemas.copy(isNode(media) ? media.schema : undefined),
    style,
    explode: typeof node.explode === "boolean" ? node.explode : style === "form",
    examples: isNode(media) ? examplesOf(media) : [],
    pointer,
  };
}

function bodyOf(reading: Reading, operation: Part): ContractBody | null {
  if (operation.node.requestBody === undefined) return null;
  const body = resolved(reading.document, operation.node.requestBody);
  const pointer = `${operation.pointer}/requestBody`;
  return { isRequired: body.required === true, media: mediaOf(reading, { node: body, pointer }), pointer };
}

function mediaOf({ schemas }: Reading, { node, pointer }: Part): ContractMedia[] {
  return Object.entries(isNode(node.content) ? node.content : {}).map(([type, media]) => ({
    type: plainType(type),
    schema: isNode(media) && media.schema !== undefined ? schemas.copy(media.schema) : null,
    examples: isNode(media) ? examplesOf(media) : [],
    pointer: `${pointer}/content${pointerStep(type)}`,
  }));
}

function examplesOf(node: Node): unknown[] {
  const named = Object.values(isNode(node.examples) ? node.examples : {});
  const values = named.flatMap((example) => (isNode(example) && example.value !== undefined ? [example.value] : []));
  return node.example === undefined ? values : [node.example, ...values];
}

function answersOf(reading: Reading, operation: Part): ContractAnswer[] {
  const responses = isNode(operation.node.responses) ? operation.node.responses : {};
  const described = Object.entries(responses).filter(([status]) => !status.startsWith("x-"));
  return described.map(([status, given]) => {
    const node = resolved(reading.document, given);
    const pointer = `${operation.pointer}/responses/${status}`;
    return {
      status,
      headers: headersOf(reading, { node, pointer }),
      media: mediaOf(reading, { node, pointer }),
      pointer,
    };
  });
}

function headersOf({ document, schemas }: Reading, { node, pointer }: Part): ContractHeader[] {
  const described = Object.entries(isNode(node.headers) ? node.headers : {});
  return described.flatMap(([name, given]) => {
    if (name.toLowerCase() === "content-type") return [];
    const header = resolved(document, given);
    const schema = schemas.copy(header.schema);
    return [{ name, isRequired: header.required === true, schema, pointer: `${pointer}/headers${pointerStep(name)}` }];
  });
}
