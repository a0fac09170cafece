/** The parts of an OpenAPI document and the references between them. Every text in it is a stranger's. */

export type Node = Record<string, unknown>;

/** A part of the document, and the JSON pointer to it (`#/components/schemas/Pet`). */
export interface Part {
  node: Node;
  pointer: string;
}

/** Why no service is made of a document, as one sentence. */
export class DocumentError extends Error {
  override name = "DocumentError";
}

const MOST_STEPS = 20;
const MOST_SHOWN = 100;
/** Values below these are data of the document's author, so a `$ref` in them refers to nothing. */
const DATA = new Set(["example", "examples", "default", "enum", "const"]);
/** Below these the keys are names, also such as `default`. */
const MAPS = new Set([
  "properties",
  "patternProperties",
  "$defs",
  "definitions",
  "dependentSchemas",
  "responses",
  "schemas",
]);

export function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Returns the document without `nullable`, a word of OpenAPI 3.0 that says nothing in later ones. */
export function withoutNullable<T>(value: T): T {
  return withoutWord(value, false) as T;
}

function withoutWord(value: unknown, isMap: boolean): unknown {
  if (Array.isArray(value)) return value.map((item) => withoutWord(item, false));
  if (!isNode(value)) return value;
  const kept = Object.entries(value).filter(
    ([name, part]) => isMap || name !== "nullable" || typeof part !== "boolean",
  );
  const partOf = (name: string, part: unknown) =>
    !isMap && DATA.has(name) ? part : withoutWord(part, !isMap && MAPS.has(name));
  return Object.fromEntries(kept.map(([name, part]) => [name, partOf(name, part)]));
}

/** Returns a stranger's text as part of a sentence: one line, shortened, without characters that nobody sees. */
export function shown(text: unknown): string {
  const plain = String(text)
    .replace(/[\p{C}\p{Zl}\p{Zp}\s]+/gu, " ")
    .trim();
  return plain.length > MOST_SHOWN ? `${plain.slice(0, MOST_SHOWN)}…` : plain;
}

export function below(pointer: string, name: string | number): string {
  return `${pointer}/${String(name).replaceAll("~", "~0").replaceAll("/", "~1")}`;
}

/** Returns what a part is or refers to. Throws DocumentError. */
export function resolve(document: Node, part: { node: unknown; pointer: string }): Part {
  let { node, pointer } = part;
  for (let step = 0; step < MOST_STEPS; step += 1) {
    if (!isNode(node)) throw new DocumentError(`The document has no ${shown(pointer)}.`);
    if (typeof node.$ref !== "string") return { node, pointer };
    pointer = node.$ref;
    node = at(document, pointer);
  }
  throw new DocumentError(`The references at ${shown(part.pointer)} lead in a circle.`);
}

/** Throws DocumentError for a reference out of the document, and for one that leads nowhere or in a circle. */
export function checkReferences(document: Node): void {
  const open: { node: unknown; pointer: string }[] = [{ node: document, pointer: "#" }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { node, pointer } = next;
    if (Array.isArray(node)) {
      for (const [index, item] of node.entries()) open.push({ node: item, pointer: below(pointer, index) });
    } else if (isNode(node)) {
      if (typeof node.$ref === "string") checkReference(document, node.$ref, pointer);
      for (const [name, value] of Object.entries(node)) {
        const isData = DATA.has(name) && !MAPS.has(pointer.slice(pointer.lastIndexOf("/") + 1));
        if (!isData && !name.startsWith("x-")) open.push({ node: value, pointer: below(pointer, name) });
      }
    }
  }
}

/** Throws DocumentError for a schema that is only made of itself: nothing could be said of its values. */
export function checkSchemas(document: Node): void {
  const components = isNode(document.components) ? document.components : {};
  const schemas = Object.entries(isNode(components.schemas) ? components.schemas : {});
  const madeOf = new Map(
    schemas.map(([name, schema]) => [below("#/components/schemas", name), referencesOutside(schema)] as const),
  );
  const settled = new Set<string>();
  for (const start of madeOf.keys()) {
    const path = new Set<string>();
    const open = [{ pointer: start, isLeaving: false }];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      const { pointer, isLeaving } = next;
      if (isLeaving) {
        path.delete(pointer);
        settled.add(pointer);
      } else if (path.has(pointer)) {
        throw new DocumentError(`The schema ${shown(pointer)} is made of itself: say what it adds to something else.`);
      } else if (!settled.has(pointer)) {
        path.add(pointer);
        open.push({ pointer, isLeaving: true });
        for (const other of madeOf.get(pointer) ?? []) open.push({ pointer: other, isLeaving: false });
      }
    }
  }
}

/** Returns the schemas of which one is made, without those of its properties and items. */
function referencesOutside(schema: unknown): string[] {
  const found: string[] = [];
  const open: unknown[] = [schema];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (!isNode(node)) continue;
    if (typeof node.$ref === "string") found.push(node.$ref);
    for (const name of ["allOf", "oneOf", "anyOf"]) if (Array.isArray(node[name])) open.push(...node[name]);
  }
  return found;
}

function checkReference(document: Node, reference: string, pointer: string): void {
  if (!reference.startsWith("#/"))
    throw new DocumentError(
      `The document refers to ${shown(reference)} at ${shown(pointer)}, and nothing outside of it is read: bundle it into one file first.`,
    );
  const found = at(document, reference);
  if (typeof found !== "object" && typeof found !== "boolean")
    throw new DocumentError(`The document refers to ${shown(reference)}, which it does not have.`);
  if (isNode(found)) resolve(document, { node: found, pointer: reference });
}

function at(document: Node, pointer: string): unknown {
  let found: unknown = document;
  for (const part of pointer.slice(2).split("/")) {
    const name = decoded(part).replaceAll("~1", "/").replaceAll("~0", "~");
    if (typeof found !== "object" || found === null || !Object.hasOwn(found, name)) return undefined;
    found = (found as Node)[name];
  }
  return found;
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
