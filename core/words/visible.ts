/** Invisible characters and direction marks, but not the joiner within an emoji, which hides nothing there. */
const DISGUISES =
  /(?!(?<=\p{Extended_Pictographic}\ufe0f?|\p{Emoji_Modifier})\u200d\p{Extended_Pictographic})[\p{Cc}\p{Cf}\u2028\u2029]/gu;

/** Returns the text with invisible characters and direction marks as code points, so that nothing is hidden. Pure. */
export function withoutDisguise(text: string): string {
  return text.replace(DISGUISES, (character) =>
    character === "\n" || character === "\t" ? character : `\\u{${character.codePointAt(0)?.toString(16)}}`,
  );
}
