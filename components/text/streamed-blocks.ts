/** Splits Markdown that is still being written, so that only its end is rendered again. Pure. */

/** A line that begins a new block wherever it stands: not the continuation of a list, a quote or a table. */
const BEGINS = /^[^\s\-*+>|\d]/;
const FENCE = /^ {0,3}(`{3,}|~{3,})/;

/** Returns the blocks of the text. All but the last one stay the same when text is added. */
export function streamedBlocks(text: string): string[] {
  const blocks: string[] = [];
  let fence: string | null = null;
  let from = 0;
  let at = 0;
  let isAfterBlank = false;
  for (const line of text.split("\n")) {
    const [, mark] = FENCE.exec(line) ?? [];
    const isSplit = isAfterBlank && fence === null && BEGINS.test(line);
    if (isSplit) {
      blocks.push(text.slice(from, at));
      from = at;
    }
    if (mark !== undefined && fence === null) fence = mark;
    else if (mark !== undefined && fence !== null && line.trim() === mark && mark.startsWith(fence)) fence = null;
    isAfterBlank = line.trim() === "";
    at += line.length + 1;
  }
  blocks.push(fence === null ? withClosedMarks(text.slice(from)) : text.slice(from));
  return blocks;
}

/** Closes bold text and code that is not complete yet, so that its marks do not appear for a moment. */
function withClosedMarks(block: string): string {
  const end = block.lastIndexOf("\n\n") + 1;
  const last = block.slice(end);
  const ticks = last.split("`").length - 1;
  if (ticks % 2 === 1) return last.endsWith("`") ? block.slice(0, -1) : `${block}\``;
  const bold = last.replace(/`[^`]*`/g, "").split("**").length - 1;
  if (bold % 2 === 0) return block;
  return last.endsWith("**") ? block.slice(0, -2) : `${block.trimEnd()}**`;
}
