/**
 * Images and PDF files of tools' responses: which of them a model gets, and what it reads in place of the others. Pure.
 *
 * Anthropic, Google, OpenAI and Amazon limit files differently. The smallest of their limits apply to all, so that a
 * task can continue with another model: Amazon takes images of 3.75 MB, documents of 4.5 MB, 20 images and 5 documents;
 * Anthropic takes 8,000 pixels a side and 100 pages; Google takes 20 MB a request, in base64.
 */
import type { Attachment, Media, MediaType, ModelMessage, ToolMessage } from "./model";

const MOST_IMAGE_BYTES = 3_500_000;
const MOST_PDF_BYTES = 4_400_000;
const MOST_PIXELS = 8_000;
const MOST_PAGES = 100;
/** Most files of one response. */
export const MOST_OF_A_RESPONSE = 10;
/** The most that one request may hold. */
const MOST = { files: 20, pdfs: 5, bytes: 12_000_000 };
/** The share of a model's context that files may take. */
const CONTEXT_SHARE = 0.4;

/** Anthropic counts an image as its pixels divided by 750. Services shrink larger images before they count. */
const PIXELS_PER_TOKEN = 750;
const MOST_IMAGE_TOKENS = 4_800;
/** A page is read as text and as an image. */
const TOKENS_PER_PAGE = 3_000;
/** The assumed number of pages of a file that does not say how many it has. */
const BYTES_PER_PAGE = 20_000;
/** The bytes that other parts of Banyan count as one token of text. */
const CHARS_PER_TOKEN = 4;

export interface Reader {
  /** What the model reads besides text; absent: nothing, as far as is known. */
  reads?: readonly Media[];
  contextTokens: number;
}

function mediaOf(type: MediaType): Media {
  return type === "application/pdf" ? "pdf" : "image";
}

/** Returns the likely input tokens of a file. */
export function tokensOf({ mediaType, bytes, size, pages }: Omit<Attachment, "id" | "name" | "tokens">): number {
  if (mediaOf(mediaType) === "pdf") return TOKENS_PER_PAGE * (pages ?? Math.ceil(bytes / BYTES_PER_PAGE));
  if (!size) return MOST_IMAGE_TOKENS;
  return Math.min(MOST_IMAGE_TOKENS, Math.ceil((size[0] * size[1]) / PIXELS_PER_TOKEN));
}

/** Returns why no model can get the file, as a sentence, or null. */
export function tooLarge({ mediaType, bytes, size, pages }: Omit<Attachment, "id" | "name" | "tokens">): string | null {
  const isPdf = mediaOf(mediaType) === "pdf";
  const most = isPdf ? MOST_PDF_BYTES : MOST_IMAGE_BYTES;
  if (bytes > most) return `It is larger than ${most / 1_000_000} MB, the most that models take.`;
  if (size && Math.max(...size) > MOST_PIXELS)
    return `A side of it is longer than ${MOST_PIXELS} pixels, the most that models take.`;
  if (pages !== undefined && pages > MOST_PAGES)
    return `It has more than ${MOST_PAGES} pages, the most that models take.`;
  return null;
}

/** Returns why this model does not get the file, as a sentence, or null. */
export function notReadBy(file: Attachment, model: string, { reads = [], contextTokens }: Reader): string | null {
  const media = mediaOf(file.mediaType);
  if (!reads.includes(media)) {
    const what = media === "pdf" ? "PDF files" : "images";
    return `As far as is known, ${model} does not read ${what}.`;
  }
  if (file.tokens <= contextTokens * CONTEXT_SHARE) return null;
  return `It would take about ${file.tokens} tokens, too many for the context of ${model}.`;
}

/** Returns the line of a response's text that names a file. */
export function attachmentLine(file: Attachment): string {
  const { name, mediaType, bytes, size, pages, notShown } = file;
  const facts = [mediaType, size?.join(" × "), pages && `${pages} ${pages === 1 ? "page" : "pages"}`, `${bytes} bytes`]
    .filter(Boolean)
    .join(", ");
  return `[${name}: ${facts}${notShown === undefined ? "" : `. Not shown: ${notShown}`}]`;
}

/** Characters of a message, with its files as the characters that cost as many tokens. */
export function sizeOfMessage(message: ModelMessage): number {
  if (message.role === "assistant") return JSON.stringify(message.parts).length + JSON.stringify(message.calls).length;
  return message.content.length + CHARS_PER_TOKEN * tokensOfFiles([message]);
}

/** Returns the likely input tokens of all files of the messages. */
export function tokensOfFiles(messages: readonly ModelMessage[]): number {
  return attachmentsOf(messages).reduce((sum, { tokens }) => sum + tokens, 0);
}

export function attachmentsOf(messages: readonly ModelMessage[]): Attachment[] {
  return messages.flatMap((message) => (message.role === "tool" ? (message.attachments ?? []) : []));
}

/**
 * Returns the messages with the files that the model gets; a sentence takes the place of each other file. When a file
 * exceeds a limit, the oldest ones go until half of it is free, so that most requests begin like the request before
 * them.
 */
export function withFilesFor(messages: ModelMessage[], model: string, reader: Reader): ModelMessage[] {
  const all = attachmentsOf(messages);
  if (all.length === 0) return messages;
  const shown = newestOf(
    all.filter((file) => notReadBy(file, model, reader) === null),
    reader,
  );
  return messages.map((message) => {
    if (message.role !== "tool" || message.attachments === undefined) return message;
    return shownIn(message, message.attachments, (file) =>
      shown.has(file)
        ? null
        : (notReadBy(file, model, reader) ?? "Newer files took its place. Read it again if you need it."),
    );
  });
}

function shownIn(
  message: ToolMessage,
  attachments: readonly Attachment[],
  whyNot: (file: Attachment) => string | null,
): ToolMessage {
  const { attachments: _, ...text } = message;
  const kept = attachments.filter((file) => whyNot(file) === null);
  const lines = attachments.flatMap((file) => {
    const why = whyNot(file);
    return why === null ? [] : [`[${file.name} is not shown: ${why}]`];
  });
  const content = [message.content, ...lines].join("\n");
  return kept.length > 0 ? { ...text, content, attachments: kept } : { ...text, content };
}

function newestOf(files: readonly Attachment[], { contextTokens }: Reader): Set<Attachment> {
  const most = { ...MOST, tokens: contextTokens * CONTEXT_SHARE };
  let window: Attachment[] = [];
  for (const file of files) {
    window.push(file);
    if (isWithin(window, most, 1)) continue;
    while (window.length > 1 && !isWithin(window, most, 0.5)) window = window.slice(1);
  }
  return new Set(window);
}

function isWithin(files: readonly Attachment[], most: typeof MOST & { tokens: number }, share: number): boolean {
  const sum = (of: (file: Attachment) => number) => files.reduce((all, file) => all + of(file), 0);
  return (
    files.length <= most.files * share &&
    sum(({ mediaType }) => (mediaOf(mediaType) === "pdf" ? 1 : 0)) <= most.pdfs * share &&
    sum(({ bytes }) => bytes) <= most.bytes * share &&
    sum(({ tokens }) => tokens) <= most.tokens * share
  );
}
