import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { testsIn } from "./prepare-tests";

/** Patterns that began again at each place took minutes to hours for these. */
test("a file of tests is broken although it has a megabyte of anything in it", async () => {
  const folder = mkdtempSync(join(tmpdir(), "banyan-prepare-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const full = (piece: string) => piece.repeat(1_000_000 / piece.length);
  const noise = ["\n", "t.", "importimport", "import{", "import a, {", `const {a${" ".repeat(999)}b} = require`];
  const end = '\nimport assert from "node:assert";\nassert.equal(1, 1);\n';
  for (const [at, piece] of noise.entries()) writeFileSync(join(folder, `${at}.test.js`), full(piece) + end);
  const one = 'import { equal as same, ok } from "node:assert";\nsame(1, 1);\n';
  writeFileSync(join(folder, "one.test.js"), one);
  const broken = await testsIn(folder).breakAll("npm test");
  expect(broken).toHaveLength(noise.length + 1);
  for (const at of noise.keys())
    expect(readFileSync(join(folder, `${at}.test.js`), "utf8").slice(-2_000)).toMatch(/assert\.equal\("Must/);
  expect(readFileSync(join(folder, "one.test.js"), "utf8")).toMatch(/same\("Must\w+", "Must\w+x"\).*ok\(0\)/);
});
