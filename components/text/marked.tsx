/** A text with each word of a search marked, without regard to case. */
export function Marked({ text, query }: { text: string; query: string }) {
  return partsOf(text, query).map(({ at, part, isFound }) => (isFound ? <mark key={at}>{part}</mark> : part));
}

function partsOf(text: string, query: string): { at: number; part: string; isFound: boolean }[] {
  const wanted = wordPattern(query);
  if (!wanted) return [{ at: 0, part: text, isFound: false }];
  let at = 0;
  // Splitting by a group puts what it matches at the odd places.
  return text.split(wanted).map((part, index) => {
    const start = at;
    at += part.length;
    return { at: start, part, isFound: index % 2 === 1 };
  });
}

/** Returns a pattern with one group that matches the beginnings of words that a search names; null when it names none. */
export function wordPattern(query: string): RegExp | null {
  const wanted = query.match(/[\p{L}\p{N}\p{M}]+/gu);
  return wanted ? new RegExp(`(?<![\\p{L}\\p{N}\\p{M}])(${wanted.join("|")})`, "giu") : null;
}
