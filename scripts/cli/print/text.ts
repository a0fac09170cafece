/** Prepares text for a terminal: removes control characters, measures and cuts in cells. */
import { withoutDisguise } from "@/core/words/visible";
import { withoutSequences } from "@/lib/process/printed";

/**
 * Removes escape sequences, with which text of models and people could move the cursor or change colours. Invisible
 * characters and direction marks become their codes, as on pages.
 */
export function clean(text: string): string {
  const controls = /\p{Cc}/gu;
  const plain = withoutSequences(text).replace(controls, (character) =>
    character === "\n" || character === "\t" ? character : "",
  );
  return withoutDisguise(plain);
}

/** Returns the cleaned text on one line. */
export function oneLine(text: string): string {
  return clean(text).replace(/\s+/g, " ").trim();
}

const segmenter = new Intl.Segmenter("en", { granularity: "grapheme" });
const WIDE =
  /^[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}]|^\p{Emoji_Presentation}|\ufe0f/u;
const INVISIBLE = /^[\p{Mn}\p{Me}\p{Cf}]+$/u;

/** Returns how many terminal cells the text takes. */
export function widthOf(text: string): number {
  if (/^[ -~]*$/.test(text)) return text.length;
  let width = 0;
  for (const { segment } of segmenter.segment(text)) width += cellsOf(segment);
  return width;
}

function cellsOf(segment: string): number {
  if (INVISIBLE.test(segment)) return 0;
  return WIDE.test(segment) ? 2 : 1;
}

/** Cuts the text to `cells`, with an ellipsis where it was cut. */
export function cut(text: string, cells: number): string {
  if (widthOf(text) <= cells) return text;
  if (cells < 1) return "";
  let width = 0;
  let kept = "";
  for (const { segment } of segmenter.segment(text)) {
    width += cellsOf(segment);
    if (width > cells - 1) break;
    kept += segment;
  }
  return `${kept.trimEnd()}…`;
}

/** Cuts or pads the text to exactly `cells`. */
export function padTo(text: string, cells: number, side: "left" | "right" = "left"): string {
  const kept = cut(text, cells);
  const space = " ".repeat(Math.max(0, cells - widthOf(kept)));
  return side === "left" ? kept + space : space + kept;
}

/** Returns lines of at most `cells`, broken between words where possible. */
export function wrap(text: string, cells: number): string[] {
  const lines: string[] = [];
  for (const paragraph of text.split("\n")) {
    let line = "";
    for (const word of paragraph
      .split(/\s+/)
      .filter(Boolean)
      .flatMap((part) => pieces(part, cells))) {
      const longer = line ? `${line} ${word}` : word;
      if (widthOf(longer) <= cells) line = longer;
      else {
        lines.push(line);
        line = word;
      }
    }
    lines.push(line);
  }
  return lines;
}

/** Splits a word that is longer than a line. */
function pieces(word: string, cells: number): string[] {
  if (widthOf(word) <= cells) return [word];
  const parts: string[] = [];
  let part = "";
  for (const { segment } of segmenter.segment(word)) {
    if (widthOf(part + segment) > cells && part) {
      parts.push(part);
      part = "";
    }
    part += segment;
  }
  return [...parts, part];
}
