import { z } from "zod";
import type { McpResult } from "@/lib/mcp/config/types";

/** Deliberately loose: an unknown part becomes a note and never fails the call. */
export const callResultSchema = z.looseObject({
  content: z.preprocess(asParts, z.array(z.looseObject({ type: z.string() })).default([])),
  structuredContent: z.preprocess((given) => given ?? undefined, z.unknown().optional()),
  isError: z.preprocess((given) => given ?? undefined, z.boolean().optional()),
});

/** Null counts as absent, and a text alone is a part with this text. */
function asParts(given: unknown): unknown {
  if (typeof given === "string") return [{ type: "text", text: given }];
  return Array.isArray(given) ? given.filter((part) => part !== null) : (given ?? undefined);
}

export const readResultSchema = z.looseObject({ contents: z.array(z.looseObject({ uri: z.string() })) });
export const promptResultSchema = z.looseObject({
  description: z.string().optional(),
  messages: z.array(z.looseObject({ role: z.string(), content: z.looseObject({ type: z.string() }) })),
});

type Part = Record<string, unknown>;
type McpFile = NonNullable<McpResult["files"]>[number];

/** NUL and half surrogate pairs, which databases and models do not accept. */
const UNSTORABLE = /\0|[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g;

/** Most characters of base64 that are decoded as one file. */
const MOST_ENCODED = 14_000_000;
/** Of one answer. Each is stored, looked at and listed. */
const MOST_FILES = 20;

/**
 * Returns a tool's result as text: its text parts, else its structured content as JSON; sound as a note. Images and PDF
 * files come beside the text, which has a note in their place.
 */
export function textOfCall(result: z.output<typeof callResultSchema>, mostCharacters: number): McpResult {
  const files: McpFile[] = [];
  const parts = result.content.map((part) => textOfPart(part, files));
  const hasText = result.content.some((part) => part.type === "text" && stringIn(part, "text") !== "");
  if (!hasText && result.structuredContent !== undefined) parts.unshift(jsonOf(result.structuredContent));
  return {
    ...cut(parts.join("\n"), mostCharacters),
    isError: result.isError === true,
    ...(files.length > 0 && { files }),
  };
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
  const files: McpFile[] = [];
  const text = result.contents.map((contents) => textOfContents(contents, files)).join("\n");
  return { ...cut(text, mostCharacters), isError: false, ...(files.length > 0 && { files }) };
}

export function textOfPrompt(result: z.output<typeof promptResultSchema>, mostCharacters: number): McpResult {
  const files: McpFile[] = [];
  const texts = result.messages.map(({ role, content }) => `${role}: ${textOfPart(content, files)}`);
  return { ...cut(texts.join("\n\n"), mostCharacters), isError: false, ...(files.length > 0 && { files }) };
}

/** Adds a part that is an image or a PDF file to `files`. */
function textOfPart(part: Part, files: McpFile[]): string {
  switch (part.type) {
    case "text":
      return stringIn(part, "text");
    case "image":
      return noteOf(files, `image ${files.length + 1}`, stringIn(part, "data"));
    case "audio":
      return `[${part.type}, ${stringIn(part, "mimeType") || "unknown type"}, ${bytesOf(stringIn(part, "data"))} bytes; not shown]`;
    case "resource":
      return isObject(part.resource) ? textOfContents(part.resource, files) : "[resource without content]";
    case "resource_link": {
      const about = [stringIn(part, "mimeType"), stringIn(part, "description")].filter(Boolean).join(", ");
      return `[resource ${stringIn(part, "name")}: ${stringIn(part, "uri")}${about && ` (${about})`}]`;
    }
    default:
      return `[content of type ${String(part.type).slice(0, 40)}; not shown]`;
  }
}

function textOfContents(contents: Part, files: McpFile[]): string {
  if (typeof contents.text === "string") return contents.text;
  const type = stringIn(contents, "mimeType") || "unknown type";
  const isShown = type.startsWith("image/") || type === "application/pdf";
  if (isShown) return noteOf(files, stringIn(contents, "uri"), stringIn(contents, "blob"));
  return `[resource ${stringIn(contents, "uri")}, ${type}, ${bytesOf(stringIn(contents, "blob"))} bytes; not shown]`;
}

/** Adds the file, and returns the note that stands in its place. The runtime says below the text what it is. */
function noteOf(files: McpFile[], name: string, base64: string): string {
  if (base64.length > MOST_ENCODED) return `[${name}, ${bytesOf(base64)} bytes; too large to be shown]`;
  if (files.length >= MOST_FILES) return `[${name}: not shown, because the answer has more than ${MOST_FILES} files]`;
  files.push({ name, bytes: Buffer.from(base64, "base64") });
  return `[${name}: below]`;
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
