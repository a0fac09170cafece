/** Returns the text with invisible characters and direction marks as code points, so that nothing is hidden. Pure. */
export function withoutDisguise(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, (character) =>
    character === "\n" || character === "\t" ? character : `\\u{${character.codePointAt(0)?.toString(16)}}`,
  );
}
