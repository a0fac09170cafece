/** Divides code into parts with their colours. Its parsers are loaded with the first file of their language. */
import type { Parser, Tree } from "@lezer/common";
import { highlightCode, tagHighlighter, tags } from "@lezer/highlight";

export interface CodePart {
  /** Where it begins in the whole text. */
  at: number;
  text: string;
  /** Classes; "" for the colour of the text around it. */
  look: string;
}

/** Parsing a longer text would hold up the page. */
const MOST_CHARACTERS = 100_000;
/** Text that is no code at all can take the parser minutes, because it tries to continue after each error. */
const MOST_PARSING_MS = 400;
/** Each part is an element of the page. */
const MOST_PARTS = 30_000;

const LOOKS = tagHighlighter([
  { tag: tags.comment, class: "text-ink-3" },
  { tag: [tags.keyword, tags.tagName, tags.heading], class: "text-accent" },
  { tag: [tags.string, tags.regexp, tags.attributeValue, tags.monospace], class: "text-ok" },
  {
    tag: [tags.number, tags.bool, tags.null, tags.atom, tags.link, tags.url, tags.color, tags.unit],
    class: "text-park",
  },
  { tag: [tags.typeName, tags.className, tags.attributeName, tags.propertyName, tags.meta], class: "text-wait" },
]);

const script = async (dialect: string): Promise<Parser> =>
  (await import("@lezer/javascript")).parser.configure({ dialect });
const markup = async (): Promise<Parser> => (await import("@lezer/html")).parser;
const styles = async (): Promise<Parser> => (await import("@lezer/css")).parser;
const json = async (): Promise<Parser> => (await import("@lezer/json")).parser;
const markdown = async (): Promise<Parser> => (await import("@lezer/markdown")).parser;
const python = async (): Promise<Parser> => (await import("@lezer/python")).parser;

/** By the end of the file's name. */
const PARSERS: Readonly<Record<string, () => Promise<Parser>>> = {
  js: () => script("jsx"),
  mjs: () => script("jsx"),
  cjs: () => script("jsx"),
  jsx: () => script("jsx"),
  ts: () => script("ts"),
  mts: () => script("ts"),
  cts: () => script("ts"),
  tsx: () => script("ts jsx"),
  json,
  jsonl: json,
  css: styles,
  html: markup,
  htm: markup,
  svg: markup,
  md: markdown,
  markdown,
  py: python,
  pyi: python,
};

/**
 * Resolves with the parts of the text, in their order; null for a language that is not known, and for a text that is very
 * long or takes too long. `isLate` is asked before each step of the parser.
 */
export async function codeParts(path: string, text: string, isLate?: () => boolean): Promise<CodePart[] | null> {
  const ending = path.toLowerCase().split(".").at(-1) ?? "";
  const load = Object.hasOwn(PARSERS, ending) ? PARSERS[ending] : undefined;
  if (!load || text.length > MOST_CHARACTERS) return null;
  const parser = await load();
  const tree = parsed(parser, text, isLate ?? lateAfter(MOST_PARSING_MS));
  if (tree === null) return null;
  const parts: CodePart[] = [];
  let at = 0;
  const add = (added: string, look: string) => {
    const last = parts.at(-1);
    if (last?.look === look) last.text += added;
    else parts.push({ at, text: added, look });
    at += added.length;
  };
  highlightCode(text, tree, LOOKS, add, () => add("\n", ""));
  return parts.length > MOST_PARTS ? null : parts;
}

function parsed(parser: Parser, text: string, isLate: () => boolean): Tree | null {
  const parse = parser.startParse(text);
  while (!isLate()) {
    const tree = parse.advance();
    if (tree !== null) return tree;
  }
  return null;
}

/** Looks at the clock after each few steps, so that a short text is never late. */
const STEPS_UNSEEN = 100;

function lateAfter(ms: number): () => boolean {
  const endMs = performance.now() + ms;
  let steps = 0;
  return () => {
    steps += 1;
    return steps % STEPS_UNSEEN === 0 && performance.now() > endMs;
  };
}
