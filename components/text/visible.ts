/** Signs that cannot be seen, or turn the direction of what follows, as their numbers: what is read is what is there. Pure. */
export function withoutDisguise(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, (sign) =>
    sign === "\n" || sign === "\t" ? sign : `\\u{${sign.codePointAt(0)?.toString(16)}}`,
  );
}
