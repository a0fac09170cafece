/** The operations of an OpenAPI document with the requirements that they name, and what they refer to. */
import { isNode, type Node, shown } from "@/core/services/document/parts";
import { requirementId, type SpecifiedOperation } from "./specification";

const METHODS = ["get", "put", "post", "delete", "options", "head", "patch"];
const SCHEMAS = "#/components/schemas/";
const MOST_NAMED = 50;
const MOST_KEY = 300;

/** Returns the operations in the order of the document. Ids in `x-requirements` that are none are left out. */
export function specifiedOperations(document: Node): SpecifiedOperation[] {
  const paths = isNode(document.paths) ? document.paths : {};
  return Object.entries(paths).flatMap(([path, item]) => {
    if (!path.startsWith("/") || !isNode(item)) return [];
    return METHODS.flatMap((method) => {
      const operation = item[method];
      return isNode(operation) ? [operationAt(document, `${method.toUpperCase()} ${path}`, { operation, item })] : [];
    });
  });
}

function operationAt(document: Node, key: string, { operation, item }: { operation: Node; item: Node }) {
  const named = operation["x-requirements"];
  const ids = (Array.isArray(named) ? named : []).filter((id) => requirementId.safeParse(id).success) as string[];
  return {
    key: key.slice(0, MOST_KEY),
    summary: shown(operation.summary ?? ""),
    requirements: [...new Set(ids)].slice(0, MOST_NAMED),
    schemas: schemasOf(document, [operation, item.parameters]),
  };
}

/** Returns the names of all schemas that the parts refer to, also through others. */
function schemasOf(document: Node, parts: unknown[]): string[] {
  const found = new Set<string>();
  const seen = new Set<unknown>();
  const open = [...parts];
  for (let part = open.pop(); open.length > 0 || part !== undefined; part = open.pop()) {
    if (typeof part !== "object" || part === null || seen.has(part)) continue;
    seen.add(part);
    const reference = isNode(part) ? part.$ref : undefined;
    if (typeof reference === "string") {
      if (reference.startsWith(SCHEMAS)) found.add(reference.slice(SCHEMAS.length));
      open.push(at(document, reference));
    }
    open.push(...Object.values(part));
  }
  return [...found].sort();
}

function at(document: Node, reference: string): unknown {
  if (!reference.startsWith("#/")) return undefined;
  let found: unknown = document;
  for (const step of reference.slice(2).split("/")) {
    const name = step.replaceAll("~1", "/").replaceAll("~0", "~");
    found = isNode(found) && Object.hasOwn(found, name) ? found[name] : undefined;
  }
  return found;
}
