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
  const shared = await runChild("git", ["merge-base", "HEAD", since], { cwd: root, env: process.env });
  if (shared.status !== 0)
    throw new SetupError(`This checkout shares no commit with ${since}: name another one, as in \`--changed=HEAD~1\`.`);
  const report = path.join(folder, "reached.json");
  const program = ["scripts/run-ts.mjs", "scripts/test-run/changed-tests.ts", report, shared.output.trim()];
  const { status, output } = await runChild(process.execPath, program, { cwd: root, env: process.env });
  if (status !== 0)
    throw new SetupError(`${tail(output, 8)}\nWhat the change can reach was not found (see above): run \`npm test\`.`);
  return JSON.parse(readFileSync(report, "utf8"));
}
