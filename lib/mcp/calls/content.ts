import { z } from "zod";
import type { McpResult } from "@/lib/mcp/config/types";

/** Deliberately loose: an unknown part becomes a note and never fails the call. */
export const callResultSchema = z.looseObject({
  content: z.array(z.looseObject({ type: z.string() })).default([]),
  structuredContent: z.unknown().optional(),
  isError: z.boolean().optional(),
});
export const readResultSchema = z.looseObject({ contents: z.array(z.looseObject({ uri: z.string() })) });
export const promptResultSchema = z.looseObject({
  description: z.string().optional(),
  messages: z.array(z.looseObject({ role: z.string(), content: z.looseObject({ type: z.string() }) })),
});

type Part = Record<string, unknown>;

/** NUL and half surrogate pairs, which databases and models do not accept. */
const UNSTORABLE = /\0|[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g;

/**
 * Returns a tool's result as text: its text parts, else its structured content as JSON; pictures and sound as a note.
 */
export function textOfCall(result: z.output<typeof callResultSchema>, mostCharacters: number): McpResult {
  const parts = result.content.map(textOfPart);
  const hasText = result.content.some((part) => part.type === "text" && stringIn(part, "text") !== "");
  if (!hasText && result.structuredContent !== undefined) parts.unshift(jsonOf(result.structuredContent));
  return { ...cut(parts.join("\n"), mostCharacters), isError: result.isError === true };
}

/** JSON.stringify throws on content that is nested too deeply. */
function jsonOf(value: unknown): string {
  try {
    return JSON.stringify(value) ?? "null";
  } catch {
    return "[structured content that is nested too deeply; not shown]";
  }
}

export function textOfResource(result: z.output<typeof readResultSchema>, mostCharacters: number): McpResult {
  return { ...cut(result.contents.map(textOfContents).join("\n"), mostCharacters), isError: false };
}

export function textOfPrompt(result: z.output<typeof promptResultSchema>, mostCharacters: number): McpResult {
  const texts = result.messages.map(({ role, content }) => `${role}: ${textOfPart(content)}`);
  return { ...cut(texts.join("\n\n"), mostCharacters), isError: false };
}

function textOfPart(part: Part): string {
  switch (part.type) {
    case "text":
      return stringIn(part, "text");
    case "image":
    case "audio":
      return `[${part.type}, ${stringIn(part, "mimeType") || "unknown type"}, ${bytesOf(stringIn(part, "data"))} bytes; not shown]`;
    case "resource":
      return isObject(part.resource) ? textOfContents(part.resource) : "[resource without content]";
    case "resource_link": {
      const about = [stringIn(part, "mimeType"), stringIn(part, "description")].filter(Boolean).join(", ");
      return `[resource ${stringIn(part, "name")}: ${stringIn(part, "uri")}${about && ` (${about})`}]`;
    }
    default:
      return `[content of type ${String(part.type).slice(0, 40)}; not shown]`;
  }
}

function textOfContents(contents: Part): string {
  if (typeof contents.text === "string") return contents.text;
  const type = stringIn(contents, "mimeType") || "unknown type";
  return `[resource ${stringIn(contents, "uri")}, ${type}, ${bytesOf(stringIn(contents, "blob"))} bytes; not shown]`;
}

/** Returns the size of the data that base64 text encodes. */
function bytesOf(base64: string): number {
  return Buffer.byteLength(base64, "base64");
}

function cut(text: string, mostCharacters: number): { text: string; isCut: boolean } {
  const clean = text.replace(UNSTORABLE, "\uFFFD");
  if (clean.length <= mostCharacters) return { text: clean, isCut: false };
  const kept = clean.slice(0, mostCharacters).replace(UNSTORABLE, "");
  return { text: `${kept}\n[cut: ${clean.length - mostCharacters} more characters]`, isCut: true };
}

function stringIn(part: Part, key: string): string {
  const value = part[key];
  return typeof value === "string" ? value : "";
}

function isObject(value: unknown): value is Part {
  return typeof value === "object" && value !== null;
}
