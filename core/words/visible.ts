/**
 * Characters without a shape and direction marks, but not the joiner and the choice of a picture within an emoji, which
 * hide nothing there.
 */
const DISGUISES =
  /(?!(?<=\p{Extended_Pictographic}\ufe0f?|\p{Emoji_Modifier})\u200d\p{Extended_Pictographic}|(?<=\p{Extended_Pictographic})[\ufe0e\ufe0f]|(?<=[0-9#*])\ufe0f\u20e3)[\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}\u2028\u2029\u2800]/gu;

/** Returns the text with invisible characters and direction marks as code points, so that nothing is hidden. Pure. */
export function withoutDisguise(text: string): string {
  return text.replace(DISGUISES, (character) =>
    character === "\n" || character === "\t" ? character : `\\u{${character.codePointAt(0)?.toString(16)}}`,
  );
}
