import { readChunks } from "../workspace/files";
import { looksBinary } from "../workspace/text-form";
import type { Language } from "./languages";

export interface Place {
  line: number;
  text: string;
}

export interface TextMeasure {
  binary: boolean;
  /** As `grep -c ''` counts: a last line without a line feed counts. */
  lines: number;
  /** Lines of a programming language that are neither blank nor only a comment. */
  codeLines: number;
  /** Lines with the word TODO or FIXME. */
  todoLines: number;
  firstTodos: Place[];
  licenceHeader: boolean;
}

const HEADER_BYTES = 2048;
const LICENCE_HEADER = /SPDX-License-Identifier:|copyright|\(c\) \d{4}|©/i;
const TODO = /\b(TODO|FIXME)\b/;
const SHOWN_LINE_MAX = 200;
/** A longer line is cut for the matching; it still counts as one line. */
const LINE_MAX = 1024 * 1024;

/** Measures an open file by reading it once, in chunks. */
export async function measureText(fd: number, language: Language | null, todosWanted: number): Promise<TextMeasure> {
  const measure: TextMeasure = {
    binary: false,
    lines: 0,
    codeLines: 0,
    todoLines: 0,
    firstTodos: [],
    licenceHeader: false,
  };
  const isCode = codeLineCounter(language);
  const decoder = new TextDecoder();
  let rest = "";
  let first = true;
  const takeLine = (line: string) => {
    measure.lines += 1;
    if (isCode(line)) measure.codeLines += 1;
    if (!TODO.test(line)) return;
    measure.todoLines += 1;
    if (measure.firstTodos.length < todosWanted) {
      measure.firstTodos.push({ line: measure.lines, text: line.trim().slice(0, SHOWN_LINE_MAX) });
    }
  };
  for await (const chunk of readChunks(fd)) {
    if (first && looksBinary(chunk)) return { ...measure, binary: true };
    if (first) measure.licenceHeader = LICENCE_HEADER.test(chunk.subarray(0, HEADER_BYTES).toString("utf8"));
    first = false;
    const lines = (rest + decoder.decode(chunk, { stream: true })).split("\n");
    rest = (lines.pop() ?? "").slice(0, LINE_MAX);
    for (const line of lines) takeLine(line);
  }
  if (rest !== "") takeLine(rest);
  return measure;
}

/**
 * Returns a counter that remembers whether a block comment is open. It does not parse strings, so the count is a close
 * estimate.
 */
function codeLineCounter(language: Language | null): (line: string) => boolean {
  if (!language?.programming) return () => false;
  const lineMarks = language.line ?? [];
  const [open, close] = language.block ?? [];
  let inBlock = false;
  return (raw) => {
    let text = raw.trim();
    if (inBlock && close !== undefined) {
      const end = text.indexOf(close);
      if (end < 0) return false;
      inBlock = false;
      text = text.slice(end + close.length).trim();
    }
    while (open !== undefined && close !== undefined && text.startsWith(open)) {
      const end = text.indexOf(close, open.length);
      if (end < 0) {
        inBlock = true;
        return false;
      }
      text = text.slice(end + close.length).trim();
    }
    return text !== "" && !lineMarks.some((mark) => text.startsWith(mark));
  };
}
