import { isCollection, isScalar, LineCounter, type Node, parseDocument } from "yaml";

/** An error in a seed file. The message is one sentence that begins with `file:line:` and says what to correct. */
export class SeedError extends Error {
  override name = "SeedError";
  constructor(
    readonly file: string,
    /** Counted from 1 at the start of the file. */
    readonly line: number,
    sentence: string,
  ) {
    super(`${file}:${line}: ${sentence}`);
  }
}

export interface LocatedData {
  /** Parsed data, not yet validated. */
  data: unknown;
  /** Returns the file's line (from 1) of the value or key at `path`, or of its nearest parent if it is missing. */
  lineOf(path: readonly PropertyKey[]): number;
}

export interface FrontMatter extends LocatedData {
  /** The text after the front matter, without blank lines around it. */
  body: string;
  /** The line of the closing `---`. */
  closingLine: number;
}

/**
 * Splits a Markdown file into its YAML front matter and its body.
 * `file` is only used in errors. Throws `SeedError` if the front matter is missing, not closed, or not valid YAML.
 */
export function parseFrontMatter(text: string, file: string): FrontMatter {
  const lines = text.replace(/^\uFEFF/, "").split(/\r?\n/);
  if (lines[0]?.trimEnd() !== "---") {
    throw new SeedError(
      file,
      1,
      "The file has no front matter; begin it with a line `---`, its keys, and another line `---`.",
    );
  }
  const closing = lines.findIndex((line, index) => index > 0 && line.trimEnd() === "---");
  if (closing === -1) throw new SeedError(file, 1, "The front matter is not closed; end it with a line `---`.");
  const located = parseLocated(lines.slice(1, closing).join("\n"), file, 1);
  const body = lines
    .slice(closing + 1)
    .join("\n")
    .trim();
  return { ...located, body, closingLine: closing + 1 };
}

/** Parses YAML (JSON is valid YAML) and keeps each value's line. `linesBefore`: the number of lines above `source`. */
export function parseLocated(source: string, file: string, linesBefore = 0): LocatedData {
  const counter = new LineCounter();
  const document = parseDocument(source, { lineCounter: counter, prettyErrors: false });
  const error = document.errors[0];
  if (error) {
    const line = counter.linePos(error.pos[0]).line + linesBefore;
    throw new SeedError(file, line, `This cannot be read as YAML: ${firstSentence(error.message)} Correct this line.`);
  }
  const lineOf = (path: readonly PropertyKey[]): number => {
    let node: Node | null = document.contents;
    let offset = node?.range?.[0] ?? 0;
    for (const key of path) {
      if (!isCollection(node)) break;
      const next = childOf(node, key);
      if (!next) break;
      offset = next.offset;
      node = next.node;
    }
    return counter.linePos(offset).line + linesBefore;
  };
  return { data: dataOf(document, file, linesBefore), lineOf };
}

/** Returns the document's data. Throws `SeedError` if nested YAML aliases would expand without end. */
function dataOf(document: ReturnType<typeof parseDocument>, file: string, linesBefore: number): unknown {
  try {
    return document.toJS();
  } catch (error) {
    const why = firstSentence(error instanceof Error ? error.message : String(error));
    throw new SeedError(file, linesBefore + 1, `This cannot be read as YAML: ${why} Write it out instead.`);
  }
}

function childOf(parent: Node, key: PropertyKey): { node: Node | null; offset: number } | undefined {
  if (!isCollection(parent)) return undefined;
  for (const [index, item] of parent.items.entries()) {
    if (isPairLike(item)) {
      if (isScalar(item.key) && item.key.value === key) return { node: item.value, offset: item.key.range?.[0] ?? 0 };
    } else if (index === key) {
      const node = item as Node;
      return { node, offset: node.range?.[0] ?? 0 };
    }
  }
  return undefined;
}

function isPairLike(item: unknown): item is { key: Node; value: Node | null } {
  return typeof item === "object" && item !== null && "key" in item && "value" in item;
}

function firstSentence(message: string): string {
  // The library's parser is recursive, and reports the end of the stack as a fault of the text, which it is.
  if (message.includes("call stack")) return "It is nested too deeply.";
  const line = message.split("\n")[0] ?? message;
  return line.endsWith(".") ? line : `${line}.`;
}
