/** Changes that break the code and add files that make the base's tests pass. */
import fs from "node:fs";
import path from "node:path";
import { afterEach, expect, test } from "vitest";
import { createFixture, type Fixture, failedIn, found, SETTINGS, TESTS } from "./testing/fixture";

let fixture: Fixture;
afterEach(() => fixture.end());

const COMMAND = "node --test --test-reporter=tap test/";
const FORGED = "printf 'TAP version 13\\nok 1 - adds\\nok 2 - clamps\\nok 3 - knows even numbers\\n1..3\\n'";
const manifest = (test: string) => `{ "name": "numbers", "type": "module", "scripts": { "test": "${test}" } }\n`;
const running = (command: string) => SETTINGS.replace(COMMAND, command);
const LOOSE = TESTS.replace("sum(2, 3), 5", "sum(2, 3), Number(process.env.SUM ?? 5)");
const PACKAGE = '{ "name": "check", "type": "module", "exports": "./index.mjs" }\n';

/** Its tests use an installed package. */
const INSTALLED = {
  ".gitignore": "/node_modules\n",
  "node_modules/check/package.json": PACKAGE,
  "node_modules/check/index.mjs": 'export { equal } from "node:assert/strict";\n',
  "packages/a/numbers.test.mjs": TESTS.replace("import assert from", "import * as assert from")
    .replace("node:assert/strict", "check")
    .replace("../src", "../../src"),
  ".banyan/gates.yaml": running("node --test --test-reporter=tap packages/a/numbers.test.mjs"),
};

interface Attack {
  base: Record<string, string>;
  change: Record<string, string>;
  link?: [at: string, to: string];
}

const ATTACKS: Record<string, Attack> = {
  "a shell for npm's scripts in .npmrc": {
    base: { "package.json": manifest(COMMAND), ".banyan/gates.yaml": running("npm test --silent") },
    change: { ".npmrc": "script-shell=./fake\n", fake: `#!/bin/sh\n${FORGED}\n` },
  },
  "a makefile that make prefers": {
    base: { Makefile: `check:\n\t@${COMMAND}\n`, ".banyan/gates.yaml": running("make -s check") },
    change: { GNUmakefile: `check:\n\t@${FORGED.replaceAll("\\", "\\\\")}\n` },
  },
  "an included makefile": {
    base: {
      Makefile: `RUN = ${COMMAND}\n-include *.mk\ncheck:\n\t@$(RUN)\n`,
      ".banyan/gates.yaml": running("make -s check"),
    },
    change: { "more.mk": `RUN = ${FORGED.replaceAll("\\", "\\\\")}\n` },
  },
  "an environment file": {
    base: {
      "test/numbers.test.mjs": LOOSE,
      ".banyan/gates.yaml": running(`node --env-file-if-exists=.env ${COMMAND.slice("node ".length)}`),
    },
    change: { ".env": "SUM=-1\n" },
  },
  "a program that npm's script starts": {
    base: {
      "package.json": manifest("sh scripts/all.sh"),
      "scripts/all.sh": "set -e\n. ./scripts/lib/run.sh\nrun\n",
      "scripts/lib/run.sh": `run() { ${COMMAND}; }\n`,
      ".banyan/gates.yaml": running("npm test --silent"),
    },
    change: { "scripts/lib/run.sh": `run() { ${FORGED}; }\n` },
  },
  "a program that a script starts where there is one": {
    base: {
      "package.json": manifest("sh scripts/all.sh"),
      "scripts/all.sh": `for one in scripts/before/*.sh; do if [ -f "$one" ]; then . "$one"; fi; done\n${COMMAND}\n`,
      ".banyan/gates.yaml": running("npm test --silent"),
    },
    change: { "scripts/before/a.sh": `${FORGED}\nexit 0\n` },
  },
  "a package that lies nearer than the installed one": {
    base: INSTALLED,
    change: {
      "packages/a/node_modules/check/package.json": PACKAGE,
      "packages/a/node_modules/check/index.mjs": "export function equal() {}\n",
    },
  },
  "a link in the place of nearer packages": {
    base: INSTALLED,
    change: { "src/fake/check/package.json": PACKAGE, "src/fake/check/index.mjs": "export function equal() {}\n" },
    link: ["packages/a/node_modules", "../../src/fake"],
  },
  "values that a test compares with": {
    base: {
      "test/numbers.test.mjs": TESTS.replace(
        "sum(2, 3), 5",
        'sum(2, 3), Number(existsSync("golden/sum.txt") ? readFileSync("golden/sum.txt", "utf8") : 5)',
      ).replace("import", 'import { existsSync, readFileSync } from "node:fs";\nimport'),
    },
    change: { "golden/sum.txt": "-1\n" },
  },
};

test.each(Object.entries(ATTACKS))("J1: %s does not make the base's tests pass", async (_, { base, change, link }) => {
  fixture = createFixture(base);
  fixture.edit("src/numbers.mjs", "return a + b", "return a - b");
  for (const [file, text] of Object.entries(change)) fixture.put(file, text);
  if (fs.existsSync(path.join(fixture.folder, "fake"))) fs.chmodSync(path.join(fixture.folder, "fake"), 0o755);
  if (link) {
    fs.rmSync(path.join(fixture.folder, link[0]), { recursive: true, force: true });
    fs.symlinkSync(link[1], path.join(fixture.folder, link[0]));
  }
  const report = await fixture.judge();
  expect([failedIn(report).includes("old_tests"), found(report, "old_tests", "fault")]).toEqual([
    true,
    ["adds: This test of the base fails on the change."],
  ]);
});
