/** Makes attachments of the files that came with a tool's outcome. */
import { createHash } from "node:crypto";
import { attachmentLine, MOST_OF_A_RESPONSE, tokensOf, tooLarge } from "@/core/log/attachments";
import type { Attachment } from "@/core/log/model";
import { readMediaFile } from "@/lib/media/media-file";
import type { Redactor } from "@/lib/secrets/redact";

/** Most bytes of all files of one response. A file beyond it is named and not stored. */
const MOST_STORED_BYTES = 20_000_000;
const LONGEST_NAME = 120;

export interface Attached {
  attachments: Attachment[];
  /** The bytes of each attachment. */
  bytes: Uint8Array[];
  /** A line for each file, also for those that are not kept, to be added to the response's text. */
  lines: string[];
}

interface AttachOptions {
  redactor: Redactor;
  /** Returns why the task's model does not get the file, as a sentence, or null. */
  whyNotShown(file: Attachment): string | null;
}

/** A file with a known secret in plain text is not kept. */
export function attach(
  files: readonly { name: string; bytes: Uint8Array }[],
  { redactor, whyNotShown }: AttachOptions,
): Attached {
  const attached: Attached = { attachments: [], bytes: [], lines: [] };
  for (const { name: given, bytes } of files) {
    const name = oneLine(redactor.redact(given));
    const refused = refusal(attached, bytes, redactor);
    const found = refused === null ? readMediaFile(bytes) : null;
    if (!found) {
      const why = refused ?? "It is neither a PNG, JPEG, GIF or WebP image nor a PDF file.";
      attached.lines.push(`[${name}: ${bytes.length} bytes. Not shown: ${why}]`);
      continue;
    }
    const { isEncrypted = false, ...facts } = { isEncrypted: undefined, ...found };
    const known = { ...facts, bytes: bytes.length };
    const id = createHash("sha256").update(bytes).digest("hex");
    const file: Attachment = { id, name, ...known, tokens: tokensOf(known) };
    const notShown = isEncrypted ? "It is encrypted." : (tooLarge(known) ?? whyNotShown(file));
    if (notShown !== null) file.notShown = notShown;
    attached.attachments.push(file);
    attached.bytes.push(bytes);
    attached.lines.push(attachmentLine(file));
  }
  return attached;
}

function refusal({ bytes: kept }: Attached, bytes: Uint8Array, redactor: Redactor): string | null {
  if (kept.length >= MOST_OF_A_RESPONSE) return `A result can bring ${MOST_OF_A_RESPONSE} files.`;
  const stored = kept.reduce((sum, { length }) => sum + length, 0);
  if (stored + bytes.length > MOST_STORED_BYTES)
    return `The files of a result can have ${MOST_STORED_BYTES / 1_000_000} MB together.`;
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
  return redactor.redact(text) === text ? null : "It holds a secret.";
}

function oneLine(name: string): string {
  const clean = name.replace(/[\p{C}\p{Zl}\p{Zp}[\]]/gu, " ").trim();
  return clean.length > LONGEST_NAME ? `…${clean.slice(-LONGEST_NAME)}` : clean || "file";
}
