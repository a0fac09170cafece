/**
 * The syntax tree of JavaScript and TypeScript, as far as the gates look at it. `scripts/check/syntax.ts` keeps its own
 * copy of the walk: the base's checks are laid over a change, so they must import nothing that the change can edit.
 */
import { type Comment, type Node, parseSync, visitorKeys } from "oxc-parser";

export type { Node } from "oxc-parser";

export interface Place {
  node: Node;
  parent: Place | undefined;
}

const CODE = /\.[cm]?[jt]sx?$/;

export function isJavaScript(path: string): boolean {
  return CODE.test(path) && !/\.d\.[cm]?ts$/.test(path);
}

const MOST_CHARACTERS = 1_000_000;

export interface Syntax {
  /** Every node, in the order of the text. */
  places: Place[];
  comments: readonly Comment[];
}

/** Returns null for a text with a syntax error, and for one that is too long to be written by hand. */
export function syntaxOf(path: string, text: string): Syntax | null {
  if (text.length > MOST_CHARACTERS) return null;
  const { program, comments, errors } = parseSync(path, text, { preserveParens: false });
  return errors.length > 0 ? null : { places: placesIn(program), comments };
}

function placesIn(program: Node): Place[] {
  const places: Place[] = [];
  const enter = (node: Node, parent: Place | undefined) => {
    const place = { node, parent };
    places.push(place);
    for (const key of visitorKeys[node.type] ?? []) {
      const value: unknown = Reflect.get(node, key);
      for (const node of Array.isArray(value) ? value : [value]) if (isNode(node)) enter(node, place);
    }
  };
  enter(program, undefined);
  return places;
}

function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null && "type" in value && typeof value.type === "string";
}
