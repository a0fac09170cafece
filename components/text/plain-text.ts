/** Everything that Markdown may read as more than words. Matching too much only costs the parser. */
const MARKS =
  /[\\`*_~#<>[\]|&!]|:\/\/|www\.|@|[ \t]$|^[ \t]|^(?:[-+=]|:-|\d{1,9}[.)])|[\0\r\t\u00A0\uFEFF\u2028\u2029]/m;

/** Returns the paragraphs of a text that says the same without Markdown; null if it needs the parser. Pure. */
export function plainParagraphs(text: string): string[] | null {
  if (MARKS.test(text)) return null;
  return text.split(/\n{2,}/).flatMap((paragraph) => paragraph.replace(/^\n|\n$/g, "") || []);
}
