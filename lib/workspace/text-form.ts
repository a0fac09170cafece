/** How a file holds its text. What an edit does not touch keeps its bytes, so the text is written back in the same form. */

/** `bytes`: neither UTF-8 nor marked as UTF-16, such as Latin-1: each byte is read as one character. */
export type Encoding = "utf8" | "utf16le" | "utf16be" | "bytes";

export interface TextForm {
  encoding: Encoding;
  /** Whether it begins with a byte order mark. */
  hasMark: boolean;
}

export interface ReadText {
  /** Without the byte order mark. */
  text: string;
  form: TextForm;
}

const MARKS: [Encoding, Buffer][] = [
  ["utf8", Buffer.from([0xef, 0xbb, 0xbf])],
  ["utf16le", Buffer.from([0xff, 0xfe])],
  ["utf16be", Buffer.from([0xfe, 0xff])],
];
/** Git's own rule: a file with a NUL byte near its start is binary. */
const BINARY_PROBE_BYTES = 8000;

export function looksBinary(start: Buffer): boolean {
  return start.subarray(0, BINARY_PROBE_BYTES).includes(0);
}

/** Returns a file's text and form; null for a binary file. */
export function readForm(bytes: Buffer): ReadText | null {
  const [encoding, mark] = MARKS.find(([, marked]) => bytes.subarray(0, marked.length).equals(marked)) ?? [
    "utf8",
    null,
  ];
  if (encoding === "utf8" && looksBinary(bytes)) return null;
  const form: TextForm = { encoding, hasMark: mark !== null };
  const read = { text: decoded(bytes.subarray(mark?.length ?? 0), encoding), form };
  if (inForm(read.text, form).equals(bytes)) return read;
  // Half a character, or bytes of another encoding: as UTF-8 the rest of the file would change, too.
  if (encoding !== "utf8") return null;
  return { text: bytes.toString("latin1"), form: { encoding: "bytes", hasMark: false } };
}

function decoded(bytes: Buffer, encoding: Encoding): string {
  if (encoding === "utf8") return bytes.toString("utf8");
  if (bytes.length % 2 === 1) return "";
  return (encoding === "utf16be" ? Buffer.from(bytes).swap16() : bytes).toString("utf16le");
}

/** Returns the bytes of a text in a form. For `bytes` each character must be one byte. */
export function inForm(text: string, { encoding, hasMark }: TextForm): Buffer {
  const mark = hasMark ? (MARKS.find(([marked]) => marked === encoding)?.[1] ?? Buffer.alloc(0)) : Buffer.alloc(0);
  return Buffer.concat([mark, encoded(text, encoding)]);
}

function encoded(text: string, encoding: Encoding): Buffer {
  if (encoding === "utf16be") return Buffer.from(text, "utf16le").swap16();
  if (encoding === "utf16le") return Buffer.from(text, "utf16le");
  return Buffer.from(text, encoding === "bytes" ? "latin1" : "utf8");
}
