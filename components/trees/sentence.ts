/** Words of the runtime and of providers, as sentences that people read. Pure. */

/** Ends in exactly one mark. */
export function sentence(text: string): string {
  const bare = text.trim().replace(/[.…]+$/, (marks) => (marks.includes("…") ? "…" : ""));
  return bare === "" || /[.!?…:]$/.test(bare) ? bare : `${bare}.`;
}

/** The runtime's words about a cap of the day, as people read them. */
export function capText(message: string): string {
  const found = /^The cap of (\S+)( tokens)? a day for (.+?) is reached/.exec(message);
  if (!found) return sentence(message);
  const [, amount = "", tokens = "", whose] = found;
  const shown = tokens ? `${Number(amount).toLocaleString("en-US")} tokens` : `$${Number(amount.slice(1)).toFixed(2)}`;
  return `Today's cap of ${shown} for ${whose} is used up, but for less than one more call may cost.`;
}
