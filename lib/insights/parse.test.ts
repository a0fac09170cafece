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
    `import { existsSync, readFileSync, writeFileSync } from "node:fs";\nexport function main([, file]) { const names = ${read};\n${body}\n}`,
  );
  const taken: Record<string, unknown> = {};
  const files = NAMES.map((name) => ({ path: name, oid: name, language: "typescript" as const }));
  await parseAll(files, { gitDir: dir, dir, entry: pathToFileURL(program).href }, (file, kept, isLost) => {
    taken[file.path] = isLost ? "lost" : kept.imports.join();
  });
  return taken;
}

const lineWith = (text: string) =>
  JSON.stringify(`${lineOf(keptFrom(factsOf("a.ts", "typescript", Buffer.from(`import "${text}";\n`))))}\n`);

test("a line ends where the program ended it, and one that holds no file leaves its file unread", async () => {
  const lines = `["ready\\n", ${lineWith("a\u2028b\u2029c")}, "no file\\n", ${lineWith("d")}]`;
  expect(await parsedBy(`process.stdout.write(${lines}.join(""));`)).toEqual({
    "a.ts": "a\u2028b\u2029c",
    "b.ts": "lost",
    "c.ts": "d",
  });
});

/** Ends the process as the system does when there is no memory. */
const DIES = 'process.kill(process.pid, "SIGKILL");';
const PARSES = `process.stdout.write("ready\\n"); for (const name of names) process.stdout.write(${lineWith("x")});`;

test("a file that kills its process is left out, and the others are parsed", async () => {
  const kills = `if (names[0] === "b.ts") ${DIES}`;
  const first = `process.stdout.write("ready\\n"); ${kills} process.stdout.write(${lineWith("x")}); ${DIES}`;
  expect(await parsedBy(first)).toEqual({ "a.ts": "x", "b.ts": "lost", "c.ts": "x" });
});

test("a process that dies before the first file is started again, and the parsing fails when that one dies too", async () => {
  const dies = (times: number) => `
    const starts = import.meta.filename + ".starts";
    const before = existsSync(starts) ? Number(readFileSync(starts, "utf8")) : 0;
    writeFileSync(starts, String(before + 1));
    if (before < ${times}) ${DIES}
    ${PARSES}`;
  expect(await parsedBy(dies(1))).toEqual({ "a.ts": "x", "b.ts": "x", "c.ts": "x" });
  await expect(parsedBy(dies(2))).rejects.toThrow("Its files could not be parsed");
});
