/** Pipes in place of files, read in a process of its own: one that waits for them would wait for ever. */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, onTestFinished, test } from "vitest";

const SCRIPT = `
import { startIn } from "./lib/environments/start-command.ts";
import { readPlainFile } from "./lib/workspace/plain-file.ts";
import { prepareWorkspace } from "./lib/workspace/prepare.ts";
const [folder, dataDir] = process.argv.slice(1);
const { isReadOnly } = prepareWorkspace({ dataDir, treeId: "t", request: { folder }, checkout: dataDir });
const read = ["package.json", "link", "large", "plain"].map((name) => readPlainFile(folder + "/" + name, 10)?.toString() ?? null);
console.log(JSON.stringify({ isReadOnly, start: startIn(folder), read }));
`;

test("a pipe, a link and a large file count as no file, and nobody waits for them", () => {
  const base = realpathSync(mkdtempSync(path.join(tmpdir(), "banyan-plain-")));
  onTestFinished(() => rmSync(base, { recursive: true, force: true }));
  const [folder, data] = [path.join(base, "folder"), path.join(base, "data")];
  mkdirSync(folder);
  execFileSync("mkfifo", [path.join(folder, "package.json")]);
  writeFileSync(path.join(folder, "plain"), "text");
  writeFileSync(path.join(folder, "large"), "");
  truncateSync(path.join(folder, "large"), 11);
  symlinkSync("plain", path.join(folder, "link"));
  const node = ["--import", "tsx", "--input-type=module", "-e", SCRIPT, folder, data];
  const said = execFileSync(process.execPath, node, { encoding: "utf8", timeout: 30_000 });
  expect(JSON.parse(said)).toEqual({
    isReadOnly: false,
    start: { command: null, lacksPackages: false },
    read: [null, null, null, "text"],
  });
}, 40_000);
