/** The text of a message that search reads, and the words of a query. Pure. */
import type { Entry } from "@/core/log/entries";
import type { FoundInTree } from "@/core/shapes/tree-views";
import { decodeEntry, type MessageRow } from "@/db/file/rows";

/** Most characters indexed per message. More of a tool's output is not worth the space. */
const INDEXED_CHARS = 50_000;

const wordsOf = (text: string): string[] => text.match(/[\p{L}\p{N}\p{M}\p{Co}]+/gu) ?? [];

/** Returns the words of a query: letters and digits, as in the index. Query syntax has no effect. */
export function queryOf(text: string): string {
  return wordsOf(text)
    .map((word, index, words) => (index === words.length - 1 ? `"${word}"*` : `"${word}"`))
    .join(" AND ");
}

/** Returns whether a text contains every word of a query, as the index finds them: the last word may be a prefix. */
export function hasWords(text: string, query: string): boolean {
  const words = wordsOf(query.toLowerCase());
  const last = words.pop();
  if (last === undefined) return false;
  const present = new Set(wordsOf(text.toLowerCase()));
  return words.every((word) => present.has(word)) && [...present].some((word) => word.startsWith(last));
}

/** By kind of the message, as in `KINDS`. */
export const PLACES: Readonly<Record<number, FoundInTree["where"]>> = {
  1: "instruction",
  2: "reply",
  3: "call",
  4: "output",
};
const EXCERPT_CHARS = 120;
/** Number of characters before the word. */
const BEFORE_CHARS = 30;

export function excerptOf(row: MessageRow, words: string): string {
  const text = indexedText(row).replace(/\s+/g, " ");
  const lower = text.toLowerCase();
  const places = wordsOf(words.toLowerCase()).map((word) => lower.indexOf(word));
  const match = Math.min(...places.filter((place) => place >= 0), text.length);
  const at = Math.max(0, match - BEFORE_CHARS);
  // In JSON, a path or a URL the next space may only come after the match.
  const space = text.slice(at, match).indexOf(" ");
  const start = at === 0 ? 0 : at + space + 1;
  const cut = text.slice(start, start + EXCERPT_CHARS);
  return `${start > 0 ? "…" : ""}${cut}${start + EXCERPT_CHARS < text.length ? "…" : ""}`;
}

/** Returns the searchable text of a message; empty when it has none or cannot be read. */
export function indexedText(row: MessageRow): string {
  try {
    return textOf(decodeEntry(row)).slice(0, INDEXED_CHARS);
  } catch {
    return "";
  }
}

function textOf(entry: Entry): string {
  switch (entry.kind) {
    case "instruction":
      return [entry.content.title, entry.content.instruction, entry.content.criteria ?? ""].join("\n");
    case "agent_response":
      return entry.content.parts.map((part) => (part.type === "text" ? part.text : "")).join("\n");
    case "tool_response":
    case "steer":
      return entry.content.text;
    case "event":
      // The result of a success is found in the call that ended the task, where the log shows it.
      if (entry.content.type === "ended")
        return entry.content.status === "succeeded" ? "" : (entry.content.result ?? entry.content.summary);
      return "text" in entry.content ? (entry.content.text ?? "") : "";
    case "tool_call":
      return `${entry.tool}\n${textsIn(entry.content.input)}`;
    case "system":
      return "";
  }
}

/** Returns the texts in the input of a call, one per line. A model that sent invalid JSON sent one text. */
function textsIn(input: unknown): string {
  if (typeof input === "string") return input;
  if (typeof input !== "object" || input === null) return "";
  return Object.values(input).map(textsIn).filter(Boolean).join("\n");
}
