import { execFileSync } from "node:child_process";
import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, onTestFinished, test } from "vitest";

const SCRIPT = `
import { prepareWorkspace, whyOnlyCopy } from "./lib/workspace/prepare.ts";
const [folder, dataDir] = process.argv.slice(1);
const given = (isCopied) => {
  try {
    return prepareWorkspace({ dataDir, treeId: "t", request: { folder, isCopied }, checkout: dataDir }).root;
  } catch (error) {
    return error.message;
  }
};
console.log(JSON.stringify([given(false), given(true), whyOnlyCopy(folder, [])]));
`;

test("a folder that the server can only read is refused with what to do, and a copy of it is possible", () => {
  const [folder, data] = ["folder", "data"].map((name) =>
    mkdtempSync(path.join(realpathSync(tmpdir()), `banyan-${name}-`)),
  ) as [string, string];
  onTestFinished(() => {
    for (const made of [folder, data]) rmSync(made, { recursive: true, force: true });
  });
  // As the launcher's cell shows the checkout.
  const cell = ["--bind", "/", "/", "--dev-bind", "/dev", "/dev", "--ro-bind", folder, folder, "--"];
  const node = [process.execPath, "--import", "tsx", "--input-type=module", "-e", SCRIPT, folder, data];
  const said = execFileSync("bwrap", [...cell, ...node], { encoding: "utf8" });
  expect(JSON.parse(said)).toEqual([
    `The workspace ${JSON.stringify(folder)} is read-only for the server; work in a copy of it.`,
    folder,
    "unwritable",
  ]);
});
