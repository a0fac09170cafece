/** What an image or a PDF file says about itself. The bytes may come from anybody, so the work is bounded. */
import { inflateSync } from "node:zlib";
import { imageSize } from "image-size";

export type MediaFile =
  | { mediaType: "image/png" | "image/jpeg" | "image/gif" | "image/webp"; size?: [number, number] }
  /** `pages` is absent when the file does not say how many it has. */
  | { mediaType: "application/pdf"; pages?: number; isEncrypted?: true };

/** Images tell their size near the start; the library would search a damaged file to its end. */
const HEAD_BYTES = 256 * 1024;
/** A PDF file may have some bytes before its mark. */
const PDF_MARK_WITHIN = 1024;
const MOST_OBJECT_STREAMS = 2_000;
const MOST_OBJECT_STREAM_BYTES = 4_000_000;

/** Returns null for bytes that are neither an image of a type that models read nor a PDF file. The name does not count. */
export function readMediaFile(bytes: Uint8Array): MediaFile | null {
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.byteLength, HEAD_BYTES));
  const mediaType = imageType(head);
  if (mediaType) return { mediaType, ...sizeOf(head) };
  if (!head.subarray(0, PDF_MARK_WITHIN).includes("%PDF-")) return null;
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
  const pages = pagesOf(text);
  return {
    mediaType: "application/pdf",
    ...(pages > 0 && { pages }),
    ...(/\/Encrypt\b/.test(text) && { isEncrypted: true }),
  };
}

function imageType(head: Buffer) {
  if (head.subarray(0, 8).equals(Buffer.from("\x89PNG\r\n\x1a\n", "latin1"))) return "image/png";
  if (head.subarray(0, 3).equals(Buffer.from([0xff, 0xd8, 0xff]))) return "image/jpeg";
  if (/^GIF8[79]a/.test(head.toString("latin1", 0, 6))) return "image/gif";
  if (/^RIFF[\s\S]{4}WEBP/.test(head.toString("latin1", 0, 12))) return "image/webp";
  return null;
}

function sizeOf(head: Buffer): { size?: [number, number] } {
  try {
    const { width, height } = imageSize(head);
    return width > 0 && height > 0 ? { size: [width, height] } : {};
  } catch {
    // A damaged image: its provider says so.
    return {};
  }
}

/** Counts the objects that are pages, also in compressed object streams. A page that an update replaced counts twice. */
function pagesOf(text: string): number {
  let pages = pagesIn(text);
  const streams = /\/ObjStm\b[\s\S]{0,400}?\bstream\r?\n/g;
  let left = MOST_OBJECT_STREAM_BYTES;
  for (let count = 0; count < MOST_OBJECT_STREAMS && left > 0; count += 1) {
    const found = streams.exec(text);
    if (!found) break;
    const start = found.index + found[0].length;
    const end = text.indexOf("endstream", start);
    const objects = inflated(text.slice(start, end < 0 ? undefined : end), left);
    left -= objects.length;
    pages += pagesIn(objects);
  }
  return pages;
}

function pagesIn(text: string): number {
  return text.match(/\/Type\s*\/Page(?![a-zA-Z])/g)?.length ?? 0;
}

function inflated(data: string, maxOutputLength: number): string {
  try {
    return inflateSync(Buffer.from(data, "latin1"), { maxOutputLength }).toString("latin1");
  } catch {
    return "";
  }
}
