import { deflateSync } from "node:zlib";
import { expect, test } from "vitest";
import { readMediaFile } from "./media-file";

const PNG = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==",
  "base64",
);
const GIF = Buffer.from("R0lGODlhAwACAIAAAAAAAP///yH5BAEAAAAALAAAAAADAAIAAAIDhI8FADs=", "base64");
const WEBP = Buffer.from("UklGRiIAAABXRUJQVlA4IBYAAAAwAQCdASoBAAEADsD+JaQAA3AAAAAA", "base64");
/** Start of image, JFIF header, a frame header of 5 × 4 pixels, end of image. */
const JPEG = Buffer.from("ffd8ffe000104a46494600010100000100010000ffc0001108000400050301220002110103110100ffd9", "hex");

const page = "<< /Type /Page /Parent 2 0 R >>";
const pdf = (...parts: (string | Buffer)[]) =>
  Buffer.concat(["%PDF-1.7\n", ...parts, "\n%%EOF\n"].map((part) => Buffer.from(part)));
const compressed = deflateSync(`${page} ${page}`);
const packed = pdf(
  `1 0 obj << /Type /ObjStm /N 2 /Length ${compressed.length} >>\nstream\n`,
  compressed,
  "\nendstream endobj",
);

test.each([
  ["PNG", PNG, { mediaType: "image/png", size: [1, 1] }],
  ["GIF", GIF, { mediaType: "image/gif", size: [3, 2] }],
  ["WebP", WEBP, { mediaType: "image/webp", size: [1, 1] }],
  ["JPEG", JPEG, { mediaType: "image/jpeg", size: [5, 4] }],
  ["a PNG that is cut", PNG.subarray(0, 10), { mediaType: "image/png" }],
  ["PDF", pdf(page, "<< /Type /Pages /Count 1 >>"), { mediaType: "application/pdf", pages: 1 }],
  ["PDF with compressed objects", packed, { mediaType: "application/pdf", pages: 2 }],
  ["PDF that does not say its pages", pdf(), { mediaType: "application/pdf" }],
  [
    "PDF that is encrypted",
    pdf(page, "trailer << /Encrypt 9 0 R >>"),
    { mediaType: "application/pdf", pages: 1, isEncrypted: true },
  ],
])("%s", (_, bytes, facts) => {
  expect(readMediaFile(bytes)).toEqual(facts);
});

test.each([
  ["nothing", ""],
  ["text", "hello"],
  ["SVG, which can hold scripts", "<svg/>"],
  ["a program", "\x7fELF"],
  ["other files of the RIFF family", "RIFF....WAVEfmt "],
])("no media file: %s", (_, text) => {
  expect(readMediaFile(Buffer.from(text))).toBeNull();
});

test("a hostile PDF file cannot make much work", () => {
  const bomb = deflateSync(Buffer.alloc(50_000_000));
  const chunk = Buffer.concat([Buffer.from("/ObjStm >>\nstream\n"), bomb, Buffer.from("\nendstream\n")]);
  expect(readMediaFile(pdf(page, ...Array.from({ length: 20 }, () => chunk)))).toMatchObject({ pages: 1 });
  expect(readMediaFile(pdf("/ObjStm ".repeat(100_000)))).toEqual({ mediaType: "application/pdf" });
});
