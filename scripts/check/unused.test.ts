import { spawnSync } from "node:child_process";
import { copyFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { fixture } from "../testing/fixture";

/** Runs knip with the project's configuration and returns what it finds, a line each. */
function unusedIn(files: Record<string, string>): string[] {
  const root = fixture({ "package.json": '{ "type": "module" }', "tsconfig.json": "{}", ...files });
  copyFileSync("knip.config.ts", path.join(root, "knip.config.ts"));
  const knip = path.resolve("node_modules/knip/bin/knip.js");
  const flags = ["--no-progress", "--no-config-hints", "--reporter=compact"];
  const { stdout } = spawnSync(process.execPath, [knip, ...flags], { cwd: root, encoding: "utf8" });
  return stdout.split("\n").filter(Boolean);
}

const MAIN = 'import { used } from "../lib/a";\nconsole.log(used);\n';

test("finds files and exports that nobody uses", () => {
  const files = {
    "server/main.ts": MAIN,
    "lib/a.ts": "export const used = 1;\nexport const alone = 2;\nexport type Alone = string;\n",
    "lib/forgotten.ts": "export {};\n",
  };
  expect(unusedIn(files)).toEqual([
    expect.stringMatching(/^Unused files/),
    "lib/forgotten.ts: lib/forgotten.ts",
    expect.stringMatching(/^Unused exports/),
    "lib/a.ts: alone",
    expect.stringMatching(/^Unused exported types/),
    "lib/a.ts: Alone",
  ]);
});

test("programs that are started by their path, and types that the API's description names, count as used", () => {
  const files = {
    "server/main.ts": MAIN,
    "lib/a.ts": "export const used = 1;\n",
    "lib/testing/soak-main.ts": "console.log(1);\n",
    "launcher/command.mjs": "export function answer() {}\n",
    "core/shapes/answers/answers.ts": "export type Alone = string;\nexport const answers = 1;\n",
    "server/http/v1/routes.ts": "export {};\n",
  };
  files["server/main.ts"] += 'import { answers } from "../core/shapes/answers/answers";\nconsole.log(answers);\n';
  expect(unusedIn(files)).toEqual([
    expect.stringMatching(/^Unused files/),
    "server/http/v1/routes.ts: server/http/v1/routes.ts",
  ]);
});
