/** Looks at two commits that are compared: only what the change did may differ between them. */
import fs from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { ROOT } from "@/scripts/places.mjs";
import { look } from "./look";
import { emptyRepository } from "./testing/planted";

const NOW_MS = Date.now();

/** A function with so many conditions, each in the one before. */
const nested = (depth: number) =>
  `export function state(a: number): number {\n${"if (a > 1) {\n".repeat(depth)}${"}\n".repeat(depth)}return a;\n}\n`;

test("changes count back from the time of the base, and what the change hides from the look is told", async () => {
  const { folder, git, put, commit, end } = emptyRepository();
  onTestFinished(end);
  const paths = ["src/state.ts", "src/said.ts", "src/linked.ts", "generated/moved.ts", "src/new.ts"];
  const at = async () => {
    const dir = fs.mkdtempSync(path.join(folder, ".git", "look-"));
    const entry = path.join(dir, "entry.mjs");
    const sources = [
      path.join(ROOT, "node_modules/tsx/dist/esm/api/index.mjs"),
      path.join(import.meta.dirname, "parse.ts"),
    ];
    const [api, parse] = sources.map((file) => JSON.stringify(pathToFileURL(file).href));
    fs.writeFileSync(
      entry,
      `import { register } from ${api};\nregister();\nconst { parseFiles } = await import(${parse});\nexport const main = ([, file]) => parseFiles(file);\n`,
    );
    const commitNow = git("rev-parse", "HEAD");
    const compared = { asOf: base ?? commitNow, paths };
    const shared = { gitDir: path.join(folder, ".git"), dir, kept: path.join(dir, "kept"), root: null, known: [] };
    const found = await look({ ...shared, commit: commitNow, compared, nowMs: NOW_MS }, pathToFileURL(entry).href);
    return { ...found, hot: found.insights.filter(({ kind }) => kind === "hotspot").map(({ symbol }) => symbol) };
  };
  let base: string | null = null;
  for (const name of ["said", "linked", "moved"]) put(`src/${name}.ts`, nested(6));
  for (let change = 0; change < 8; change++) {
    put("src/state.ts", `${nested(6)}// ${change}\n`);
    commit(200);
  }
  put("README.md", "");
  commit(60);
  const before = await at();
  expect([before.hot, before.unread]).toEqual([["state"], []]);
  expect(before.functions.map(({ path: file, symbol, complexity }) => [file, symbol, complexity])).toContainEqual([
    "src/state.ts",
    "state",
    21,
  ]);
  base = git("rev-parse", "HEAD");
  put("src/said.ts", `// Do not edit.\n${nested(6)}`);
  fs.mkdirSync(path.join(folder, "generated"));
  fs.renameSync(path.join(folder, "src/moved.ts"), path.join(folder, "generated/moved.ts"));
  fs.rmSync(path.join(folder, "src/linked.ts"));
  fs.symlinkSync("../generated/moved.ts", path.join(folder, "src/linked.ts"));
  put("src/new.ts", nested(1));
  commit(0);
  const after = await at();
  expect(after.hot).toEqual(["state"]);
  expect(after.unread.sort()).toEqual(["generated/moved.ts", "src/linked.ts", "src/said.ts"]);
});
