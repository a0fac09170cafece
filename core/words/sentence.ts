/** Turns messages of the runtime and of providers into sentences. Pure. */

/** Returns the text with exactly one punctuation mark at its end. */
export function sentence(text: string): string {
  // A run of full stops is looked at once, from its beginning: a message may be a megabyte of them.
  const bare = text.trim().replace(/(?<![.…])[.…]+$/, (marks) => (marks.includes("…") ? "…" : ""));
  return bare === "" || /[.!?…:]$/.test(bare) ? bare : `${bare}.`;
}
