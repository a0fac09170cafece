import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { builtContents, ensureBuilt, hasPages, isBuilt } from "./build.mjs";
import { fixture } from "./testing/fixture";

const PROJECT = {
  "package.json": '{ "type": "module" }\n',
  "package-lock.json": "{}\n",
  "tsconfig.json": '{ "compilerOptions": { "paths": { "@/*": ["./*"] } } }\n',
  "server/main.ts":
    'import { word } from "@/lib/word";\nexport const main = async () => console.log("server", word);\n',
  "scripts/banyan.ts":
    'export async function main(argv: string[]): Promise<number> {\n  if (argv[0] === "serve") await (await import("@/server/main")).main();\n  return 0;\n}\n',
  "gates/main.ts": "export const main = async () => 0;\n",
  "lib/insights/insights-main.ts": "export const main = async () => 0;\n",
  "lib/environments/checks-main.ts": "export const main = async () => 0;\n",
  "lib/infrastructure/infrastructure-main.ts": "export const main = async () => 0;\n",
  "agents/self/probe.ts": "export const main = async () => 0;\n",
  "agents/backups/prove-main.ts": "export const main = async () => 0;\n",
  "lib/word.ts": 'import { sep } from "node:path";\nexport const word: string = ["one", sep].join("");\n',
};

function run(root: string): string {
  const script = `import(${JSON.stringify(path.join(root, "dist/banyan.mjs"))}).then((p) => p.main(["serve"]))`;
  return execFileSync(process.execPath, ["-e", script], { encoding: "utf8" });
}

test("bundles programs with the alias; a lazy import becomes a separate file", async () => {
  const root = fixture(PROJECT);
  expect(isBuilt("programs", root)).toBe(false);
  await ensureBuilt("programs", root);
  expect(isBuilt("programs", root)).toBe(true);
  expect(run(root)).toBe("server one/\n");
  expect(readFileSync(path.join(root, "dist/banyan.mjs"), "utf8")).not.toContain("one");
});

test("rebuilds when a source is changed or new, and not when a source was only touched", async () => {
  const root = fixture(PROJECT);
  const word = path.join(root, "lib/word.ts");
  await ensureBuilt("programs", root);
  const builtMs = statSync(path.join(root, "dist/server.mjs")).mtimeMs;
  utimesSync(word, new Date(0), new Date(0));
  writeFileSync(path.join(root, "lib/word.test.ts"), "");
  await ensureBuilt("programs", root);
  expect(statSync(path.join(root, "dist/server.mjs")).mtimeMs).toBe(builtMs);

  writeFileSync(word, 'export const word = "two";\n');
  expect(isBuilt("programs", root)).toBe(false);
  await ensureBuilt("programs", root);
  expect(run(root)).toBe("server two\n");
  writeFileSync(path.join(root, "lib/other.ts"), "");
  expect(isBuilt("programs", root)).toBe(false);
});

test("names the line of a source that does not compile, and builds after it is fixed", async () => {
  const root = fixture({ ...PROJECT, "lib/word.ts": "export const word = ;\n" });
  await expect(ensureBuilt("programs", root)).rejects.toThrow(/lib\/word\.ts:1:20[\s\S]*Building the programs failed/);
  expect(isBuilt("programs", root)).toBe(false);
  writeFileSync(path.join(root, "lib/word.ts"), 'export const word = "three";\n');
  await ensureBuilt("programs", root);
  expect(run(root)).toBe("server three\n");
});

test("keeps the previous build's chunks for running programs and deletes older chunks", async () => {
  const shared = (text: string) => `export const shared = () => ${JSON.stringify(text)};\n`;
  const root = fixture({
    ...PROJECT,
    "server/main.ts":
      'import { shared } from "@/lib/shared";\nexport const main = async () => console.log(shared());\n',
    "scripts/banyan.ts": 'import { shared } from "@/lib/shared";\nexport const main = async () => shared().length;\n',
    "lib/shared.ts": shared("one"),
  });
  const chunks = () => readdirSync(path.join(root, "dist/chunks")).filter((name) => name.endsWith(".mjs"));
  await ensureBuilt("programs", root);
  const [first] = chunks();
  writeFileSync(path.join(root, "lib/shared.ts"), shared("two, longer"));
  await ensureBuilt("programs", root);
  expect(chunks()).toHaveLength(2);
  writeFileSync(path.join(root, "lib/shared.ts"), shared("three"));
  await ensureBuilt("programs", root);
  expect(chunks()).toHaveLength(2);
  expect(existsSync(path.join(root, "dist/chunks", first ?? ""))).toBe(false);
});

test("builds pages only when there are pages", () => {
  expect(hasPages(fixture({ "app/layout.tsx": "" }))).toBe(false);
  expect(hasPages(fixture({ "app/trees/page.tsx": "" }))).toBe(true);
  expect(hasPages(fixture({}))).toBe(false);
});

test("a change of what a release needs and nothing is built from makes another release without a build; a touch or a document does not", async () => {
  const needed = ["blueprints/api/a.yaml", ".banyan/gates.yaml", "lib/word.test.ts", "tests/a.ts", "GUARDED"];
  const texts = [...needed, "docs/a.md"].map((file) => [file, "one\n"]);
  const root = fixture({ ...PROJECT, ...Object.fromEntries(texts) });
  await ensureBuilt("programs", root);
  let before = builtContents(root);
  for (const file of needed) {
    utimesSync(path.join(root, file), new Date(0), new Date(0));
    expect([file, builtContents(root)]).toEqual([file, before]);
    writeFileSync(path.join(root, file), "two\n");
    const after = builtContents(root);
    expect([file, after]).not.toEqual([file, before]);
    before = after;
  }
  writeFileSync(path.join(root, "docs/a.md"), "two\n");
  expect(builtContents(root)).toBe(before);
  expect(isBuilt("programs", root)).toBe(true);
});
