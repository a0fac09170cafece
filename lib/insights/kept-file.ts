/** What is kept of one file: its numbers in a row, its imports, and its details as JSON, which are seldom read. */
import { briefOf } from "@/core/insights/brief";
import type { CodeLanguage, FileBrief, FileDetails, FileFacts } from "@/core/insights/facts";

/** The row begins with these numbers; lists of these lengths follow in the same order. */
const HEAD = { leftOut: 0, flags: 1, codeLines: 2, details: 3, words: 4, prints: 5, untested: 6, unused: 7 };
const HEAD_LENGTH = 8;
const LEFT_OUT = [undefined, "generated", "minified", "syntax", "unreadable"] as const;
const HAS_TESTS = 1;
const HAS_FINDINGS = 2;

/** Where the numbers and details of many files lie, one file after the other. */
export interface Rows {
  numbers: Uint32Array;
  details: Buffer;
}

interface Place {
  rows: Rows;
  /** Where the numbers of the file begin. */
  number: number;
  /** Where its details begin. */
  byte: number;
}

interface Texts {
  language: CodeLanguage;
  packageName: string;
  imports: string[];
}

/** A file as it is kept, and as the passes over all files read it. */
export class KeptFile implements FileBrief {
  readonly language: CodeLanguage;
  readonly packageName: string;
  readonly imports: string[];
  private readonly rows: Rows;
  private readonly from: number;
  private readonly byte: number;
  private read: FileDetails | null = null;

  constructor({ language, packageName, imports }: Texts, { rows, number, byte }: Place) {
    this.language = language;
    this.packageName = packageName;
    this.imports = imports;
    this.rows = rows;
    this.from = number;
    this.byte = byte;
  }

  get leftOut() {
    return LEFT_OUT[this.number(HEAD.leftOut)];
  }
  get hasTests() {
    return (this.number(HEAD.flags) & HAS_TESTS) !== 0;
  }
  get hasFindings() {
    return (this.number(HEAD.flags) & HAS_FINDINGS) !== 0;
  }
  get codeLines() {
    return this.number(HEAD.codeLines);
  }
  get words() {
    return this.list(HEAD.words);
  }
  get prints() {
    return this.list(HEAD.prints);
  }
  get untested() {
    return this.list(HEAD.untested);
  }
  get unused() {
    return this.list(HEAD.unused);
  }

  /** Parsed once, so that two who read them get the same objects. */
  get details(): FileDetails {
    this.read ??= JSON.parse(this.detailBytes.toString("utf8")) as FileDetails;
    return this.read;
  }

  get detailBytes(): Buffer {
    return this.rows.details.subarray(this.byte, this.nextByte);
  }
  get nextByte() {
    return this.byte + this.number(HEAD.details);
  }

  get row(): Uint32Array {
    return this.rows.numbers.subarray(this.from, this.nextNumber);
  }
  get nextNumber() {
    return this.startOf(HEAD_LENGTH);
  }

  private number(index: number): number {
    return this.rows.numbers[this.from + index] ?? 0;
  }

  private list(index: number): Uint32Array {
    const start = this.startOf(index);
    return this.rows.numbers.subarray(start, start + this.number(index));
  }

  /** Returns where a list begins. */
  private startOf(index: number): number {
    let start = this.from + HEAD_LENGTH;
    for (let before = HEAD.words; before < index; before++) start += this.number(before);
    return start;
  }
}

/** Returns what is kept of a file that was parsed. */
export function keptFrom(facts: FileFacts): KeptFile {
  const { words, prints, untested, unused, ...brief } = briefOf(facts);
  const { language, functions, exports, todos, anys } = facts;
  const details = Buffer.from(JSON.stringify({ language, functions, exports, todos, anys } satisfies FileDetails));
  const head = [
    LEFT_OUT.indexOf(brief.leftOut),
    (brief.hasTests ? HAS_TESTS : 0) | (brief.hasFindings ? HAS_FINDINGS : 0),
    brief.codeLines,
    details.length,
    words.length,
    prints.length,
    untested.length,
    unused.length,
  ];
  const numbers = Uint32Array.from([...head, ...words, ...prints, ...untested, ...unused]);
  return new KeptFile(brief, { rows: { numbers, details }, number: 0, byte: 0 });
}

/** Returns a file as one line, which ends as an object does. */
export function lineOf({ row, detailBytes, language, packageName, imports }: KeptFile): string {
  const numbers = Buffer.from(row.buffer, row.byteOffset, row.byteLength).toString("base64");
  return `${numbers}\t${JSON.stringify({ language, packageName, imports } satisfies Texts)}\t${detailBytes.toString("utf8")}`;
}

/** Returns the file that a whole line holds; null for another line. */
export function inLine(line: string): KeptFile | null {
  const [numbers = "", texts = "", details = ""] = line.split("\t");
  // A small buffer may lie anywhere in Node's pool, and numbers need an aligned one.
  const { buffer } = Uint8Array.from(Buffer.from(numbers, "base64"));
  try {
    const rows = { numbers: new Uint32Array(buffer), details: Buffer.from(details) };
    return new KeptFile(JSON.parse(texts) as Texts, { rows, number: 0, byte: 0 });
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof RangeError) return null;
    throw error;
  }
}
