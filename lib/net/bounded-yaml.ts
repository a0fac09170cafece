/** Bounds the YAML of strangers before it is parsed. */
import { Lexer, Parser } from "yaml";

/** A level is up to two entries of the parser's stack: a collection, and a value in it. */
const MOST_OPEN = 200;

/**
 * Returns whether the text nests about a hundred levels deep or more, which nobody writes. The package composes each level
 * within the last: a few kilobytes take minutes, or use up the stack, and where V8 has no room left to compile a pattern,
 * it ends the process.
 */
export function isTooDeep(yaml: string): boolean {
  const parser = new Parser();
  for (const lexeme of new Lexer().lex(yaml)) {
    for (const _ of parser.next(lexeme)) {
      // A document that has ended; only how deep they are counts.
    }
    if (parser.stack.length > MOST_OPEN) return true;
  }
  return false;
}
