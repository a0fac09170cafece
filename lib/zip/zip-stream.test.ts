import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { unzipSync } from "fflate";
import { expect, onTestFinished, test } from "vitest";
import { type ZippedFile, zipStream } from "./zip-stream";

async function* given(files: [string, string | Buffer, boolean?][]): AsyncGenerator<ZippedFile> {
  async function* inParts(content: Buffer) {
    const reused = Buffer.alloc(1_000);
    for (let at = 0; at < content.length; at += 1_000)
      yield reused.subarray(0, content.copy(reused, 0, at, at + 1_000));
  }
  for (const [path, content, isExecutable = false] of files)
    yield { path, isExecutable, content: inParts(Buffer.from(content)) };
}

async function zipped(files: Parameters<typeof given>[0]): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of zipStream(given(files))) chunks.push(chunk);
  return Buffer.concat(chunks);
}

test("the zip holds the files with their contents, names in any script, and an empty file", async () => {
  const noise = Buffer.from(Array.from({ length: 10_000 }, (_, index) => (index * 7919) % 251));
  const found = unzipSync(
    await zipped([
      ["a/é.txt", "x".repeat(5_000)],
      ["pic.png", noise],
      ["empty", ""],
    ]),
  );
  expect(Buffer.from(found["a/é.txt"] ?? []).toString()).toBe("x".repeat(5_000));
  expect(Buffer.from(found["pic.png"] ?? []).equals(noise)).toBe(true);
  expect(found.empty).toHaveLength(0);
});

test("names that a program could take for a place outside, or for another file, are changed", async () => {
  const names = Object.keys(
    unzipSync(
      await zipped([
        ["..\\..\\x", "1"],
        [".._.._x", "2"],
        ["C:y", "3"],
        ["a\nb", "4"],
        ["invoice\u202efdp.exe", "5"],
        ["a\u200b.sh", "6"],
      ]),
    ),
  );
  expect(names.sort()).toEqual([".._.._x", ".._.._x-2", "C_y", "a_b", "a_u{200b}.sh", "invoice_u{202e}fdp.exe"]);
});

test("another program reads it, with permissions", async () => {
  const folder = mkdtempSync(join(tmpdir(), "banyan-zip-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(
    join(folder, "a.zip"),
    await zipped([
      ["run.sh", "#!/bin/sh\n", true],
      ["docs/a.md", "# A\n"],
    ]),
  );
  execFileSync("python3", ["-m", "zipfile", "-t", join(folder, "a.zip")]);
  execFileSync("python3", ["-m", "zipfile", "-e", join(folder, "a.zip"), folder]);
  expect(readFileSync(join(folder, "docs/a.md"), "utf8")).toBe("# A\n");
  expect(statSync(join(folder, "run.sh")).size).toBe(10);
});
