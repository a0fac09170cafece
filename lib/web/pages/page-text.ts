/** Determines the kind of content in an answer, and its text. */
import { looksBinary } from "@/lib/workspace/text-form";

export type PageText =
  | { kind: "html"; text: string }
  | { kind: "text"; text: string }
  | { kind: "binary"; type: string };

const META_PROBE_BYTES = 4096;
const TEXT_TYPES =
  /^(text\/.*|application\/(.*\+)?(json|xml|yaml|x-yaml|toml|javascript|ecmascript|x-sh|sql|graphql|ld\+json|x-ndjson))$/;

/**
 * Returns the text of a body by its declared type, or by its content when no type is declared. A cut body may end
 * inside a character.
 */
export function textOf(body: Buffer, contentType: string | undefined, isCut: boolean): PageText {
  const type = (contentType ?? "").split(";")[0]?.trim().toLowerCase() ?? "";
  const html = type === "text/html" || type === "application/xhtml+xml";
  if (!html && type !== "" && !TEXT_TYPES.test(type)) return { kind: "binary", type };
  const charset = charsetOf(body, contentType ?? "");
  if (!/^utf-?16/i.test(charset ?? "") && looksBinary(body))
    return { kind: "binary", type: type || "a file without a type" };
  const text = decode(body, charset, isCut);
  const isHtml = html || (type === "" && /^\s*(<!doctype html|<html|<head|<body)/i.test(text));
  return { kind: isHtml ? "html" : "text", text };
}

/** Chooses the encoding as browsers do: the byte order mark, then the header, then the document itself. */
function charsetOf(body: Buffer, contentType: string): string | null {
  if (body[0] === 0xfe && body[1] === 0xff) return "utf-16be";
  if (body[0] === 0xff && body[1] === 0xfe) return "utf-16le";
  if (body[0] === 0xef && body[1] === 0xbb && body[2] === 0xbf) return "utf-8";
  const declared = /charset\s*=\s*["']?([\w.:-]+)/i.exec(contentType)?.[1];
  if (declared) return declared;
  const start = body.subarray(0, META_PROBE_BYTES).toString("latin1");
  const own =
    /<meta[^>]{0,200}?charset\s*=\s*["']?([\w.:-]+)/i.exec(start) ??
    /^<\?xml[^>]{0,200}?encoding\s*=\s*["']([\w.:-]+)/i.exec(start);
  // The document's first bytes were readable, so it is not in UTF-16, whatever it declares.
  return own?.[1] && !/^utf-?16/i.test(own[1]) ? own[1] : null;
}

function decode(body: Buffer, charset: string | null, isCut: boolean): string {
  if (charset) {
    try {
      return new TextDecoder(charset).decode(body);
    } catch {
      // An unknown encoding is treated as undeclared.
    }
  }
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(body, { stream: isCut });
  } catch {
    return new TextDecoder("windows-1252").decode(body);
  }
}

/**
 * Invisible characters that can carry text or change its direction: tags, direction marks, zero-width characters,
 * variation selectors, fillers, controls. The choice of a picture within an emoji stays.
 */
const INVISIBLE =
  /(?![\t\n]|\u200C|\u200D|[\u0600-\u0605]|\u06DD|(?<=\p{Extended_Pictographic})[\uFE0E\uFE0F]|(?<=[0-9#*])\uFE0F\u20E3)[\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}]/gu;

export function withoutInvisible(text: string): string {
  return text.replace(INVISIBLE, "");
}
