/** Names in sentences of ours: paths, branches and packages that an agent chose. Pure. */
import { withoutDisguise } from "../visible";

const MOST_CHARACTERS = 72;
const NAMED = 2;

/** Whether a word can stand in a sentence as it is: it has no space, and none of the marks that end or quote a sentence. */
export function isPlainWord(word: string): boolean {
  return word.length <= MOST_CHARACTERS && /^[\w@%+=:./~^*#-]*[\w*/~]$/.test(word);
}

/** Returns the text in backquotes, on one line and cut, so that it cannot be taken for words of ours. */
export function inCode(text: string): string {
  const [line = "", ...more] = withoutDisguise(text).replaceAll("`", "'").split("\n");
  const whole = line.replace(/\s+/g, " ").trim();
  const isCut = whole.length > MOST_CHARACTERS || more.some((rest) => rest.trim() !== "");
  return `\`${whole.slice(0, MOST_CHARACTERS).trimEnd()}${isCut ? "…" : ""}\``;
}

/** Returns the name as it is, or in backquotes when it could be read as more than a name. */
export function nameOf(text: string): string {
  return isPlainWord(text) ? text : inCode(text);
}

/** a · a and b · a, b and 3 more */
export function listed(names: readonly string[]): string {
  const shown = names.slice(0, NAMED);
  const more = names.length - shown.length;
  if (more > 0) return `${shown.join(", ")} and ${more} more`;
  return shown.join(" and ");
}
