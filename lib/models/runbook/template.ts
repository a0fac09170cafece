import type { Value } from "@/core/programs/json";
import { toText } from "@/core/programs/json";
import { evaluate } from "./evaluate";
import { type Expression, parseExpression } from "./expression";
import { elementsOf, isTruthy, SyntaxFault, ValueFault } from "./value";

/**
 * Templates: text with `{{expression}}`, `{{#each list as item}}…{{/each}}` and `{{#if condition}}…{{else}}…{{/if}}`. A
 * block's tag that is alone on its line removes the line too.
 */
export type TemplateNode =
  | { kind: "text"; text: string }
  | { kind: "value"; expression: Expression; offset: number }
  | { kind: "each"; list: Expression; item: string; body: TemplateNode[]; offset: number }
  | { kind: "if"; condition: Expression; body: TemplateNode[]; otherwise: TemplateNode[]; offset: number };

const MAX_RENDERED_CHARS = 1_000_000;
const TAG = /\{\{((?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|(?!\}\})[^"'])*)\}\}/g;

interface Piece {
  text: string;
  tag: boolean;
  /** Where the text, or the inside of the tag, starts in the template. */
  offset: number;
}

/** Parses a template; throws `SyntaxFault` with the position. */
export function parseTemplate(source: string): TemplateNode[] {
  const reader = { pieces: pieces(source), at: 0 };
  const nodes = readNodes(reader, null);
  return nodes.body;
}

/** Returns the rendered text; throws `ValueFault` when an expression fails or the text becomes too long. */
export function renderTemplate(nodes: TemplateNode[], names: ReadonlyMap<string, Value>): string {
  let rendered = "";
  for (const node of nodes) {
    rendered += renderNode(node, names);
    if (rendered.length > MAX_RENDERED_CHARS) {
      throw new ValueFault(`the rendered text is longer than ${MAX_RENDERED_CHARS} characters`);
    }
  }
  return rendered;
}

function renderNode(node: TemplateNode, names: ReadonlyMap<string, Value>): string {
  switch (node.kind) {
    case "text":
      return node.text;
    case "value":
      return toText(evaluate(node.expression, names));
    case "if":
      return renderTemplate(isTruthy(evaluate(node.condition, names)) ? node.body : node.otherwise, names);
    case "each": {
      let rendered = "";
      for (const element of elementsOf(evaluate(node.list, names), "{{#each}}")) {
        rendered += renderTemplate(node.body, new Map(names).set(node.item, element));
        if (rendered.length > MAX_RENDERED_CHARS) return rendered;
      }
      return rendered;
    }
  }
}

function pieces(source: string): Piece[] {
  const found: Piece[] = [];
  let at = 0;
  for (const match of source.matchAll(TAG)) {
    const inside = match[1] ?? "";
    let [textEnd, next] = [match.index, match.index + match[0].length];
    if (/^\s*(?:[#/]|else\s*$)/.test(inside)) [textEnd, next] = aloneOnLine(source, textEnd, next);
    checkText(source, at, textEnd);
    if (textEnd > at) found.push({ text: source.slice(at, textEnd), tag: false, offset: at });
    found.push({ text: inside, tag: true, offset: match.index + 2 });
    at = next;
  }
  checkText(source, at, source.length);
  if (at < source.length) found.push({ text: source.slice(at), tag: false, offset: at });
  return found;
}

function checkText(source: string, from: number, to: number): void {
  const open = source.slice(from, to).indexOf("{{");
  if (open >= 0) throw new SyntaxFault('"{{" has no "}}", or a quoted text inside is not closed', from + open);
}

function aloneOnLine(source: string, start: number, end: number): [number, number] {
  const before = /(^|\n)[ \t]*$/.exec(source.slice(0, start));
  const after = /^[ \t]*(?:\n|$)/.exec(source.slice(end));
  if (!before || !after) return [start, end];
  return [before.index + (before[1]?.length ?? 0), end + after[0].length];
}

type Reader = { pieces: Piece[]; at: number };

/** Parses nodes up to the end of the block that `open` started; `open` is null for the whole template. */
function readNodes(reader: Reader, open: Piece | null): { body: TemplateNode[]; otherwise: TemplateNode[] } {
  const body: TemplateNode[] = [];
  let otherwise: TemplateNode[] | null = null;
  const kind = open === null ? null : /^\s*#\s*(\w+)/.exec(open.text)?.[1];
  for (let piece = reader.pieces[reader.at]; piece; piece = reader.pieces[reader.at]) {
    reader.at++;
    const target = otherwise ?? body;
    const word = piece.text.trim();
    if (!piece.tag) target.push({ kind: "text", text: piece.text });
    else if (word.startsWith("#")) target.push(readBlock(reader, piece));
    else if (word === "else") {
      if (kind !== "if" || otherwise) throw new SyntaxFault('"{{else}}" is outside of an "{{#if}}"', piece.offset);
      otherwise = [];
    } else if (word.startsWith("/")) {
      if (kind && word.slice(1).trim() === kind) return { body, otherwise: otherwise ?? [] };
      throw new SyntaxFault(`"{{${word}}}" closes no open block`, piece.offset);
    } else target.push({ kind: "value", expression: expressionAt(piece.text, piece.offset), offset: piece.offset });
  }
  if (open) throw new SyntaxFault(`"{{${open.text.trim()}}}" is never closed`, open.offset);
  return { body, otherwise: [] };
}

function readBlock(reader: Reader, piece: Piece): TemplateNode {
  const { offset } = piece;
  const condition = /^(\s*#\s*if\s)([\s\S]*)$/.exec(piece.text);
  if (condition?.[1] !== undefined) {
    const expression = expressionAt(condition[2] ?? "", offset + condition[1].length);
    const { body, otherwise } = readNodes(reader, piece);
    return { kind: "if", condition: expression, body, otherwise, offset };
  }
  const loop = /^(\s*#\s*each\s)([\s\S]*)\sas\s+([A-Za-z_][A-Za-z0-9_]*)\s*$/.exec(piece.text);
  if (loop?.[1] !== undefined && loop[3] !== undefined) {
    const list = expressionAt(loop[2] ?? "", offset + loop[1].length);
    return { kind: "each", list, item: loop[3], body: readNodes(reader, piece).body, offset };
  }
  throw new SyntaxFault('a block is "{{#each list as item}}" or "{{#if condition}}"', offset);
}

function expressionAt(source: string, offset: number): Expression {
  try {
    return parseExpression(source);
  } catch (fault) {
    if (fault instanceof SyntaxFault) throw new SyntaxFault(fault.message, offset + fault.offset);
    throw fault;
  }
}
