/** How files are parsed by processes of their own, whatever these processes write and however they end. */
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { factsOf } from "../structure/facts-of";
import { keptFrom, lineOf } from "./kept-file";
import { parseAll } from "./parse";

const NAMES = ["a.ts", "b.ts", "c.ts"];

/** Parses three files by a program whose body gets the names of the files that it is given. Resolves with what was taken. */
async function parsedBy(body: string): Promise<Record<string, unknown>> {
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), "banyan-parse-test-"));
  onTestFinished(() => fs.rmSync(dir, { recursive: true, force: true }));
  const program = path.join(dir, "program.mjs");
  const read = "JSON.parse(readFileSync(file, 'utf8')).files.map(({ path }) => path)";
  fs.writeFileSync(
    program,
    `import { readFileSync } from "node:fs";\nexport function main([, file]) { const names = ${read};\n${body}\n}`,
  );
  const taken: Record<string, unknown> = {};
  const files = NAMES.map((name) => ({ path: name, oid: name, language: "typescript" as const }));
  await parseAll(files, { gitDir: dir, dir, entry: pathToFileURL(program).href }, (file, kept) => {
    taken[file.path] = kept.leftOut ?? kept.imports.join();
  });
  return taken;
}

const lineWith = (text: string) =>
  JSON.stringify(`${lineOf(keptFrom(factsOf("a.ts", "typescript", Buffer.from(`import "${text}";\n`))))}\n`);

test("a line ends where the program ended it, and one that holds no file leaves its file unread", async () => {
  const lines = `[${lineWith("a\u2028b\u2029c")}, "no file\\n", ${lineWith("d")}]`;
  expect(await parsedBy(`process.stdout.write(${lines}.join(""));`)).toEqual({
    "a.ts": "a\u2028b\u2029c",
    "b.ts": "unreadable",
    "c.ts": "d",
  });
});
