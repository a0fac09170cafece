/** What a service has to be, read from its document: operations, what they store, and what a person still has to write. */
import { freeName, typeName } from "@/core/services/document/names";
import { isJson, operationsOf, type ServiceOperation } from "@/core/services/document/operations";
import {
  below,
  checkReferences,
  checkSchemas,
  DocumentError,
  isNode,
  type Node,
  resolve,
  shown,
} from "@/core/services/document/parts";
import { type Resource, resourcesOf } from "@/core/services/document/resources";

const MOST_SCHEMAS = 2_000;

export interface ServiceModel {
  document: Node;
  title: string;
  /** The path in the address of the document's first server, such as `/v2`; empty: none. */
  base: string;
  /** OpenAPI 3.0, whose schemas have words of their own. */
  isOld: boolean;
  isSecured: boolean;
  /** Whether the document has a form of its own for errors. */
  hasErrorSchemas: boolean;
  operations: ServiceOperation[];
  resources: Resource[];
  /** Operations that answer with an example. */
  unwritten: ServiceOperation[];
  /** The named schemas, by their pointers. */
  types: Map<string, string>;
}

/** Returns the model of the service. Throws DocumentError with one sentence for a document of which none can be made. */
export function modelOf(document: Node): ServiceModel {
  checkReferences(document);
  checkSchemas(document);
  const taken = new Set<string>();
  const types = typesIn(document, taken);
  const operations = operationsOf(document, taken);
  const resources = resourcesOf(document, operations, taken);
  for (const resource of resources) resource.type = namedType(resource, types);
  const stored = new Set(resources.flatMap(({ does }) => does.map(({ operation }) => operation)));
  const info = isNode(document.info) ? document.info : {};
  return {
    document,
    title: shown(info.title ?? "Service") || "Service",
    base: baseOf(document),
    isOld: String(document.openapi).startsWith("3.0"),
    isSecured: operations.some((operation) => schemesOf(document, operation).length > 0),
    hasErrorSchemas: operations.some((operation) => hasErrorSchema(document, operation)),
    operations,
    resources,
    unwritten: operations.filter((operation) => !stored.has(operation)),
    types,
  };
}

function typesIn(document: Node, taken: Set<string>): Map<string, string> {
  const components = isNode(document.components) ? document.components : {};
  const schemas = Object.keys(isNode(components.schemas) ? components.schemas : {});
  if (schemas.length > MOST_SCHEMAS)
    throw new DocumentError(`The document has more than ${MOST_SCHEMAS} schemas: make services of parts of it.`);
  return new Map(
    schemas.map((name) => [below("#/components/schemas", name), freeName(typeName(name, "Schema"), taken)]),
  );
}

function namedType({ schema, type }: Resource, types: ReadonlyMap<string, string>): string {
  return isNode(schema) && typeof schema.$ref === "string" ? (types.get(schema.$ref) ?? type) : type;
}

/** Returns the path of the document's first server, before which no path of an operation stands alone; "": the root. */
export function baseOf({ servers }: Node): string {
  const [first] = Array.isArray(servers) ? servers : [];
  if (!isNode(first) || typeof first.url !== "string") return "";
  const variables = isNode(first.variables) ? first.variables : {};
  const url = first.url.replace(/\{([^{}]*)\}/g, (_whole, name: string) => {
    const variable = variables[name];
    return isNode(variable) ? String(variable.default ?? "") : "";
  });
  const path = URL.canParse(url, "http://localhost") ? new URL(url, "http://localhost").pathname : "";
  return /^[\w./~-]*$/.test(path) ? path.replace(/\/+$/, "") : "";
}

/** Returns the alternatives of which a request has to meet one, each as names of security schemes; empty: it is open. */
export function schemesOf(document: Node, { method, path }: Pick<ServiceOperation, "method" | "path">): string[][] {
  const item = resolve(document, { node: (document.paths as Node)[path], pointer: below("#/paths", path) });
  const operation = resolve(document, { node: item.node[method], pointer: below(item.pointer, method) }).node;
  const given = operation.security ?? document.security;
  const alternatives = (Array.isArray(given) ? given.filter(isNode) : []).map((names) => Object.keys(names));
  return alternatives.some((names) => names.length === 0) ? [] : alternatives;
}

export function securityScheme(document: Node, name: string): Node {
  const components = isNode(document.components) ? document.components : {};
  const schemes = isNode(components.securitySchemes) ? components.securitySchemes : {};
  return Object.hasOwn(schemes, name) ? resolve(document, { node: schemes[name], pointer: name }).node : {};
}

function hasErrorSchema(document: Node, { method, path, statuses }: ServiceOperation): boolean {
  const item = resolve(document, { node: (document.paths as Node)[path], pointer: path }).node;
  const operation = resolve(document, { node: item[method], pointer: path }).node;
  const answers = isNode(operation.responses) ? operation.responses : {};
  return statuses.some((status) => {
    if (!/^([45]|default)/.test(status)) return false;
    const { node } = resolve(document, { node: answers[status], pointer: status });
    return Object.entries(isNode(node.content) ? node.content : {}).some(
      ([type, media]) => isJson(type) && !type.includes("problem") && isNode(media) && media.schema !== undefined,
    );
  });
}
