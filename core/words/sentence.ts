/** Words of the runtime and of providers, as sentences that people read. Pure. */

/** Ends in exactly one mark. */
export function sentence(text: string): string {
  const bare = text.trim().replace(/[.…]+$/, (marks) => (marks.includes("…") ? "…" : ""));
  return bare === "" || /[.!?…:]$/.test(bare) ? bare : `${bare}.`;
}
