import {
  type ArrowFunctionExpression,
  type Comment,
  type EcmaScriptModule,
  type Function as NamedFunction,
  type Node,
  parseSync,
  visitorKeys,
} from "oxc-parser";
import type { Fault } from "./fault";
import { isCode, type SourceFile } from "./sources";

export type { Node } from "oxc-parser";

export type FunctionNode = ArrowFunctionExpression | NamedFunction;

/** A node of the syntax tree, linked to the place of its parent. */
export interface Place {
  node: Node;
  parent: Place | undefined;
}

/** The parsed form of a file of code. */
interface Syntax {
  /** Imports and exports. Much cheaper than the tree. */
  module: EcmaScriptModule;
  /** Every node of the tree in the order of the text, built when a rule first needs it. The first is the whole program. */
  places: readonly Place[];
  comments: readonly Comment[];
  /** Where each line of the file begins. */
  lineStarts: readonly number[];
  /** The parser's errors. */
  errors: readonly string[];
}

const parsed = new WeakMap<SourceFile, Syntax>();

/** Parses a file of code. The result is cached, because every rule needs the same files. */
export function syntaxOf(source: SourceFile): Syntax {
  const known = parsed.get(source);
  if (known) return known;
  const result = parseSync(source.file, source.text, { preserveParens: false });
  let places: Place[] | undefined;
  const syntax: Syntax = {
    get module() {
      return result.module;
    },
    get places() {
      places ??= placesIn(result.program);
      return places;
    },
    get comments() {
      return result.comments;
    },
    lineStarts: [0, ...[...source.text.matchAll(/\n/g)].map((match) => match.index + 1)],
    errors: result.errors.map((error) => error.message),
  };
  parsed.set(source, syntax);
  return syntax;
}

/** Finds files that cannot be parsed: no rule can check them. */
export function checkSyntax(sources: SourceFile[]): Fault[] {
  return sources
    .filter(({ file }) => isCode(file))
    .flatMap((source) =>
      syntaxOf(source)
        .errors.slice(0, 1)
        .map((error) => ({ file: source.file, message: `cannot be parsed, so no rule can check it: ${error}` })),
    );
}

/** Returns the line, counted from 1, of a character position in a file of code. */
export function lineOf(source: SourceFile, index: number): number {
  const { lineStarts } = syntaxOf(source);
  let low = 0;
  let high = lineStarts.length;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((lineStarts[middle] ?? 0) <= index) low = middle;
    else high = middle;
  }
  return low + 1;
}

/** Returns the nodes around a place, nearest first. */
export function around(place: Place): Node[] {
  const nodes: Node[] = [];
  for (let at = place.parent; at; at = at.parent) nodes.push(at.node);
  return nodes;
}

/** Returns the places inside a function, without those in functions nested in it. */
export function ownPlaces(source: SourceFile, owner: FunctionNode): Place[] {
  return syntaxOf(source).places.filter(
    (place) =>
      place.node.start >= owner.start && place.node.end <= owner.end && around(place).find(isFunction) === owner,
  );
}

export function isFunction(node: Node): node is FunctionNode {
  return (
    node.type === "FunctionDeclaration" || node.type === "FunctionExpression" || node.type === "ArrowFunctionExpression"
  );
}

function placesIn(program: Node): Place[] {
  const places: Place[] = [];
  const enter = (node: Node, parent: Place | undefined) => {
    const place = { node, parent };
    places.push(place);
    for (const key of visitorKeys[node.type] ?? []) {
      const value: unknown = Reflect.get(node, key);
      if (isNode(value)) enter(value, place);
      else if (Array.isArray(value)) for (const node of value) if (isNode(node)) enter(node, place);
    }
  };
  enter(program, undefined);
  return places;
}

function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null && "type" in value && typeof value.type === "string";
}
