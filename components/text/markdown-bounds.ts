/**
 * Markdown that an agent wrote can keep the parser busy for minutes or fill the memory, on the server as in the browser:
 * 32 KB of `|a` become 170 million cells of a table, 32 KB of `1. - ` take 45 s. So only text within these bounds is
 * parsed. They are far above what people and models write.
 */

/** Characters that may begin or end something within a paragraph. The parser compares them with each other. */
const MARKS = /[*_~`[\]<>&:@!|\\(]|www\./gi;
const MOST_MARKS = 10_000;
const MOST_MARKS_OF_BLOCK = 2_000;
const MOST_LINES = 6_000;
/** For each underlined heading the parser goes through all the text before it. */
const UNDERLINE = /^ {0,3}[=-]+[ \t]*$/gm;
const MOST_UNDERLINES = 300;
/** Rows × columns of all blocks, if all lines of a block were rows of one table. */
const MOST_CELLS = 20_000;
/** Each level of lists and quotes needs a character at the beginning of its line. */
const MOST_INDENT = 100;
const INDENT = /^(?:[\s>*+-]|\d{1,9}[.)])*/;
/** A line of these is a rule or underlines a heading, and nests nothing. */
const RULE = /^ {0,3}([-*_=])\1*[ \t]*$/;
/** A word that might be the name of an e-mail address; the parser tries it from each dot. */
const LONG_WORD = /[-.\w+]{4001}/;

/** Returns whether the text can be parsed in bearable time. Pure. */
export function isWithinBounds(text: string): boolean {
  if (LONG_WORD.test(text) || count(text, MARKS) > MOST_MARKS || count(text, UNDERLINE) > MOST_UNDERLINES) return false;
  const blocks = text.split(/\n[ \t\r]*\n/);
  if (blocks.some((block) => count(block, MARKS) > MOST_MARKS_OF_BLOCK)) return false;
  const linesOf = blocks.map((block) => block.split(/\r\n?|\n/));
  if (linesOf.reduce((sum, lines) => sum + lines.length, 0) > MOST_LINES) return false;
  if (linesOf.reduce((sum, lines) => sum + cellsOf(lines), 0) > MOST_CELLS) return false;
  return linesOf.flat().every((line) => RULE.test(line) || (INDENT.exec(line)?.[0].length ?? 0) <= MOST_INDENT);
}

function cellsOf(lines: string[]): number {
  const columns = lines.reduce((most, line) => Math.max(most, line.split("|").length), 1);
  return columns === 1 ? 0 : columns * lines.length;
}

const count = (text: string, pattern: RegExp) => text.match(pattern)?.length ?? 0;
