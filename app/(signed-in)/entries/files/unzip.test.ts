import { strToU8, Zip, ZipDeflate, zipSync } from "fflate";
import { expect, test } from "vitest";
import { ArchiveError } from "./archive-error";
import { textsInZip } from "./unzip";
import { zipOf } from "./zip";

const FILES = [
  { file: "agents/coder.md", text: "---\nname: coder\n---\nÄndere nichts.\n" },
  { file: "leer.md", text: "" },
];

test("reads exported files, and skips files that are not text or were added by an archiver", async () => {
  const noise = ["__MACOSX/._coder.md", ".hidden.md", "image.png", "agents/.git/x.md"];
  const archive = zipOf([...FILES, ...noise.map((file) => ({ file, text: "no" }))]);
  expect(await textsInZip(archive.buffer)).toEqual(FILES);
});

test("unpacks compressed files up to the size limit", async () => {
  expect(await textsInZip(deflatedZip("a.md", "Read. ".repeat(500)))).toEqual([
    { file: "a.md", text: "Read. ".repeat(500) },
  ]);
  await expect(textsInZip(deflatedZip("bomb.md", "0".repeat(5_000_000)))).rejects.toThrow("more than 4 MB");
});

test("reads files larger than one chunk whole, also when the archive stores sizes after the files", async () => {
  const files = [...FILES, { file: "noise.md", text: noise(300_000) }, { file: "last.md", text: "Ende.\n" }];
  expect(await textsInZip(zipOf(files).buffer)).toEqual(files);
  expect(await textsInZip(await streamedZip(files))).toEqual(files);
});

test("stops at the limit even when a file claims to be small", async () => {
  const archive = deflatedZip("bomb.md", "0".repeat(50_000_000));
  const view = new DataView(archive);
  view.setUint32(22, 10, true);
  await expect(textsInZip(archive)).rejects.toThrow("more than 4 MB");
});

test("names a file with an unsupported compression", async () => {
  const archive = deflatedZip("a.md", "Read.");
  new DataView(archive).setUint16(8, 12, true);
  await expect(textsInZip(archive)).rejects.toThrow("a.md uses a compression that Banyan cannot read");
});

test.each([
  ["nothing", new ArrayBuffer(0)],
  ["a text", new TextEncoder().encode("---\nname: coder\n---\n".repeat(9)).buffer],
  ["half an archive", zipOf(FILES).buffer.slice(20)],
  ["the first half of an archive", zipOf(FILES).buffer.slice(0, 60)],
  ["an archive of pictures", zipOf([{ file: "a.png", text: "x" }]).buffer],
  ["a damaged archive", damaged(deflatedZip("a.md", "Read. ".repeat(500)))],
])("%s is refused with an ArchiveError", async (_, archive) => {
  const refused = await textsInZip(archive as ArrayBuffer).catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(ArchiveError);
});

/** Returns an archive with one deflated file, as archivers write it. */
function deflatedZip(file: string, text: string): ArrayBuffer {
  return zipSync({ [file]: strToU8(text) }).buffer;
}

/** Returns an archive as a streaming packer writes it: the size comes after each file. */
function streamedZip(files: readonly { file: string; text: string }[]): Promise<ArrayBuffer> {
  const parts: Uint8Array<ArrayBuffer>[] = [];
  return new Promise((resolve, reject) => {
    const zip = new Zip((error, part, isLast) => {
      if (error) return reject(error);
      parts.push(part);
      if (isLast) resolve(new Blob(parts).arrayBuffer());
    });
    for (const { file, text } of files) {
      const packed = new ZipDeflate(file);
      zip.add(packed);
      packed.push(strToU8(text), true);
    }
    zip.end();
  });
}

function damaged(archive: ArrayBuffer): ArrayBuffer {
  new Uint8Array(archive).fill(0xff, 34, 44);
  return archive;
}

/** Returns deterministic text that hardly compresses. */
function noise(length: number): string {
  let [text, state] = ["", 1];
  while (text.length < length) {
    state = (state * 48_271) % 2_147_483_647;
    text += state.toString(36);
  }
  return text;
}
