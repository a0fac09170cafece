import { isMap, isScalar, LineCounter, type Node, type Pair, parseDocument, type Scalar } from "yaml";
import type { Value } from "@/core/programs/json";
import { isTooDeep } from "@/lib/net/bounded-yaml";
import type { RunbookFault } from "./runbook";
import { SyntaxFault } from "./value";

export type Entry = { key: string; node: Node | null; line: number };

/** A block of YAML inside a runbook. It maps each node to its line in the runbook, and collects the faults. */
export class YamlSource {
  private readonly counter = new LineCounter();
  private readonly lines: string[];
  readonly entries: Entry[];

  constructor(
    text: string,
    /** The line of the runbook on which the block starts. */
    private readonly firstLine: number,
    private readonly faults: RunbookFault[],
  ) {
    this.lines = text.split("\n");
    if (isTooDeep(text)) {
      this.refuse(firstLine, "this is not valid YAML: it is nested too deeply");
      this.entries = [];
      return;
    }
    const document = parseDocument(text, { lineCounter: this.counter, prettyErrors: false });
    // One YAML error causes others after it, which would only confuse.
    const error = document.errors[0];
    if (error) this.refuse(this.lineOf(error.pos[0]), yamlReason(error.message, text));
    const root = document.contents;
    if (error) this.entries = [];
    else if (isMap(root)) this.entries = root.items.map((pair) => this.entry(pair as Pair<Node, Node | null>));
    else {
      this.refuse(firstLine, 'expected "key: value" lines here');
      this.entries = [];
    }
  }

  refuse(line: number, reason: string): void {
    this.faults.push({ line, reason });
  }

  refuseNode(node: Node | null, fallbackLine: number, reason: string): void {
    this.refuse(node?.range ? this.lineOf(node.range[0]) : fallbackLine, reason);
  }

  /** Returns the entries of a map inside this block; refuses any other node. */
  mapEntries(entry: Entry, what: string): Entry[] {
    if (entry.node && isMap(entry.node)) {
      return entry.node.items.map((pair) => this.entry(pair as Pair<Node, Node | null>));
    }
    this.refuse(entry.line, `"${entry.key}" must be ${what}`);
    return [];
  }

  /** Returns an element of a list as an entry under the list's key. */
  element(list: Entry, node: Node): Entry {
    return { key: list.key, node, line: node.range ? this.lineOf(node.range[0]) : list.line };
  }

  /** Parses a scalar's text; a syntax fault is reported with line and column of the runbook. */
  read<Result>(node: Scalar, line: number, reader: (text: string) => Result): Result | null {
    try {
      return reader(String(node.value));
    } catch (fault) {
      if (!(fault instanceof SyntaxFault)) throw fault;
      const place = this.placeIn(node, fault.offset);
      this.refuse(place?.line ?? line, place ? `column ${place.column}: ${fault.message}` : fault.message);
      return null;
    }
  }

  /**
   * Returns the position of a character of a scalar's value; for folded and escaped texts only the first line is known.
   */
  placeIn(node: Scalar, offset: number): { line: number; column: number } | null {
    if (!node.range) return null;
    const start = this.counter.linePos(node.range[0]);
    const before = String(node.value).slice(0, offset).split("\n");
    if (node.type === "BLOCK_LITERAL") {
      const row = start.line + before.length - 1;
      const content = this.lines.slice(start.line).find((line) => line.trim() !== "") ?? "";
      const indent = content.length - content.trimStart().length;
      return { line: this.firstLine + row, column: indent + (before.at(-1)?.length ?? 0) + 1 };
    }
    const quote = node.type === "QUOTE_DOUBLE" || node.type === "QUOTE_SINGLE" ? 1 : 0;
    return { line: this.firstLine + start.line - 1, column: start.col + quote + offset };
  }

  private entry(pair: Pair<Node, Node | null>): Entry {
    const key = isScalar(pair.key) ? String(pair.key.value) : "";
    const line = pair.key.range ? this.lineOf(pair.key.range[0]) : this.firstLine;
    if (key === "") this.refuse(line, "a key must be plain text; put quotes around a text that starts with {{");
    return { key, node: pair.value, line };
  }

  private lineOf(offset: number): number {
    return this.firstLine + this.counter.linePos(offset).line - 1;
  }
}

/** Returns the plain value of a node without templates. */
export function plainValue(node: Node | null): Value {
  return (node?.toJSON() ?? null) as Value;
}

function yamlReason(message: string, text: string): string {
  const hint = /:\s+\{\{/.test(text) ? " (put quotes around a text that starts with {{)" : "";
  return `this is not valid YAML: ${message.split("\n")[0]}${hint}`;
}
