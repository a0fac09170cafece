/** Plain text and Atlassian's document format, in which Jira has its texts. Pure. */

interface Node {
  type: string;
  text?: string;
  content?: Node[];
  attrs?: Record<string, string>;
  marks?: Node[];
}

const MOST_DEPTH = 40;
const LINK = /https?:\/\/[^\s()<>]+/g;

/** Parts of a line; each other node ends one. */
const INLINE: ReadonlySet<string> = new Set(["text", "mention", "emoji", "inlineCard", "date", "status"]);

/** Returns the text of a document, as people read it. */
export function textOf(document: unknown): string {
  return textIn(document, 0)
    .replace(/\n{3,}/g, "\n\n")
    .trim();
}

function textIn(value: unknown, depth: number): string {
  const { type, text, content, attrs } = nodeOf(value);
  if (depth > MOST_DEPTH) return "";
  if (type === "text") return text;
  if (type === "hardBreak") return "\n";
  if (INLINE.has(type)) return ["text", "shortName", "url"].map((name) => attrs[name]).find((one) => isText(one)) ?? "";
  const inner = content.map((one) => textIn(one, depth + 1)).join("");
  if (type === "listItem") return `- ${inner.trim()}\n`;
  if (type === "paragraph" || type === "heading" || type === "codeBlock") return `${inner}\n\n`;
  return inner;
}

function nodeOf(value: unknown): { type: string; text: string; content: unknown[]; attrs: Record<string, string> } {
  const { type, text, content, attrs } = (typeof value === "object" && value !== null ? value : {}) as Record<
    string,
    unknown
  >;
  return {
    type: isText(type) ? type : "",
    text: isText(text) ? text : "",
    content: Array.isArray(content) ? content : [],
    attrs: (typeof attrs === "object" && attrs !== null ? attrs : {}) as Record<string, string>,
  };
}

const isText = (value: unknown): value is string => typeof value === "string";

/** Returns a document with this text, in which only addresses are more than letters: nothing in it has an effect. */
export function documentOf(text: string): Node & { version: 1 } {
  const paragraphs = text
    .trim()
    .split(/\n{2,}/)
    .map((part) => ({ type: "paragraph", content: part.split("\n").flatMap(lineOf) }));
  return { type: "doc", version: 1, content: paragraphs };
}

function lineOf(line: string, at: number): Node[] {
  const parts: Node[] = at === 0 ? [] : [{ type: "hardBreak" }];
  let begin = 0;
  for (const { 0: href, index } of line.matchAll(LINK)) {
    if (index > begin) parts.push({ type: "text", text: line.slice(begin, index) });
    parts.push({ type: "text", text: href, marks: [{ type: "link", attrs: { href } }] });
    begin = index + href.length;
  }
  if (begin < line.length) parts.push({ type: "text", text: line.slice(begin) });
  return parts;
}
