/** References inside a document. References to files and other hosts are never followed. */

export type Node = Record<string, unknown>;

const MOST_STEPS = 20;

export function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Returns a part of the document by its JSON pointer (`#/components/schemas/Pet`); undefined when there is none. */
export function at(document: Node, pointer: string): unknown {
  if (!pointer.startsWith("#/")) return undefined;
  let found: unknown = document;
  for (const part of pointer.slice(2).split("/")) {
    const name = decoded(part).replaceAll("~1", "/").replaceAll("~0", "~");
    if (typeof found !== "object" || found === null || !Object.hasOwn(found, name)) return undefined;
    found = (found as Node)[name];
  }
  return found;
}

/** Returns the part that `value` is or refers to. Throws an Error with part of a sentence. */
export function resolved(document: Node, value: unknown): Node {
  let found = value;
  for (let step = 0; step < MOST_STEPS; step += 1) {
    if (!isNode(found)) throw new Error("a part of it is missing");
    if (typeof found.$ref !== "string") return found;
    found = at(document, localPointer(found.$ref));
  }
  throw new Error("its references lead in a circle");
}

/** Returns a reference inside the document. Throws an Error with part of a sentence for any other reference. */
export function localPointer(reference: string): string {
  if (reference.startsWith("#/")) return reference;
  throw new Error(`it refers to another document (${reference.slice(0, 100)}), which is not read`);
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
