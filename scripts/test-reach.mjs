import { readFileSync } from "node:fs";
import path from "node:path";
import { runChild, tail } from "./child.mjs";
import { SetupError } from "./say.mjs";

/**
 * Returns the files of unit tests that a change can reach. The change is everything since the last commit that the
 * checkout shares with the named one. `folder` is for the report.
 * @param {string} root @param {string} since @param {string} folder
 * @returns {Promise<import("./test-run/changed-tests.ts").Reached>}
 * @throws {SetupError}
 */
export async function testsReachedSince(root, since, folder) {
  const report = path.join(folder, "reached.json");
  const program = ["scripts/run-ts.mjs", "scripts/test-run/changed-tests.ts", report, await sharedCommit(root, since)];
  const { status, output } = await runChild(process.execPath, program, { cwd: root, env: process.env });
  if (status !== 0)
    throw new SetupError(`${tail(output, 8)}\nWhat the change can reach was not found (see above): run \`npm test\`.`);
  return JSON.parse(readFileSync(report, "utf8"));
}

/**
 * Returns the files of the change that are there, relative to the root: committed, not committed, and new ones.
 * @param {string} root @param {string} since
 * @returns {Promise<string[]>}
 * @throws {SetupError}
 */
export async function filesChangedSince(root, since) {
  const base = await sharedCommit(root, since);
  const lists = [
    ["diff", "--name-only", "--no-renames", "--diff-filter=d", "-z", base],
    ["ls-files", "--others", "--exclude-standard", "-z"],
  ];
  const found = await Promise.all(lists.map((args) => runChild("git", args, { cwd: root, env: process.env })));
  return found.flatMap(({ output }) => output.split("\0").filter(Boolean));
}

/** @param {string} root @param {string} since @returns {Promise<string>} */
async function sharedCommit(root, since) {
  const { status, output } = await runChild("git", ["merge-base", "HEAD", since], { cwd: root, env: process.env });
  if (status !== 0)
    throw new SetupError(`This checkout shares no commit with ${since}: name another one, as in \`--changed=HEAD~1\`.`);
  return output.trim();
}
