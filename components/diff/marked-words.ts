import { type HunkData, type HunkTokens, markEdits, tokenize } from "react-diff-view";

/** Texts longer than this are not looked at word by word. */
const MOST_CHARACTERS = 40_000;

/** Which words of the lines differ; null where that is not worth its time. Pure. */
export function markedWords(hunks: HunkData[]): HunkTokens | null {
  const length = hunks.reduce((sum, hunk) => hunk.changes.reduce((all, { content }) => all + content.length, sum), 0);
  if (length > MOST_CHARACTERS) return null;
  try {
    return tokenize(hunks, { enhancers: [markEdits(hunks, { type: "block" })] });
  } catch {
    // The lines are shown all the same, only without marks.
    return null;
  }
}
