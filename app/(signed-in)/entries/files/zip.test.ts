import { crc32 } from "node:zlib";
import { expect, test } from "vitest";
import { fromBuffer } from "yauzl";
import { zipOf } from "./zip";

test("another ZIP reader reads the archive, with names and texts in UTF-8", async () => {
  const files = [
    { file: "coder.md", text: "---\nname: coder\n---\nÄndere nichts.\n" },
    { file: "leer.md", text: "" },
  ];
  const found = await new Promise<{ file: string; size: number; crc: number }[]>((resolve, reject) => {
    fromBuffer(Buffer.from(zipOf(files)), { lazyEntries: false }, (error, zip) => {
      if (error) return reject(error);
      const entries: { file: string; size: number; crc: number }[] = [];
      zip.on("entry", (entry) =>
        entries.push({ file: entry.fileName, size: entry.uncompressedSize, crc: entry.crc32 }),
      );
      zip.on("end", () => resolve(entries));
      zip.on("error", reject);
    });
  });
  expect(found).toEqual(
    files.map(({ file, text }) => ({ file, size: Buffer.byteLength(text), crc: crc32(Buffer.from(text)) })),
  );
});
