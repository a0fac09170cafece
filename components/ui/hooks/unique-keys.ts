/** Returns unique keys for texts that may repeat: each text with the number of its earlier occurrences. */
export function uniqueKeys(texts: readonly string[]): string[] {
  const seen = new Map<string, number>();
  return texts.map((text) => {
    const before = seen.get(text) ?? 0;
    seen.set(text, before + 1);
    return `${before}:${text}`;
  });
}
