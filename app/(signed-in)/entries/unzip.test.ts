import { deflateRawSync } from "node:zlib";
import { expect, test } from "vitest";
import { ArchiveError, textsInZip } from "./unzip";
import { zipOf } from "./zip";

const FILES = [
  { file: "agents/coder.md", text: "---\nname: coder\n---\nÄndere nichts.\n" },
  { file: "leer.md", text: "" },
];

test("what was exported is read again, and what is no text of a person is left out", async () => {
  const noise = ["__MACOSX/._coder.md", ".hidden.md", "image.png", "agents/.git/x.md"];
  const archive = zipOf([...FILES, ...noise.map((file) => ({ file, text: "no" }))]);
  expect(await textsInZip(archive.buffer)).toEqual(FILES);
});

test("packed files are unpacked, as far as they are not too large", async () => {
  expect(await textsInZip(deflatedZip("a.md", "Read. ".repeat(500)))).toEqual([
    { file: "a.md", text: "Read. ".repeat(500) },
  ]);
  await expect(textsInZip(deflatedZip("bomb.md", "0".repeat(5_000_000)))).rejects.toThrow("more than 4 MB");
});

test.each([
  ["nothing", new ArrayBuffer(0)],
  ["a text", new TextEncoder().encode("---\nname: coder\n---\n".repeat(9)).buffer],
  ["half an archive", zipOf(FILES).buffer.slice(20)],
  ["an archive of pictures", zipOf([{ file: "a.png", text: "x" }]).buffer],
  ["a damaged one", damaged(deflatedZip("a.md", "Read. ".repeat(500)))],
])("%s is refused with one sentence", async (_, archive) => {
  const refused = await textsInZip(archive as ArrayBuffer).catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(ArchiveError);
});

/** One file, deflated, as archivers write it: the same archive with the other method and the packed bytes. */
function deflatedZip(file: string, text: string): ArrayBuffer {
  const packed = deflateRawSync(text);
  const marks = zipOf([{ file, text: "x".repeat(packed.length) }]);
  const bytes = new Uint8Array(marks);
  const view = new DataView(bytes.buffer);
  const start = 30 + file.length;
  bytes.set(packed, start);
  view.setUint16(8, 8, true);
  view.setUint16(start + packed.length + 10, 8, true);
  return bytes.buffer;
}

function damaged(archive: ArrayBuffer): ArrayBuffer {
  new Uint8Array(archive).fill(0xff, 34, 44);
  return archive;
}
