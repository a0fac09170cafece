/** The lines of a text: where each begins, which hold code, and which say that something is to be done. */
import type { TodoFacts } from "@/core/insights/facts";
import type { Range } from "./fingerprints";

const MOST_TODOS = 100;
const MOST_TODO_CHARACTERS = 200;
/** In capitals, as people write it where they mean it. */
const TODO = /\b(?:TODO|FIXME)\b/;

/** What begins a comment, or a line of one. */
const MARKS = /^[\s/*#!]+/;

/** Returns a function from a position to its line, counted from 1. */
export function linesOf(text: string): { lineAt(at: number): number; count: number; startOf(line: number): number } {
  const starts = [0];
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  return {
    count: starts.at(-1) === text.length ? starts.length - 1 : starts.length,
    startOf: (line) => starts[line - 1] ?? text.length,
    lineAt(at) {
      let low = 0;
      for (let high = starts.length - 1; low < high; ) {
        const middle = (low + high + 1) >> 1;
        if ((starts[middle] ?? 0) <= at) low = middle;
        else high = middle - 1;
      }
      return low + 1;
    },
  };
}

/** Returns for each line how many lines with code lie before it, so that a difference is a number of lines of code. */
export function codeBefore(text: string, comments: readonly Range[]): Uint32Array {
  const { count, lineAt, startOf } = linesOf(text);
  const isCode = new Uint8Array(count + 2);
  for (let line = 1; line <= count; line++)
    isCode[line] = text.slice(startOf(line), startOf(line + 1)).trim() === "" ? 0 : 1;
  for (const [start, end] of comments) {
    const [first, last] = [lineAt(start), lineAt(Math.max(start, end - 1))];
    // Code may stand before a comment, or behind it.
    if (text.slice(startOf(first), start).trim() === "") isCode[first] = 0;
    for (let line = first + 1; line < last; line++) isCode[line] = 0;
    if (last > first && text.slice(end, startOf(last + 1)).trim() === "") isCode[last] = 0;
  }
  const before = new Uint32Array(count + 2);
  for (let line = 1; line <= count + 1; line++) before[line] = (before[line - 1] ?? 0) + (isCode[line - 1] ?? 0);
  return before;
}

/** Returns what comments say is to be done. */
export function todosIn(text: string, comments: readonly Range[]): TodoFacts[] {
  const { lineAt } = linesOf(text);
  const todos: TodoFacts[] = [];
  for (const [start, end] of comments) {
    let at = start;
    for (const line of text.slice(start, end).split("\n")) {
      if (TODO.test(line) && todos.length < MOST_TODOS)
        todos.push({ line: lineAt(at), text: line.replace(MARKS, "").trim().slice(0, MOST_TODO_CHARACTERS) });
      at += line.length + 1;
    }
  }
  return todos;
}
