/** Turns messages of the runtime and of providers into sentences. Pure. */

/** Returns the text with exactly one punctuation mark at its end. */
export function sentence(text: string): string {
  const bare = text.trim().replace(/[.…]+$/, (marks) => (marks.includes("…") ? "…" : ""));
  return bare === "" || /[.!?…:]$/.test(bare) ? bare : `${bare}.`;
}
