import { type HunkData, type HunkTokens, markEdits, tokenize } from "react-diff-view";

/** Longer texts are not compared word by word, because that takes too long. */
const MOST_CHARACTERS = 40_000;

/** Returns the words that differ within the lines; null if the text is too long to compare. Pure. */
export function markedWords(hunks: HunkData[]): HunkTokens | null {
  const length = hunks.reduce((sum, hunk) => hunk.changes.reduce((all, { content }) => all + content.length, sum), 0);
  if (length > MOST_CHARACTERS) return null;
  try {
    return tokenize(hunks, { enhancers: [markEdits(hunks, { type: "block" })] });
  } catch {
    // The lines can be shown without marked words.
    return null;
  }
}
